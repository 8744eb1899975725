// SPDX-License-Identifier: Apache-2.0
// Measures registering and matching for tools/bench: the service's own registrar, writer and vault over a store of many people, as
// `serve` puts them together, without the network. Prints a JSON object a line. Beside each measure, in turn, the same look-ups and rows
// by SQLite alone, in a copy of the same database.
//
//   bench_register --data DIR --reference FILE --people N [--count N] [--waiting N]
//
// DIR is what bench_city has made, of N people; FILE a copy of its database. Each line of its input asks for one round of `count` new
// people and `count` known ones who register a second phone; the end of its input ends it. `waiting` statements are under way at once,
// and SQLite commits as many at once.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <semaphore>
#include <stdexcept>
#include <string>

#include "app/installation.hpp"
#include "bench_people.hpp"
#include "bench_reference.hpp"

namespace {

using namespace chayan;
using Clock = std::chrono::steady_clock;

struct Options {
    app::Place place;
    std::string reference;
    std::uint64_t people = 0, count = 5'000;
    std::size_t waiting = 64;
};

struct Measure {
    double seconds = 0, cpu_s = 0;
};

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <class Work>
Measure measure(Work work) {
    const auto cpu = cpu_seconds();
    const auto began = Clock::now();
    work();
    return {std::chrono::duration<double>(Clock::now() - began).count(), cpu_seconds() - cpu};
}

void print(const char* what, const char* whom, std::uint64_t count, const Measure& result) {
    std::printf("{\"what\":\"%s\",\"whom\":\"%s\",\"count\":%llu,\"seconds\":%.4f,\"cpu_s\":%.4f}\n", what, whom, static_cast<unsigned long long>(count),
                result.seconds, result.cpu_s);
    std::fflush(stdout);
}

/// As a phone's form arrives: with all that is done to it before the writer has it.
void register_all(app::Installation& in, const std::vector<domain::Statement>& statements, std::size_t waiting) {
    std::counting_semaphore<> places(static_cast<std::ptrdiff_t>(waiting));
    std::atomic<std::size_t> refused{0};
    for (const auto& statement : statements) {
        places.acquire();
        in.registrar->register_resident(statement, 1, [&](const kit::Result<std::string>& credential) {
            refused += credential ? 0 : 1;
            places.release();
        });
    }
    for (std::size_t i = 0; i < waiting; ++i) places.acquire();
    if (refused != 0) throw std::runtime_error(std::to_string(refused) + " registrations were refused");
}

std::vector<bench::PlainStatement> plain(const service::Vault& vault, const std::vector<domain::Statement>& statements) {
    std::vector<bench::PlainStatement> all;
    for (const auto& statement : statements) {
        bench::PlainStatement one;
        one.name = vault.blind(service::BlindKind::name, domain::fold_name(statement.name));
        one.document = vault.blind(service::BlindKind::document, domain::document_key(*statement.document));
        one.phone = vault.blind(service::BlindKind::phone, statement.phone->e164);
        one.profile = vault.seal(service::SealKind::profile, "", domain::encode_statement(statement));
        all.push_back(one);
    }
    return all;
}

/// How many were known.
std::size_t append_all(bench::PlainRegister& reference, const std::vector<bench::PlainStatement>& statements, std::size_t waiting) {
    std::size_t known = 0;
    for (std::size_t i = 0; i < statements.size(); i += waiting) {
        const auto end = std::min(i + waiting, statements.size());
        known += reference.append({statements.begin() + static_cast<std::ptrdiff_t>(i), statements.begin() + static_cast<std::ptrdiff_t>(end)});
    }
    return known;
}

/// Known people register a phone that nobody has yet; new ones have everything of their own.
std::vector<domain::Statement> statements_of(const Options& options, std::uint64_t round, bool are_known) {
    std::vector<domain::Statement> statements;
    for (std::uint64_t i = 0; i < options.count; ++i) {
        const auto turn = round * options.count + i;
        const auto fresh = bench::person(options.people + 1 + 2 * turn + (are_known ? 1 : 0));
        // Anywhere in the city, as 7919 is prime: no page was just there.
        auto statement = are_known ? bench::person(1 + turn * 7919 % options.people) : fresh;
        statement.phone = fresh.phone;
        statements.push_back(std::move(statement));
    }
    return statements;
}

/// Its last line is SQLite's of the known.
void measure_round(const Options& options, app::Installation& in, bench::PlainRegister& reference, std::uint64_t round) {
    for (const bool are_known : {false, true}) {
        const auto statements = statements_of(options, round, are_known);
        const auto rows = plain(in.vault, statements);
        const auto persons_before = in.board.load()->people->person_count();
        const char* whom = are_known ? "known" : "new";
        print("ours", whom, options.count, measure([&] { register_all(in, statements, options.waiting); }));
        std::size_t known = 0;
        print("plain", whom, options.count, measure([&] { known = append_all(reference, rows, options.waiting); }));
        const auto added = in.board.load()->people->person_count() - persons_before;
        if (added != (are_known ? 0 : options.count) || known != (are_known ? options.count : 0))
            throw std::runtime_error(std::to_string(added) + " persons are new, and SQLite knew " + std::to_string(known));
    }
    std::printf("{\"what\":\"end\"}\n");
    std::fflush(stdout);
}

void run(const Options& options) {
    app::Installation in(options.place, {});
    bench::PlainRegister reference(options.reference);
    std::uint64_t round = 0;
    for (std::string asked; std::getline(std::cin, asked); ++round) measure_round(options, in, reference, round);
}

Options parse(int count, char** words) {
    Options options;
    for (int i = 1; i < count; i += 2) {
        const std::string name = words[i];
        if (i + 1 == count) throw std::runtime_error(name + " needs a value");
        const std::string value = words[i + 1];
        if (name == "--data") options.place = {value, value + "/keys", 0};
        else if (name == "--reference") options.reference = value;
        else if (name == "--people") options.people = std::stoull(value);
        else if (name == "--count") options.count = std::stoull(value);
        else if (name == "--waiting") options.waiting = std::stoul(value);
        else throw std::runtime_error("unknown option " + name);
    }
    if (options.place.data.empty() || options.reference.empty() || options.people == 0) throw std::runtime_error("--data, --reference and --people are needed");
    return options;
}

}  // namespace

int main(int count, char** words) {
    try {
        run(parse(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_register: %s\n", error.what());
        return 1;
    }
}
