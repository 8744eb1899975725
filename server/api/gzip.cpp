// SPDX-License-Identifier: Apache-2.0
#include "api/gzip.hpp"

#include <zlib.h>

#include <limits>

#include "kit/check.hpp"

namespace chayan::api {
namespace {

constexpr std::string_view head{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10};   // no name, no time, no system

/// A raw deflate stream without a head of its own. Its memory is made once and used again.
class Deflater {
public:
    Deflater(int level, int window_bits, int memory) { CHECK(deflateInit2(&stream_, level, Z_DEFLATED, -window_bits, memory, Z_DEFAULT_STRATEGY) == Z_OK); }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    /// Appends `text` as compressed bytes that end on a whole byte.
    void append(std::string_view text, bool is_last, std::string& out) {
        CHECK(text.size() < std::numeric_limits<uInt>::max() / 2 && deflateReset(&stream_) == Z_OK);
        const auto begin = out.size();
        out.resize(begin + deflateBound(&stream_, static_cast<uLong>(text.size())) + 16);
        stream_.next_in = bytes_of(text);
        stream_.avail_in = static_cast<uInt>(text.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
        stream_.avail_out = static_cast<uInt>(out.size() - begin);
        const int told = deflate(&stream_, is_last ? Z_FINISH : Z_SYNC_FLUSH);
        CHECK(told == (is_last ? Z_STREAM_END : Z_OK) && stream_.avail_in == 0 && stream_.avail_out > 0);
        out.resize(out.size() - stream_.avail_out);
    }

private:
    static Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }   // zlib's own signature; it only reads
    z_stream stream_{};
};

void append_number(std::string& out, std::uint32_t number, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> (8 * i) & 0xFFU));
}

/// A short text is stored as it is: to compress what is a page's own saves half a KB of ten, and costs as much as everything else about it.
void append(std::string_view text, std::string& out) {
    constexpr std::size_t stored_bytes_max = 2048;
    if (text.empty()) return;
    if (text.size() <= stored_bytes_max) {
        const auto size = static_cast<std::uint32_t>(text.size());
        out.push_back('\0');   // a stored block, not the last
        append_number(out, size, 2);
        append_number(out, ~size, 2);
        out.append(text);
        return;
    }
    thread_local Deflater deflater(2, 12, 5);   // 40 KB of memory, which stay in the cache
    deflater.append(text, false, out);
}

std::uint32_t crc_after(std::uint32_t before, std::string_view text) {
    return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

}  // namespace

Deflated deflated(std::string text, bool is_last) {
    Deflated made;
    Deflater(9, 15, 8).append(text, is_last, made.bytes);
    made.crc = crc_after(0, text);
    made.text = std::move(text);
    return made;
}

std::string joined(std::span<const Piece> pieces) {
    std::string out;
    for (const auto& piece : pieces) out.append(piece.fixed != nullptr ? std::string_view(piece.fixed->text) : piece.text);
    return out;
}

std::string gzip_of(std::span<const Piece> pieces) {
    std::string out(head);
    std::uint32_t crc = 0;
    std::size_t bytes = 0;
    for (const auto& [fixed, text] : pieces) {
        if (fixed != nullptr) out.append(fixed->bytes);
        else append(text, out);
        crc = fixed != nullptr ? static_cast<std::uint32_t>(crc32_combine(crc, fixed->crc, static_cast<z_off_t>(fixed->text.size()))) : crc_after(crc, text);
        bytes += fixed != nullptr ? fixed->text.size() : text.size();
    }
    append_number(out, crc, 4);
    append_number(out, static_cast<std::uint32_t>(bytes), 4);
    return out;
}

bool takes_gzip(std::string_view accepted) {
    const auto at = accepted.find("gzip");
    if (at == std::string_view::npos) return false;
    auto weight = accepted.substr(at + 4);
    weight = weight.substr(0, weight.find(','));
    const auto q = weight.find("q=");
    return q == std::string_view::npos || weight.substr(q + 2).find_first_of("123456789") != std::string_view::npos;
}

}  // namespace chayan::api
