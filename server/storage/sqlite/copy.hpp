// SPDX-License-Identifier: Apache-2.0
// A consistent copy of a database that is being written, what it holds, and the numbers that a restored copy leaves out. One thread.
#pragma once

#include <optional>
#include <string>

#include "storage/sqlite/database.hpp"
#include "storage/store.hpp"

namespace chayan::storage::sqlite {

/// Copies `source` as its open transaction sees it. False when given up. Throws StoreError (other).
bool copy_pages(Database& source, const std::string& path, const Store::GoOn& go_on);

/// `connection` is the ports over `database`.
Census take_census(Database& database, Connection& connection);

/// The largest number given out, of each kind.
Sequences last_numbers(Database& database, Connection& connection);

/// Raises the floor of each sequence above where it stands, and keeps what was left out.
void skip_to(Database& database, const Sequences& last, const Sequences& floors);

}  // namespace chayan::storage::sqlite
