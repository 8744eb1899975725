// SPDX-License-Identifier: Apache-2.0
// The load driver of tools/load and tools/bench, over TLS. Every answer is judged, not only counted.
//
//   load_driver register --url https://127.0.0.1:8443 --people N --credentials FILE [--first N]
//   load_driver scan     --url … --credentials FILE --codes FILE --requests N|--seconds S [--first N] [--acknowledged FILE] [--expect STATUS]
//   load_driver page|tap --url … --credentials FILE --codes FILE --requests N [--first N] [--coding gzip]      the page behind a poster, or its form
//   load_driver verify   --url … --acknowledged FILE      each acknowledged scan again: 200 and the same id, or it was lost
//   load_driver get      --url … --path P --requests N [--expect STATUS]
//   load_driver hold     --url … --path P --connections N  opens them, asks once on each, waits for the end of its input
//
// All: [--connections N] [--keep|--fresh|--resume] [--rate R] [--json]. --fresh: a full TLS 1.3 handshake for each request.
// --rate: requests fall due at R a second and latency counts from then; without, each connection asks as soon as it has its
// answer. --seconds: R times S requests, or what that time allows. An answer 503 or 429 is counted as shed and is not wrong; verify
// asks again until it is told. Exit 1 when an answer was missing or wrong, 2 when it could not run.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <limits>
#include <stdexcept>
#include <thread>

#include "load_scripts.hpp"

namespace {

using namespace chayan::load;

/// The words after the command: --name value, or a switch.
class Options {
public:
    Options(int count, char** words) {
        static const std::set<std::string> switches{"--keep", "--fresh", "--resume", "--json"};
        static const std::set<std::string> known{"--url", "--people", "--credentials", "--first", "--codes", "--requests", "--acknowledged",
                                                 "--expect", "--path", "--coding", "--connections", "--rate", "--seconds"};
        for (int i = 2; i < count; ++i) {
            const std::string name = words[i];
            if (switches.contains(name)) values_[name] = "yes";
            else if (!known.contains(name)) throw std::runtime_error("unknown option " + name);
            else if (++i == count) throw std::runtime_error(name + " needs a value");
            else values_[name] = words[i];
        }
    }
    bool has(const std::string& name) const { return values_.contains(name); }
    std::string text(const std::string& name, const std::string& otherwise) const { return has(name) ? values_.at(name) : otherwise; }
    std::string text(const std::string& name) const {
        if (!has(name)) throw std::runtime_error(name + " is missing");
        return values_.at(name);
    }
    std::size_t number(const std::string& name, std::size_t otherwise) const { return has(name) ? std::stoul(values_.at(name)) : otherwise; }

private:
    std::map<std::string, std::string> values_;
};

Plan plan_of(const Options& options) {
    Plan plan;
    auto url = options.text("--url");
    if (url.rfind("https://", 0) != 0) throw std::runtime_error("--url must begin with https://");
    url = url.substr(8, url.find('/', 8) - 8);
    plan.host = url.substr(0, url.find(':'));
    if (url.find(':') != std::string::npos) plan.port = url.substr(url.find(':') + 1);
    plan.connections = options.number("--connections", plan.connections);
    plan.requests = options.number("--requests", plan.requests);
    plan.rate = std::stod(options.text("--rate", "0"));
    plan.mode = options.has("--fresh") ? Mode::fresh : options.has("--resume") ? Mode::resume : Mode::keep;
    if (options.has("--seconds")) {
        const double seconds = std::stod(options.text("--seconds"));
        plan.seconds = plan.rate > 0 ? 0 : seconds;   // what fell due is sent, however long that takes
        plan.requests = plan.rate > 0 ? static_cast<std::size_t>(plan.rate * seconds) : std::numeric_limits<std::size_t>::max();
    }
    if (plan.connections == 0) throw std::runtime_error("--connections must be above 0");
    return plan;
}

double at(const std::vector<std::int64_t>& sorted_us, double share) {
    if (sorted_us.empty()) return 0;
    return static_cast<double>(sorted_us[static_cast<std::size_t>(share * static_cast<double>(sorted_us.size() - 1))]) / 1000.0;
}

void report_json(const Figures& figures, const std::string& statuses) {
    const auto count = static_cast<double>(figures.requests);
    const auto& right = figures.latencies_us;
    const auto& shed = figures.shed_latencies_us;
    std::printf("{\"requests\":%zu,\"broken\":%zu,\"shed\":%zu,\"wrong\":%zu,\"handshakes\":%zu,\"resumed\":%zu,\"seconds\":%.3f,", figures.requests,
                figures.broken, figures.shed, figures.wrong, figures.handshakes, figures.resumed, figures.seconds);
    std::printf("\"per_second\":%.0f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f,", count / figures.seconds,
                at(right, 0.5), at(right, 0.9), at(right, 0.99), at(right, 0.999), at(right, 1));
    std::printf("\"shed_p50_ms\":%.3f,\"shed_p99_ms\":%.3f,\"shed_max_ms\":%.3f,\"client_us\":%.1f,\"suite\":\"%s\",\"statuses\":{%s}}\n", at(shed, 0.5),
                at(shed, 0.99), at(shed, 1), figures.client_cpu_s * 1e6 / count, figures.suite.c_str(), statuses.c_str());
}

void report(const Figures& figures, bool as_json) {
    std::string statuses;
    for (const auto& [status, count] : figures.statuses)
        statuses += (statuses.empty() ? "\"" : ",\"") + std::to_string(status) + "\":" + std::to_string(count);
    const auto count = static_cast<double>(figures.requests);
    const auto& right = figures.latencies_us;
    if (as_json) {
        report_json(figures, statuses);
    } else {
        std::printf("%zu requests, %zu broken, %zu shed, %zu wrong; %zu handshakes, %zu resumed; %.3f s, %.0f/s\n", figures.requests, figures.broken,
                    figures.shed, figures.wrong, figures.handshakes, figures.resumed, figures.seconds, count / figures.seconds);
        std::printf("p50 %.3f ms, p90 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, max %.3f ms; client CPU %.1f us a request; %s; {%s}\n", at(right, 0.5),
                    at(right, 0.9), at(right, 0.99), at(right, 0.999), at(right, 1), figures.client_cpu_s * 1e6 / count, figures.suite.c_str(),
                    statuses.c_str());
    }
    std::fflush(stdout);
}

bool run(const Plan& plan, Script& script, const Options& options, bool holds = false) {
    Client client(plan, script);
    const auto figures = client.run();
    report(figures, options.has("--json"));
    while (holds && std::getchar() != EOF) {}   // the connections stay open
    return figures.broken == 0 && figures.wrong == 0;
}

bool run_scan(const Plan& plan, const Options& options) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> acknowledged(nullptr, &std::fclose);
    if (options.has("--acknowledged")) {
        acknowledged.reset(std::fopen(options.text("--acknowledged").c_str(), "ae"));
        if (!acknowledged) throw std::runtime_error("cannot write " + options.text("--acknowledged"));
    }
    ScanScript script(plan.host, {lines_of(options.text("--credentials")), lines_of(options.text("--codes")), options.number("--first", 0)},
                      static_cast<int>(options.number("--expect", 201)), acknowledged.get());
    return run(plan, script, options);
}

