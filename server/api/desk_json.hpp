// SPDX-License-Identifier: Apache-2.0
// What answers of the desk and to tracers have in common. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "api/api.hpp"
#include "api/json.hpp"
#include "kit/number.hpp"
#include "service/shown.hpp"

namespace chayan::api {

/// A number as our addresses have it; 0, which nothing has, where it is none.
inline std::uint64_t number_of(std::string_view text) { return kit::read_number(text).value_or(0); }

/// A page's cursor is the number of a row; nothing for another text. None is 0: the first page.
std::optional<std::uint64_t> cursor_of(const Call& call);

/// As member `person` of an object that is open; what is empty is left out.
void write_person(JsonText& text, const service::MaskedPerson& person);

}  // namespace chayan::api
