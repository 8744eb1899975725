// SPDX-License-Identifier: Apache-2.0
// FILE.keys of a backup: the key folder's files, sealed to the recovery key (libsodium's sealed box), bound to one FILE by its id and
// digest. Only the open half lies on the machine: whoever has FILE and FILE.keys and not the paper has nothing. Blocking;
// house thread and commands. What is wrong with a bundle is a Result; failures of a disk are std::runtime_error with a sentence.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/time.hpp"
#include "kit/result.hpp"
#include "service/backup_file.hpp"
#include "service/crypto.hpp"
#include "service/key_files.hpp"

namespace chayan::service::key_bundle {

/// The secret half, which is on paper; wiped at the end.
class RecoveryKey {
public:
    /// Understands what people type: any case, spaces, dashes, line ends, O for 0, I and L for 1. Error recovery_key_malformed.
    static kit::Result<RecoveryKey> parse(std::string_view text);
    RecoveryKey(RecoveryKey&& other) noexcept;
    RecoveryKey& operator=(RecoveryKey&& other) noexcept;
    RecoveryKey(const RecoveryKey&) = delete;
    RecoveryKey& operator=(const RecoveryKey&) = delete;
    ~RecoveryKey();
    const crypto::Key& bytes() const { return bytes_; }

private:
    RecoveryKey() = default;
    crypto::Key bytes_{};
};

struct Bundle {
    backup_file::Id backup{};
    backup_file::Digest file{};     ///< of FILE
    key_files::Folder keys;
};

/// The text of FILE.keys.
std::string seal(const Bundle& bundle);
/// The text of a FILE.keys on the disk. Error keys_missing.
kit::Result<std::string> read_text(const std::string& path);
/// Which backup's keys these are, before anybody is asked for the recovery key. Errors: keys_foreign, keys_newer, keys_damaged.
kit::Result<backup_file::Id> read_id(std::string_view text);
/// Errors: as read_id, recovery_key_wrong.
kit::Result<Bundle> open(std::string_view text, const RecoveryKey& recovery);

/// The first local day whose scans are kept: retention keeps one more than answers reach, for visits over midnight.
domain::Day first_kept_day(const domain::TimeZone& zone, domain::Instant now, std::int64_t scan_days);

}  // namespace chayan::service::key_bundle
