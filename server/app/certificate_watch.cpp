// SPDX-License-Identifier: Apache-2.0
#include "app/certificate_watch.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <limits>
#include <utility>

#include "app/certificate.hpp"
#include "kit/log.hpp"

namespace chayan::app {
namespace {

constexpr std::int64_t look_every_s = 60;
constexpr std::int64_t day_s = 86'400;
constexpr std::array<std::int64_t, 4> warn_days{0, 1, 7, 21};   // 0: it is over
constexpr std::int64_t never_warned = std::numeric_limits<std::int64_t>::max();

/// The least of `warn_days` that is left or less; `never_warned` when there is time.
std::int64_t days_to_warn(domain::Instant not_after, domain::Instant now) {
    const auto left = not_after - now;
    for (const auto days : warn_days)
        if (left <= days * day_s) return days;
    return never_warned;
}

}  // namespace

CertificateWatch::CertificateWatch(http::TlsFiles files, const service::Clock& clock, Swap swap)
    : files_(std::move(files)), clock_(clock), swap_(std::move(swap)), seen_(look()), tried_(seen_), in_use_(read_certificate(files_.certificate_chain)), warned_days_(never_warned) {}

CertificateWatch::State CertificateWatch::look() const {
    State state;
    auto* mark = state.marks.data();
    for (const auto* path : {&files_.certificate_chain, &files_.private_key}) {
        struct stat found {};
        if (::stat(path->c_str(), &found) != 0) found = {};   // gone is a state too
        for (const std::int64_t value : {static_cast<std::int64_t>(found.st_ino), static_cast<std::int64_t>(found.st_size), std::int64_t{found.st_mtim.tv_sec},
                                         std::int64_t{found.st_ctim.tv_sec}, std::int64_t{found.st_ctim.tv_nsec}})
            *mark++ = value;
    }
    return state;
}

void CertificateWatch::tend() {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    if (now < next_look_ && next_look_ - now <= look_every_s) return;   // a clock that was set back keeps nobody waiting
    next_look_ = now + look_every_s;
    const auto state = look();
    // Whoever replaces the pair writes two files: it is taken up when both have lain still since the look before.
    if (state == std::exchange(seen_, state) && state != tried_) take_up(state);
    warn();
}

std::string CertificateWatch::reload() {
    const std::lock_guard lock(mutex_);
    seen_ = look();
    auto why = take_up(seen_);
    warn();
    return why;
}

std::string CertificateWatch::take_up(const State& state) {
    tried_ = state;
    const auto found = read_certificate(files_.certificate_chain);
    const auto now = clock_.now();
    const bool is_over = found && found->not_after <= now && in_use_ && now < in_use_->not_after;
    auto why = is_over ? "the certificate in " + files_.certificate_chain + " is past its end, and the one in use is not" : swap_(files_);
    is_whole_ = why.empty();
    if (is_whole_) {
        in_use_ = found;
        warned_days_ = never_warned;
        kit::log(kit::Level::info, "certificate_taken_up", {{"days", found ? (found->not_after - now) / day_s : 0}});
    } else {
        kit::log(kit::Level::error, "certificate_kept");
        std::fprintf(stderr, "新证书不能用，仍用原来的证书。\nThe certificate that lies there can't be used, the one before stays: %s\n", why.c_str());
    }
    return why;
}

void CertificateWatch::warn() {
    if (!in_use_) return;
    const auto days = days_to_warn(in_use_->not_after, clock_.now());
    if (days >= std::exchange(warned_days_, days)) return;   // a clock set back lets it be told again
    kit::log(days <= 1 ? kit::Level::error : kit::Level::warning, days == 0 ? "certificate_over" : "certificate_ends_soon", {{"days", days}});
}

std::optional<service::Machine::Certificate> CertificateWatch::in_use() const {
    const std::lock_guard lock(mutex_);
    return in_use_;
}

bool CertificateWatch::is_whole() const {
    const std::lock_guard lock(mutex_);
    return is_whole_;
}

}  // namespace chayan::app
