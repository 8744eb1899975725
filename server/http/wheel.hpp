// SPDX-License-Identifier: Apache-2.0
// A coarse timer wheel: time limits for many connections at the price of relinking a list node, instead of a timer for
// each operation (which costs a third of a request). Exact to one tick. Not thread-safe: one wheel for each io thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace chayan::http {

/// A member of the wheel, as a base class. Linked from file() or park() until remove(); never copied while linked.
class WheelNode {
public:
    WheelNode() = default;
    WheelNode(const WheelNode&) = delete;
    WheelNode& operator=(const WheelNode&) = delete;

private:
    friend class Wheel;
    WheelNode* next_ = this;
    WheelNode* previous_ = this;
    std::uint64_t due_ = 0;

    void unlink() {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        next_ = previous_ = this;
    }
    void link_before(WheelNode& head) {
        next_ = &head;
        previous_ = head.previous_;
        previous_->next_ = this;
        head.previous_ = this;
    }
};

/// Invariants: 1. a filed node is in slot min(due, now + 63) mod 64, so no slot is looked at before its nodes are near;
/// 2. a parked node expires never; 3. size() counts both.
class Wheel {
public:
    /// Links `node`, or moves it, to expire after more than `ticks` - 1 and at most `ticks` + 1 ticks.
    void file(WheelNode& node, std::uint64_t ticks) {
        node.due_ = now_ + ticks + 1;
        relink(node, slot(node.due_));
    }
    /// Links `node`, or moves it, to expire never.
    void park(WheelNode& node) { relink(node, parked_); }
    void remove(WheelNode& node) {
        if (!is_linked(node)) return;
        node.unlink();
        --size_;
    }
    std::size_t size() const { return size_; }

    /// Goes on by one tick and calls `expired(node)` for what is due, after parking it. `expired` may file or remove
    /// any node.
    template <class F>
    void tick(F&& expired) {
        ++now_;
        WheelNode due;
        move_all(slots_[now_ % slots_.size()], due);
        while (due.next_ != &due) {
            WheelNode& node = *due.next_;
            node.unlink();
            if (node.due_ > now_) {
                node.link_before(slot(node.due_));
            } else {
                node.link_before(parked_);
                expired(node);
            }
        }
    }

    /// Calls `use(node)` for every node; `use` may file or remove that node, and must leave the others alone.
    template <class F>
    void for_each(F&& use) {
        WheelNode seen;
        for (auto& head : slots_) move_all(head, seen);
        move_all(parked_, seen);
        while (seen.next_ != &seen) {
            WheelNode& node = *seen.next_;
            node.unlink();
            node.link_before(node.due_ > now_ ? slot(node.due_) : parked_);
            use(node);
        }
    }

private:
    static bool is_linked(const WheelNode& node) { return node.next_ != &node; }
    static void move_all(WheelNode& from, WheelNode& to) {
        while (from.next_ != &from) {
            WheelNode& node = *from.next_;
            node.unlink();
            node.link_before(to);
        }
    }
    WheelNode& slot(std::uint64_t due) {
        const auto farthest = now_ + slots_.size() - 1;
        return slots_[(due < farthest ? due : farthest) % slots_.size()];
    }
    void relink(WheelNode& node, WheelNode& head) {
        if (is_linked(node)) {
            node.unlink();
        } else {
            ++size_;
        }
        node.link_before(head);
        if (&head == &parked_) node.due_ = 0;
    }

    std::array<WheelNode, 64> slots_;
    WheelNode parked_;
    std::uint64_t now_ = 0;
    std::size_t size_ = 0;
};

}  // namespace chayan::http
