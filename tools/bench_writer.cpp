// SPDX-License-Identifier: Apache-2.0
// Measures the writer for tools/bench: the service's own writer, vault, index and store, as `serve` puts them together, without
// the network. Prints a JSON object a line. Beside each measure, in turn, the same count of rows by plain SQLite.
//
//   bench_writer --data DIR --people N --sites N [--rows N] [--seconds S] [--most ROWS] [--watched N] [--alerts 0|1]
//
// DIR is what bench_city has made, of N people, sites and rows. Each line of its input asks for one round, so that two of them, on
// stores of different size, can measure in turns; the end of its input ends it. --most bounds the rows of one measure, so that an
// empty store stays nearly empty. --watched puts so many people on the ledger first: the last of all, who then do not scan, or
// with --alerts evenly among all, so that their scans raise alerts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "app/installation.hpp"
#include "bench_reference.hpp"
#include "storage/ledger.hpp"

namespace {

using namespace chayan;
using Clock = std::chrono::steady_clock;

struct Options {
    app::Place place;
    std::uint64_t rows = 0, people = 0, watched = 0;
    std::uint32_t sites = 0;
    bool raises_alerts = false;
    double seconds = 2;
    std::uint64_t most = 300'000;
};

struct Measure {
    std::uint64_t rows = 0;
    double seconds = 0, cpu_s = 0;
    std::uint64_t written_bytes = 0;
};

double seconds_since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// A number of a file of /proc/self, by the word before it.
std::uint64_t own_number(const char* file, const std::string& wanted) {
    std::ifstream lines(file);
    std::string word;
    while (lines >> word) {
        if (word != wanted) continue;
        std::uint64_t number = 0;
        lines >> number;
        return number;
    }
    return 0;
}
std::uint64_t written_bytes() { return own_number("/proc/self/io", "write_bytes:"); }
std::uint64_t resident_bytes() { return own_number("/proc/self/status", "VmRSS:") * 1024; }

/// Commits `group` rows after `group` rows until time or rows are used up.
template <class Commit>
Measure measure(const Options& options, std::size_t group, Commit commit) {
    Measure result;
    const auto cpu = cpu_seconds();
    const auto written = written_bytes();
    const auto began = Clock::now();
    while (result.rows < std::max<std::uint64_t>(options.most, group) && seconds_since(began) < options.seconds) {
        commit(group);
        result.rows += group;
    }
    result.seconds = seconds_since(began);
    result.cpu_s = cpu_seconds() - cpu;
    result.written_bytes = written_bytes() - written;
    return result;
}

/// Sends groups of scans that nobody has made yet, each when the one before is durable.
class Sender {
public:
    Sender(app::Installation& in, const Options& options) : in_(in), options_(options) {}
    void commit(std::size_t group) {
        std::vector<service::ScanIntake> scans(group);
        const auto now = in_.clock.now();
        for (auto& scan : scans) {
            const auto turn = made_++;
            const auto people = options_.raises_alerts ? options_.people : options_.people - options_.watched;
            scan.key.registration = {1 + turn % people};
            scan.key.site = {static_cast<std::uint32_t>(1 + (turn + turn / people) % options_.sites)};
            scan.key.at = scan.received = now;
        }
        std::promise<bool> durable;   // an atomic's wait would spin, on a core that the writer may need
        const bool is_taken = in_.writer->submit_scans(std::move(scans), [&durable](const auto& outcomes) { durable.set_value(bool(outcomes)); });
        if (!is_taken) throw std::runtime_error("the writer's queue is full");
        if (!durable.get_future().get()) throw std::runtime_error("the writer refused");
    }

private:
    app::Installation& in_;
    const Options& options_;
    std::uint64_t made_ = 0;
};

void print(const char* what, std::uint64_t rows_before, std::size_t group, const Measure& result) {
    std::printf("{\"what\":\"%s\",\"rows_before\":%llu,\"group\":%zu,\"rows\":%llu,\"seconds\":%.4f,\"cpu_s\":%.4f,\"written_bytes\":%llu}\n", what,
                static_cast<unsigned long long>(rows_before), group, static_cast<unsigned long long>(result.rows), result.seconds, result.cpu_s,
                static_cast<unsigned long long>(result.written_bytes));
    std::fflush(stdout);
}

/// Its last line is that of the sync.
void measure_round(const Options& options, Sender& sender, bench::PlainTable& plain) {
    for (const std::size_t group : {1U, 100U, 10'000U}) {
        const auto rows = options.rows;
        print("writer", rows, group, measure(options, group, [&](std::size_t count) { sender.commit(count); }));
        print("plain", rows, group, measure(options, group, [&](std::size_t count) { plain.append(count); }));
    }
    std::printf("{\"what\":\"sync\",\"per_second\":%.1f,\"wal_bytes\":%llu}\n",
                bench::syncs_a_second(options.place.data, std::min(options.seconds, 1.0)),
                static_cast<unsigned long long>(std::filesystem::file_size(options.place.data + "/chayan.db-wal")));
    std::fflush(stdout);
}

/// As serve keeps it, until the measures are done.
void keep_house(app::Installation& in, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        in.tracing->tend();
        in.store->checkpoint();
    }
}

/// One list in force, of every so-manieth person or of the last.
void watch(app::Installation& in, const Options& options) {
    if (options.watched == 0) return;
    const auto status = service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
        auto& ledger = context.store().ledger();
        storage::LedgerListRow list;
        list.state = storage::ListState::approved;
        const auto id = ledger.append(list);
        for (std::uint64_t i = 0; i < options.watched; ++i) {
            const domain::RegistrationId one{options.raises_alerts ? 1 + i * options.people / options.watched : options.people - i};
            const domain::LedgerState state{domain::Measure::central, domain::Outcome::open, context.now() + 86'400, false};
            (void)ledger.append(storage::LedgerEntryRow{0, id, static_cast<std::uint32_t>(i + 2), one, state});
        }
        return kit::Done{};
    });
    if (!status) throw std::runtime_error("the ledger can't be written");
}

