// SPDX-License-Identifier: Apache-2.0
// town: a synthetic town on Dingzhou's divisions, as files that `chayan` imports, and the truth behind them; or what lists say of its
// people, for the matching. Everything follows from the options: the same ones give the same bytes. Memory does not grow with people or
// days (some bytes for each place).
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "town_csv.hpp"
#include "town_days.hpp"
#include "town_divisions.hpp"
#include "town_history.hpp"
#include "town_options.hpp"
#include "town_outbreak.hpp"
#include "town_people.hpp"
#include "town_records.hpp"
#include "town_sites.hpp"

namespace {

using namespace chayan::town;

constexpr const char* usage =
    "town --out DIR [--people 2000] [--days 3] [--seed 1] [--end TIME] [--divisions FILE.csv]\n"
    "     [--outbreak 20] [--forgotten 15] [--skewed 3] [--late 3]\n"
    "town records --out DIR [--people 100000] [--seed 1] [--divisions FILE.csv]\n"
    "\n"
    "Writes into the new folder DIR, in the order in which `chayan ... import` takes them:\n"
    "  divisions.csv  sites.csv  people.csv  scans.csv     scans person by person, each one's as they arrived\n"
    "  truth/visits.csv      who truly was where, from when to when; begin = end: passed a gate\n"
    "  truth/infections.csv  the outbreak: at most --outbreak people, the index case first (0: none)\n"
    "  truth/oddities.csv    exits forgotten; scans skewed (seconds the phone is ahead), late (seconds waited), made again\n"
    "  truth/roster.csv      refs of the same person (same document), and namesakes\n"
    "--end is RFC 3339, by default now, cut to the hour. --divisions has code,name,parent; without it villages are invented.\n"
    "--forgotten is percent of the exits, --skewed of the phones, --late of the scans. An import takes the last 28 days,\n"
    "unless [retention] says otherwise.\n"
    "\n"
    "`town records` writes a labelled set for record linkage instead, two records a person on average:\n"
    "  records.csv           what registers, villages, gates and employers say of the people, shuffled: for `chayan link`\n"
    "  truth/records.csv     id,person: who is whom; tools/link_score.py judges clusters by it\n"
    "  truth/people.csv      the people as their papers say\n"
    "  truth/edits.csv       id,error: what is wrong with which record\n"
    "  truth/errors.csv      each kind of error: records that have it, records that could, how many were to be expected, and why\n"
    "  truth/hard_cases.csv  people who are hard to tell apart: twins, namesakes born on one day, families with one phone\n";

/// On which day the lists of `town records` were drawn up: ages are counted back from it.
constexpr std::string_view lists_drawn_up = "2020-03-01T00:00:00+08:00";

struct WrongUsage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

using Words = std::map<std::string, std::string>;

constexpr std::string_view known_of_town = " --out --people --days --seed --end --divisions --outbreak --forgotten --skewed --late ";
constexpr std::string_view known_of_records = " --out --people --seed --divisions ";

/// The words from `first` on, in pairs.
Words read_words(int first, int count, char** words, std::string_view known) {
    Words found;
    for (int i = first; i < count; i += 2) {
        const std::string word = words[i];
        if (known.find(" " + word + " ") == std::string_view::npos) throw WrongUsage("unknown option " + word);
        if (i + 1 == count) throw WrongUsage(word + " wants a value");
        if (!found.emplace(word, words[i + 1]).second) throw WrongUsage(word + " is given twice");
    }
    return found;
}

std::uint64_t number(const Words& words, const std::string& word, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) {
    const auto found = words.find(word);
    if (found == words.end()) return otherwise;
    const bool is_number = !found->second.empty() && found->second.size() <= 18 && found->second.find_first_not_of("0123456789") == std::string::npos;
    const auto value = is_number ? std::stoull(found->second) : 0;
    if (!is_number || value < least || value > most)
        throw WrongUsage(word + " is a number from " + std::to_string(least) + " to " + std::to_string(most));
    return value;
}

std::string text(const Words& words, const char* word) { return words.contains(word) ? words.at(word) : std::string(); }

/// What both commands take.
Options options_of_both(const Words& words, std::uint32_t people) {
    Options options;
    options.out = text(words, "--out");
    if (options.out.empty()) throw WrongUsage("--out names the folder to write into");
    options.divisions = text(words, "--divisions");
    options.people = static_cast<std::uint32_t>(number(words, "--people", people, 1, people_max));
    options.seed = number(words, "--seed", options.seed, 0, 999'999'999'999'999'999);
    return options;
}

Options options_of(const Words& words) {
    auto options = options_of_both(words, 2'000);
    options.days = static_cast<int>(number(words, "--days", 3, 1, days_max));
    options.outbreak = static_cast<std::uint32_t>(number(words, "--outbreak", options.outbreak, 0, 10'000));
    options.forgotten = static_cast<std::uint32_t>(number(words, "--forgotten", options.forgotten, 0, 100));
    options.skewed = static_cast<std::uint32_t>(number(words, "--skewed", options.skewed, 0, 100));
    options.late = static_cast<std::uint32_t>(number(words, "--late", options.late, 0, 100));
    if (!words.contains("--end")) {
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
        options.end.s = now - now % 3600;
        return options;
    }
    const auto end = chayan::domain::parse_rfc3339(text(words, "--end"));
    const auto earliest = chayan::domain::parse_rfc3339("2001-01-01T00:00:00Z");    // its days are counted from 1970 on
    if (!end || *end < *earliest) throw WrongUsage("--end is a time such as 2026-11-26T08:00:00+08:00");
    options.end = *end;
    return options;
}

void write_divisions(const std::string& path, const Grid& grid) {
    CsvFile file(path, "code,name,parent");
    for (const auto& division : grid.all) file.row({division.code, division.name, division.parent});
    file.close();
}

void make_folders(const std::string& out) {
    namespace fs = std::filesystem;
    fs::create_directories(out);
    if (!fs::is_empty(out)) throw std::runtime_error(out + " is not empty");
    fs::create_directory(out + "/truth");
}

Grid grid_of(const Options& options) {
    return options.divisions.empty() ? invent_grid(options.people, options.seed) : read_grid(options.divisions, options.people);
}

void make_records(const Words& words) {
    auto options = options_of_both(words, 100'000);
    options.end = *chayan::domain::parse_rfc3339(lists_drawn_up);
    make_folders(options.out);
    const auto counts = write_records(options, grid_of(options));
    const auto number_of = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
    std::printf("%llu records of %llu people, %llu hard cases; %llu pairs of people share name and birth date, %llu of them as hard cases\n",
                number_of(counts.records), number_of(counts.people), number_of(counts.hard_cases), number_of(counts.alike),
                number_of(counts.alike_on_purpose));
}

void make_town(const Options& options) {
    make_folders(options.out);
    const auto grid = grid_of(options);
    const Layout layout(grid, options.people, options.seed);
    write_divisions(options.out + "/divisions.csv", grid);
    layout.write(options.out + "/sites.csv", options.seed);
    Households households(options, grid, layout);
    const Days days(options, layout, grid);
    Roster roster(options, grid, layout);
    History history(options, layout);
    while (const auto household = households.next()) {
        roster.write(*household);
        const auto stays = days.stays_of(*household);
        for (std::size_t seat = 0; seat < stays.size(); ++seat) history.write(*household, household->people[seat], stays[seat]);
    }
    roster.close();
    history.close();
    const auto infections = infect(options, grid, layout);
    write_infections(options.out + "/truth/infections.csv", infections, layout);
    std::printf("%u people in %llu rows, %zu divisions, %zu sites, %llu scans of %llu visits, %zu infected\n", options.people,
                static_cast<unsigned long long>(roster.rows()), grid.all.size(), layout.sites().size(),
                static_cast<unsigned long long>(history.scans()), static_cast<unsigned long long>(history.visits()), infections.size());
}

}  // namespace

int main(int count, char** words) {
    try {
        if (count == 2 && std::string_view(words[1]) == "--help") return std::fputs(usage, stdout) < 0 ? 1 : 0;
        const bool is_records = count > 1 && std::string_view(words[1]) == "records";
        if (is_records) make_records(read_words(2, count, words, known_of_records));
        else make_town(options_of(read_words(1, count, words, known_of_town)));
        return 0;
    } catch (const WrongUsage& error) {
        std::fprintf(stderr, "town: %s\n\n%s", error.what(), usage);
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "town: %s\n", error.what());
        return 1;
    }
}
