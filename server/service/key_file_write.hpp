// SPDX-License-Identifier: Apache-2.0
// How a key file comes to be: for whatever lies in the key folder and a start rests on. Blocking; throws as key_files.hpp does.
#pragma once

#include <string>
#include <string_view>

namespace chayan::service::key_files {

/// The whole file under its name, mode 0600, durable when this returns; a kill or a power cut before leaves what was there.
void write_file(const std::string& path, std::string_view bytes);
/// Makes a folder's own name durable, and those of the folders above it where they may be opened: a first start makes several.
void sync_names_above(const std::string& directory);

}  // namespace chayan::service::key_files
