// SPDX-License-Identifier: Apache-2.0
// The recovery key on two sheets for two keepers: both together are the key, one alone says nothing of it. Sheet 1 holds what HKDF makes of the
// key, sheet 2 the key XOR that, so that a sheet can be printed again and goes with the other keeper's old one. A sheet is 15 groups of five
// characters: 75 of Crockford base32. The first says which sheet of which key it is, the next 13 hold the half, the last a digest of all; the fifth
// character of each checks its four, its place and its sheet: it finds any one wrong character, any two that were swapped, and most else. Pure; commands.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kit/result.hpp"
#include "service/crypto.hpp"
#include "service/key_bundle.hpp"

namespace chayan::service::recovery {

inline constexpr std::size_t groups = 15, group_size = 5;

/// What stands on one sheet; wiped at the end.
class Sheet {
public:
    Sheet(int number, std::uint16_t set, const crypto::Key& half) : number_(number), set_(set), half_(half) {}
    Sheet(Sheet&& other) noexcept;
    Sheet& operator=(Sheet&& other) noexcept;
    Sheet(const Sheet&) = delete;
    Sheet& operator=(const Sheet&) = delete;
    ~Sheet();
    /// 1 or 2.
    int number() const { return number_; }
    /// The same on both sheets of a key: 15 bits.
    std::uint16_t set() const { return set_; }
    const crypto::Key& half() const { return half_; }

private:
    int number_;
    std::uint16_t set_;
    crypto::Key half_;
};

/// Requires: `number` is 1 or 2.
Sheet sheet_of(const key_bundle::RecoveryKey& key, int number);
/// Its groups.
std::array<std::string, groups> format(const Sheet& sheet);

/// Understands what people type, as RecoveryKey::parse does. Errors: sheet_malformed (not 75 characters), sheet_groups_wrong (its fields' pointers
/// are the numbers of the groups, from 1), sheet_wrong (each group is right, all of them are not).
kit::Result<Sheet> parse(std::string_view typed);
/// What was typed is no whole key, but a sheet, or as much of one.
bool looks_like_sheet(std::string_view typed);
/// What was typed in its 15 groups, as they were parted, else in fives; nothing when there are neither 15 groups nor 75 characters.
std::vector<std::string> groups_of(std::string_view typed);

/// Errors: sheets_same, sheets_differ (they are of two keys).
kit::Result<key_bundle::RecoveryKey> join(const Sheet& one, const Sheet& other);

/// Whether it is the key whose open half these 32 bytes are.
bool opens(const key_bundle::RecoveryKey& key, std::string_view open_half);

}  // namespace chayan::service::recovery
