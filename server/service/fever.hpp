// SPDX-License-Identifier: Apache-2.0
// What a temperature means for the fever register, as it is stored: nobody has to remember to write a fever down. Write thread.
#pragma once

#include "domain/people.hpp"
#include "domain/register.hpp"
#include "storage/rows.hpp"
#include "storage/store.hpp"

namespace chayan::service {

/// A temperature that was taken of somebody at a site.
struct TakenTemperature {
    domain::RegistrationId registration;
    const storage::SiteRow* site = nullptr;   ///< null: none, then the last two say where
    domain::Instant at, received;
    std::int16_t temperature_dc = 0;
    domain::OperatorId by;                    ///< none: the resident
    domain::DivisionCode division{};          ///< where there is no site
    domain::FoundAt found{};                  ///< likewise
};

/// A fever opens a record, unless that person has an open one: then that gets another temperature, high or low. What is older than the record's last reading, or of before another record was
/// closed, came late and changes nothing; nor does what a phone says of somebody whom staff have measured. Returns whether a record was opened. Cost: with a fever, or
/// `is_followed`, the person's own records; else nothing.
/// `is_followed`: somebody looks at this person's temperature, so that a low one counts too.
bool note_temperature(storage::Connection& connection, const domain::People& people, const TakenTemperature& taken, std::int16_t fever_from_dc, bool is_followed);

/// How many were found to have a fever at a site.
std::int64_t fevers_at(storage::Connection& reader, domain::SiteId site, domain::Interval interval);

}  // namespace chayan::service
