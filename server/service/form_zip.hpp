// SPDX-License-Identifier: Apache-2.0
// ZIP archives in memory: a stranger's read under limits, ours written. Nothing touches a disk, no name in an archive is ever a path. The only
// place that includes libzip. Any thread; values.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::service {

/// An archive that somebody sent.
class ZipArchive {
public:
    /// Errors: form_not_xlsx (no archive, encrypted, packed in a way of its own, a name that leads elsewhere or stands twice), form_too_large (entries or unpacked bytes, as
    /// they say of themselves). Requires: `bytes` outlives it.
    static kit::Result<ZipArchive> open(std::string_view bytes);
    ZipArchive(ZipArchive&&) noexcept;
    ~ZipArchive();

    const std::vector<std::string>& names() const;
    bool has(std::string_view name) const;
    /// The bytes of an entry. Errors: form_not_xlsx (not there, damaged), form_too_large (it holds more than it said).
    kit::Result<std::string> read(std::string_view name) const;

private:
    struct State;
    explicit ZipArchive(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

struct ZipEntry {
    std::string name;         ///< UTF-8
    std::string bytes;
    bool is_packed = false;   ///< an archive itself: stored as it is
};

/// An archive of these, in order, dated `at`. Throws std::runtime_error when there is no memory for it.
std::string zip_of(const std::vector<ZipEntry>& entries, domain::Instant at);

}  // namespace chayan::service
