// SPDX-License-Identifier: Apache-2.0
// A person's days in words. Everybody and every place in them is invented.
#include "service/narrative.hpp"
#include "domain/worlds.hpp"   // before Catch, whose CHECK replaces ours

#include <catch2/catch.hpp>

#include "kit/limits.hpp"

using namespace chayan;
using namespace chayan::service;
using domain::Category;
using domain::Instant;

namespace {

const auto zone = domain::TimeZone::fixed(8 * 3600);
constexpr Instant morning = domain::worlds::start;   // 2026-02-02 08:00 there, a Monday
constexpr std::int64_t day = 86'400;

struct Person {
    std::string name, number, phone, address, workplace, birth_date = "1980-01-01", sex = "male";
};
struct Stop {
    std::uint32_t site;
    std::int64_t from_s, to_s;            ///< after `morning`
    const char* ended_by = "dwell";
    const char* direction = "in";
};

/// Sites by number from 1, and three divisions.
struct Town {
    explicit Town(const std::string& township = "南城区街道", const std::string& county = "定州市") {
        auto divisions = std::make_shared<Divisions>();
        divisions->put({*domain::parse_division_code("130682"), county, std::nullopt});
        divisions->put({*domain::parse_division_code("130682001"), township, std::nullopt});
        directory->divisions = divisions;
        directory->sites = sites;
    }
    std::uint32_t add(const std::string& name, Category category) {
        storage::SiteRow row;
        row.id = {++count};
        row.ref = "S" + std::to_string(count);
        row.name = name;
        row.category = category;
        row.division = *domain::parse_division_code("130682001001");
        row.place = row.id;
        row.stays = {{}};
        sites->put(row.id, rules_of(row));
        directory->site_rows.grow_to_hold(count);
        directory->site_rows.edit(count) = std::make_shared<const storage::SiteRow>(row);
        return count;
    }
    NarrativeGround ground(std::int64_t days = 3) const { return {directory, zone, morning, morning + days * day, morning + days * day}; }

    std::shared_ptr<domain::Sites> sites = std::make_shared<domain::Sites>();
    std::shared_ptr<Directory> directory = std::make_shared<Directory>();
    std::uint32_t count = 0;
};

AnswerPart part_of(const char* name, std::vector<Column> columns, std::vector<Row> rows) {
    AnswerPart part;
    part.name = name;
    part.columns = std::move(columns);
    part.count = rows.size();
    part.fill = [rows = std::move(rows)](std::uint64_t number, Row& row) { row = rows[number]; };
    return part;
}

AnswerTable trajectory(const Person& person, const std::vector<Stop>& stops) {
    AnswerTable table;
    table.kind = "trajectory";
    table.case_number = "2026-1";
    const auto cell = [](const std::string& text) { return text.empty() ? Cell{} : Cell{text}; };
    table.head = {{"person.id", std::string("k3m9x2p7q1w8")}, {"person.name", person.name}, {"person.document.number", cell(person.number)}, {"person.phone", cell(person.phone)},
                  {"person.address", cell(person.address)}, {"person.workplace", cell(person.workplace)}, {"person.birth_date", cell(person.birth_date)}, {"person.sex", cell(person.sex)}};
    std::vector<Row> visits, scans;
    for (const auto& stop : stops) {
        const auto ref = "S" + std::to_string(stop.site);
        visits.push_back({ref, morning + stop.from_s, morning + stop.to_s, std::string(stop.ended_by)});
        scans.push_back({ref, morning + stop.from_s, std::string(stop.direction), false, std::string("static")});
    }
    table.parts = {part_of("visits", {{"site.ref"}, {"begin", ColumnKind::moment}, {"end", ColumnKind::moment}, {"ended_by"}}, visits),
                   part_of("scans", {{"site.ref"}, {"at", ColumnKind::moment}, {"direction"}, {"voided", ColumnKind::flag}, {"evidence"}}, scans)};
    return table;
}

std::string notice_of(const Town& town, const Person& person, const std::vector<Stop>& stops, std::size_t crowd = kit::notice_crowd_min) {
    const auto ground = town.ground();
    return notice_text(notice_case(trajectory(person, stops), ground, "1", [=](const auto&, Instant, Instant) { return crowd; }), ground);
}

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

const Person somebody{"王小明", "130682198001010017", "+8614200000001", "仁和街2号", "砖厂"};

}  // namespace

