// SPDX-License-Identifier: Apache-2.0
#include "app/serve.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <thread>

#include "api/api.hpp"
#include "api/route_tally.hpp"
#include "app/activation.hpp"
#include "app/backup_command.hpp"
#include "app/certificate.hpp"
#include "app/certificate_watch.hpp"
#include "app/control.hpp"
#include "app/house.hpp"
#include "app/key_rotation.hpp"
#include "app/machine.hpp"
#include "app/metrics.hpp"
#include "app/poster_program.hpp"
#include "app/proxy.hpp"
#include "app/recovery_command.hpp"
#include "app/signals.hpp"
#include "app/supervisor.hpp"
#include "app/workers.hpp"
#include "http/server.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/alert_bell.hpp"
#include "service/brief.hpp"
#include "service/camera_desk.hpp"
#include "service/directory.hpp"
#include "service/fever.hpp"
#include "service/follow_up.hpp"
#include "service/ledger_desk.hpp"
#include "service/local_days.hpp"
#include "service/forms.hpp"
#include "service/gate_desk.hpp"
#include "service/narratives.hpp"
#include "service/office.hpp"
#include "service/outings.hpp"
#include "service/posters.hpp"
#include "service/register_desk.hpp"
#include "service/report_desk.hpp"
#include "service/site_desk.hpp"
#include "service/vehicles.hpp"
#include "service/key_files.hpp"
#include "service/verifications.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::app {
namespace {

std::string base_url_of(const Config& config, unsigned port) {
    if (!config.base_url.empty()) return config.base_url;
    if (!config.hosts.empty()) return "https://" + config.hosts[0];
    return "https://localhost:" + std::to_string(port);
}

/// Each connection is an open file, and the store and the keys need some. With fewer than we would like, as many as there are: without a
/// descriptor nobody can be accepted, and nobody gives way.
std::size_t connections_allowed(std::size_t wanted) {
    constexpr std::size_t files_besides = 200;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted + files_besides) return wanted;
    std::fprintf(stderr, "系统只允许打开 %llu 个文件，连接多时会拒绝；请调高到 %llu。\nOnly %llu files may be open: many connections will be refused. Raise the limit (LimitNOFILE) to %llu.\n",
                 static_cast<unsigned long long>(files.rlim_cur), static_cast<unsigned long long>(wanted + files_besides),
                 static_cast<unsigned long long>(files.rlim_cur), static_cast<unsigned long long>(wanted + files_besides));
    return std::max<std::size_t>(files.rlim_cur, 2 * files_besides) - files_besides;
}

http::ServerOptions options_of(const Place& place, const Config& config, const std::vector<int>& inherited) {
    http::ServerOptions options;
    options.address = config.listen;
    options.port = config.port;
    options.io_threads = std::max(1U, std::thread::hardware_concurrency());
    options.tls = {place.keys + "/tls-certificate.pem", place.keys + "/tls-key.pem", ticket_key(place.keys)};
    options.hosts = config.hosts;
    const auto proxy = find_proxy_place(config.proxy_listen, place.data);
    if (!proxy) throw std::runtime_error(std::string("[server] proxy_listen ") + proxy_listen_rule);
    options.proxy = *proxy;
    options.inherited = inherited;
    options.connections_max = connections_allowed(options.connections_max);
    return options;
}

void print_proxy(const http::ProxyPlace& proxy, unsigned port) {
    if (!proxy.socket.empty()) std::fprintf(stderr, "proxy unix:%s\n", proxy.socket.c_str());
    const bool has_brackets = proxy.address.find(':') != std::string::npos;
    if (!proxy.address.empty()) std::fprintf(stderr, has_brackets ? "proxy http://[%s]:%u\n" : "proxy http://%s:%u\n", proxy.address.c_str(), port);
}

api::PostJob post_to(Workers& workers) {
    return [&workers](auto job) { return workers.post(std::move(job)); };
}

api::PostInTurn post_in_turn_to(Workers& workers) {
    return [&workers](auto job, api::Turn turn) { workers.post(std::move(job), {std::move(turn.from), turn.is_known, std::move(turn.turn_away)}); };
}

struct Lanes {
    Workers &desk, &query, &password, &names;
};

/// Ends the lanes' threads before what they use ends; the lanes themselves go on refusing whoever posts.
struct Closing {
    std::vector<std::optional<Workers>*> lanes;
    ~Closing() {
        for (auto* lane : lanes)
            if (*lane) (*lane)->close();
    }
};

