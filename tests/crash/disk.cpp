// SPDX-License-Identifier: Apache-2.0
#include "crash/disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include "kit/check.hpp"

namespace chayan::crash {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t sector = 512;

/// The parent's path, empty for the root; and the name.
std::pair<std::string, std::string> split(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? std::pair{std::string(), path} : std::pair{path.substr(0, slash), path.substr(slash + 1)};
}

void write_file(const std::string& path, const std::string& bytes) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool good = fd >= 0 && ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    if (fd >= 0) ::close(fd);
    if (!good) throw std::runtime_error("cannot write " + path);
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Image Image::of(const std::string& root) {
    Image image;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const auto name = entry.path().lexically_relative(root).string();
        if (entry.is_directory()) image.folders.insert(name);
        else if (entry.is_regular_file() && !name.ends_with("-shm")) image.files[name] = read_file(entry.path().string());
    }
    return image;
}

void Image::put(const std::string& root) const {
    fs::create_directories(root);
    for (const auto& entry : fs::directory_iterator(root)) fs::remove_all(entry.path());
    for (const auto& folder : folders) {   // a folder sorts before what is in it
        fs::create_directory(root + '/' + folder);
        ::chmod((root + '/' + folder).c_str(), 0700);
    }
    for (const auto& [name, bytes] : files) write_file(root + '/' + name, bytes);
}

Planted plant(const Image& image) {
    Planted planted;
    planted.names[root_node];
    std::map<std::string, Node> folders{{"", root_node}};
    for (const auto& path : image.folders) {
        const auto [parent, name] = split(path);
        folders[path] = planted.next;
        planted.names[planted.next];
        planted.names[folders.at(parent)][name] = planted.next++;
    }
    for (const auto& [path, bytes] : image.files) {
        const auto [parent, name] = split(path);
        planted.files[planted.next] = bytes;
        planted.names[folders.at(parent)][name] = planted.next++;
    }
    return planted;
}

Disk::Disk(const Image& durable) {
    auto planted = plant(durable);
    durable_ = std::move(planted.names);
    for (auto& [node, bytes] : planted.files) files_[node].durable = std::move(bytes);
}

void Disk::change(std::string& bytes, const Pending& pending, const std::vector<bool>* sectors) {
    if (pending.is_size) {
        bytes.resize(pending.number);
        return;
    }
    const auto end = pending.number + pending.bytes.size();
    for (auto at = pending.number; at < end;) {
        const auto next = std::min(end, (at / sector + 1) * sector);
        if (sectors == nullptr || (*sectors)[at / sector - pending.number / sector]) {
            if (bytes.size() < next) bytes.resize(next);
            std::memcpy(bytes.data() + at, pending.bytes.data() + (at - pending.number), next - at);
        }
        at = next;
    }
}

void Disk::rename(Names& names, const std::vector<Naming>& change) {
    for (const auto& [folder, name, node] : change) {
        if (node == 0) names[folder].erase(name);
        else names[folder][name] = node;
    }
}

void Disk::apply(const Op& op) {
    switch (op.kind) {
        case Op::Kind::made_file: files_[op.node]; break;
        case Op::Kind::made_folder: durable_[op.node]; break;
        case Op::Kind::write: files_.at(op.node).pending.push_back({false, op.number, op.bytes}); break;
        case Op::Kind::size: files_.at(op.node).pending.push_back({true, op.number, {}}); break;
        case Op::Kind::sync: {
            auto& file = files_.at(op.node);
            for (const auto& pending : file.pending) change(file.durable, pending, nullptr);
            file.pending.clear();
            break;
        }
        case Op::Kind::sync_folder:
            for (auto& pending : pending_) {
                for (const auto& naming : pending)
                    if (naming.folder == op.node) rename(durable_, {naming});
                std::erase_if(pending, [&](const Naming& naming) { return naming.folder == op.node; });
            }
            std::erase_if(pending_, [](const auto& pending) { return pending.empty(); });
            break;
        case Op::Kind::names: pending_.push_back(op.names); break;
        case Op::Kind::told: break;
    }
}

std::string Disk::left_of(const File& file, std::mt19937_64& chance) {
    auto bytes = file.durable;
    const auto count = file.pending.size();
    if (count == 0) return bytes;
    enum Mood { all, also_all, none, first_few, own_luck, out_of_order };
    const auto mood = static_cast<Mood>(chance() % 6);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (mood == out_of_order) std::shuffle(order.begin(), order.end(), chance);
    const auto upto = mood == none ? 0 : mood == first_few ? chance() % (count + 1) : count;
    for (std::size_t i = 0; i < upto; ++i) {
        const auto& pending = file.pending[order[i]];
        const bool has_luck = mood == own_luck || mood == out_of_order || (mood == first_few && i + 1 == upto);
        const auto outcome = has_luck ? chance() % 3 : 0;   // whole, not at all, torn
        if (outcome == 1 || (outcome == 2 && pending.is_size)) continue;
        std::vector<bool> sectors(pending.bytes.size() / sector + 2);
        if (outcome == 2) std::generate(sectors.begin(), sectors.end(), [&] { return chance() % 2 == 0; });
        change(bytes, pending, outcome == 2 ? &sectors : nullptr);
    }
    return bytes;
}

template <class Contents>
Image Disk::image_of(const Names& names, const Contents& contents) const {
    Image image;
    const std::function<void(Node, const std::string&)> walk = [&](Node folder, const std::string& path) {
        for (const auto& [name, node] : names.at(folder)) {
            if (names.contains(node)) {
                image.folders.insert(path + name);
                walk(node, path + name + '/');
            } else {
                image.files[path + name] = contents(files_.at(node));
            }
        }
    };
    walk(root_node, {});
    return image;
}

Image Disk::survivor(std::mt19937_64& chance) const {
    auto names = durable_;
    enum Mood { all, none, first_few, any };
    const auto mood = static_cast<Mood>(chance() % 4);
    const auto upto = mood == none ? 0 : mood == first_few ? chance() % (pending_.size() + 1) : pending_.size();
    for (std::size_t i = 0; i < upto; ++i)
        if (mood != any || chance() % 2 == 0) rename(names, pending_[i]);
    return image_of(names, [&](const File& file) { return left_of(file, chance); });
}

Image Disk::seen() const {
    auto names = durable_;
    for (const auto& pending : pending_) rename(names, pending);
    return image_of(names, [](const File& file) {
        auto bytes = file.durable;
        for (const auto& pending : file.pending) change(bytes, pending, nullptr);
        return bytes;
    });
}

}  // namespace chayan::crash
