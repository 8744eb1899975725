// SPDX-License-Identifier: Apache-2.0
#include "domain/phone.hpp"

#include <algorithm>

#include "domain/text.hpp"

namespace chayan::domain {
namespace {

kit::Error wrong(const char* code) { return kit::invalid_field("/phone", code); }

}  // namespace

kit::Result<Phone> parse_phone(std::string_view text) {
    auto half = to_half_width(text);
    if (!half) return wrong("phone_characters");
    std::erase_if(*half, [](char c) { return c == ' ' || c == '-' || c == '(' || c == ')'; });
    std::string digits = *half;
    if (digits.empty()) return wrong("phone_empty");
    bool is_international = false;
    if (digits.starts_with('+')) {
        is_international = true;
        digits.erase(0, 1);
    } else if (digits.starts_with("00")) {
        is_international = true;
        digits.erase(0, 2);
    }
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return wrong("phone_characters");
    if (digits.starts_with("86") && (is_international || digits.size() == 13)) {
        is_international = false;
        digits.erase(0, 2);
    }
    if (is_international) {
        if (digits.size() < 8 || digits.size() > 15 || digits[0] == '0') return wrong("phone_length");
        return Phone{"+" + digits};
    }
    if (digits.starts_with('0')) return wrong("phone_not_mobile");
    if (digits.size() != 11) return wrong("phone_length");
    if (digits[0] != '1' || digits[1] < '3') return wrong("phone_not_mobile");
    return Phone{"+86" + digits};
}

std::string mask_phone(const Phone& phone) {
    const auto& number = phone.e164;
    if (number.starts_with("+86") && number.size() == 14) return number.substr(3, 3) + "****" + number.substr(10);
    if (number.size() < 8) return std::string(number.size(), '*');
    return number.substr(0, 3) + std::string(number.size() - 6, '*') + number.substr(number.size() - 3);
}

}  // namespace chayan::domain
