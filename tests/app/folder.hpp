// SPDX-License-Identifier: Apache-2.0
// A temporary folder for app's tests, as long as this lives, and what they look at in it.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace chayan::app::testing {

struct Folder {
    Folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "chayan-app-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
        path = pattern;
    }
    ~Folder() {
        std::error_code ignored;   // what stays behind is a temporary folder
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string at(const std::string& name) const { return path + "/" + name; }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(at(name), std::ios::binary) << text;
        return at(name);
    }
    std::string read(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream(at(name), std::ios::binary).rdbuf();
        return text.str();
    }
    unsigned mode(const std::string& name) const {
        struct stat status {};
        return ::stat(at(name).c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
    }
    bool has(const std::string& name) const { return std::filesystem::exists(at(name)); }

    std::string path;
};

}  // namespace chayan::app::testing
