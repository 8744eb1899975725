// SPDX-License-Identifier: Apache-2.0
#include "service/crypto.hpp"

#include <catch2/catch.hpp>

#include <concepts>
#include <set>
#include <thread>
#include <vector>

using namespace chayan::service;

namespace {

std::string hex(const auto& bytes) {
    std::string text;
    for (const auto byte : bytes) {
        constexpr char digits[] = "0123456789abcdef";
        text += digits[static_cast<std::uint8_t>(byte) >> 4U];
        text += digits[static_cast<std::uint8_t>(byte) & 15U];
    }
    return text;
}

crypto::Key key_of(std::uint8_t first) {
    crypto::Key key;
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(first + i);
    return key;
}

}  // namespace

TEST_CASE("a block is encrypted as FIPS 197 says, and decrypted back") {
    crypto::Block plain;
    for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<std::uint8_t>(i * 0x11);
    const auto sealed = crypto::encrypt(key_of(0), plain);   // FIPS 197, C.3
    CHECK(hex(sealed) == "8ea2b7ca516745bfeafc49904b496089");
    CHECK(crypto::decrypt(key_of(0), sealed) == plain);
}

TEST_CASE("blocks in bulk are the blocks one by one, none at all included") {
    std::vector<crypto::Block> blocks(37);
    for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i].fill(static_cast<std::uint8_t>(i));
    auto bulk = blocks;
    crypto::encrypt(key_of(3), bulk);
    for (std::size_t i = 0; i < blocks.size(); ++i) CHECK(bulk[i] == crypto::encrypt(key_of(3), blocks[i]));
    crypto::decrypt(key_of(3), bulk);
    CHECK(bulk == blocks);
    crypto::encrypt(key_of(3), std::span<crypto::Block>());
}

TEST_CASE("a MAC is HMAC-SHA-256, also the second time and in another thread") {
    // RFC 4231 keys are shorter or longer than ours; these come from another implementation, Python's hmac.
    const auto empty = crypto::mac(key_of(0), "").bytes();
    const auto text = crypto::mac(key_of(0), "chayan").bytes();
    CHECK(hex(empty) == "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb");
    CHECK(hex(text) == "2a89b34382e980920a070fa8c42af3a5e03321f3ca93a07ccf66ddb2e302a2da");
    CHECK(crypto::mac(key_of(1), "chayan").bytes() != text);
    std::array<std::uint8_t, 32> elsewhere{};
    std::thread([&] { elsewhere = crypto::mac(key_of(0), "chayan").bytes(); }).join();
    CHECK(elsewhere == text);
    CHECK(crypto::mac(key_of(0), "").bytes() == empty);
}

TEST_CASE("a MAC is compared by its first bytes in constant time, and cannot be compared otherwise") {
    const auto mac = crypto::mac(key_of(0), "chayan");
    const auto& full = mac.bytes();
    for (const std::size_t count : {1U, 6U, 8U, 32U}) {
        CAPTURE(count);
        std::vector<std::uint8_t> given(full.begin(), full.begin() + static_cast<std::ptrdiff_t>(count));
        CHECK(mac.begins_with(given));
        for (auto& byte : given) {
            byte ^= 1U;
            CHECK_FALSE(mac.begins_with(given));
            byte ^= 1U;
        }
    }
    CHECK_FALSE(std::equality_comparable<crypto::Mac>);
}

TEST_CASE("derived keys are HKDF-SHA-256, one for each label") {
    CHECK(hex(crypto::derive(key_of(0), "site code")) == "85c0a5ad5b876ad7e87304fb64ca0b8c4b9672f50b8fcba6b6775a676f47ffb5");
    std::set<crypto::Key> keys;
    for (const char* label : {"", "a", "b", "ab", "site code"}) keys.insert(crypto::derive(key_of(0), label));
    keys.insert(crypto::derive(key_of(1), "a"));
    CHECK(keys.size() == 6);
}

TEST_CASE("more keys than are cached at once still give the same answers") {
    std::vector<std::array<std::uint8_t, 32>> macs;
    std::vector<crypto::Block> blocks;
    const auto key = [](unsigned i) {
        auto made = key_of(9);
        made[0] = static_cast<std::uint8_t>(i);
        made[1] = static_cast<std::uint8_t>(i >> 8U);
        return made;
    };
    for (unsigned i = 0; i < 600; ++i) {
        macs.push_back(crypto::mac(key(i), "x").bytes());
        blocks.push_back(crypto::encrypt(key(i), crypto::Block{}));
    }
    for (unsigned i = 0; i < 600; i += 50) {
        CHECK(crypto::mac(key(i), "x").bytes() == macs[i]);
        CHECK(crypto::decrypt(key(i), blocks[i]) == crypto::Block{});
    }
}
