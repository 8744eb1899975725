// SPDX-License-Identifier: Apache-2.0
// The code on paper: an address as a QR symbol (ISO/IEC 18004), its outline to be filled in one stroke, and the 16 characters that a
// resident may type (CONTRACT 3). Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qrgen/sentence.hpp"
#include "qrgen/site.hpp"

namespace chayan::qrgen {

/// How much of a symbol may be lost: 15 %, 25 %, 30 %.
enum class Level : unsigned char { m, q, h };

constexpr int quiet_modules = 4;   ///< on each side, as the standard asks

class Symbol {
public:
    Symbol(int size, std::vector<bool> dark) : size_(size), dark_(std::move(dark)) {}
    /// Modules on a side, without the quiet zone: 21 to 177.
    int size() const { return size_; }
    /// Modules on a side with the quiet zone.
    int size_with_quiet() const { return size_ + 2 * quiet_modules; }
    int version() const { return (size_ - 17) / 4; }
    /// False outside the symbol.
    bool is_dark(int x, int y) const {
        return x >= 0 && y >= 0 && x < size_ && y < size_ && dark_[static_cast<std::size_t>(y) * static_cast<std::size_t>(size_) + static_cast<std::size_t>(x)];
    }

private:
    int size_;
    std::vector<bool> dark_;
};

/// The smallest symbol that holds the text. An error: it holds too much.
Outcome<Symbol> encode(std::string_view text, Level level);

struct Corner {
    int x;
    int y;
    friend bool operator==(const Corner&, const Corner&) = default;
};

/// The borders between dark and light as closed polygons of corners, counted in modules from the symbol's top left. Filled by the even-odd
/// rule they are the dark modules exactly, with no seam between neighbours as rectangles would leave.
std::vector<std::vector<Corner>> outlines(const Symbol& symbol);

struct TypedCode {
    Direction direction = Direction::any;
    int revision = 0;
};
/// What 16 characters of Crockford base32 in lower case say; nothing for any other text. Whether they are genuine only the service knows.
std::optional<TypedCode> parse_code(std::string_view text);

/// In groups of four, for reading aloud and typing.
std::string grouped(std::string_view code);

}  // namespace chayan::qrgen
