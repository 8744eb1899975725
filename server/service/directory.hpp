// SPDX-License-Identifier: Apache-2.0
// The directory: an immutable snapshot of what the scan path and the questions must know without asking the store: sites,
// divisions, revoked credentials, and which person a registration belongs to. The writer publishes it after a commit;
// everybody else reads. Copies share their chunks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "domain/chunked_vector.hpp"
#include "domain/people.hpp"
#include "domain/site.hpp"
#include "kit/guarded.hpp"
#include "storage/rows.hpp"
#include "storage/store.hpp"

namespace chayan::storage {
class Connection;
}

namespace chayan::service {

/// Divisions by code.
class Divisions {
public:
    void put(storage::DivisionRow row);
    const storage::DivisionRow* find(domain::DivisionCode code) const;
    /// By code or by name; nothing when the name is unknown or names several.
    const storage::DivisionRow* find(std::string_view code_or_name) const;
    bool is_ambiguous(const std::string& name) const { return by_name_.count(name) > 1; }
    /// Is it one of them, or above or below one? O(divisions).
    bool reaches(domain::DivisionCode code) const;
    std::size_t size() const { return by_code_.size(); }
    /// Calls use(row) for each, in no order.
    template <class Use>
    void for_each(Use&& use) const {
        for (const auto& [key, row] : by_code_) use(row);
    }

private:
    std::unordered_map<std::uint64_t, storage::DivisionRow> by_code_;    // key: number of the code and its digits
    std::unordered_multimap<std::string, std::uint64_t> by_name_;
};

/// What the office says of itself on posters, in the privacy notice and below the pages; empty: nothing.
struct OfficeWords {
    std::string name, hotline, filing;
};

/// A snapshot. Copy, change the copy, publish.
struct Directory {
    domain::ChunkedVector<std::shared_ptr<const storage::SiteRow>> site_rows;   // by SiteId
    std::shared_ptr<const domain::Sites> sites = std::make_shared<domain::Sites>();
    std::shared_ptr<const Divisions> divisions = std::make_shared<Divisions>();
    std::shared_ptr<const domain::People> people = std::make_shared<domain::People>();
    std::shared_ptr<const std::unordered_set<domain::RegistrationId>> revoked =
        std::make_shared<std::unordered_set<domain::RegistrationId>>();
    std::shared_ptr<const OfficeWords> office = std::make_shared<OfficeWords>();   ///< as kept: see Office for what is in force

    /// Null when there is no such site.
    const storage::SiteRow* site(domain::SiteId id) const;
    const storage::SiteRow* site(std::string_view ref) const;
    /// A credential's registration exists and is not revoked.
    bool may_scan(domain::RegistrationId registration) const;
};

/// How people call a division: the township, and what is below it; empty when it is not known.
std::string division_name(const Directory& directory, domain::DivisionCode code);

/// Where the current directory is found. One writer stores, any thread loads (some 20 ns).
using DirectoryBoard = kit::Guarded<std::shared_ptr<const Directory>>;

/// Reads everything at start. Cost: some 2 µs a registration.
Directory load_directory(storage::Connection& connection);

/// Who was thought to be who at a moment: what had been placed, merged and split by then (`ever_after`: until now). Cost: as above.
domain::People load_people(storage::Connection& connection, domain::Instant upto);

/// "name", "hotline" or "filing"; null for any other word.
std::string* member_of(OfficeWords& words, std::string_view word);
OfficeWords read_office(const std::vector<storage::OfficeWord>& kept);

/// What visits must know of a site.
domain::SiteRules rules_of(const storage::SiteRow& row);

}  // namespace chayan::service