/// What the grid's page works with.
struct GridDesk {
    GridDesk(Installation& in, const Config& config)
        : registers(*in.writer, in.vault, in.clock, in.board, in.staff, fever_from_dc(config)),
          vehicles(*in.writer, in.vault, in.clock, in.board, {config.ahead_s_max, config.age_days_max}),
          brief(*in.writer, in.clock, in.board, *in.tracing, in.staff, *in.day_counts, in.zone, "/dev/shm"),
          reports(*in.writer, in.vault, in.clock, in.board, *in.tracing, in.staff, in.zone, config.report_due_s,
                  [zone = in.zone](storage::Connection& reader, domain::SiteId site, domain::Day day) {
                      return service::fevers_at(reader, site, {service::begin_of(zone, day), service::begin_of(zone, {day.number + 1})});
                  }),
          cameras(*in.writer, in.vault, in.clock, in.board, *in.tracing), outings(*in.writer, in.vault, in.clock, in.board, *in.tracing, in.staff, in.zone) {
        const auto reader = in.store->reader();
        outings.load(*reader);
        in.bell->load(service::last_alerts(*reader, in.vault));
    }
    service::RegisterDesk registers;
    service::Vehicles vehicles;
    service::Brief brief;
    service::ReportDesk reports;
    service::CameraDesk cameras;
    service::Outings outings;
};

api::Parts parts_of(Installation& in, const std::string& base_url, const Lanes& lanes, service::Exports& exports, service::Reveals& reveals,
                    service::Reviews& reviews, service::Verifications& verifications, service::FollowUp& follow_up,
                    service::Forms& forms, service::Narratives& narratives,
                    service::Posters& posters, service::SiteDesk& sites, service::GateDesk& gate_desk, const std::string& time_zone,
                    service::LedgerDesk& ledger, service::AlertBell& bell, service::Office& office, service::Status& status, const std::vector<service::Setting>& settings, GridDesk& grid,
                    const Config& config, service::Throttle& throttle) {
    return {in.vault, in.clock, in.board, *in.ingest, *in.registrar, *in.access, *in.operators, *in.devices, *in.audit, *in.cases, *in.tracing,
            *in.imports, *in.residents, in.zone, base_url, post_to(lanes.desk), post_to(lanes.query), post_to(lanes.names), post_in_turn_to(lanes.password), exports, reveals, reviews, verifications, follow_up, forms, narratives, posters, sites, gate_desk, time_zone, ledger, bell, grid.reports, grid.cameras, grid.outings, office, status, settings, grid.registers, grid.vehicles, *in.day_counts, grid.brief, fever_from_dc(config), throttle, *in.retention_view, config.roster_days};
}

void greet(const Place& place, Installation& in, const std::string& base_url) {
    std::fprintf(stderr, "chayan %s, data %s\n", CHAYAN_VERSION, place.data.c_str());
    if (in.staff.has_operators()) return;
    std::fprintf(stderr,
                 "还没有操作员。请在 15 分钟内用这个一次性链接设置第一位管理员：\n"
                 "There is no operator yet. Set up the first administrator by this link, once and within 15 minutes:\n  %s/setup#%s\n"
                 "或者运行 / or run:\n  chayan operator add --data %s --login NAME --role admin,manager,guard,tracer --password-file FILE\n",
                 base_url.c_str(), in.operators->make_setup_link().c_str(), place.data.c_str());
}

/// Whoever measures switches them off, and may forget it.
void tell_of_limits(const Config& config) {
    if (config.limits.enabled) return;
    std::fprintf(stderr, "频率限制已按设置关闭（[limits] enabled = false）。\nLimits on rate are off, as the settings say ([limits] enabled = false).\n");
}

/// What commands take for the service's address is what the settings say.
void tell_of_inherited(const Config& config, const http::ServerOptions& options, const http::Server& server) {
    const auto is_any = [](const std::string& address) { return address == "0.0.0.0" || address == "::"; };
    const auto address = server.address();
    const bool is_told = config.port == server.port() && (config.listen == address || (is_any(config.listen) && is_any(address)));
    if (options.inherited.empty() || is_told) return;
    const auto port = static_cast<unsigned>(server.port());
    std::fprintf(stderr, "端口由 systemd 的 chayan.socket 打开：%s 端口 %u；[server] listen 和 port 没有用到，请写成一样的，doctor 按它们检查。\n"
                         "The port was opened by systemd's chayan.socket: %s port %u. [server] listen and port are not used; write the same there, doctor goes by them.\n",
                 address.c_str(), port, address.c_str(), port);
}