TEST_CASE("a report says day by day where somebody was, how that is known, and what is assumed") {
    Town town;
    const auto shop = town.add("国大商场", Category::shop), gate = town.add("东内堡村口", Category::village), pharmacy = town.add("仁和药店", Category::pharmacy);
    const auto text = report_text(trajectory(somebody, {{gate, 0, 300}, {shop, 3'600, 5'400, "scanned"}, {pharmacy, 6'000, 6'900}, {shop, 2 * day, 2 * day, "scanned", "out"}}), town.ground(), "7");
    for (const auto* words : {"病例7：王小明，男，出生日期1980-01-01，证件号码130682198001010017，联系电话+8614200000001，现住址仁和街2号，工作单位砖厂", "个案编号2026-1",
                              "2026-02-02（星期一）\n  08:00 经过东内堡村口（村口），本人扫场所码（静态码）；是否停留不明。\n  09:00—09:30 国大商场（商超），本人扫场所码（静态码）；离开时有扫码。\n"
                              "  09:40—09:55 仁和药店（药店），本人扫场所码（静态码）；离开时间按停留时长推定。\n2026-02-03（星期二）\n  没有扫码记录，去向不明。\n2026-02-04（星期三）\n  08:00 国大商场（商超），"
                              "本人扫场所码（静态码）；只有离开时的扫码，到达时间不明。\n",
                              "共4次停留或经过"}) {
        CAPTURE(text, words);
        CHECK(has(text, words));
    }
}

TEST_CASE("a report of a masked trajectory tells what is masked as it stands") {
    Town town;
    Person masked{"王*", "130682********0017", "+86142****0001", "", "", "", ""};
    CHECK(has(report_text(trajectory(masked, {}), town.ground(1), ""), "病例：王*，证件号码130682********0017，联系电话+86142****0001；人员编号"));
}

