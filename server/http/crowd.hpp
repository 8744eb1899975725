// SPDX-License-Identifier: Apache-2.0
// Who is connected to one io thread, by neighbourhood of addresses, so that somebody can give way when all places are taken.
// Not thread-safe: one crowd for each io thread. It ends no connection itself.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace chayan::http {

/// Invariants: 1. a group holds at least one seat; 2. `by_size_` has each group once, by how many seats it holds now;
/// 3. a group's seats stand by their last activity, the quietest first.
class Crowd {
public:
    class Seat;

private:
    struct Group;
    using BySize = std::set<std::pair<std::size_t, Group*>>;
    struct Group {
        explicit Group(BySize::iterator none) : rank(none) {}
        std::list<Seat*> seats;
        BySize::iterator rank;
    };
    using Groups = std::map<std::string, Group>;

public:
    /// A member, as a base class. Seated from add() until remove(); never copied while seated.
    class Seat {
    public:
        Seat() = default;
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;

    private:
        friend class Crowd;
        Groups::iterator group_;
        std::list<Seat*>::iterator place_;
        bool is_seated_ = false;
    };

    /// Requires: not seated. O(log of the groups), as remove().
    void add(Seat& seat, const std::string& neighbourhood) {
        std::list<Seat*> one{&seat};
        const auto group = groups_.try_emplace(neighbourhood, by_size_.end()).first;
        if (group->second.rank == by_size_.end()) group->second.rank = by_size_.insert({0, &group->second}).first;
        seat.group_ = group;
        seat.place_ = one.begin();
        seat.is_seated_ = true;
        group->second.seats.splice(group->second.seats.end(), one);
        rank(group->second);
    }
    void remove(Seat& seat) noexcept {
        if (!std::exchange(seat.is_seated_, false)) return;
        auto& group = seat.group_->second;
        group.seats.erase(seat.place_);
        if (!group.seats.empty()) return rank(group);
        by_size_.erase(group.rank);
        groups_.erase(seat.group_);
    }
    /// It is the least quiet of its neighbours now.
    void note_activity(Seat& seat) noexcept {
        if (!seat.is_seated_) return;
        auto& seats = seat.group_->second.seats;
        seats.splice(seats.end(), seats, seat.place_);
    }
    /// The quietest of the largest neighbourhood that `may_give_way`. Null where everybody is alone, or nobody near the front may.
    template <class F>
    Seat* find_to_give_way(F&& may_give_way) const {
        constexpr std::size_t looked_at_max = 64;   // who is busy stands near the end
        if (by_size_.empty() || by_size_.rbegin()->first < 2) return nullptr;
        std::size_t looked_at = 0;
        for (Seat* const seat : by_size_.rbegin()->second->seats) {
            if (may_give_way(*seat)) return seat;
            if (++looked_at == looked_at_max) break;
        }
        return nullptr;
    }

private:
    /// Allocates nothing, so that leaving can't fail.
    void rank(Group& group) noexcept {
        auto node = by_size_.extract(group.rank);
        node.value().first = group.seats.size();
        group.rank = by_size_.insert(std::move(node)).position;
    }

    Groups groups_;
    BySize by_size_;
};

}  // namespace chayan::http
