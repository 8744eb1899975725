// SPDX-License-Identifier: Apache-2.0
// Lists on disk: read in whatever encoding they have, and the bad rows handed back beside them. Main thread.
#pragma once

#include <string>
#include <vector>

#include "qrgen/sentence.hpp"
#include "qrgen/site_list.hpp"

namespace chayan::qrgen {

/// A table's text, "-" from stdin. Says on stderr when it was not UTF-8. Throws Failure that names the file.
std::string read_table(const std::string& path, Tongue tongue);

/// What messages call it.
std::string shown_name(const std::string& path);

/// Tells the first few on stderr and writes all to `to`; empty: beside the list, and nowhere when that was stdin. Without any, what an earlier
/// run left there goes. Throws Failure.
void hand_back(const std::string& path, const std::string& to, const std::string& header, std::vector<RejectedRow> rejected, Tongue tongue);

}  // namespace chayan::qrgen
