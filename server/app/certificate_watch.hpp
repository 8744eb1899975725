// SPDX-License-Identifier: Apache-2.0
// Keeps the certificate that phones are shown up to date: whoever renews it replaces two files, and the service takes them up without a
// restart, by itself within two minutes or at once when asked. A pair that doesn't fit changes nothing. Any thread. SECURITY R8.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "http/server.hpp"
#include "service/clock.hpp"
#include "service/status.hpp"

namespace chayan::app {

class CertificateWatch {
public:
    /// Makes new connections use the pair; the sentence why it can't, or nothing. `http::Server::reload_certificate`.
    using Swap = std::function<std::string(const http::TlsFiles&)>;
    /// Requires: `files` are in use already.
    CertificateWatch(http::TlsFiles files, const service::Clock& clock, Swap swap);
    /// The house, as often as it likes. Looks once a minute; warns 21, 7 and 1 days before the end, and at it.
    void tend();
    /// Takes up what lies there now, changed or not; the sentence why the pair in use stays, or nothing.
    std::string reload();
    /// The one in use, which need not be the one in the file.
    std::optional<service::Machine::Certificate> in_use() const;
    /// Whether what was taken up last fitted.
    bool is_whole() const;

private:
    /// What changes when a file does, were it its mode only.
    struct State {
        std::array<std::int64_t, 10> marks{};
        bool operator==(const State&) const = default;
    };
    State look() const;
    std::string take_up(const State& state);
    void warn();

    const http::TlsFiles files_;
    const service::Clock& clock_;
    const Swap swap_;
    mutable std::mutex mutex_;
    State seen_, tried_;
    std::optional<service::Machine::Certificate> in_use_;
    domain::Instant next_look_{};
    std::int64_t warned_days_;
    bool is_whole_ = true;
};

}  // namespace chayan::app
