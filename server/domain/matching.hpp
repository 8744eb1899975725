// SPDX-License-Identifier: Apache-2.0
// Which statements are of one person, of all that may have to do with each other. It goes by what they say and by nothing else: not by which came first, nor by what was
// thought before. A false merge puts the wrong person under suspicion, so doubt makes two persons and a question. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace chayan::domain {

/// What two statements say of each other.
struct Tie {
    bool is_sure = false;    ///< of one person, by a rule or by weight
    bool is_apart = false;   ///< of two, whatever else agrees: two documents, another birth date or sex, a human's word
    double weight = 0;       ///< bits, for one person
    bool is_parted = false;  ///< by a human's word: is_apart too
};

/// Symmetric; every pair is nothing until it is said.
class Ties {
public:
    explicit Ties(std::size_t count) : count_(count), ties_(count * count) {}
    std::size_t count() const { return count_; }
    const Tie& between(std::size_t a, std::size_t b) const { return ties_[a * count_ + b]; }
    void say(std::size_t a, std::size_t b, const Tie& tie) { ties_[a * count_ + b] = ties_[b * count_ + a] = tie; }

private:
    std::size_t count_;
    std::vector<Tie> ties_;
};

struct GroupMember {
    std::optional<std::uint32_t> document;   ///< equal numbers: equal documents
    std::uint32_t held_with = 0;             ///< equal numbers: a human holds them together
};

/// How many bits one must lead another that it excludes, else a human chooses between them.
inline constexpr double lead_min = 5;

/// By member: the number of its group, which is the first member of it.
/// 1. What a human holds together is together.
/// 2. One document under names that are surely one is one person, unless a human parted any of them: then each stays as it is held. Two documents of which a human holds statements together
///    keep nobody apart any more.
/// 3. Whoever is surely of several who exclude each other is of the one that leads, else of none of them.
/// 4. The others are together with all of whom they surely are; where that still brings two together who exclude each other, none of them is joined to any.
/// Cost: the cube of the number of members at worst.
std::vector<std::uint32_t> group_statements(const Ties& ties, std::span<const GroupMember> members);

}  // namespace chayan::domain
