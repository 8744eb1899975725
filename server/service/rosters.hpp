// SPDX-License-Identifier: Apache-2.0
// Who is at home at a site, by the initials of their names as they sound: those whom a roster of people places in the very village or community that the site guards, and those who passed
// it again and again in the last fortnight. So a guard finds an old neighbour without a phone by one letter, and nobody else's: a market, clinic or road has no roster.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "domain/contact_index.hpp"
#include "kit/guarded.hpp"
#include "service/clock.hpp"
#include "service/directory.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

struct RosterPerson {
    std::string card;                  ///< a gate's subject, at this site alone
    std::string name;                  ///< in full: the guard reads it out
    std::string document_number;       ///< masked; empty: none is known
    std::int32_t age = -1;             ///< in years; -1: not known
};

/// What is known of whom one looks for.
struct RosterQuestion {
    std::string initials;              ///< a to z, lower case
    std::string name{};                ///< how the name begins; empty: by the initials alone
};

struct RosterView {
    bool is_kept = false;              ///< sites of this kind have one
    std::vector<RosterPerson> people;  ///< who came most often first
    bool has_more = false;
};

/// How often each operator looked in the last minute and hour.
class RosterLooks {
public:
    explicit RosterLooks(const Clock& clock) : clock_(clock) {}
    /// 0, and the look is counted; else seconds until there may be another.
    std::int64_t wait_s(domain::OperatorId by);

private:
    struct Count {
        std::int64_t minute = 0, hour = 0;
        std::size_t in_minute = 0, in_hour = 0;
    };
    using Counts = std::map<domain::OperatorId, Count>;
    const Clock& clock_;
    kit::Guarded<Counts> counts_;
};

/// "wjg" of 王建国; empty where nothing sounds.
std::string initials_of(const domain::Name& name);

class Rosters {
public:
    Rosters(Vault& vault, const Clock& clock, domain::TimeZone zone);

    static bool has_roster(const storage::SiteRow& site);
    /// Query thread. Whose initials begin so. The site's list is made anew every roster_kept_s: some 20 µs a person; names are read for an answer's rows alone.
    RosterView find(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site, const domain::ContactIndex& index,
                    const RosterQuestion& question);

private:
    struct Entry {
        char initials[8] = {};
        domain::RegistrationId registration;
        domain::PersonNo person;
        std::uint32_t passes = 0;
    };
    struct List {
        domain::Instant made;
        std::vector<Entry> entries;    // who came most often first
    };
    using Lists = std::map<domain::SiteId, std::shared_ptr<const List>>;
    std::shared_ptr<const List> list_of(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site, const domain::ContactIndex& index);
    List make(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site, const domain::ContactIndex& index) const;
    RosterPerson person_of(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site, const Entry& entry) const;

    Vault& vault_;
    const Clock& clock_;
    domain::TimeZone zone_;
    kit::Guarded<Lists> lists_;
};

}  // namespace chayan::service
