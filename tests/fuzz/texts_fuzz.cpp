// SPDX-License-Identifier: Apache-2.0
// What people and files give as text: the first byte chooses the parser. Whatever a parser accepts, it accepts again in the
// form that it made of it, and changes it no more; masks never show more than they should.
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/document.hpp"
#include "domain/han.hpp"
#include "domain/name.hpp"
#include "domain/phone.hpp"
#include "domain/plate.hpp"
#include "domain/site_code.hpp"
#include "domain/text.hpp"
#include "domain/time.hpp"
#include "kit/check.hpp"

using namespace chayan::domain;

namespace {

constexpr Day today{18'300};   // 2020-02-08

void document(std::string_view text, DocumentType type) {
    const auto once = parse_document(type, text, type == DocumentType::passport ? "RUS" : "", today);
    if (!once) return;
    const auto again = parse_document(type, once->number, once->country, today);
    CHECK(again && *again == *once);
    CHECK(mask_document_number(once->number) != once->number || once->number.size() <= 3);
    if (type == DocumentType::id) {
        CHECK(once->number.size() == 18);
        CHECK(id_check_character(std::string_view(once->number).substr(0, 17)) == once->number.back());
    }
}

void name(std::string_view text) {
    CHECK(decode_utf8(sound_of(text)).has_value() == decode_utf8(text).has_value());
    const auto once = parse_name(text);
    if (!once) return;
    const auto again = parse_name(once->shown);
    CHECK(again && again->shown == once->shown);
    CHECK(fold_name(*again) == fold_name(*once));
    CHECK(!mask_name(*once).empty());
}

void phone(std::string_view text) {
    const auto once = parse_phone(text);
    if (!once) return;
    const auto again = parse_phone(once->e164);
    CHECK(again && *again == *once);
    CHECK(mask_phone(*once).find(once->e164) == std::string::npos);
}

void plate(std::string_view text) {
    const auto once = parse_plate(text);
    if (!once) return;
    const auto again = parse_plate(once->text);
    CHECK(again && again->text == once->text);
}

void moment(std::string_view text) {
    if (const auto at = parse_rfc3339(text)) {
        const auto again = parse_rfc3339(format_rfc3339(*at));
        CHECK(again && *again == *at);
    }
    if (const auto day = parse_date(text)) CHECK(parse_date(format_date(*day)) == *day);
}

void code(std::string_view text) {
    if (const auto parsed = parse_site_code(text)) CHECK(format_site_code(parsed->code, parsed->mac) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t count) {
    if (count == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, count - 1);
    switch (data[0]) {
        case 'i': document(text, DocumentType::id); break;
        case 'p': document(text, DocumentType::passport); break;
        case 'h': document(text, DocumentType::hkmo); break;
        case 'w': document(text, DocumentType::tw); break;
        case 'f': document(text, DocumentType::fpr); break;
        case 'o': document(text, DocumentType::other); break;
        case 'n': name(text); break;
        case 't': phone(text); break;
        case 'l': plate(text); break;
        case 'm': moment(text); break;
        case 'c': code(text); break;
        default: break;
    }
    return 0;
}
