// SPDX-License-Identifier: Apache-2.0
#include "service/watch.hpp"

#include <algorithm>

namespace chayan::service {
Watch::Found Watch::find(storage::Connection& connection, const domain::People& people, domain::PersonNo person, domain::Instant now) {
    const auto changes = connection.ledger().changes();
    if (read_at_ != changes) {
        entries_ = connection.ledger().in_force();
        read_at_ = changes;
        is_placed_ = false;
    }
    if (!is_placed_) {
        by_person_.clear();
        for (std::uint32_t i = 0; i < entries_.size(); ++i) by_person_.emplace_back(people.person_of(entries_[i].registration), i);
        std::sort(by_person_.begin(), by_person_.end());
        is_placed_ = true;
    }
    Found found;
    if (person.is_none()) return found;
    auto own = std::lower_bound(by_person_.begin(), by_person_.end(), std::pair(person, std::uint32_t{0}));
    for (; own != by_person_.end() && own->first == person; ++own) {
        const auto& entry = entries_[own->second];
        const auto verdict = domain::verdict_of(entry.state, now);
        if (verdict > found.verdict) found = {verdict, entry};
    }
    return found;
}

}  // namespace chayan::service