class SteadyClock final : public service::MonotonicClock {
public:
    std::int64_t now_ns() const override { return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
};

Control::Handler operator_handler(service::Operators& operators) {
    return [&operators](const std::vector<std::string>& arguments, const std::shared_ptr<Peer>& peer) {
        if (arguments.size() != 4) return peer->fail("operator takes login, roles, scope and password");
        peer->answer(operators.add(nullptr, {arguments[0], arguments[1], arguments[2], arguments[3]}));
    };
}

Control::Handler reload_handler(CertificateWatch& certificate) {
    return [&certificate](const std::vector<std::string>&, const std::shared_ptr<Peer>& peer) {
        if (const auto why = certificate.reload(); !why.empty()) return peer->fail(why);
        peer->answer(kit::Done{});
    };
}

Control::Handler status_handler(Workers& desk, api::Api& api) {
    return [&desk, &api](const std::vector<std::string>&, const std::shared_ptr<Peer>& peer) {
        const bool posted = desk.post([&api, peer](storage::Connection& reader) {
            (void)peer->tell(api.status_text(reader));
            peer->answer(kit::Done{});
        });
        if (!posted) peer->fail("the service has too much to do; try again");
    };
}

std::map<std::string, Control::Handler> handlers_of(House& house, CertificateWatch& certificate, Workers& desk, api::Api& api, Installation& in, const Place& place, const Config& config) {
    return {{"operator", operator_handler(*in.operators)}, {"backup", backup_handler(house, in, place, config)}, {"reload", reload_handler(certificate)}, {"status", status_handler(desk, api)}, {"recovery_proved", proof_handler(in)}, {"rotate", rotation_handler(in, place)}};
}

/// For one thread, which alone reads by the connection that it makes at first.
std::function<std::string()> metrics_of(Installation& in, service::Status& status, const api::Api& api, const CertificateWatch& certificate, const NightlyBackup& nightly,
                                        const service::Throttle& throttle) {
    return [&in, &status, &api, &certificate, &nightly, &throttle, reader = std::shared_ptr<storage::Connection>()]() mutable {
        if (!reader) reader = in.store->reader();
        Measured measured{status.view(*reader), api.tally().counts(), in.commit_times.counts(), 0, 0, certificate.is_whole(), nightly.failures()};
        if (const auto index = in.tracing->index()) {
            measured.index_scans = (*index)->scan_count();
            measured.index_bytes = (*index)->memory_bytes();
        }
        for (std::size_t i = 0; i < service::buckets; ++i) measured.refused[i] = throttle.refused(static_cast<service::Bucket>(i));
        for (std::size_t i = 0; i < service::sheds; ++i) measured.shed[i] = throttle.shed(static_cast<service::Shed>(i));
        return metrics_text(measured);
    };
}

/// Answers whoever watches the service, where the settings say so.
class Watching {
public:
    Watching(const Config& config, const Place& place, std::function<std::string()> text) {
        if (config.metrics_listen.empty()) return;
        const auto where = find_proxy_place(config.metrics_listen, place.data);
        if (!where) throw std::runtime_error(std::string("[server] metrics_listen ") + proxy_listen_rule);
        listener_.emplace(*where, std::move(text));
        thread_ = std::jthread([this](const std::stop_token& stop) { listener_->run(stop); });
        if (!where->socket.empty()) std::fprintf(stderr, "metrics unix:%s\n", where->socket.c_str());
        else std::fprintf(stderr, "metrics http://%s:%u/metrics\n", where->address.c_str(), static_cast<unsigned>(listener_->port()));
    }

private:
    std::optional<MetricsListener> listener_;
    std::jthread thread_;
};

/// A short log is read in no time: whoever waits for "listening" may then ask at once. Scans are taken meanwhile; a long log keeps nobody.
void wait_until_ready(const service::Tracing& tracing) {
    for (int tries = 0; tries < 100 && !tracing.readiness(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

/// Until somebody wants the end.
void keep_serving(const Signals& signals, Supervisor& supervisor, const http::Server& server, CertificateWatch& certificate) {
    for (;;) {
        const auto word = signals.wait(supervisor.interval());
        if (word == Signals::Word::end) return supervisor.stopping();
        if (word == Signals::Word::reload) {
            supervisor.reloading();
            (void)certificate.reload();   // which says itself what came of it
            supervisor.ready();
        }
        if (supervisor.interval()) supervisor.alive(server.beats());
    }
}

/// For whoever starts it from a script: from here on it answers.
void tell_address(const http::Server& server) {
    std::printf("listening https://%s:%u\n", server.address().c_str(), static_cast<unsigned>(server.port()));
    std::fflush(stdout);
}

}  // namespace

int serve(const Place& place, const Config& config) {
    const auto inherited = take_inherited_sockets();   // before any thread is made: it changes the environment
    const Signals signals;                             // likewise: all inherit it
    Supervisor supervisor;
    std::string base_url;
    std::optional<api::Api> api;                             // before the writer and the lanes, whose last answers still pass through it
    std::optional<CertificateWatch> certificate;
    std::optional<Workers> desk, query, password, names;     // before the writer, whose last answers still post to them
    const SteadyClock steady;                                // before the writer, which looks at it to its end
    Installation in(place, config);
    in.writer->shed_by(steady);
    service::key_files::note_scan_days(place.keys, config.scan_days);   // for backups that are given no settings
    service::Exports exports(*in.writer, *in.cases, [&in](domain::OperatorId id) { return in.staff.login_of(id); }, in.clock, in.zone,
                             {place.data + "/spool", "/dev/shm"});
    service::Reveals reveals(*in.writer, in.vault, in.clock, *in.tracing);
    service::Reviews reviews(*in.writer, in.vault, in.clock, in.board, *in.tracing, in.staff);
    service::Verifications verifications(*in.writer, in.vault, in.clock, in.zone);
    service::FollowUp follow_up(*in.writer, in.vault, in.clock, in.board, *in.tracing, in.staff);
    service::Forms forms(*in.writer, in.vault, in.clock);
    service::LedgerDesk ledger(*in.writer, in.vault, in.clock, in.board, in.staff);
    service::SiteDesk sites(*in.writer, in.vault, in.clock, in.board, *in.tracing, in.zone, base_url);
    service::Office office(*in.writer, in.board, {config.poster_issuer, config.poster_hotline, {}});
    service::Status status(*in.writer, in.clock, in.board, in.staff, *in.tracing, *in.audit, in.zone, [&place, &certificate] { return look_at_machine(place, certificate->in_use()); });
    const auto settings = settings_of(config);
    service::Posters posters(in.board, in.vault, base_url, office, print_posters);
    service::Narratives narratives(*in.writer, *in.tracing, in.board, in.clock, in.zone);
    service::GateDesk gate_desk(*in.writer, in.vault, in.clock, in.board, *in.tracing, *in.last_scans, in.zone, fever_from_dc(config));
    GridDesk grid(in, config);
    service::Throttle throttle(config.limits, steady, service::newest_registration(*in.board.load()->people));
    in.ingest->limit_by(throttle);
    const Closing closing{{&desk, &query, &password, &names}};
    desk.emplace(*in.store, 2);
    query.emplace(*in.store, kit::exports_at_once_max + 1, Workers::usual_jobs_max, /*giving_way=*/true);   // exports alone never hold up a question
    password.emplace(*in.store, 1, kit::passwords_waiting_max);
    names.emplace(*in.store, 1, kit::names_waiting_max);
    api.emplace(parts_of(in, base_url, {*desk, *query, *password, *names}, exports, reveals, reviews, verifications, follow_up, forms, narratives, posters, sites, gate_desk, config.time_zone, ledger, *in.bell, office, status, settings, grid, config, throttle));
    const auto options = options_of(place, config, inherited);
    tell_of_limits(config);
    http::Server server(options, *api);
    tell_of_inherited(config, options, server);
    base_url = base_url_of(config, server.port());   // known to requests, which begin with the io threads
    certificate.emplace(options.tls, in.clock, [&server](const http::TlsFiles& files) { return server.reload_certificate(files); });
    NightlyBackup nightly = nightly_of(in, place, config);
    House house(in, place.accept_loss, *certificate, &nightly);
    Control control(place.data, handlers_of(house, *certificate, *desk, *api, in, place, config));
    const Watching watching(config, place, metrics_of(in, status, *api, *certificate, nightly, throttle));
    std::jthread control_thread([&](const std::stop_token& stop) { control.run(stop); });
    std::jthread house_thread([&](const std::stop_token& stop) { house.run(stop); });
    std::vector<std::jthread> io;
    for (unsigned i = 0; i < options.io_threads; ++i) io.emplace_back([&server, i] { server.run_io(i); });

    greet(place, in, base_url);
    print_proxy(options.proxy, server.proxy_port());
    wait_until_ready(*in.tracing);
    tell_address(server);
    supervisor.ready();

    keep_serving(signals, supervisor, server, *certificate);
    std::jthread impatient([&] {
        signals.wait_for_end();
        std::_Exit(130);   // a second signal ends at once; what was acknowledged is durable
    });
    impatient.detach();
    server.drain();
    in.bell->close();      // whoever listens has the answer now that io threads wait for
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
