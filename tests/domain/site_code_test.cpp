// SPDX-License-Identifier: Apache-2.0
#include "domain/site_code.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace chayan::domain;

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

}  // namespace

TEST_CASE("a site code packs site, direction and revision big endian in front of the MAC") {
    const SiteCode code{SiteId{0x123456}, PosterDirection::out, 5};
    CHECK(pack(code) == std::array<std::uint8_t, 4>{0x12, 0x34, 0x56, 0x85});
    CHECK(format_site_code(code, {0, 0, 0, 0, 0, 0}) == "28t5d18000000000");
    CHECK(format_site_code({SiteId{0xFFFFFF}, PosterDirection::pass, 63}, {255, 255, 255, 255, 255, 255}) == "zzzzzzzzzzzzzzzz");
}

TEST_CASE("what is printed is read back, for every edge of the fields") {
    const SiteCodeMac mac{1, 2, 3, 253, 254, 255};
    for (const std::uint32_t site : {1U, 2U, 255U, 256U, 65'536U, (1U << 24U) - 1})
        for (const auto direction : {PosterDirection::any, PosterDirection::in, PosterDirection::out, PosterDirection::pass})
            for (const std::uint8_t revision : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{63}}) {
                const SiteCode code{SiteId{site}, direction, revision};
                const auto text = format_site_code(code, mac);
                CAPTURE(text);
                REQUIRE(text.size() == 16);
                const auto read = parse_site_code(text);
                REQUIRE(read);
                CHECK(read->code == code);
                CHECK(read->mac == mac);
            }
}

TEST_CASE("one code has one encoding, and nothing else is accepted") {
    const auto good = format_site_code({SiteId{7}, PosterDirection::in, 1}, {9, 8, 7, 6, 5, 4});
    REQUIRE(parse_site_code(good));
    for (const auto& bad : {std::string{}, good.substr(0, 15), good + "0", good + "\n", std::string(1, ' ').append(good, 1), good + "=", std::string(4096, '0')}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_site_code(bad));
    }
    for (const char c : std::string("ABCXYZilouILOU-_+/=. \0\x80\xff", 25)) {
        auto bad = good;
        bad[8] = c;
        CAPTURE(static_cast<int>(c));
        CHECK_FALSE(parse_site_code(bad));
    }
    CHECK_FALSE(parse_site_code("0000000000000000"));  // no site 0
}

TEST_CASE("a change of any bit gives another code or none") {
    const auto good = format_site_code({SiteId{0xABCDE}, PosterDirection::any, 33}, {1, 22, 33, 44, 55, 66});
    const auto read = *parse_site_code(good);
    for (std::size_t i = 0; i < good.size(); ++i)
        for (unsigned bit = 0; bit < 5; ++bit) {
            auto bent = good;
            bent[i] = alphabet[alphabet.find(good[i]) ^ (std::size_t{1} << bit)];
            CAPTURE(i, bit);
            const auto other = parse_site_code(bent);
            CHECK((!other || !(other->code == read.code) || other->mac != read.mac));
        }
}

TEST_CASE("base32 comes back whole for every length, and refuses filling bits that are not zero") {
    std::mt19937 random(20'200'226);
    for (std::size_t count = 0; count < 40; ++count) {
        std::string bytes(count, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
        const auto text = encode_base32(begin, count);
        CAPTURE(count, text);
        CHECK(text.size() == (count * 8 + 4) / 5);
        std::string back(count, '\0');
        auto* out = reinterpret_cast<std::uint8_t*>(back.data());
        REQUIRE(decode_base32(text, out, count));
        CHECK(back == bytes);
        CHECK_FALSE(decode_base32(text + "0", out, count));
        if (count % 5 == 0) continue;
        auto bent = text;
        bent.back() = alphabet[alphabet.find(bent.back()) | 1U];
        CHECK_FALSE(decode_base32(bent, out, count));
    }
}

TEST_CASE("directions of posters have their words") {
    CHECK(std::string(word_of(PosterDirection::any)) == "any");
    CHECK(std::string(word_of(PosterDirection::in)) == "in");
    CHECK(std::string(word_of(PosterDirection::out)) == "out");
    CHECK(std::string(word_of(PosterDirection::pass)) == "pass");
}
