// SPDX-License-Identifier: Apache-2.0
#include "app/serve.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <thread>

#include "api/api.hpp"
#include "app/backup_command.hpp"
#include "app/control.hpp"
#include "app/house.hpp"
#include "app/workers.hpp"
#include "http/server.hpp"
#include "service/directory.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::app {
namespace {

std::string base_url_of(const Config& config, unsigned port) {
    if (!config.base_url.empty()) return config.base_url;
    if (!config.hosts.empty()) return "https://" + config.hosts[0];
    return "https://localhost:" + std::to_string(port);
}

/// So that phones resume their sessions after a restart.
std::string ticket_key(const Place& place) {
    const auto path = place.keys + "/tls-tickets.key";
    if (std::filesystem::exists(path)) return path;
    unsigned char bytes[80];
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool made = RAND_bytes(bytes, sizeof bytes) == 1 && fd >= 0 && ::write(fd, bytes, sizeof bytes) == static_cast<ssize_t>(sizeof bytes);
    if (fd >= 0) ::close(fd);
    if (!made) throw std::runtime_error("cannot write a key file; check the folder's permissions: " + path);
    return path;
}

http::ServerOptions options_of(const Place& place, const Config& config) {
    http::ServerOptions options;
    options.address = config.listen;
    options.port = config.port;
    options.io_threads = std::max(1U, std::thread::hardware_concurrency());
    options.tls = {place.keys + "/tls-certificate.pem", place.keys + "/tls-key.pem", ticket_key(place)};
    options.hosts = config.hosts;
    return options;
}

Control::Handler operator_handler(service::Access& access) {
    return [&access](const std::vector<std::string>& arguments, const std::shared_ptr<Peer>& peer) {
        if (arguments.size() != 4) return peer->fail("operator takes login, roles, scope and password");
        peer->answer(access.add_operator(arguments[0], arguments[1], arguments[2], arguments[3]));
    };
}

api::Parts parts_of(Installation& in, Workers& desk, Workers& query) {
    return {in.vault, in.clock, in.board, *in.ingest, *in.registrar, *in.access, *in.cases, *in.tracing, *in.imports, in.zone,
            [&desk](auto job) { return desk.post(std::move(job)); }, [&query](auto job) { return query.post(std::move(job)); }};
}

std::map<std::string, Control::Handler> handlers_of(House& house, Installation& in, const Place& place, const Config& config) {
    return {{"operator", operator_handler(*in.access)}, {"backup", backup_handler(house, in, place, config)}};
}

/// A short log is read in no time: whoever waits for "listening" may then ask at once. Scans are taken meanwhile; a long log keeps nobody.
void wait_until_ready(const service::Tracing& tracing) {
    for (int tries = 0; tries < 100 && !tracing.is_ready(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void wait_for_signal(const sigset_t& signals) {
    int signal = 0;
    while (sigwait(&signals, &signal) != 0) {}
}

}  // namespace

int serve(const Place& place, const Config& config) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);   // before any thread is made: all inherit it

    Installation in(place, config);
    Workers desk(*in.store, 2);
    Workers query(*in.store, 2);
    api::Api api(parts_of(in, desk, query));
    http::Server server(options_of(place, config), api);
    House house(in);
    Control control(place.data, handlers_of(house, in, place, config));
    std::jthread control_thread([&](const std::stop_token& stop) { control.run(stop); });
    std::jthread house_thread([&](const std::stop_token& stop) { house.run(stop); });
    std::vector<std::jthread> io;
    const auto io_threads = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < io_threads; ++i) io.emplace_back([&server, i] { server.run_io(i); });

    std::fprintf(stderr, "chayan %s, data %s\n", CHAYAN_VERSION, place.data.c_str());
    if (!in.access->has_operators())
        std::fprintf(stderr, "还没有操作员。请运行：\nThere is no operator yet. Run:\n  chayan operator add --data %s --login NAME --role admin,manager,guard,tracer --password-file FILE\n", place.data.c_str());
    wait_until_ready(*in.tracing);
    std::printf("listening https://%s:%u\n", config.listen.c_str(), static_cast<unsigned>(server.port()));
    std::fflush(stdout);

    wait_for_signal(signals);
    std::jthread impatient([&] {
        wait_for_signal(signals);
        std::_Exit(130);   // a second signal ends at once; what was acknowledged is durable
    });
    impatient.detach();
    server.drain();
    io.clear();            // joins: every request under way has its answer
    house_thread.request_stop();
    house_thread.join();
    return 0;
}

std::string export_sites_of(const Place& place, const Config& config) {
    const auto zone = domain::TimeZone::find(config.time_zone);
    if (!zone) throw std::runtime_error("unknown time zone in [local] time_zone");
    const auto store = storage::sqlite::open_to_check({place.data, {}, 0});   // a server may be writing
    const service::Vault vault(place.keys, *zone);
    return service::export_sites(service::load_directory(*store->reader()), vault, base_url_of(config, config.port));
}

}  // namespace chayan::app
