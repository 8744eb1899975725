// SPDX-License-Identifier: Apache-2.0
// Sites' cameras: a manager says where a site's recordings are looked at, a tracer is given the address of one moment, for a case and written down. The recording itself
// never passes through the service. Threads that may block, each with its own reader.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"
#include "storage/site_camera.hpp"

namespace chayan::service {

class CameraDesk {
public:
    /// Requires: what is passed outlives it.
    CameraDesk(Writer& writer, const Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing)
        : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing) {}

    /// The template of a site's playback as it is kept now; an empty one removes it. Errors: site_unknown (404), camera_template (422).
    kit::Result<std::string> set(const Caller& caller, const std::string& ref, const std::string& text);
    /// Empty: there is none. Error site_unknown (404).
    kit::Result<std::string> find(const Caller& caller, storage::Connection& reader, const std::string& ref) const;
    /// Where the recording of a moment (RFC 3339) at a site is looked at. Blocks for its line in the audit log. Errors: those of Tracing::may_ask, site_unknown, camera_none
    /// (404), time_malformed, camera_future (422).
    kit::Result<std::string> playback(const Caller& caller, storage::Connection& reader, const std::string& ref, const std::string& case_number, const std::string& at);

private:
    Writer& writer_;
    const Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
};

/// Nothing when it was altered.
std::optional<std::string> open_camera(const Vault& vault, const storage::CameraRow& row);

}  // namespace chayan::service
