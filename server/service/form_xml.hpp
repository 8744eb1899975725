// SPDX-License-Identifier: Apache-2.0
// The XML of workbooks, read under limits and copied by a closed list. pugixml expands no entities and opens nothing; a document type is refused all the same. Any
// thread; only the readers and writers of forms include this.
#pragma once

#include <pugixml.hpp>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kit/result.hpp"

namespace chayan::service {

using XmlDocument = std::unique_ptr<pugi::xml_document>;

/// Errors: form_malformed, form_too_large (elements and attributes).
kit::Result<XmlDocument> parse_xml(std::string_view text);

/// Without its prefix.
std::string_view local_name(const pugi::xml_node& node);
/// The first child of that local name; a null node when there is none.
pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name);
/// An attribute as a number that is no larger than `max`; nothing for anything else.
std::optional<unsigned> number_of(const pugi::xml_node& node, const char* attribute, unsigned max);

/// Printable, but for line feeds.
std::string text_of_file(std::string_view text);

/// Copies an element without prefixes: its attributes, texts and children, but none of an extension, no id of a relationship, nothing deeper than a dozen levels. Null when `from` is.
pugi::xml_node copy_plain(const pugi::xml_node& from, pugi::xml_node into);
/// The same without children, and of the attributes these alone.
pugi::xml_node copy_bare(const pugi::xml_node& from, pugi::xml_node into, std::initializer_list<std::string_view> attributes);

/// Without a declaration.
std::string xml_of(const pugi::xml_node& node);

}  // namespace chayan::service
