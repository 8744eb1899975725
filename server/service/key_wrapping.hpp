// SPDX-License-Identifier: Apache-2.0
// master.key and the days' keys may lie sealed (AES-256-GCM, bound to their name) under a wrapping key: KEYS/wrapping.key, or where that link
// leads, such as another disk. A rotation makes another and seals every file anew; then the old one is destroyed, and with it whatever copy of the
// key files was made before, those of days that were destroyed among them. No row changes: what the keys themselves are stays.
//
// A rotation is any number of steps, each durable, and after an end at any of them the folder opens and finish_rotation goes on:
//   wrapping-next.key is made | each file is sealed under it | wrapping.key becomes wrapping-old.key, wrapping-next.key wrapping.key | the old is erased
//
//   magic 16 | id of the wrapping key 8 | nonce 12, key, tag 16
// Blocking; throws as key_file_io.hpp. Any thread of one process: a rotation and the making or end of a day's key wait for each other.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/crypto.hpp"

namespace chayan::service::key_files {

/// By how much a wrapped file is longer than its key.
inline constexpr std::size_t wrapping_bytes = 16 + 8 + 12 + 16;

/// The wrapping keys of a folder at this moment: one, two within a rotation, or none; wiped at the end.
class WrappingKeys {
public:
    explicit WrappingKeys(const std::string& directory);
    ~WrappingKeys();
    WrappingKeys(const WrappingKeys&) = delete;
    WrappingKeys& operator=(const WrappingKeys&) = delete;
    /// Under the newest; as it is where there is none.
    std::string wrap(std::string_view name, std::string_view key) const;
    /// Whether the newest sealed it; of a folder without any: that nobody did.
    bool is_of_newest(std::string_view bytes) const;
    /// What was never wrapped is as it is. Nothing: it is damaged, or its wrapping key is not there.
    std::optional<std::string> unwrap(std::string_view name, std::string_view bytes) const;

private:
    struct Known {
        std::array<std::uint8_t, 8> id;
        crypto::Key key;
    };
    std::vector<Known> keys_;   // the newest first
};

/// "master.key", "day/2026-02-02.key": `count` bytes, unwrapped. A rotation may be under way in another process.
std::string read_wrapped(const std::string& directory, const std::string& name, std::size_t count);
void write_wrapped(const std::string& directory, const std::string& name, std::string_view key);

/// Makes the next wrapping key: beside the one there is; or at `where`, with a link to it. Refuses a path that is taken. Nothing when a rotation has begun.
void begin_rotation(const std::string& directory, const std::string& where);
bool has_rotation_begun(const std::string& directory);
/// Told before each step that leaves something durable.
using Step = std::function<void()>;
/// How many files it sealed. Twice is once; nothing when none has begun.
std::size_t finish_rotation(const std::string& directory, const Step& step = [] {});

/// Held by whoever changes master.key or a day's key.
std::mutex& changing();

}  // namespace chayan::service::key_files
