// SPDX-License-Identifier: Apache-2.0
#include "service/form_xml.hpp"

#include <algorithm>
#include <charconv>

#include "kit/limits.hpp"
#include "service/answer_table.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

constexpr int depth_max = 12;   // of what we copy; a style stands four deep

/// "<!" begins comments and CDATA, or else what no workbook has.
bool has_declarations(std::string_view text) {
    for (std::size_t at = 0; (at = text.find("<!", at)) != std::string_view::npos; at += 2) {
        const auto rest = text.substr(at + 2);
        if (!rest.starts_with("--") && !rest.starts_with("[CDATA[")) return true;
    }
    return false;
}

struct Text final : pugi::xml_writer {
    std::string bytes;
    void write(const void* data, std::size_t size) override { bytes.append(static_cast<const char*>(data), size); }
};

bool is_plain(std::string_view attribute) { return attribute.find(':') == std::string_view::npos && attribute != "xmlns"; }

void put_attribute(pugi::xml_node into, const pugi::xml_attribute& attribute) {
    into.append_attribute(attribute.name()).set_value(printable(attribute.value()).c_str());
}

pugi::xml_node copy_to_depth(const pugi::xml_node& from, pugi::xml_node into, int depth) {
    if (!from || depth > depth_max) return {};
    auto copy = into.append_child(std::string(local_name(from)).c_str());
    for (const auto& attribute : from.attributes())
        if (is_plain(attribute.name())) put_attribute(copy, attribute);
    for (const auto& child : from.children()) {
        const auto name = local_name(child);
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) copy.append_child(pugi::node_pcdata).set_value(text_of_file(child.value()).c_str());
        else if (child.type() == pugi::node_element && name != "extLst" && name != "AlternateContent") copy_to_depth(child, copy, depth + 1);
    }
    return copy;
}

}  // namespace

kit::Result<XmlDocument> parse_xml(std::string_view text) {
    const auto markup = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c == '<' || c == '='; }));
    if (markup > kit::form_markup_max) return Error{Errc::invalid, "form_too_large"};
    if (has_declarations(text)) return Error{Errc::invalid, "form_malformed"};
    auto document = std::make_unique<pugi::xml_document>();
    // Any other encoding than UTF-8 would hide what was looked for above; office programs write none.
    const auto parsed = document->load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata_single, pugi::encoding_utf8);
    if (!parsed || !document->document_element()) return Error{Errc::invalid, "form_malformed"};
    return document;
}

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name) {
    return node.find_child([&](const pugi::xml_node& child) { return local_name(child) == name; });
}

std::optional<unsigned> number_of(const pugi::xml_node& node, const char* attribute, unsigned max) {
    const std::string_view text = node.attribute(attribute).value();
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = !text.empty() && error == std::errc{} && end == text.data() + text.size() && number <= max;
    return is_number ? std::optional(number) : std::nullopt;
}

std::string text_of_file(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        out += printable(line);
        text.remove_prefix(line.size());
        if (text.empty()) break;
        out.push_back('\n');
        text.remove_prefix(1);
    }
    return out;
}

pugi::xml_node copy_plain(const pugi::xml_node& from, pugi::xml_node into) { return copy_to_depth(from, into, 0); }

pugi::xml_node copy_bare(const pugi::xml_node& from, pugi::xml_node into, std::initializer_list<std::string_view> attributes) {
    if (!from) return {};
    auto copy = into.append_child(std::string(local_name(from)).c_str());
    for (const auto& attribute : from.attributes())
        if (std::find(attributes.begin(), attributes.end(), attribute.name()) != attributes.end()) put_attribute(copy, attribute);
    return copy;
}

std::string xml_of(const pugi::xml_node& node) {
    Text text;
    node.print(text, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
    return std::move(text.bytes);
}

}  // namespace chayan::service
