// SPDX-License-Identifier: Apache-2.0
// Answers a tracer's questions from the contact index for `tools/bench trace`, in an invented city (bench_index_city.hpp), and writes
// that city down for the databases that are asked the same.
//
//   bench_trace --people N --sites N --visits N --exits N
//
// Prints a JSON object for the city, then one for each line of its input:
//   dump FOLDER                                     visit.csv (person,begin,site,end) and scan.csv (person,at,direction,site,repeated), by person
//   contacts LINGER DEGREE LIMIT PERSON...          rows [degree, person, total, first, last]; LINGER -1: not asked for; LIMIT 0: all
//   passages SITE FROM TO                           rows [person, first, last, scans]
//   trajectory PERSON                               rows [0, at, direction, site, repeated] of scans and [1, begin, end, site, 0] of visits
// `ms` is the question alone. Times are seconds since 1970.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench_index_city.hpp"

namespace {

using namespace chayan;

double cpu_ms() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// What a question took, from its construction on.
class Stopwatch {
public:
    std::string told() const {
        const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began_).count();
        const double cpu = cpu_ms() - cpu_;
        char text[80];
        std::snprintf(text, sizeof text, "\"ms\":%.4f,\"cpu_ms\":%.4f", ms, cpu);
        return text;
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    double cpu_ = cpu_ms();
};

/// The rows of an answer as JSON.
class Rows {
public:
    void add(std::initializer_list<std::int64_t> values) {
        text_ += text_.empty() ? "[" : ",[";
        for (const auto value : values) text_ += std::to_string(value) + ",";
        text_.back() = ']';
    }
    void print(const std::string& cost, const std::string& more = "") const {
        std::printf("{\"what\":\"answer\",%s%s,\"rows\":[%s]}\n", cost.c_str(), more.c_str(), text_.c_str());
    }

private:
    std::string text_;
};

using Index = domain::ContactIndex;

domain::PersonNo person_in(std::istream& words) {
    domain::PersonNo person;
    if (!(words >> person.value)) throw std::runtime_error("a person is needed");
    return person;
}

void dump(const Index& index, std::istream& words) {
    std::string folder;
    words >> folder;
    std::ofstream visits(folder + "/visit.csv"), scans(folder + "/scan.csv");
    for (auto* file : {&visits, &scans}) file->exceptions(std::ios::failbit | std::ios::badbit);
    for (std::uint32_t person = 1; person < index.people().person_count(); ++person) {
        for (const auto& visit : index.visits_of({person}))
            visits << person << ',' << visit.begin.s << ',' << visit.site.value << ',' << visit.end.s << '\n';
        for (const auto& [scan, repeated] : index.told_scans({person}))
            scans << person << ',' << scan.at.s << ',' << static_cast<int>(scan.direction) << ',' << scan.site.value << ',' << (repeated ? 1 : 0) << '\n';
    }
    visits.close();
    scans.close();
    std::printf("{\"what\":\"dumped\"}\n");
}

void answer_contacts(const Index& index, std::istream& words) {
    domain::TraceQuestion question;
    question.window = bench::city_window();
    std::int32_t linger = 0;
    unsigned degree = 1;
    std::uint32_t limit = 0;
    words >> linger >> degree >> limit;
    question.degree = static_cast<std::uint8_t>(degree);
    if (linger >= 0) question.linger_s = linger;
    if (limit > 0) question.limit = limit;
    for (domain::PersonNo person; words >> person.value;) question.index.emplace_back(person);
    if (question.index.empty()) throw std::runtime_error("a person is needed");
    const Stopwatch watch;
    const auto answer = index.trace(question);
    const auto cost = watch.told();
    if (!answer) throw std::runtime_error(answer.error().code);
    Rows rows;
    std::size_t episodes = 0;
    for (const auto& contact : answer->contacts) {
        rows.add({contact.degree, contact.person.value, contact.total_s, contact.first.s, contact.last.s});
        episodes += contact.episode_count;
    }
    rows.print(cost, ",\"episodes\":" + std::to_string(episodes));
}

void answer_passages(const Index& index, std::istream& words) {
    domain::SiteId site;
    domain::Interval interval;
    words >> site.value >> interval.from.s >> interval.to.s;
    if (!index.sites().contains(site)) throw std::runtime_error("there is no such site");
    const Stopwatch watch;
    const auto passages = index.passages(site, interval, {});
    const auto cost = watch.told();
    Rows rows;
    for (const auto& one : passages) rows.add({one.person.value, one.first.s, one.last.s, one.scans});
    rows.print(cost);
}

void answer_trajectory(const Index& index, std::istream& words) {
    const auto person = person_in(words);
    const Stopwatch watch;
    const auto scans = index.told_scans(person);
    const auto visits = index.visits_of(person);
    const auto cost = watch.told();
    Rows rows;
    for (const auto& [scan, repeated] : scans) rows.add({0, scan.at.s, static_cast<int>(scan.direction), scan.site.value, repeated ? 1 : 0});
    for (const auto& visit : visits) rows.add({1, visit.begin.s, visit.end.s, visit.site.value, 0});
    rows.print(cost);
}

std::size_t visit_count(const Index& index) {
    std::size_t count = 0;
    for (std::uint32_t person = 1; person < index.people().person_count(); ++person) count += index.visits_of({person}).size();
    return count;
}

void run(const bench::CityOptions& options) {
    const auto city = bench::make_index_city(options);
    const Index& index = *city.index;
    std::printf("{\"what\":\"city\",\"scans\":%zu,\"visits\":%zu,\"build_s\":%.2f,\"index_bytes\":%zu,\"first_day\":%lld}\n", index.scan_count(), visit_count(index),
                city.build_s, index.memory_bytes(), static_cast<long long>(bench::city_first_day.s));
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string what;
        words >> what;
        if (what == "dump") dump(index, words);
        else if (what == "contacts") answer_contacts(index, words);
        else if (what == "passages") answer_passages(index, words);
        else if (what == "trajectory") answer_trajectory(index, words);
        else throw std::runtime_error("unknown question " + what);
        std::fflush(stdout);
    }
}

bench::CityOptions parse(int count, char** words) {
    bench::CityOptions options;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = words[i];
        const auto value = std::stoull(words[i + 1]);
        if (name == "--people") options.people = value;
        else if (name == "--sites") options.sites = value;
        else if (name == "--visits") options.visits = value;
        else if (name == "--exits") options.exits = value;
        else throw std::runtime_error("unknown option " + name);
    }
    if (options.exits > options.visits) throw std::runtime_error("there are no more exits than visits");
    return options;
}

}  // namespace

int main(int count, char** words) {
    try {
        run(parse(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_trace: %s\n", error.what());
        return 1;
    }
}
