// SPDX-License-Identifier: Apache-2.0
#include "api/form.hpp"

#include <algorithm>
#include <optional>

#include "domain/text.hpp"

namespace chayan::api {
namespace {

std::optional<unsigned> hex(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    return std::nullopt;
}

/// %XX and + resolved; nothing when one is broken.
std::optional<std::string> decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        const auto high = hex(text[i + 1]), low = hex(text[i + 2]);
        if (!high || !low) return std::nullopt;
        out.push_back(static_cast<char>(*high * 16 + *low));
        i += 2;
    }
    return out;
}

}  // namespace

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const auto first = words.substr(0, words.find(' '));
        if (first == word) return true;
        words.remove_prefix(std::min(words.size(), first.size() + 1));
    }
    return false;
}

kit::Result<Form> Form::parse(std::string_view body, std::string_view known) {
    Form form;
    while (!body.empty()) {
        const auto pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = decode(pair.substr(0, equals));
        auto value = decode(pair.substr(std::min(pair.size(), equals + 1)));
        if (!name || !value || !domain::decode_utf8(*value)) return kit::Error{kit::Errc::malformed, "malformed_form"};
        if (!has_word(known, *name)) return kit::Error{kit::Errc::malformed, "unknown_member"};
        if (!form.fields_.emplace(*name, *std::move(value)).second) return kit::Error{kit::Errc::malformed, "duplicate_member"};
    }
    return form;
}

std::string Form::text(std::string_view name) const {
    const auto found = fields_.find(name);
    return found == fields_.end() ? std::string{} : found->second;
}

}  // namespace chayan::api
