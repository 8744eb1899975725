// SPDX-License-Identifier: Apache-2.0
#include "crash/recorder.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "kit/check.hpp"

namespace chayan::crash {
namespace {

constinit std::atomic<Recorder*> recorder{nullptr};

}  // namespace

Recorder* Recorder::active() { return recorder.load(std::memory_order_acquire); }

Recorder::Recorder(const std::string& root, const Image& start) : root_(root + '/') {
    start.put(root);
    auto planted = plant(start);
    names_ = std::move(planted.names);
    next_ = planted.next;
    CHECK(recorder.exchange(this) == nullptr);
}

Recorder::~Recorder() { recorder = nullptr; }

std::vector<Op> Recorder::stop() {
    const auto held = lock();
    recorder = nullptr;
    return std::move(ops_);
}

void Recorder::told(std::uint64_t number) {
    const auto held = lock();
    ops_.push_back({Op::Kind::told, 0, number});
}

std::optional<Recorder::Spot> Recorder::find(const std::string& path) const {
    if (!path.starts_with(root_) || path.ends_with("-shm")) return std::nullopt;
    Spot spot{root_node, {}};
    for (auto at = root_.size(); at < path.size();) {
        const auto slash = path.find('/', at);
        const auto part = path.substr(at, slash - at);
        at = slash == std::string::npos ? path.size() : slash + 1;
        if (part.empty() || part == ".") continue;
        if (!spot.name.empty()) spot = {node_at(spot), {}};
        CHECK(spot.folder != 0 && part != "..");
        spot.name = part;
    }
    return spot;
}

Node Recorder::node_at(const Spot& spot) const {
    if (spot.name.empty()) return spot.folder;
    const auto folder = names_.find(spot.folder);
    if (folder == names_.end()) return 0;
    const auto found = folder->second.find(spot.name);
    return found == folder->second.end() ? 0 : found->second;
}

Node Recorder::node_of(int fd) const {
    const auto found = nodes_.find(fd);
    return found == nodes_.end() ? 0 : found->second;
}

void Recorder::name(std::vector<Naming> names) {
    for (const auto& [folder, word, node] : names) {
        if (node == 0) names_[folder].erase(word);
        else names_[folder][word] = node;
    }
    ops_.push_back({Op::Kind::names, 0, 0, {}, std::move(names)});
}

void Recorder::opened(int fd, const std::string& path, bool was_there, bool was_cut) {
    nodes_.erase(fd);   // closed behind our back, where it was a folder's
    if (path + '/' == root_) nodes_[fd] = root_node;
    const auto spot = find(path);
    if (!spot) return;
    auto node = node_at(*spot);
    if (!was_there) {
        CHECK(node == 0);
        node = next_++;
        ops_.push_back({Op::Kind::made_file, node});
        name({{spot->folder, spot->name, node}});
    } else if (was_cut) {
        ops_.push_back({Op::Kind::size, node, 0});
    }
    CHECK(node != 0);
    nodes_[fd] = node;
}

void Recorder::opened_at(int fd, int folder, const std::string& name) {
    const auto node = node_at({node_of(folder), name});
    nodes_.erase(fd);
    if (node != 0) nodes_[fd] = node;
}

void Recorder::wrote(int fd, std::uint64_t offset, const void* bytes, std::size_t count) {
    if (const auto node = node_of(fd); node != 0) ops_.push_back({Op::Kind::write, node, offset, {static_cast<const char*>(bytes), count}});
}

void Recorder::sized(int fd, std::uint64_t bytes) {
    if (const auto node = node_of(fd); node != 0) ops_.push_back({Op::Kind::size, node, bytes});
}

void Recorder::synced(int fd) {
    if (const auto node = node_of(fd); node != 0) ops_.push_back({names_.contains(node) ? Op::Kind::sync_folder : Op::Kind::sync, node});
}

void Recorder::made_folder(const std::string& path) {
    const auto spot = find(path);
    if (!spot) return;
    const auto node = next_++;
    names_[node];
    ops_.push_back({Op::Kind::made_folder, node});
    name({{spot->folder, spot->name, node}});
}

void Recorder::renamed(const std::string& from, const std::string& to) {
    const auto before = find(from), after = find(to);
    CHECK(before.has_value() == after.has_value());   // into or out of what is watched: a test that is wrong
    if (before) name({{after->folder, after->name, node_at(*before)}, {before->folder, before->name, 0}});
}

void Recorder::linked(const std::string& from, const std::string& to) {
    const auto before = find(from), after = find(to);
    CHECK(before.has_value() == after.has_value());
    if (before) name({{after->folder, after->name, node_at(*before)}});
}

void Recorder::removed(const std::string& path) {
    if (const auto spot = find(path)) name({{spot->folder, spot->name, 0}});
}

void Recorder::removed_at(int folder, const std::string& name_of_it) {
    if (const auto node = node_of(folder); node != 0 && !name_of_it.ends_with("-shm")) name({{node, name_of_it, 0}});
}

}  // namespace chayan::crash
