// SPDX-License-Identifier: Apache-2.0
// The weights that a running service matches by: learned by EM from a table of people (chayan link --weights) and kept as data, schema/link_weights.csv.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/linkage.hpp"

namespace chayan::domain {

/// field,agreement,person,household,strangers: rates; the row "prior" has instead how many other records one record has of the same person, and of others of the
/// same household, so that the file holds for a table of any size.
std::string write_weights(const LinkModel& model, std::size_t records);
/// Nothing when it is not such a text, or when the rates of a field do not add up to 1 within 0.001.
std::optional<LinkModel> read_weights(std::string_view csv, std::size_t records);

/// schema/link_weights.csv for a table of so many records (counted as 1,000 at least: what is known of fewer is no reason to believe more).
LinkModel default_weights(std::size_t records);

}  // namespace chayan::domain
