// SPDX-License-Identifier: Apache-2.0
#include "service/alert_bell.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace chayan::service {

std::uint64_t AlertBell::newest_for(const Listener& listener) const {
    for (auto alert = alerts_.rbegin(); alert != alerts_.rend() && alert->id > listener.after; ++alert)
        if (listener.concerns(*alert)) return alert->id;
    return 0;
}

std::vector<AlertBell::Listener> AlertBell::taken(const std::function<bool(const Listener&)>& is_due) {
    const auto due = std::stable_partition(listeners_.begin(), listeners_.end(), [&](const Listener& one) { return !is_due(one); });
    std::vector<Listener> found(std::make_move_iterator(due), std::make_move_iterator(listeners_.end()));
    listeners_.erase(due, listeners_.end());
    return found;
}

void AlertBell::load(std::vector<RaisedAlert> alerts) {
    const std::lock_guard lock(mutex_);
    alerts_.assign(alerts.begin(), alerts.end());
}

bool AlertBell::listen(Listener listener) {
    std::uint64_t news = 0;
    std::optional<Listener> oldest;
    {
        const std::lock_guard lock(mutex_);
        if (is_closed_) return false;
        news = newest_for(listener);
        if (news == 0) {
            const auto is_theirs = [&](const Listener& one) { return one.by == listener.by; };
            if (std::count_if(listeners_.begin(), listeners_.end(), is_theirs) >= static_cast<std::ptrdiff_t>(listeners_each_max)) {
                const auto first = std::find_if(listeners_.begin(), listeners_.end(), is_theirs);
                oldest = std::move(*first);
                listeners_.erase(first);
            }
            if (listeners_.size() >= listeners_max) return false;
            listeners_.push_back(std::move(listener));
        }
    }
    if (news != 0) listener.called(news);
    if (oldest) oldest->called(0);
    return true;
}

std::uint64_t AlertBell::newest() {
    const std::lock_guard lock(mutex_);
    return alerts_.empty() ? 0 : alerts_.back().id;
}

void AlertBell::note(const Facts& facts) {
    if (facts.alerts.empty()) return;
    std::vector<std::pair<Listener, std::uint64_t>> calls;
    {
        const std::lock_guard lock(mutex_);
        alerts_.insert(alerts_.end(), facts.alerts.begin(), facts.alerts.end());
        if (alerts_.size() > alerts_kept) alerts_.erase(alerts_.begin(), std::prev(alerts_.end(), alerts_kept));
        for (auto& one : taken([this](const Listener& each) { return newest_for(each) != 0; })) calls.emplace_back(std::move(one), newest_for(one));
    }
    for (auto& [listener, news] : calls) listener.called(news);
}

void AlertBell::tend(domain::Instant now) {
    std::vector<Listener> due;
    {
        const std::lock_guard lock(mutex_);
        due = taken([now](const Listener& one) { return one.until <= now; });
    }
    for (auto& listener : due) listener.called(0);
}

void AlertBell::close() {
    std::vector<Listener> all;
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        all = std::exchange(listeners_, {});
    }
    for (auto& listener : all) listener.called(0);
}

}  // namespace chayan::service