void run(const Options& options) {
    const auto resident = resident_bytes();
    const auto began = Clock::now();
    app::Installation in(options.place, {});
    const double opened = seconds_since(began);
    in.tracing->load(std::stop_token{});
    if (const auto status = in.tracing->readiness(); !status) throw std::runtime_error(std::string("the log can't be read: ") + status.error().code);
    std::printf("{\"what\":\"start\",\"open_s\":%.3f,\"ready_s\":%.3f,\"resident_bytes\":%lld}\n", opened, seconds_since(began),
                static_cast<long long>(resident_bytes()) - static_cast<long long>(resident));
    std::fflush(stdout);
    watch(in, options);
    std::jthread house([&](const std::stop_token& stop) { keep_house(in, stop); });
    bench::PlainTable plain(options.place.data);
    Sender sender(in, options);
    for (std::string asked; std::getline(std::cin, asked);) measure_round(options, sender, plain);
}

Options parse(int count, char** words) {
    Options options;
    for (int i = 1; i < count; i += 2) {
        const std::string name = words[i];
        if (i + 1 == count) throw std::runtime_error(name + " needs a value");
        const std::string value = words[i + 1];
        if (name == "--data") options.place = {value, value + "/keys", 0};
        else if (name == "--rows") options.rows = std::stoull(value);
        else if (name == "--people") options.people = std::stoull(value);
        else if (name == "--sites") options.sites = static_cast<std::uint32_t>(std::stoul(value));
        else if (name == "--seconds") options.seconds = std::stod(value);
        else if (name == "--watched") options.watched = std::stoull(value);
        else if (name == "--alerts") options.raises_alerts = value == "1";
        else if (name == "--most") options.most = std::stoull(value);
        else throw std::runtime_error("unknown option " + name);
    }
    if (options.place.data.empty() || options.people <= options.watched || options.sites == 0) throw std::runtime_error("--data, --people and --sites are needed");
    return options;
}

}  // namespace

int main(int count, char** words) {
    try {
        run(parse(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_writer: %s\n", error.what());
        return 1;
    }
}
