// SPDX-License-Identifier: Apache-2.0
// Names of files made from a site's number and name: any text becomes one that every file system takes. Pure; one thread for each FileNames.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace chayan::qrgen {

class FileNames {
public:
    /// `text` without what a path, Windows or a shell would take for something else, in at most 100 bytes and whole characters, with `extension`
    /// (".pdf"); a name that was given already, in whatever case, gets a number.
    std::string name_for(std::string_view text, std::string_view extension);

private:
    std::set<std::string> given_;
};

}  // namespace chayan::qrgen
