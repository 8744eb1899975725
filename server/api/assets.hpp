// SPDX-License-Identifier: Apache-2.0
// The files of server/web/pages and what they take from npm, as tools/assets.mjs gathered them when the service was built. Immutable; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace chayan::api {

struct Asset {
    std::string_view path;       ///< "FOLDER/FILE"
    std::string_view type;       ///< media type, with its charset
    std::string_view plain;
    std::string_view brotli;     ///< empty: it doesn't get smaller
};

/// A digest over all of them: their addresses begin with it, so that a browser may keep each for ever.
extern const std::string_view asset_set;
extern const Asset asset_rows[];   ///< by path
extern const std::size_t asset_count;

/// Null when there is none.
const Asset* find_asset(std::string_view path);

}  // namespace chayan::api
