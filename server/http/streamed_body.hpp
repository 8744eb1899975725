// SPDX-License-Identifier: Apache-2.0
// A BodySource as its session sends it: one piece asked for at a time, counted against the length that was promised. Io
// thread; only the callback that a source is given may come from elsewhere, and it ends in the session's mailbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "http/message.hpp"

namespace chayan::http {

class Session;

/// What a source is asked for at once. A session holds two: one leaves while the next is read.
inline constexpr std::size_t piece_bytes_max = 64 * 1024;

class StreamedBody {
public:
    /// Requires: the source has bytes.
    explicit StreamedBody(std::shared_ptr<BodySource> source);

    /// Asks for the next piece, which comes to `session` as mail; nothing when all have come. Requires: none is awaited.
    /// Throws what the source throws.
    void ask(const std::shared_ptr<Session>& session);
    /// Counts a piece that came; after the last one the source is let go. False: it is none, or more than was asked for.
    bool accept(std::size_t bytes);
    bool is_complete() const { return left_ == 0; }

private:
    std::shared_ptr<BodySource> source_;
    std::uint64_t left_;   ///< of the promised length, not yet accepted
};

}  // namespace chayan::http