TEST_CASE("a notice names public places alone, in half hours, and leaves out days without one") {
    Town town;
    const auto shop = town.add("国大商场", Category::shop), gate = town.add("东内堡村口", Category::village), yard = town.add("和平小区", Category::community), works = town.add("砖厂大门", Category::enterprise),
               school = town.add("第一小学", Category::school);
    const auto text = notice_of(town, somebody, {{gate, 0, 300}, {yard, 600, 900}, {shop, 4'000, 5'500}, {works, 9'000, 20'000}, {school, day, day + 600}, {gate, day + 900, day + 1'200},
                                                 {shop, 2 * day + 54'000, 2 * day + 58'000}});
    CHECK(text == "病例1，男，40至49岁。主要活动轨迹如下（时间按半小时取整）：\n2月2日：09:00—10:00在南城区街道国大商场。\n2月4日：23:00—次日00:30在南城区街道国大商场。\n"
                  "请在上述时段到过上述场所的人员，立即向所在社区（村）、单位报告。\n");
    const auto ground = town.ground();
    CHECK(notice_case(trajectory(somebody, {{gate, 0, 300}, {works, 9'000, 20'000}}), ground, "1", [](const auto&, Instant, Instant) { return 1000; }).stops.empty());
}

TEST_CASE("a notice leaves out where somebody stays as no visitor does, comes on three days, or what is named as their home") {
    Town town;
    const auto pharmacy = town.add("仁和药店", Category::pharmacy), shop = town.add("国大商场", Category::shop), near = town.add("和谐小区便利店", Category::shop);
    CHECK(has(notice_of(town, somebody, {{pharmacy, 0, 7'199}}), "仁和药店"));
    CHECK_FALSE(has(notice_of(town, somebody, {{pharmacy, 0, 7'200}}), "仁和药店"));   // two hours at a counter where a quarter of one is usual
    CHECK(has(notice_of(town, somebody, {{shop, 0, 600}, {shop, day, day + 600}}), "国大商场"));
    CHECK_FALSE(has(notice_of(town, somebody, {{shop, 0, 600}, {shop, day, day + 600}, {shop, 2 * day, 2 * day + 600}}), "国大商场"));
    auto neighbour = somebody;
    neighbour.address = "和谐小区3号楼";
    CHECK_FALSE(has(notice_of(town, neighbour, {{near, 0, 600}}), "和谐小区"));
    CHECK(has(notice_of(town, somebody, {{near, 0, 600}}), "和谐小区便利店"));
}

TEST_CASE("a notice says a township once, and of a bus none") {
    Town town;
    const auto shop = town.add("南城区街道便民超市", Category::shop), bus = town.add("1路公交车", Category::vehicle);
    const auto text = notice_of(town, somebody, {{shop, 0, 600}, {bus, 7'200, 8'000}});
    CHECK(has(text, "08:00—08:30在南城区街道便民超市；10:00—10:30在1路公交车。"));
}

TEST_CASE("a report tells what was told as told, and who stayed over midnight is not nowhere") {
    Town town;
    const auto works = town.add("砖厂大门", Category::enterprise), shop = town.add("国大商场", Category::shop);
    const auto text = report_text(trajectory(somebody, {{works, 40'000, 2 * day + 600, "scanned"}, {shop, 2 * day + 3'600, 2 * day + 7'200, "told"}}), town.ground(), "7");
    for (const auto* words : {"2026-02-03（星期二）\n  （续前日）全天在砖厂大门。\n", "2026-02-04（星期三）\n  （续前日）至08:10 在砖厂大门。\n  09:00—10:00 国大商场（商超），据流调补录，没有扫码。\n",
                              "共2次停留或经过，其中1次为流调补录。"}) {
        CAPTURE(text, words);
        CHECK(has(text, words));
    }
}

TEST_CASE("a place that few people passed is not named, and the limit holds on both sides") {
    Town town;
    const auto shop = town.add("国大商场", Category::shop);
    CHECK(has(notice_of(town, somebody, {{shop, 0, 60}}, kit::notice_crowd_min), "国大商场"));
    CHECK_FALSE(has(notice_of(town, somebody, {{shop, 0, 60}}, kit::notice_crowd_min - 1), "国大商场"));
}

TEST_CASE("an age is told as a band, and of a child as nothing more") {
    Town town;
    const auto shop = town.add("国大商场", Category::shop);
    for (const auto& [birth, band] : {std::pair("2008-02-06", "未满18岁"), std::pair("2008-02-05", "18至19岁"), std::pair("2006-02-06", "18至19岁"), std::pair("2006-02-05", "20至29岁"),
                                      std::pair("1946-02-06", "70至79岁"), std::pair("1946-02-05", "80岁及以上"), std::pair("1900-01-01", "80岁及以上")}) {
        auto person = somebody;
        person.birth_date = birth;
        CAPTURE(birth);
        CHECK(has(notice_of(town, person, {{shop, 0, 60}}), std::string("病例1，男，") + band + "。"));
    }
}

TEST_CASE("no field of anybody can be read in a notice, whatever places are called and however many were there") {
    domain::worlds::Random random(20261127);
    const std::vector<std::string> names{"王小明", "李国强", "南城", "国大", "阿依古丽·买买提", "定州", "张伟", "欧阳娜娜"}, homes{"仁和街2号", "国大商场3楼", "南城区街道", "和平小区5号楼", "定州市", "东内堡村", ""},
        jobs{"国大商场", "砖厂", "第一小学", "仁和药店连锁公司", "市政大厅", ""}, shops{"国大商场", "王小明烟酒店", "仁和药店", "市政大厅", "砖厂门市部", "张伟牙科", "仁和街2号院便民店", "南城超市", "142小卖部"};
    const auto one_of = [&](const std::vector<std::string>& list) { return list[random.below(static_cast<std::uint32_t>(list.size()))]; };
    std::size_t named = 0;
    for (int times = 0; times < 3'000; ++times) {
        Town town(random.below(8) == 0 ? "国大镇" : "南城区街道");
        const auto digits = std::to_string(10'000'000 + random.below(80'000'000));
        const Person person{one_of(names), "130682198001" + digits.substr(0, 6), "+86142" + digits, one_of(homes), one_of(jobs), "1980-01-01", random.below(2) == 0 ? "male" : "female"};
        std::vector<Stop> stops;
        std::int64_t at = 0;
        for (auto count = 1 + random.below(8); count > 0; --count, at += 1 + random.below(30'000)) {
            auto place = one_of(shops);
            if (random.below(10) == 0) place = person.name + "的" + place;
            if (random.below(20) == 0) place += person.phone.substr(3);
            if (random.below(20) == 0 && !person.address.empty()) place = person.address + place;
            const auto length = static_cast<std::int64_t>(random.below(10'000));
            stops.push_back({town.add(place, static_cast<Category>(random.below(domain::category_count))), at, at + length});
            at += length;
        }
        const auto text = notice_of(town, person, stops, random.below(2 * kit::notice_crowd_min));
        CAPTURE(text, person.name, person.address, person.workplace);
        for (const auto& field : {person.name, person.number, person.phone, person.phone.substr(3), person.address, person.workplace, person.birth_date, std::string("k3m9x2p7q1w8")})
            if (!field.empty()) CHECK_FALSE(has(text, field));
        named += has(text, "—") ? 1U : 0U;
    }
    CHECK(named > 300);   // places were named, or nothing was shown
}

TEST_CASE("a label is no place for a name") {
    for (const auto* good : {"1", "12", "A1", "123456"}) CHECK(is_narrative_label(good));
    for (const auto* bad : {"", "1234567", "王小明", "1 2", "1，", "a-b", "１"}) CHECK_FALSE(is_narrative_label(bad));
}
