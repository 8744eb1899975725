// SPDX-License-Identifier: Apache-2.0
// One row of a site CSV (CONTRACT 4), in and out. Write thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/csv.hpp"
#include "kit/result.hpp"
#include "service/imports.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// ref, name, category, division, place, address, longitude, latitude, presence, dwell_min, opens, closes, and asks_temperature, which an export leaves out (CONTRACT 4 names its columns).
const std::vector<domain::CsvColumn>& site_columns();

enum class SiteChange : std::uint8_t { added, changed, unchanged };

/// The text of a column, which may be empty; nothing when the file has no such column.
using SiteValue = std::function<std::optional<std::string>(std::size_t column)>;

/// The ref that a row or a call names: that of a site which is there, or one that a new site may take. Errors: text_malformed, ref_path (an address could not hold it).
kit::Result<std::string> site_ref(const std::string& given, const Directory& directory);

/// Adds or changes a site within the importer's scope. A column that is not there leaves what the site has; an empty one clears it. Errors name the column and leave everything as it was: text_malformed, ref_path, position_half,
/// category_unknown, division_unknown, division_ambiguous, place_unknown, place_nested, place_presence, number_malformed, presence_unknown, dwell_range, hours_malformed, yes_or_no,
/// site_unknown (there, but not theirs), scope_outside.
kit::Result<SiteChange> put_site(WriteContext& context, const SiteValue& value, const Importer& by = {});

}  // namespace chayan::service
