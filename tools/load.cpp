// SPDX-License-Identifier: Apache-2.0
// A load driver over TLS for tools/bench, and for comparing servers under the same eyes. Every answer is judged, not only counted.
//
//   load register --url https://127.0.0.1:8443 --people N --credentials FILE [--first N]
//   load scan     --url … --credentials FILE --codes FILE --requests N [--first N] [--acknowledged FILE] [--expect STATUS]
//   load verify   --url … --acknowledged FILE      each acknowledged scan again: 200 and the same id, or it was lost
//   load get      --url … --path P --requests N [--expect STATUS]
//   load hold     --url … --path P --connections N  opens them, asks once on each, waits for the end of its input
//
// All: [--connections N] [--keep|--fresh|--resume] [--rate R] [--json]. --fresh: a full TLS 1.3 handshake for each request.
// --rate: requests fall due at R a second and latency counts from then; without, each connection asks as soon as it has its
// answer. Exit 1 when an answer was missing or wrong, 2 when it could not run.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>

#include "load_scripts.hpp"

namespace {

using namespace chayan::load;

/// The words after the command: --name value, or a switch.
class Options {
public:
    Options(int count, char** words) {
        static const std::set<std::string> switches{"--keep", "--fresh", "--resume", "--json"};
        static const std::set<std::string> known{"--url", "--people", "--credentials", "--first", "--codes", "--requests", "--acknowledged",
                                                 "--expect", "--path", "--connections", "--rate"};
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
    if (plan.connections == 0) throw std::runtime_error("--connections must be above 0");
    return plan;
}

void report(const Figures& figures, bool as_json) {
    const auto at = [&](double share) {
        const auto& sorted = figures.latencies_us;
        return sorted.empty() ? 0.0 : static_cast<double>(sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]) / 1000.0;
    };
    std::string statuses;
    for (const auto& [status, count] : figures.statuses)
        statuses += (statuses.empty() ? "\"" : ",\"") + std::to_string(status) + "\":" + std::to_string(count);
    const auto count = static_cast<double>(figures.requests);
    if (as_json) {
        std::printf("{\"requests\":%zu,\"broken\":%zu,\"wrong\":%zu,\"handshakes\":%zu,\"resumed\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,",
                    figures.requests, figures.broken, figures.wrong, figures.handshakes, figures.resumed, figures.seconds, count / figures.seconds);
        std::printf("\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f,\"client_us\":%.1f,\"suite\":\"%s\",\"statuses\":{%s}}\n",
                    at(0.5), at(0.99), at(0.999), at(1), figures.client_cpu_s * 1e6 / count, figures.suite.c_str(), statuses.c_str());
    } else {
        std::printf("%zu requests, %zu broken, %zu wrong; %zu handshakes, %zu resumed; %.3f s, %.0f/s\n", figures.requests, figures.broken,
                    figures.wrong, figures.handshakes, figures.resumed, figures.seconds, count / figures.seconds);
        std::printf("p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, max %.3f ms; client CPU %.1f us a request; %s; {%s}\n", at(0.5), at(0.99),
                    at(0.999), at(1), figures.client_cpu_s * 1e6 / count, figures.suite.c_str(), statuses.c_str());
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
    if (command == "verify") {
        auto lines = lines_of(options.text("--acknowledged"));
        plan.requests = lines.size();
        AgainScript script(plan.host, std::move(lines));
        return run(plan, script, options);
    }
    if (command == "get" || command == "hold") {
        if (command == "hold") plan.requests = plan.connections;
        PlainScript script(plan.host, options.text("--path"), static_cast<int>(options.number("--expect", 200)));
        return run(plan, script, options, command == "hold");
    }
    throw std::runtime_error("the command is one of: register scan verify get hold");
}

}  // namespace

int main(int count, char** words) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        if (count < 2) throw std::runtime_error("the command is one of: register scan verify get hold");
        return run_command(words[1], Options(count, words)) ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load: %s\n", error.what());
        return 2;
    }
}
