// SPDX-License-Identifier: Apache-2.0
// Writes down every write, cut, sync, naming and removal that this process makes under one folder, in the order in which they were made, whoever makes
// them: SQLite, our own files, the C++ library. It stands where the C library's functions stand (crash/interposed.cpp), in this test program alone; what
// the server is linked with knows nothing of it. The calls themselves go on to the kernel. Any thread; one recorder at a time.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "crash/disk.hpp"

namespace chayan::crash {

class Recorder {
public:
    /// Puts `start` into `root`, an absolute path, and begins.
    Recorder(const std::string& root, const Image& start);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// From now on somebody was told this, and holds us to it.
    void told(std::uint64_t number);
    /// What was done, and no more. Requires: nobody writes any more.
    std::vector<Op> stop();

    /// Null while nothing is recorded.
    static Recorder* active();

    // For crash/interposed.cpp, each after the call was made and under `lock`.
    std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
    void opened(int fd, const std::string& path, bool was_there, bool was_cut);
    void opened_at(int fd, int folder, const std::string& name);
    void closed(int fd) { nodes_.erase(fd); }
    void wrote(int fd, std::uint64_t offset, const void* bytes, std::size_t count);
    void sized(int fd, std::uint64_t bytes);
    void synced(int fd);
    void made_folder(const std::string& path);
    void renamed(const std::string& from, const std::string& to);
    void linked(const std::string& from, const std::string& to);
    void removed(const std::string& path);
    void removed_at(int folder, const std::string& name);

private:
    struct Spot {
        Node folder;
        std::string name;
    };
    /// Nothing for what lies elsewhere, or is no file of a disk.
    std::optional<Spot> find(const std::string& path) const;
    Node node_at(const Spot& spot) const;
    Node node_of(int fd) const;
    void name(std::vector<Naming> names);

    const std::string root_;
    std::mutex mutex_;
    std::vector<Op> ops_;
    Names names_;                            // as the program sees them
    std::unordered_map<int, Node> nodes_;    // of open descriptors
    Node next_;
};

}  // namespace chayan::crash
