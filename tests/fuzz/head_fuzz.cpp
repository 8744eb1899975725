// SPDX-License-Identifier: Apache-2.0
// A request head in pieces: whatever comes, it is refused with a status or read the same way as in one piece.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/head.hpp"
#include "http/target.hpp"
#include "kit/check.hpp"

using namespace chayan::http;

namespace {

/// The head found when `bytes` arrive `step` at a time; 0: refused or not complete.
std::size_t found_in_pieces(std::string_view bytes, std::size_t step) {
    HeadScan scan;
    for (std::size_t end = std::min(step, bytes.size());; end = std::min(end + step, bytes.size())) {
        if (scan.look(bytes.substr(0, end)).status != 0) return 0;
        if (scan.head_bytes() != 0) return scan.head_bytes();
        if (end == bytes.size()) return 0;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t count) {
    static const HostNames hosts({"chayan.example"});
    const std::string_view bytes(reinterpret_cast<const char*>(data), count);

    const std::size_t whole = found_in_pieces(bytes, bytes.size() + 1);
    if (whole != 0) {
        CHECK(whole <= bytes.size() && whole <= head_bytes_max);
        ParsedHead parsed;
        const Refusal refusal = parse_head(bytes.substr(0, whole), hosts, parsed);
        CHECK(refusal.status == 0 || (refusal.status >= 400 && refusal.status <= 505));
        if (refusal.status == 0) CHECK(found_in_pieces(bytes, 1) == whole);
    }

    std::string path;
    std::vector<Header> query;
    if (parse_target(bytes, path, query)) {
        CHECK(!path.empty() && path.front() == '/');
        CHECK(path.find("..") == std::string::npos || path.find("/../") == std::string::npos);
        CHECK(query.size() <= query_count_max);
    }
    return 0;
}
