// SPDX-License-Identifier: Apache-2.0
// What the writer remembers of scans that the contact index does not know yet, and the questions it asks of both: is this
// a retry, is it a repeat, did somebody travel too fast. Write thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "domain/contact_index.hpp"
#include "domain/people.hpp"
#include "domain/scan.hpp"
#include "domain/site.hpp"

namespace chayan::service {

class RecentScans {
public:
    /// Asks `index` from now on. When more than `count_max` scans are remembered and the index is a new one, drops what it knows just as well:
    /// some 0.3 µs a scan remembered.
    void set_index(std::shared_ptr<const domain::ContactIndex> index, std::size_t count_max);
    void add(const domain::Scan& scan);
    void remove(const domain::ScanKey& key);
    /// Of a scan that is not known yet too: while the log is being read a void may come before what it voids.
    void set_voided(const domain::ScanKey& key, bool voided);
    bool is_voided(const domain::ScanKey& key) const;
    std::optional<domain::Scan> find(const domain::ScanKey& key) const;
    /// The person's scans in [from, to], voided ones too, in no order.
    std::vector<domain::Scan> scans(const domain::People& people, domain::PersonNo person, domain::Instant from, domain::Instant to) const {
        return scans(people.registrations_of(person), from, to);
    }
    std::vector<domain::Scan> scans(std::span<const domain::RegistrationId> registrations, domain::Instant from, domain::Instant to) const;
    /// Any at or after `since`, voided ones too. True where nobody knows yet.
    bool is_scanned(domain::RegistrationId registration, domain::Instant since) const {
        return !index_ || !scans(std::span(&registration, 1), since, domain::ever_after).empty();
    }
    std::size_t size() const { return count_; }

private:
    void forget_indexed();

    std::unordered_map<domain::RegistrationId, std::vector<domain::Scan>> scans_;
    std::set<domain::ScanKey> early_voids_;   // of scans that were not known, until an index says the same
    std::size_t count_ = 0;
    std::shared_ptr<const domain::ContactIndex> index_;
};

/// Is `scan` a repeat, given the person's scans of the minute before it (CONTRACT 5)?
bool is_repeat(const domain::ScanKey& scan, const std::vector<domain::Scan>& earlier, const domain::Sites& sites);
/// Flag impossible_travel, given those of the last travel_s_max seconds in any order, and perhaps `scan` itself.
bool has_travelled_fast(const domain::ScanKey& scan, const std::vector<domain::Scan>& earlier, const domain::Sites& sites);
/// Flag burst, given at least those of the minute up to `scan`, and perhaps `scan` itself.
bool is_burst(const domain::ScanKey& scan, const std::vector<domain::Scan>& earlier);

}  // namespace chayan::service
