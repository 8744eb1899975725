// SPDX-License-Identifier: Apache-2.0
#include "town_divisions.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "domain/csv.hpp"
#include "domain/division.hpp"
#include "town_chance.hpp"

namespace chayan::town {
namespace {

constexpr std::uint32_t people_per_home = 2'200;    // 1.2 million in 542 villages and communities
constexpr std::size_t homes_max = 542;

struct KnownUnit {
    std::string_view code, name;
};

/// GB/T 10114 codes of Dingzhou's township-level units, by the statistical edition of 2023. Streets are 0xx, towns 1xx, townships 2xx.
constexpr std::array<KnownUnit, 25> known_units{{
    {"130682001", "南城区街道"}, {"130682002", "北城区街道"}, {"130682003", "西城区街道"}, {"130682004", "长安路街道"}, {"130682100", "留早镇"},
    {"130682101", "清风店镇"}, {"130682102", "庞村镇"}, {"130682103", "砖路镇"}, {"130682104", "明月店镇"}, {"130682105", "叮咛店镇"},
    {"130682106", "东亭镇"}, {"130682107", "大辛庄镇"}, {"130682108", "东旺镇"}, {"130682109", "高蓬镇"}, {"130682110", "邢邑镇"},
    {"130682111", "李亲顾镇"}, {"130682112", "子位镇"}, {"130682113", "开元镇"}, {"130682115", "周村镇"}, {"130682116", "息冢镇"},
    {"130682203", "东留春乡"}, {"130682204", "号头庄回族乡"}, {"130682205", "杨家庄乡"}, {"130682206", "大鹿庄乡"}, {"130682208", "西城乡"},
}};

constexpr std::array<std::string_view, 10> leads{"东", "西", "南", "北", "大", "小", "前", "后", "上", "下"};
constexpr std::array<std::string_view, 16> clans{"王", "李", "张", "刘", "陈", "赵", "孟", "庞", "邢", "杜", "郝", "冯", "曹", "甄", "白", "齐"};
constexpr std::array<std::string_view, 6> kinds{"家庄村", "村", "家营村", "家屯村", "家堡村", "各庄村"};
constexpr std::array<std::string_view, 12> blocks{"和平", "新华", "民生", "清泉", "兴定", "中山", "文苑", "祥和", "永安", "福苑", "锦绣", "怡园"};

std::size_t homes_needed(std::uint32_t people, std::size_t least, std::size_t most) {
    return std::clamp<std::size_t>(people / people_per_home, std::min(least, most), most);
}

std::string invent_name(bool is_community, Chance& chance) {
    const auto of = [&chance](const auto& words) { return std::string(words[chance.below(words.size())]); };
    if (is_community) return of(blocks) + "社区";
    auto name = of(leads);
    name += of(clans);
    return name + of(kinds);
}

Home invent_home(std::uint32_t unit, std::size_t number, std::set<std::string>& taken, Chance& chance) {
    const auto& of = known_units[unit];
    Home home{{}, {}, unit, of.code[6] == '0'};
    std::array<char, 32> suffix;
    std::snprintf(suffix.data(), suffix.size(), "%03zu", number + (home.is_community ? 1 : 200));
    home.code = std::string(of.code) + suffix.data();
    home.name = invent_name(home.is_community, chance);
    // One name once: a name that two divisions have names neither.
    for (int tries = 2; !taken.insert(home.name).second; ++tries)
        home.name = home.is_community ? std::string(of.name).substr(0, 6) + std::to_string(number + 1) + "社区"
                                      : invent_name(false, chance) + (tries > 9 ? std::to_string(tries) : "");
    return home;
}

[[noreturn]] void refuse(const std::string& path, std::uint64_t line, const char* why) {
    throw std::runtime_error(path + ", line " + std::to_string(line) + ": " + why);
}

std::vector<std::pair<std::uint64_t, Division>> rows_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) throw std::runtime_error("cannot read " + path);
    domain::CsvReader reader(text);
    const auto header = reader.next();
    if (!header) refuse(path, 1, "it is empty");
    const auto columns = domain::find_columns(header->fields, {{{"code"}, true}, {{"name"}, true}, {{"parent"}, true}});
    if (!columns) refuse(path, 1, "the header has no code,name,parent");
    std::vector<std::pair<std::uint64_t, Division>> rows;
    while (auto row = reader.next()) {
        if (row->fault != nullptr || row->fields.size() != header->fields.size()) refuse(path, row->line, "it is no row of this table");
        const auto field = [&](std::size_t column) { return row->fields[static_cast<std::size_t>((*columns)[column])]; };
        rows.emplace_back(row->line, Division{field(0), field(1), field(2)});
    }
    return rows;
}

/// The first home of each unit, then the second of each, and so on, until there are enough.
std::vector<Home> in_turn(const std::vector<std::vector<Home>>& by_unit, std::size_t wanted) {
    std::vector<Home> homes;
    for (std::size_t turn = 0; homes.size() < wanted; ++turn)
        for (const auto& own : by_unit)
            if (turn < own.size() && homes.size() < wanted) homes.push_back(own[turn]);
    return homes;
}

}  // namespace

Grid invent_grid(std::uint32_t people, std::uint64_t seed) {
    Grid grid;
    grid.all.push_back({"130682", "定州市", ""});
    for (const auto& unit : known_units) {
        grid.units.push_back({std::string(unit.code), std::string(unit.name)});
        grid.all.push_back({std::string(unit.code), std::string(unit.name), "130682"});
    }
    Chance chance{seed, 1};
    std::set<std::string> taken;
    for (std::size_t i = 0; i < homes_needed(people, known_units.size(), homes_max); ++i) {
        auto home = invent_home(static_cast<std::uint32_t>(i % known_units.size()), i / known_units.size(), taken, chance);
        grid.all.push_back({home.code, home.name, grid.units[home.unit].code});
        grid.homes.push_back(std::move(home));
    }
    return grid;
}

Grid read_grid(const std::string& path, std::uint32_t people) {
    Grid grid;
    std::map<std::string, std::uint32_t> units;   // by the nine digits that name them
    const auto rows = rows_of(path);
    for (const auto& [line, row] : rows) {
        if (!domain::parse_division_code(row.code)) refuse(path, line, "the code is no division's");
        grid.all.push_back(row);
        const bool is_unit = row.code.size() == 9 || (row.code.size() == 12 && row.code.ends_with("000"));
        if (is_unit && units.emplace(row.code.substr(0, 9), grid.units.size()).second) grid.units.push_back({row.code, row.name});
    }
    std::vector<std::vector<Home>> by_unit(grid.units.size());
    std::size_t count = 0;
    for (const auto& [line, row] : rows) {
        if (row.code.size() != 12 || row.code.ends_with("000")) continue;
        const auto unit = units.find(row.code.substr(0, 9));
        if (unit == units.end()) refuse(path, line, "there is no unit above it");
        by_unit[unit->second].push_back({row.code, row.name, unit->second, row.code[9] < '2'});
        ++count;
    }
    if (count == 0) throw std::runtime_error(path + " has no village or community (12 digits)");
    grid.homes = in_turn(by_unit, homes_needed(people, grid.units.size(), count));
    return grid;
}

}  // namespace chayan::town
