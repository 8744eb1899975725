// SPDX-License-Identifier: Apache-2.0
// How key files are read and written: whole or not at all, for their owner alone. For service/key_*.cpp and whatever else lies in the key folder. Blocking. Throws StoreError where a
// system call failed, else std::runtime_error with a sentence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chayan::service::key_files {

[[noreturn]] void fail(const std::string& what, const std::string& path, int error);
void sync_directory(const std::string& path);
/// Makes a folder's own name durable, and those of the folders above it where they may be opened: a first start makes several.
void sync_names_above(const std::string& directory);
/// Durable under its name before it returns; the old file or the whole new one after any end.
void write_key(const std::string& path, std::string_view bytes);
/// Refuses a file that others may read, and one that is neither `count` bytes long nor `count_wrapped`.
std::string read_key(const std::string& path, std::size_t count, std::size_t count_wrapped);
/// What it held is overwritten, and then it is gone; through a link the file that it leads to as well. Twice is once.
void erase_key(const std::string& path);

}  // namespace chayan::service::key_files
