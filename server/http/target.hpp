// SPDX-License-Identifier: Apache-2.0
// Reads a request target in origin form ("/path?query") strictly and decodes it once. Pure; any thread. Never repairs:
// what two readers could understand differently is refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace chayan::http {

inline constexpr std::size_t query_count_max = 32;  ///< no page or call has more than twelve

/// Decodes `raw` into `path` and `query`. False when it is not in origin form; has a byte outside the grammar, an empty,
/// "." or ".." segment (a trailing slash aside); encodes a dot, a slash, a backslash, a control character or bad UTF-8;
/// or names a query member twice. In a query '+' is a space, as browsers send it.
bool parse_target(std::string_view raw, std::string& path, std::vector<Header>& query);

}  // namespace chayan::http
