// SPDX-License-Identifier: Apache-2.0
#include "app/metrics.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <locale>
#include <optional>
#include <sstream>
#include <string_view>

#include "api/api.hpp"
#include "http/listening.hpp"

namespace chayan::app {
namespace {

constexpr std::size_t request_bytes_max = 4096;
constexpr std::chrono::seconds patience{2};
constexpr const char* verbs[] = {"GET", "HEAD", "POST", "PATCH", "DELETE", "OTHER"};

class Text {
public:
    /// A family of one value.
    Text& one(const char* name, const char* type, const char* help, double value) {
        family(name, type, help);
        return line(name, {}, value);
    }
    Text& family(const char* name, const char* type, const char* help) {
        out_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
        return *this;
    }
    Text& line(std::string_view name, std::string_view labels, double value) {
        out_ << name;
        if (!labels.empty()) out_ << '{' << labels << '}';
        out_ << ' ' << value << '\n';
        return *this;
    }
    std::string take() { return out_.str(); }

private:
    std::ostringstream out_ = [] {
        std::ostringstream out;
        out.imbue(std::locale::classic());
        out.precision(15);
        return out;
    }();
};

double whole(std::uint64_t number) { return static_cast<double>(number); }
double moment(domain::Instant at) { return static_cast<double>(at.s); }

void tell_requests(Text& text, const std::vector<api::RouteTally::Counts>& requests) {
    text.family("chayan_requests_total", "counter", "Requests answered, by the route of the table and class of status.");
    const auto& table = api::endpoints();
    for (std::size_t route = 0; route < requests.size(); ++route)
        for (std::size_t kind = 0; kind < api::RouteTally::classes; ++kind) {
            if (requests[route][kind] == 0) continue;
            const bool is_known = route < table.size();
            const auto verb = is_known ? verbs[static_cast<std::size_t>(table[route].method)] : "OTHER";
            const auto path = is_known ? table[route].path : "other";
            text.line("chayan_requests_total", std::string("method=\"") + verb + "\",route=\"" + path + "\",status=\"" + std::to_string(kind + 1) + "xx\"", whole(requests[route][kind]));
        }
}

void tell_refusals(Text& text, const Measured& measured) {
    text.family("chayan_refused_total", "counter", "Calls and scans refused with 429, by the limit that was met.");
    for (std::size_t i = 0; i < service::buckets; ++i) text.line("chayan_refused_total", std::string("limit=\"") + service::bucket_names[i] + '"', whole(measured.refused[i]));
    text.family("chayan_shed_total", "counter", "Scans and calls refused with 503 because too much waited, by what was full.");
    for (std::size_t i = 0; i < service::sheds; ++i) text.line("chayan_shed_total", std::string("what=\"") + service::shed_names[i] + '"', whole(measured.shed[i]));
}

void tell_commits(Text& text, const CommitTimes::Counts& commits) {
    text.family("chayan_commit_seconds", "histogram", "How long a transaction took until it was durable.");
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < commits.in_bucket.size(); ++i) {
        sum += commits.in_bucket[i];
        std::ostringstream bound;
        bound.imbue(std::locale::classic());
        if (i < CommitTimes::bounds_s.size()) bound << CommitTimes::bounds_s[i];
        else bound << "+Inf";
        text.line("chayan_commit_seconds_bucket", "le=\"" + bound.str() + "\"", whole(sum));
    }
    text.line("chayan_commit_seconds_sum", {}, commits.sum_s).line("chayan_commit_seconds_count", {}, whole(sum));
}

void tell_process(Text& text) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    text.one("process_cpu_seconds_total", "counter", "Processor time used.", seconds(used.ru_utime) + seconds(used.ru_stime));
    std::uint64_t size = 0, resident = 0;
    if (std::ifstream pages("/proc/self/statm"); pages >> size >> resident)
        text.one("process_resident_memory_bytes", "gauge", "Memory in use.", whole(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
}

void tell_machine(Text& text, const service::Machine& machine, bool is_certificate_whole) {
    text.one("chayan_disk_free_bytes", "gauge", "Free on the disk of the data.", whole(machine.disk_free_bytes));
    text.one("chayan_disk_bytes", "gauge", "Size of that disk.", whole(machine.disk_bytes));
    if (machine.certificate) text.one("chayan_certificate_not_after_seconds", "gauge", "When the certificate in use ends.", moment(machine.certificate->not_after));
    text.one("chayan_certificate_whole", "gauge", "1 unless a pair that was laid there could not be used.", is_certificate_whole ? 1 : 0);
    if (machine.is_clock_synchronised) text.one("chayan_clock_synchronised", "gauge", "1 while the system keeps its clock right.", *machine.is_clock_synchronised ? 1 : 0);
}

}  // namespace

std::string metrics_text(const Measured& measured) {
    Text text;
    const auto& status = measured.status;
    text.family("chayan_build_info", "gauge", "1; the version is the label.").line("chayan_build_info", "version=\"" CHAYAN_VERSION "\"", 1);
    text.one("chayan_start_time_seconds", "gauge", "When the service started.", moment(status.started));
    tell_requests(text, measured.requests);
    tell_refusals(text, measured);
    text.one("chayan_queue_scans", "gauge", "Waiting to be written, in scans.", whole(status.waiting));
    text.one("chayan_store_full", "gauge", "1 while the disk is full and no scan is taken.", status.is_full ? 1 : 0);
    tell_commits(text, measured.commits);
    text.one("chayan_ready", "gauge", "1 when questions are answered.", status.readiness ? 1 : 0);
    text.one("chayan_scans", "gauge", "Scans in the index.", whole(measured.index_scans));
    text.one("chayan_index_bytes", "gauge", "Memory that the index holds.", whole(measured.index_bytes));
    text.one("chayan_scans_today", "gauge", "Taken since local midnight.", whole(status.scans_today));
    if (status.last_scan) text.one("chayan_last_scan_seconds", "gauge", "When the last scan was taken.", moment(*status.last_scan));
    text.one("chayan_people", "gauge", "Persons known.", whole(status.people));
    text.one("chayan_sites_open", "gauge", "Sites that are open.", whole(status.sites_open));
    text.one("chayan_audit_lines_total", "counter", "Lines of the audit log.", whole(status.audit_lines));
    if (status.last_backup) text.one("chayan_last_backup_seconds", "gauge", "When the last backup was made.", moment(*status.last_backup));
    text.one("chayan_backup_failures_total", "counter", "Nightly backups that failed since the start, each try.", whole(measured.backup_failures));
    if (status.recovery_proved) text.one("chayan_recovery_proved_seconds", "gauge", "When it was last proved that the recovery key is held.", moment(*status.recovery_proved));
    tell_machine(text, status.machine, measured.is_certificate_whole);
    tell_process(text);
    return text.take();
}

struct MetricsListener::State {
    std::function<std::string()> text;
    std::optional<http::LocalSocket> local;
    std::uint16_t port = 0;
    int listening = -1;

