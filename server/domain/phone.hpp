// SPDX-License-Identifier: Apache-2.0
// Mobile numbers in one stored form, E.164. Source: DOMAIN 1.5 (mainland mobile ^1[3-9]\d{9}$; others as +…). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "kit/result.hpp"

namespace chayan::domain {

/// "+8614200000001". No output operator: it can't reach a log.
struct Phone {
    std::string e164;
    friend bool operator==(const Phone&, const Phone&) = default;
};

/// Strips spaces, hyphens, brackets, full-width forms, +86 / 0086 / 86; a number of another country needs + or 00 and has 8 to 15 digits.
/// Errors: "phone_empty", "phone_characters", "phone_length" (10086 too), "phone_not_mobile" (a landline, 12345678901).
kit::Result<Phone> parse_phone(std::string_view text);

/// 142****0001 for a mainland number; for others the country's "+", first 2 and last 3 digits.
std::string mask_phone(const Phone& phone);

}  // namespace chayan::domain
