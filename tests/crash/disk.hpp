// SPDX-License-Identifier: Apache-2.0
// A disk as it is seen from below a file system: what of each file and folder is durable, and what was written, cut, named or removed since and may
// be lost. It is fed with what a program did (crash/recorder.hpp), operation by operation, and can be asked at any of them what would be left if the
// power went now. Nothing is durable but by a sync of that very file or folder: stricter than ext4 or XFS, which sync more than they are asked to.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace chayan::crash {

/// A file or a folder, whatever it is called. 1: the root. 0: none.
using Node = std::uint32_t;
inline constexpr Node root_node = 1;

/// Names in folders.
using Names = std::map<Node, std::map<std::string, Node>>;

/// What lies under a root, by paths relative to it.
struct Image {
    std::map<std::string, std::string> files;
    std::set<std::string> folders;
    friend bool operator==(const Image&, const Image&) = default;

    /// Everything under `root` but SQLite's shared memory, which no crash survives.
    static Image of(const std::string& root);
    /// Empties `root` and puts this into it; modes 0700 and 0600.
    void put(const std::string& root) const;
};

/// Numbers what is in an image, always alike: the recorder and the disk mean the same by a number.
struct Planted {
    Names names;
    std::map<Node, std::string> files;
    Node next = root_node + 1;
};
Planted plant(const Image& image);

struct Naming {
    Node folder;
    std::string name;
    Node node;   ///< 0: the name is gone
};

struct Op {
    enum class Kind : std::uint8_t { made_file, made_folder, write, size, sync, sync_folder, names, told };
    Kind kind;
    Node node = 0;
    std::uint64_t number = 0;        ///< of a write: where; of size: the new one; of told: what somebody was told
    std::string bytes{};
    std::vector<Naming> names{};     ///< all of them or none
};

class Disk {
public:
    explicit Disk(const Image& durable);
    void apply(const Op& op);
    /// What is left if the power goes now. Of each file's unsynced writes all, none, the first few, or each by its own luck: whole, not at all, or torn
    /// between sectors of 512 bytes; and these in another order too. Of unsynced names all, none, the first few, or any of them.
    Image survivor(std::mt19937_64& chance) const;
    /// As the program sees it.
    Image seen() const;

private:
    struct Pending {
        bool is_size;
        std::uint64_t number;
        std::string bytes;
    };
    struct File {
        std::string durable;
        std::vector<Pending> pending;
    };
    static void change(std::string& bytes, const Pending& pending, const std::vector<bool>* sectors);
    static std::string left_of(const File& file, std::mt19937_64& chance);
    static void rename(Names& names, const std::vector<Naming>& change);
    template <class Contents>
    Image image_of(const Names& names, const Contents& contents) const;

    std::map<Node, File> files_;
    Names durable_;
    std::vector<std::vector<Naming>> pending_;
};

}  // namespace chayan::crash