    /// What was asked, to the end of its head; less when it is too long, too late, or gone.
    static std::string read_request(int fd) {
        std::string request;
        const auto until = std::chrono::steady_clock::now() + patience;
        while (request.size() < request_bytes_max && request.find("\r\n\r\n") == std::string::npos) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
            pollfd waiting{fd, POLLIN, 0};
            if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return {};
            char bytes[1024];
            const auto count = ::recv(fd, bytes, sizeof bytes, 0);
            if (count <= 0) return {};
            request.append(bytes, static_cast<std::size_t>(count));
        }
        return request;
    }

    void answer(int fd) const {
        const timeval limit{patience.count(), 0};
        ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        const auto request = read_request(fd);
        if (request.empty()) return;
        const bool is_ours = request.starts_with("GET /metrics HTTP/1.");
        const auto body = is_ours ? text() : std::string("GET /metrics\n");
        const std::string answer = std::string("HTTP/1.1 ") + (is_ours ? "200 OK" : "404 Not Found") +
                                   "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        for (std::size_t sent = 0; sent < answer.size();) {
            const auto count = ::send(fd, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) return;
            sent += static_cast<std::size_t>(count);
        }
    }
};

MetricsListener::MetricsListener(const http::ProxyPlace& place, std::function<std::string()> text) : state_(std::make_unique<State>()) {
    state_->text = std::move(text);
    if (!place.socket.empty()) {
        state_->local.emplace(place.socket);
        state_->listening = state_->local->share();
        state_->local->release();
        return;
    }
    const auto where = http::free_endpoint(place.address, place.port);
    state_->listening = http::listen_beside_others(where);
    state_->port = where.port();
}

MetricsListener::~MetricsListener() {
    if (state_->listening >= 0) ::close(state_->listening);
}

std::uint16_t MetricsListener::port() const { return state_->port; }

void MetricsListener::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd waiting{state_->listening, POLLIN, 0};
        if (::poll(&waiting, 1, 200) <= 0) continue;
        const int fd = ::accept4(state_->listening, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        try {
            state_->answer(fd);
        } catch (const std::exception&) {   // no memory, or the store can't be read: nobody is told anything this time
        }
        ::close(fd);
    }
}

}  // namespace chayan::app
