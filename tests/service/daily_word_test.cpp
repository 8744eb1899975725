// SPDX-License-Identifier: Apache-2.0
#include "service/key_files.hpp"
#include "service/daily_word.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

#include "domain/text.hpp"
#include "service/stage.hpp"

using namespace chayan;
using namespace chayan::service;

namespace {

const auto zone = domain::TimeZone::fixed(8 * 3600);

struct Keys {
    explicit Keys(const char* name) : path((folder.path / name).string()) { (void)key_files::create(path); }
    testing::Folder folder;
    std::string path;
};

}  // namespace

TEST_CASE("the word of a day is two Han characters, the same whoever asks, and another installation's is another") {
    const Keys here("here"), there("there");
    const Vault vault(here.path, zone), again(here.path, zone), other(there.path, zone);
    int alike = 0;
    for (std::int32_t day = -50; day < 50; ++day) {
        CAPTURE(day);
        const auto word = daily_word(vault, {day});
        const auto points = domain::decode_utf8(word);
        REQUIRE(points);
        CHECK(points->size() == 2);
        for (const auto point : *points) CHECK((point >= 0x4E00 && point <= 0x9FFF));
        CHECK(daily_word(again, {day}) == word);
        alike += daily_word(other, {day}) == word ? 1 : 0;
    }
    CHECK(alike < 10);
}

TEST_CASE("no word comes back within a season, and rounds go another way each time") {
    const Keys keys("keys");
    const Vault vault(keys.path, zone);
    std::set<std::string> round;
    std::int32_t first = 0;
    while (round.insert(std::string(daily_word(vault, {first}))).second) ++first;
    CHECK(first >= 200);   // day 0 begins a round
    int alike = 0;
    for (std::int32_t i = 0; i < first; ++i) alike += daily_word(vault, {i}) == daily_word(vault, {i + first}) ? 1 : 0;
    CHECK(alike < 20);
}
