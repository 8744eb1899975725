// SPDX-License-Identifier: Apache-2.0
#include "api/page.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using chayan::api::escape_html;
using chayan::api::fill;

TEST_CASE("a value is escaped wherever it stands, but for HTML of our own") {
    CHECK(fill("<p title=\"{{a}}\">{{a}}</p>", {{"a", "<b>\"'&"}}) == "<p title=\"&lt;b&gt;&quot;&#39;&amp;\">&lt;b&gt;&quot;&#39;&amp;</p>");
    CHECK(fill("{{{a}}}!", {{"a", "<b>"}}) == "<b>!");
    CHECK(fill("{{a}}", {{"a", "{{b}}"}, {"b", "no"}}) == "{{b}}");   // what was filled in is not read again
    CHECK(escape_html("王建国") == "王建国");
    CHECK(escape_html("王\x01\x30国") == "王0国");   // nobody's name is taken for the mark of a fixed part
    CHECK(fill("{{t.a}}{{a}}", {{"a", "value"}}, {{"a", "text "}}) == "text value");
}

TEST_CASE("a section stays when its value is there, its opposite when it is not, also one in another") {
    const char* html = "{{#a}}A{{#b}}B{{/b}}{{^b}}-{{/b}}{{/a}}{{^a}}none{{/a}}{{! said to nobody }}.";
    CHECK(fill(html, {{"a", "1"}, {"b", "1"}}) == "AB.");
    CHECK(fill(html, {{"a", "1"}}) == "A-.");
    CHECK(fill(html, {{"b", "1"}}) == "none.");
    CHECK(fill("", {}).empty());
}

TEST_CASE("every text of the pages is there in both languages, and every text that a page names is there") {
    const auto keys = chayan::api::keys_of_texts();
    CHECK(keys.size() == static_cast<std::size_t>(std::count(chayan::api::texts_text.begin(), chayan::api::texts_text.end(), '\n')) - 1);
    for (const auto html : {chayan::api::head_text, chayan::api::person_fields_text, chayan::api::household_fields_text, chayan::api::notice_text,
                            chayan::api::register_text, chayan::api::pass_text, chayan::api::kept_text, chayan::api::unsent_text, chayan::api::foot_text,
                            chayan::api::result_text, chayan::api::message_text, chayan::api::home_text}) {
        for (std::size_t at = 0; (at = html.find("{{t.", at)) != std::string_view::npos; ++at) {
            const std::string key(html.substr(at + 4, html.find("}}", at) - at - 4));
            CAPTURE(key);
            CHECK(std::find(keys.begin(), keys.end(), key) != keys.end());
        }
    }
}
