// SPDX-License-Identifier: Apache-2.0
// TARGET.partial: a folder of our own beside a target, in which something is built until it is whole. What is moved out of it, or
// the folder itself, takes its final name in one step and durably; a crash leaves TARGET.partial, which the next command clears. Blocking.
#pragma once

#include <cstdint>
#include <string>

namespace chayan::app {

class Staging {
public:
    /// Makes it, 0700. Throws std::runtime_error with a sentence: another command builds there, or what is there is not ours.
    explicit Staging(const std::string& target);
    /// Removes it with all that is in it, unless it became the target.
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    std::string at(const std::string& name) const { return path_ + '/' + name; }
    const std::string& path() const { return path_; }
    /// Never replaces anything. Throws std::runtime_error.
    void move_out(const std::string& name, const std::string& to) const;
    /// The folder becomes its target, which is not there or an empty folder. Throws std::runtime_error.
    void become_target();

private:
    std::string target_, path_;
    int fd_ = -1;
};

/// Moves a file in two steps, for file systems that know no rename that never replaces (NFS): false when it is not done, and errno says why.
/// A crash between the two leaves both names.
bool move_by_link(const std::string& from, const std::string& to);

/// Throws std::runtime_error when the disk of this folder has no room for so many bytes and what scans need meanwhile.
void require_room(const std::string& folder, std::uint64_t bytes);

/// Absolute and without a slash at its end, so that a suffix can be added.
std::string plain_path(const std::string& path);

}  // namespace chayan::app
