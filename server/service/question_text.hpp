// SPDX-License-Identifier: Apache-2.0
// A question as text, as a case keeps it: name=value lines, one for each value. What is read back is the question that was written, without its
// case. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/answers.hpp"

namespace chayan::service {

/// A question that a case keeps, spelt out.
struct KeptQuestion {
    Question question;
    bool is_until_now = false;   ///< nobody had said where its window ends: it ended where its preset says, or with the second in which it was asked
};

/// Equal questions have equal text. Requires: no search, which is not kept.
std::string text_of(const KeptQuestion& kept);
/// Nothing when it is not such a text.
std::optional<KeptQuestion> read_question_text(std::string_view text);

/// Requires: no search.
storage::QuestionKind kind_of(const KeptQuestion& kept);
/// "passages", as its answer's list is named.
const char* word_of(storage::QuestionKind kind);
void set_case(Question& question, const std::string& case_number);

}  // namespace chayan::service
