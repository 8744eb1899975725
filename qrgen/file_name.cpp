// SPDX-License-Identifier: Apache-2.0
#include "qrgen/file_name.hpp"

#include <unicode/utf8.h>

#include "qrgen/field.hpp"

namespace chayan::qrgen {
namespace {

std::string safe(std::string_view text) {
    constexpr std::size_t bytes_max = 100;
    std::string name;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        const auto from = at;
        U8_FWD_1(bytes, at, text.size());
        if (name.size() + (at - from) > bytes_max) break;
        const char c = text[from];
        const bool is_unsafe = static_cast<unsigned char>(c) < 0x20 || c == 0x7F || std::string_view("/\\:*?\"<>|'`$&;").find(c) != std::string_view::npos;
        name += is_unsafe ? "_" : text.substr(from, at - from);
    }
    const auto first = name.find_first_not_of(" .-");   // no hidden file, no option of a command, no folder above
    name.erase(0, first == std::string::npos ? name.size() : first);
    const auto last = name.find_last_not_of(" .");
    name.erase(last == std::string::npos ? 0 : last + 1);
    return name.empty() ? "site" : name;
}

}  // namespace

std::string FileNames::name_for(std::string_view text, std::string_view extension) {
    const auto stem = safe(text);
    for (int number = 1;; ++number) {
        auto name = stem + (number == 1 ? std::string() : "-" + std::to_string(number)) + std::string(extension);
        if (given_.insert(lower(name)).second) return name;
    }
}

}  // namespace chayan::qrgen
