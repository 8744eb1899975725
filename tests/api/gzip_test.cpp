// SPDX-License-Identifier: Apache-2.0
#include "api/gzip.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

#include <string>
#include <vector>

using namespace chayan::api;

namespace {

/// What any reader of gzip makes of it; nothing when it is no whole member, or something follows.
std::string unpacked(const std::string& bytes) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);   // gzip: it checks the sum and the length
    std::string out(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int told = inflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    const bool is_whole = told == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    REQUIRE(is_whole);
    return out;
}

/// Text that compresses, as a page does.
std::string text_of(std::size_t bytes) {
    std::string text;
    for (unsigned state = 7; text.size() < bytes; state = state * 1'664'525 + 1'013'904'223) text += (state >> 24U) % 3 == 0 ? "<p class=\"a\">" : "查验";
    text.resize(bytes);
    return text;
}

}  // namespace

TEST_CASE("pieces, fixed or not, short or long, are read as one text") {
    const auto first = deflated(text_of(9'000)), between = deflated("=between=" + text_of(50)), last = deflated(text_of(20'000), true);
    const auto empty_end = deflated("", true);
    for (const std::size_t bytes : {0U, 1U, 100U, 2'047U, 2'048U, 2'049U, 5'000U, 70'000U, 300'000U}) {
        CAPTURE(bytes);
        const auto own = text_of(bytes);
        const std::vector<Piece> pieces{{&first}, {nullptr, own}, {&between}, {nullptr, own}, {nullptr, "."}, {&last}};
        CHECK(unpacked(gzip_of(pieces)) == joined(pieces));
        CHECK(joined(pieces) == first.text + own + between.text + own + "." + last.text);
        const std::vector<Piece> plain{{nullptr, own}, {&empty_end}};
        CHECK(unpacked(gzip_of(plain)) == own);
    }
    const auto own = text_of(300'000);
    const std::vector<Piece> pieces{{&first}, {nullptr, own}, {&last}};
    CHECK(gzip_of(pieces).size() < 100'000);   // what is long is compressed
}

TEST_CASE("gzip is sent to whoever takes it, and to nobody who refuses it") {
    for (const auto* yes : {"gzip", "gzip, deflate, br", "br, gzip", "gzip;q=0.5", "deflate;q=0, gzip;q=1.0", "gzip; q=0.001"}) CHECK(takes_gzip(yes));
    for (const auto* no : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000, br", "deflate, br;q=1"}) CHECK_FALSE(takes_gzip(no));
}
