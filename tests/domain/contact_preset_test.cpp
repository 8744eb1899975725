// SPDX-License-Identifier: Apache-2.0
#include "domain/contact_preset.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chayan::domain;

namespace {

constexpr const char* header =
    "preset,zh,en,days_before,days_after_onset,days_after_sample,min_overlap_min,accumulate,linger_min,categories,source\n";

bool is_taken(const std::string& rows) { return parse_contact_presets(header + rows).has_value(); }

}  // namespace

TEST_CASE("the table has the figures of the authorities it names") {
    struct Figures {
        const char* word;
        std::int32_t days_before, min_overlap_s;
        Accumulate accumulate;
        std::optional<std::int32_t> days_after_onset, days_after_sample;
    };
    const Figures all[] = {{"nhc2", 0, 0, Accumulate::total, {}, {}},  {"nhc5", 2, 0, Accumulate::total, {}, {}},
                           {"nhc8", 4, 0, Accumulate::total, {}, {}},  {"who", 2, 900, Accumulate::longest, 13, 10},
                           {"cdc", 2, 900, Accumulate::day, {}, {}},   {"grid10", 14, 600, Accumulate::total, {}, {}}};
    CHECK(contact_presets().size() == std::size(all));
    for (const auto& figures : all) {
        CAPTURE(figures.word);
        const auto* preset = find_contact_preset(figures.word);
        REQUIRE(preset != nullptr);
        CHECK(preset->days_before == figures.days_before);
        CHECK(preset->min_overlap_s == figures.min_overlap_s);
        CHECK(preset->accumulate == figures.accumulate);
        CHECK(preset->days_after(AnchorKind::onset) == figures.days_after_onset);
        CHECK(preset->days_after(AnchorKind::sample) == figures.days_after_sample);
        CHECK_FALSE(preset->linger_s);
        CHECK(preset->categories.empty());
        CHECK_FALSE(preset->source.empty());
    }
    CHECK(find_contact_preset("NHC5") == nullptr);
    CHECK(find_contact_preset("") == nullptr);
}

TEST_CASE("a row may say all there is, and leave out what it does not limit") {
    const auto read = parse_contact_presets(std::string(header) + "air,诊所,clinic,1,2,3,4,day,30,clinic;药店,our own\nany,任何,any,0,,,0,total,,,nobody\n");
    REQUIRE(read);
    REQUIRE(read->size() == 2);
    const auto& full = read->front();
    CHECK(full.word == "air");
    CHECK(full.zh == "诊所");
    CHECK(full.en == "clinic");
    CHECK(full.days_before == 1);
    CHECK(full.days_after_onset == 2);
    CHECK(full.days_after_sample == 3);
    CHECK(full.min_overlap_s == 240);
    CHECK(full.linger_s == 1800);
    CHECK(full.categories == std::vector<Category>{Category::clinic, Category::pharmacy});
    CHECK(full.source == "our own");
    CHECK_FALSE(read->back().linger_s);
    CHECK_FALSE(read->back().days_after_onset);
}

TEST_CASE("each figure has its limits, and what is wrong in one row is wrong with the table") {
    CHECK(is_taken("a,甲,A,366,366,366,527040,total,527040,,s\n"));
    CHECK(is_taken("a,甲,A,0,0,0,0,total,0,,s\n"));
    for (const char* bad : {"a,甲,A,367,,,0,total,,,s\n", "a,甲,A,0,367,,0,total,,,s\n", "a,甲,A,0,,367,0,total,,,s\n", "a,甲,A,0,,,527041,total,,,s\n",
                            "a,甲,A,0,,,0,total,527041,,s\n", "a,甲,A,-1,,,0,total,,,s\n", "a,甲,A,,,,0,total,,,s\n", "a,甲,A,0,,,,total,,,s\n",
                            "a,甲,A,1d,,,0,total,,,s\n", "a,甲,A,0,,,0,most,,,s\n", "a,甲,A,0,,,0,,,,s\n", "a,甲,A,0,,,0,total,,casino,s\n",
                            "a,甲,A,0,,,0,total,,clinic;;shop,s\n", ",甲,A,0,,,0,total,,,s\n", "a,,A,0,,,0,total,,,s\n", "a,甲,,0,,,0,total,,,s\n",
                            "a,甲,A,0,,,0,total,,,\n", "a,甲,A,0,,,0,total,,s\n", "a,甲,A,0,,,0,total,,,s\na,乙,B,0,,,0,total,,,s\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_taken(bad));
    }
    CHECK_FALSE(parse_contact_presets("preset,zh\na,甲\n"));
    CHECK_FALSE(parse_contact_presets(""));
}

TEST_CASE("time together has a word for each way to add it up") {
    for (const auto accumulate : {Accumulate::total, Accumulate::longest, Accumulate::day}) CHECK(find_accumulate(word_of(accumulate)) == accumulate);
    CHECK_FALSE(find_accumulate("sum"));
    CHECK_FALSE(find_accumulate(""));
}
