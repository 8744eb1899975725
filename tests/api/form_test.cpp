// SPDX-License-Identifier: Apache-2.0
#include "api/form.hpp"

#include <catch2/catch.hpp>

using chayan::api::Form;
using chayan::api::has_word;

namespace {

std::string code_of(std::string_view body) {
    const auto form = Form::parse(body, "name number");
    return form ? "" : form.error().code;
}

}  // namespace

TEST_CASE("a form's fields are decoded, and what is not there is empty") {
    const auto form = Form::parse("name=%E7%8E%8B+%2B%26%3D&number=", "name number phone");
    REQUIRE(form);
    CHECK(form->text("name") == "王 +&=");
    CHECK(form->has("number"));
    CHECK(form->text("number").empty());
    CHECK_FALSE(form->has("phone"));
    CHECK(form->text("phone").empty());
    CHECK(Form::parse("", "name"));
    CHECK(Form::parse("&&name=a&", "name")->text("name") == "a");
    CHECK(Form::parse("name", "name")->has("name"));
    CHECK(Form::parse("name=a=b", "name")->text("name") == "a=b");
    CHECK(Form::parse("n%61me=a", "name")->text("name") == "a");
}

TEST_CASE("a broken escape, an unknown name and one that stands twice are refused") {
    for (const char* body : {"name=%", "name=%4", "name=%G1", "name=%1G", "%=a", "name=a%2", "name=%FF", "name=%ED%A0%80"}) {
        CAPTURE(body);
        CHECK(code_of(body) == "malformed_form");
    }
    CHECK(code_of("role=admin") == "unknown_member");
    CHECK(code_of("=a") == "unknown_member");
    CHECK(code_of("name+=a") == "unknown_member");
    CHECK(code_of("name=a&name=a") == "duplicate_member");
}

TEST_CASE("a word is one of a list only as a whole") {
    CHECK(has_word("as code lang", "code"));
    CHECK(has_word("as", "as"));
    CHECK_FALSE(has_word("as code lang", "cod"));
    CHECK_FALSE(has_word("as code lang", "as code"));
    CHECK_FALSE(has_word("as code lang", ""));
    CHECK_FALSE(has_word("", ""));
}
