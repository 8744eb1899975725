// SPDX-License-Identifier: Apache-2.0
// The guard's desk beside its scans: the digits of a site's screen, temperatures that are added to somebody's own scan, the last people through, a shift in figures, and whom a guard finds by
// initials (service/rosters). Everything is of one site, which lies in the caller's scope; a duty device's is its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/last_scans.hpp"
#include "service/rosters.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

struct GateSite {
    std::string ref, name, category, area;   ///< area: the names of its township and of what is below it
    bool has_roster = false;
};

struct GateSites {
    std::vector<GateSite> sites;       ///< by ref
    bool has_more = false;
};

struct ScreenView {
    std::string digits;
    domain::Instant until;
    std::vector<std::pair<const char*, std::string>> codes;   ///< by direction: what the screen's address is made of
};

/// A temperature as it came.
struct Reading {
    std::string scan;                  ///< its id
    std::optional<double> temperature, second;
    std::string method;
};

struct TakenReading {
    std::int16_t temperature_dc = 0;   ///< what counts for the scan now
    bool known = false;                ///< the same was sent before
};

struct LastPerson {
    std::string id, name;              ///< the scan's; masked
    domain::Instant at;
    domain::Direction direction = domain::Direction::in;
    std::int16_t temperature_dc = 0;   ///< 0: none
    bool is_read = false, voided = false;
    const char* evidence = "";
};

struct ShiftView {
    domain::Instant since;
    std::uint64_t in = 0, out = 0, pass = 0, voided = 0;   ///< scans; the voided in none of the others
    std::uint64_t people = 0, by_phone = 0, by_staff = 0, own = 0, fevers = 0, vehicles = 0;
};

class GateDesk {
public:
    GateDesk(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, LastScans& last, domain::TimeZone zone,
             std::int16_t fever_from_dc = kit::fever_dc_min);

    /// Where the caller may stand: open sites whose ref or name has `search` in it, gate_sites_max at most.
    GateSites sites(const Caller& caller, const std::string& search) const;
    /// Error of all that follow: site_unknown (404).
    /// Any thread. site_closed (410).
    kit::Result<ScreenView> screen(const Caller& caller, const std::string& ref) const;
    /// Blocks for the commit. scan_unknown (404, also outside the scope), reading_late (409: not of this shift), temperature_range, reading_method (422), and those of Tracing::index.
    kit::Result<TakenReading> observe(const Caller& caller, storage::Connection& reader, const Reading& reading);
    /// From memory, newest first; the names are read. No line in the audit log: it is what a guard sees go by.
    kit::Result<std::vector<LastPerson>> recent(const Caller& caller, storage::Connection& reader, const std::string& ref) const;
    /// Since the shift began, or a moment in it. time_malformed (422). Reads the log back to there.
    kit::Result<ShiftView> shift(const Caller& caller, storage::Connection& reader, const std::string& ref, const std::string& since) const;
    /// Blocks for the line in the audit log. initials_malformed, roster_name (422), roster_too_often (429), and those of Tracing::index.
    kit::Result<RosterView> roster(const Caller& caller, storage::Connection& reader, const std::string& ref, const RosterQuestion& question);

private:
    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    LastScans& last_;
    domain::TimeZone zone_;
    const std::int16_t fever_from_dc_;
    Rosters rosters_;
    RosterLooks looks_;
};

}  // namespace chayan::service
