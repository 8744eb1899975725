// SPDX-License-Identifier: Apache-2.0
// chayan link: the matching of people over any table of them, without labels (CONTRACT 2). Main thread.
#pragma once

#include <string>

#include "service/words.hpp"

namespace chayan::app {

struct LinkOptions {
    std::string file;      ///< CSV with a header
    std::string id;        ///< the column that names a record
    std::string map;       ///< FIELD=COLUMN,…
    std::string out;       ///< id,cluster
    std::string weights;   ///< what was learned (domain/link_weights); empty: not asked for
    std::string pairs;     ///< a,b,weight,probability,decision,reasons; empty: not asked for
};

/// Writes the clusters, and the pairs that were likely, and says how many on stdout; rows that cannot be read go to FILE.rejected.csv with a reason each and stand in no
/// cluster. Returns the exit code. Throws std::runtime_error with a sentence; CLI::ValidationError for a map that names no field or no column.
int run_link(const LinkOptions& options, service::Language language);

}  // namespace chayan::app
