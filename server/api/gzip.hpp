// SPDX-License-Identifier: Apache-2.0
// Answers in gzip, of pieces: what stands in many answers (a style, a script) is compressed once, and only what differs each time again. The parts
// of a deflate stream end on whole bytes, so they are joined as they are; a sum of the whole follows from the sums of its parts. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chayan::api {

/// A text and its part of a deflate stream.
struct Deflated {
    std::string text, bytes;
    std::uint32_t crc = 0;   ///< of the text
};
/// As small as it gets: some milliseconds. `is_last`: it ends the stream.
Deflated deflated(std::string text, bool is_last = false);

/// A piece of an answer: `fixed` where it is not null, else `text`.
struct Piece {
    const Deflated* fixed = nullptr;
    std::string_view text{};
};
/// All texts in order.
std::string joined(std::span<const Piece> pieces);
/// The same as one gzip member. Requires: the last piece is fixed and was made as the last. Some µs, unless much is not fixed.
std::string gzip_of(std::span<const Piece> pieces);

/// Does Accept-Encoding, in lower case, name gzip without refusing it?
bool takes_gzip(std::string_view accept_encoding);

}  // namespace chayan::api
