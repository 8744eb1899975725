// SPDX-License-Identifier: Apache-2.0
// The spool: where an answer lies, whole, before its first byte leaves, so that its length and digest can go ahead of it and a
// full disk is a refusal and not a torn file. A spool is a file without a name, and its bytes are encrypted (AES-256-CTR) under
// a key that is only in memory: it is gone with the process, and a stolen disk shows nothing. Blocks for the disk: never on an
// io thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kit/limits.hpp"
#include "kit/result.hpp"

namespace chayan::service {

/// One answer's bytes: appended, finished, then read from the first to the last. One thread at a time.
class Spool {
public:
    ~Spool();
    /// Error disk_short (503) when the disk is full or nearly. Throws std::runtime_error when it fails.
    kit::Status append(std::string_view bytes);
    /// Requires: nothing is appended after.
    void finish();

    // After finish().
    std::uint64_t size() const;
    /// SHA-256 in base64, as Repr-Digest wants it.
    const std::string& digest() const;
    /// The bytes that follow those read before, at most `bytes_max`; empty at the end; nothing when the disk fails.
    std::optional<std::string> read(std::size_t bytes_max);

private:
    friend class SpoolFolder;
    struct State;
    explicit Spool(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class SpoolFolder {
public:
    /// Main thread. Makes the folder (0700), and empties it: what a crash left there can't be read any more. Throws std::runtime_error.
    explicit SpoolFolder(std::string path, std::uint64_t free_bytes_min = kit::spool_free_bytes_min);
    /// Any thread. Error disk_short (503); throws std::runtime_error.
    kit::Result<std::unique_ptr<Spool>> open() const;

private:
    std::string path_;
    std::uint64_t free_bytes_min_;
};

std::string base64(std::string_view bytes);

}  // namespace chayan::service
