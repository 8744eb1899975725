// SPDX-License-Identifier: Apache-2.0
// Why two statements were taken for one, or are asked about, in the reader's language. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "service/words.hpp"

namespace chayan::service {

/// The reasons of domain::reasons_of, or the name of a rule, as people read them: "证件 相同 +21.3；姓名 同音 +9.8". What it does not know stays as it is.
std::string reasons_in(std::string_view reasons, Language language);

/// What a review asks, in a sentence: of its kind, and whether both give the same document.
std::string_view question_in(std::string_view kind, bool same_document, Language language);

}  // namespace chayan::service
