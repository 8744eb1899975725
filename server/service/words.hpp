// SPDX-License-Identifier: Apache-2.0
// The words for every code, Chinese first, English second: sentences that say what to do. One table; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kit/result.hpp"

namespace chayan::service {

enum class Language : std::uint8_t { zh, en };

/// The language of an Accept-Language header: the best of zh and en by its q-values; zh when neither is named.
Language preferred_language(std::string_view accept_language);

/// A sentence for an error's code; for a code without words of its own a general one.
std::string_view sentence(std::string_view code, Language language);
/// The sentence for the whole of an error; where it says when to try again, with that.
std::string sentence(const kit::Error& error, Language language);
bool has_sentence(std::string_view code);

}  // namespace chayan::service
