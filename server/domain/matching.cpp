// SPDX-License-Identifier: Apache-2.0
#include "domain/matching.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "kit/check.hpp"

namespace chayan::domain {
namespace {

using Index = std::uint32_t;

/// Disjoint sets, each led by its first member.
class Sets {
public:
    explicit Sets(std::size_t count) : leader_(count) { std::iota(leader_.begin(), leader_.end(), 0U); }
    Index find(std::size_t one) const {
        auto leader = static_cast<Index>(one);
        while (leader_[leader] != leader) leader = leader_[leader];
        return leader;
    }
    void unite(std::size_t a, std::size_t b) {
        const auto x = find(a), y = find(b);
        leader_[std::max(x, y)] = std::min(x, y);
    }
    std::size_t count() const { return leader_.size(); }

private:
    std::vector<Index> leader_;
};

/// Is anybody of one set to be kept apart from another of it? `is_one` already: whom a human holds together is no contradiction.
template <class Apart>
std::vector<bool> contradicting(const Sets& sets, const Sets& is_one, const Apart& apart) {
    std::vector<bool> found(sets.count());
    for (std::size_t a = 0; a < sets.count(); ++a)
        for (std::size_t b = a + 1; b < sets.count(); ++b)
            if (sets.find(a) == sets.find(b) && is_one.find(a) != is_one.find(b) && apart(a, b)) found[sets.find(a)] = true;
    return found;
}

Sets held_together(std::span<const GroupMember> members) {
    Sets held(members.size());
    for (std::size_t a = 0; a < members.size(); ++a)
        for (std::size_t b = a + 1; b < members.size(); ++b)
            if (members[a].held_with == members[b].held_with) held.unite(a, b);
    return held;
}

/// Are the two documents of two given together somewhere that a human holds as one?
bool are_held_documents(std::span<const GroupMember> members, const Sets& held, std::size_t a, std::size_t b) {
    if (!members[a].document || !members[b].document || members[a].document == members[b].document) return false;
    for (std::size_t c = 0; c < members.size(); ++c)
        for (std::size_t d = 0; d < members.size(); ++d)
            if (c != d && held.find(c) == held.find(d) && members[c].document == members[a].document && members[d].document == members[b].document) return true;
    return false;
}

Sets with_documents(const Ties& ties, std::span<const GroupMember> members, const Sets& held) {
    Sets joined = held;
    for (std::size_t a = 0; a < members.size(); ++a)
        for (std::size_t b = a + 1; b < members.size(); ++b)
            if (members[a].document && members[a].document == members[b].document && ties.between(a, b).is_sure) joined.unite(a, b);
    const auto is_parted = contradicting(joined, held, [&](std::size_t a, std::size_t b) {
        const auto& tie = ties.between(a, b);
        return tie.is_parted || (tie.is_apart && !are_held_documents(members, held, a, b));
    });
    Sets sets = held;
    for (std::size_t a = 0; a < members.size(); ++a)
        if (!is_parted[joined.find(a)]) sets.unite(a, joined.find(a));
    return sets;
}

/// What becomes of whole groups: those of documents and of a human's word as they are, everybody else alone.
class Graph {
public:
    Graph(const Ties& ties, std::span<const GroupMember> members, const Sets& sets) : sets_(sets), count_(members.size()), ties_(count_ * count_) {
        for (std::size_t a = 0; a < count_; ++a)
            for (std::size_t b = a + 1; b < count_; ++b) {
                const auto x = sets.find(a), y = sets.find(b);
                if (x == y) continue;
                const auto& tie = ties.between(a, b);
                // One document given in two groups: under names that are not one, or parted by a human.
                const bool is_apart = tie.is_apart || (members[a].document && members[a].document == members[b].document);
                for (auto* both : {&at(x, y), &at(y, x)}) {
                    both->is_apart |= is_apart;
                    if (tie.is_sure) both->weight = both->is_sure ? std::max(both->weight, tie.weight) : tie.weight;
                    both->is_sure |= tie.is_sure;
                }
            }
    }

    Sets components() const {
        Sets found = sets_;
        for (std::size_t x = 0; x < count_; ++x)
            for (std::size_t y = x + 1; y < count_; ++y)
                if (are_joined(x, y)) found.unite(x, y);
        return found;
    }
    bool is_apart(std::size_t x, std::size_t y) const { return at(x, y).is_apart; }

    /// Of those who exclude each other nobody is chosen who does not lead. Looked at as they all were before.
    void choose() {
        std::vector<std::pair<std::size_t, std::size_t>> given_up;
        for (std::size_t x = 0; x < count_; ++x)
            for (std::size_t y = 0; y < count_; ++y)
                if (are_joined(x, y) && !leads(x, y)) given_up.emplace_back(x, y);
        for (const auto& [x, y] : given_up) at(x, y).is_sure = at(y, x).is_sure = false;
    }
    void give_up(std::size_t x) {
        for (std::size_t y = 0; y < count_; ++y) at(x, y).is_sure = at(y, x).is_sure = false;
    }

private:
    Tie& at(std::size_t x, std::size_t y) { return ties_[x * count_ + y]; }
    const Tie& at(std::size_t x, std::size_t y) const { return ties_[x * count_ + y]; }
    bool are_joined(std::size_t x, std::size_t y) const { return at(x, y).is_sure && !at(x, y).is_apart; }
    /// Among all whom x may be.
    bool leads(std::size_t x, std::size_t y) const {
        for (std::size_t other = 0; other < count_; ++other)
            if (other != y && are_joined(x, other) && at(y, other).is_apart && at(x, y).weight < at(x, other).weight + lead_min) return false;
        return true;
    }

    const Sets& sets_;
    std::size_t count_;
    std::vector<Tie> ties_;
};

}  // namespace

std::vector<std::uint32_t> group_statements(const Ties& ties, std::span<const GroupMember> members) {
    CHECK(ties.count() == members.size());
    const auto sets = with_documents(ties, members, held_together(members));
    Graph graph(ties, members, sets);
    graph.choose();
    const auto joined = graph.components();
    const auto contradicts = contradicting(joined, sets, [&](std::size_t a, std::size_t b) { return graph.is_apart(sets.find(a), sets.find(b)); });
    for (std::size_t a = 0; a < members.size(); ++a)
        if (contradicts[joined.find(a)]) graph.give_up(sets.find(a));
    const auto found = graph.components();
    std::vector<std::uint32_t> group_of;
    for (std::size_t a = 0; a < members.size(); ++a) group_of.push_back(found.find(a));
    return group_of;
}

}  // namespace chayan::domain
