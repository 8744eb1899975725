// SPDX-License-Identifier: Apache-2.0
// Duty devices: a tablet or phone at a gate that a manager pairs with one site by a one-time link. It is an operator without
// a password, a guard of that site and nothing else; each session lasts a shift and bears the name that the person on duty
// picked. Every call blocks for a commit: threads that may block.
#pragma once

#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/directory.hpp"

namespace chayan::service {

struct PairedDevice {
    std::string id;             ///< names it; opens nothing
    std::string secret;         ///< of the link, for one use within ten minutes
    domain::Instant until;
};

struct DeviceView {
    std::string id;
    bool revoked = false;
    bool on_duty = false;       ///< somebody has a session on it
};

struct Duty {
    OpenedSession session;
    std::string site;           ///< ref
    domain::Instant until;
};

class Devices {
public:
    Devices(Writer& writer, const Clock& clock, Vault& vault, DirectoryBoard& board, Staff& staff, Access& access);

    /// A new device for a site of the caller's scope. Error site_unknown (404).
    kit::Result<PairedDevice> pair(const Caller& caller, const std::string& ref);
    /// A new link for a device that is there: the next shift. Errors: device_unknown (404), device_revoked (410).
    kit::Result<PairedDevice> renew(const Caller& caller, const std::string& id);
    /// Of a site; by id. Error site_unknown (404).
    kit::Result<std::vector<DeviceView>> of_site(const Caller& caller, const std::string& ref);
    /// At once: its next request is nobody's. Error device_unknown (404).
    kit::Status revoke(const Caller& caller, const std::string& id);
    /// Anyone with a link's secret. Ends the shift before on that device. Errors: link_over (410), on_duty_name (422).
    kit::Result<Duty> begin_duty(const std::string& secret, const std::string& name);

private:
    std::optional<storage::OperatorRow> find(const Caller& caller, const std::string& id);
    PairedDevice link_to(const storage::OperatorRow& row);

    Writer& writer_;
    const Clock& clock_;
    Vault& vault_;
    DirectoryBoard& board_;
    Staff& staff_;
    Access& access_;
};

}  // namespace chayan::service
