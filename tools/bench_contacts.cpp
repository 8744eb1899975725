// SPDX-License-Identifier: Apache-2.0
// Measures the contact index in memory for tools/bench, in an invented city: people who go about for 14 days among sites of which few
// are much visited (Zipf). Beside each question, in turn, the same one to sorted arrays; that both answer alike is checked.
//
//   bench_contacts [--people N] [--sites N] [--visits N] [--persons QUESTIONS] [--degrees QUESTIONS] [--groups QUESTIONS]
//                  [--group PERSONS] [--dwell SECONDS]
//
// Prints a JSON object a line: the city, then each question with its time here and there and the pairs of visits that it met.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

#include "bench_contacts_reference.hpp"
#include "bench_index_city.hpp"

namespace {

using namespace chayan;
using Clock = std::chrono::steady_clock;

using Options = std::map<std::string, std::uint64_t>;

double seconds_since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Cost {
    double seconds = 0, cpu_s = 0;
};

struct City {
    std::shared_ptr<const domain::ContactIndex> index;
    std::unique_ptr<bench::PlainVisits> plain;
};

std::unique_ptr<bench::PlainVisits> plain_of(const domain::ContactIndex& index, std::uint64_t people) {
    std::vector<bench::PlainVisit> visits;
    for (std::uint32_t person = 1; person <= people; ++person)
        for (const auto& visit : index.visits_of({person}))
            visits.push_back({person, visit.site.value, static_cast<std::uint32_t>(visit.begin.s), static_cast<std::uint32_t>(visit.end.s)});
    return std::make_unique<bench::PlainVisits>(std::move(visits));
}

City make_city(const Options& options) {
    bench::CityOptions wanted;
    wanted.people = options.at("--people");
    wanted.sites = options.at("--sites");
    wanted.visits = options.at("--visits");
    wanted.dwell_s = options.at("--dwell");
    const auto made = bench::make_index_city(wanted);
    City city{made.index, plain_of(*made.index, wanted.people)};
    const auto visits = city.plain->by_place().size();
    const auto busiest = static_cast<std::size_t>(std::count_if(city.plain->by_place().begin(), city.plain->by_place().end(),
                                                                [](const auto& visit) { return visit.place == 1; }));
    std::printf("{\"what\":\"city\",\"scans\":%zu,\"visits\":%zu,\"busiest\":%.4f,\"build_s\":%.2f,\"index_bytes\":%zu,\"plain_bytes\":%zu}\n", made.scans, visits,
                static_cast<double>(busiest) / static_cast<double>(visits), made.build_s, city.index->memory_bytes(), visits * 2 * sizeof(bench::PlainVisit));
    std::fflush(stdout);
    return city;
}

domain::TraceAnswer ask_index(const City& city, const domain::TraceQuestion& question) {
    auto answer = city.index->trace(question);
    if (!answer) throw std::runtime_error(answer.error().code);
    return *std::move(answer);
}

/// Both know the same: who, in which order, how long.
void compare(const domain::TraceAnswer& ours, const std::vector<bench::PlainContact>& theirs) {
    const bool is_equal = std::equal(ours.contacts.begin(), ours.contacts.end(), theirs.begin(), theirs.end(), [](const auto& a, const auto& b) {
        return a.person.value == b.person && a.degree == b.degree && a.total_s == b.total_s && a.first.s == b.first && a.last.s == b.last;
    });
    if (!is_equal) throw std::runtime_error("the index and the sorted arrays answer differently");
}

/// One question to both; whoever is asked first takes turns, since the second finds the city in the caches.
void ask(const City& city, const char* what, const std::vector<std::uint32_t>& persons, std::uint32_t degree, std::optional<std::uint32_t> limit, bool ours_first) {
    domain::TraceQuestion question;
    for (const auto person : persons) question.index.emplace_back(domain::PersonNo{person});
    question.window = bench::city_window();
    question.degree = static_cast<std::uint8_t>(degree);
    question.limit = limit;
    domain::TraceAnswer ours;
    std::vector<bench::PlainContact> theirs;
    Cost our_cost, their_cost;
    for (const bool is_ours : {ours_first, !ours_first}) {
        const auto cpu = cpu_seconds();
        const auto began = Clock::now();
        if (is_ours) ours = ask_index(city, question);
        else theirs = city.plain->contacts(persons, degree, limit);
        (is_ours ? our_cost : their_cost) = {seconds_since(began), cpu_seconds() - cpu};
    }
    compare(ours, theirs);
    std::printf("{\"what\":\"%s\",\"ours_ms\":%.4f,\"ours_cpu_ms\":%.4f,\"plain_ms\":%.4f,\"plain_cpu_ms\":%.4f,\"pairs\":%zu,\"contacts\":%zu}\n", what,
                our_cost.seconds * 1e3, our_cost.cpu_s * 1e3, their_cost.seconds * 1e3, their_cost.cpu_s * 1e3, bench::PlainVisits::pairs_of_last(),
                theirs.size());
    std::fflush(stdout);
}

void run(const Options& options) {
    const auto city = make_city(options);
    std::mt19937_64 random(7);
    const auto anybody = [&] { return static_cast<std::uint32_t>(1 + random() % options.at("--people")); };
    for (int i = 0; i < 20; ++i) ask(city, "warm", {anybody()}, 1, std::nullopt, i % 2 == 0);
    for (std::uint64_t i = 0; i < options.at("--persons"); ++i) ask(city, "person", {anybody()}, 1, std::nullopt, i % 2 == 0);
    for (std::uint64_t i = 0; i < options.at("--degrees"); ++i) ask(city, "degree", {anybody()}, 2, 100, i % 2 == 0);
    for (std::uint64_t i = 0; i < options.at("--groups"); ++i) {
        std::vector<std::uint32_t> persons(options.at("--group"));
        std::generate(persons.begin(), persons.end(), anybody);
        std::sort(persons.begin(), persons.end());
        persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
        ask(city, "group", persons, 1, std::nullopt, i % 2 == 0);
    }
}

Options parse(int count, char** words) {
    Options options{{"--people", 1'200'000}, {"--sites", 3'000}, {"--visits", 22'000'000}, {"--persons", 1'000}, {"--degrees", 20},
                    {"--groups", 3},         {"--group", 1'000}, {"--dwell", 1'440}};
    for (int i = 1; i < count; i += 2) {
        const auto option = options.find(words[i]);
        if (option == options.end()) throw std::runtime_error(std::string("unknown option ") + words[i]);
        if (i + 1 == count) throw std::runtime_error(option->first + " needs a value");
        option->second = std::stoull(words[i + 1]);
    }
    return options;
}

}  // namespace

int main(int count, char** words) {
    try {
        run(parse(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_contacts: %s\n", error.what());
        return 1;
    }
}
