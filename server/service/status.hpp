// SPDX-License-Identifier: Apache-2.0
// How the service is: what whoever answers for it looks at in the morning. Counts and moments, never anybody's data. Threads that may block.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/time.hpp"
#include "service/audit.hpp"
#include "service/clock.hpp"
#include "service/directory.hpp"
#include "service/staff.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// What only the program knows of the machine that it runs on.
struct Machine {
    struct Certificate {
        domain::Instant not_after;
        bool is_self_signed = false;
        std::vector<std::string> names;         ///< of hosts, as it lists them
    };
    std::uint64_t disk_free_bytes = 0, disk_bytes = 0;
    std::optional<Certificate> certificate;     ///< none: it can't be read
    std::optional<bool> is_clock_synchronised;  ///< none: the system does not tell
    bool prints_posters = false;                ///< the program that draws them is there
};

/// A setting as it stands in a settings file.
struct Setting {
    std::string section, key, value, standard;
};

struct StatusView {
    Machine machine;
    domain::Instant now, started;
    kit::Status readiness = kit::Done{};        ///< of questions
    int read_percent = 0;
    std::uint64_t scans_today = 0;              ///< taken since midnight, repeats and voided ones too, imported history apart
    std::optional<domain::Instant> last_scan;   ///< when it was taken
    std::uint64_t people = 0, registrations = 0, sites_open = 0, sites_closed = 0, divisions = 0, operators = 0;
    std::size_t waiting = 0;                    ///< to be written, in scans
    bool is_full = false;
    std::optional<domain::Instant> last_backup, recovery_proved;
    std::uint64_t audit_lines = 0;              ///< the number of the last line
    AuditCheckpoint checkpoint;
};

class Status {
public:
    Status(Writer& writer, const Clock& clock, DirectoryBoard& board, Staff& staff, Tracing& tracing, AuditTrail& audit, domain::TimeZone zone,
           std::function<Machine()> look);
    /// Cost: some 10 ns a person and 0.2 µs for each scan and line of the audit log since it was last asked; the first time of a day for each scan of that day, the
    /// first time of all for each line.
    StatusView view(storage::Connection& reader);

private:
    /// What was counted is kept: it is asked every few seconds while somebody looks.
    struct Counted {
        domain::Day day{};
        domain::ScanSeq upto;
        std::uint64_t scans = 0;
        std::optional<domain::Instant> last_scan, last_backup, recovery_proved;
        std::uint64_t audit_upto = 0;
    };
    void count(storage::Connection& reader, StatusView& view);

    Writer& writer_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Staff& staff_;
    Tracing& tracing_;
    AuditTrail& audit_;
    const domain::TimeZone zone_;
    const std::function<Machine()> look_;
    const domain::Instant started_;
    std::mutex counting_;
    Counted counted_;
};

}  // namespace chayan::service
