// SPDX-License-Identifier: Apache-2.0
#include "service/link_words.hpp"

#include "domain/linkage.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chayan;
using service::Language;

TEST_CASE("reasons are told in the reader's language, and English ones stay as they are") {
    const std::string reasons = "rule: document and name; document equal +21.3; name sound +9.8; sex differs -10.9; prior against a household -2.0";
    CHECK(service::reasons_in(reasons, Language::en) == reasons);
    CHECK(service::reasons_in(reasons, Language::zh) == "规则：证件与姓名相同；证件 相同 +21.3；姓名 同音 +9.8；性别 不同 -10.9；起点（相对同户另一人） -2.0");
    CHECK(service::reasons_in("decided by a human", Language::zh) == "人工判断");
    CHECK(service::reasons_in("", Language::zh).empty());
}

TEST_CASE("every field and every agreement has a Chinese word") {
    for (std::size_t field = 0; field < domain::link_field_count; ++field)
        for (std::size_t agreement = 0; agreement < domain::agreement_count; ++agreement) {
            const auto words = std::string(word_of(static_cast<domain::LinkField>(field))) + ' ' + word_of(static_cast<domain::Agreement>(agreement));
            const auto told = service::reasons_in(words, Language::zh);
            CAPTURE(words, told);
            CHECK(told.find_first_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
        }
}

TEST_CASE("what a review asks is a sentence of its kind") {
    CHECK(service::question_in("conflict", true, Language::zh) != service::question_in("conflict", false, Language::zh));
    CHECK(service::question_in("likely", false, Language::en) != service::question_in("split", false, Language::en));
}
