// SPDX-License-Identifier: Apache-2.0
// Page text with places to fill: the part of Mustache that pages here need. {{name}} is escaped, {{{name}}} is HTML of our own;
// {{#name}}…{{/name}} stays when the value is not empty, {{^name}}…{{/name}} when it is; {{! …}} falls out. {{t.key}} is a text. What is not
// given is empty. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace chayan::api {

using Values = std::map<std::string, std::string, std::less<>>;

/// Text in HTML, also in an attribute with quotes; U+0001, which is no character of HTML, falls out.
std::string escape_html(std::string_view text);

/// Requires: the template is well formed (it is ours; CHECK).
std::string fill(std::string_view html, const Values& values, const Values& texts = {});

}  // namespace chayan::api