/// Asks again for what no answer has told anything of, for as long as a minute's limit may hold it back. Of its figures `broken` counts what stays untold.
bool run_verify(Plan plan, const Options& options) {
    constexpr int rounds_max = 90;
    auto lines = lines_of(options.text("--acknowledged"));
    Figures all;
    all.requests = lines.size();
    for (int round = 0; round < rounds_max && !lines.empty(); ++round) {
        if (round > 0) std::this_thread::sleep_for(std::chrono::seconds(1));
        plan.requests = lines.size();
        AgainScript script(plan.host, std::move(lines));
        auto figures = Client(plan, script).run();
        lines = script.untold();
        all.wrong += figures.wrong;
        all.handshakes += figures.handshakes;
        all.resumed += figures.resumed;
        all.seconds += figures.seconds;
        all.client_cpu_s += figures.client_cpu_s;
        all.suite = figures.suite;
        all.latencies_us.insert(all.latencies_us.end(), figures.latencies_us.begin(), figures.latencies_us.end());
        for (const auto& [status, count] : figures.statuses) all.statuses[status] += count;
    }
    all.broken = lines.size();
    std::sort(all.latencies_us.begin(), all.latencies_us.end());
    report(all, options.has("--json"));
    return all.broken == 0 && all.wrong == 0;
}

bool run_command(const std::string& command, const Options& options) {
    auto plan = plan_of(options);
    if (command == "scan") return run_scan(plan, options);
    if (command == "register") {
        plan.requests = options.number("--people", 1'000);
        RegisterScript script(plan.host, options.number("--first", 0), plan.requests);
        const bool is_good = run(plan, script, options);
        script.save(options.text("--credentials"));
        return is_good;
    }
    if (command == "page" || command == "tap") {
        PageScript script(plan.host, {lines_of(options.text("--credentials")), lines_of(options.text("--codes")), options.number("--first", 0)},
                          command == "tap", options.text("--coding", ""));
        return run(plan, script, options);
    }
    if (command == "verify") return run_verify(plan, options);
    if (command == "get" || command == "hold") {
        if (command == "hold") plan.requests = plan.connections;
        PlainScript script(plan.host, options.text("--path"), static_cast<int>(options.number("--expect", 200)));
        return run(plan, script, options, command == "hold");
    }
    throw std::runtime_error("the command is one of: register scan page tap verify get hold");
}

}  // namespace

int main(int count, char** words) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        if (count < 2) throw std::runtime_error("the command is one of: register scan page tap verify get hold");
        return run_command(words[1], Options(count, words)) ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load_driver: %s\n", error.what());
        return 2;
    }
}
