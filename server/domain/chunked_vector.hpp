// SPDX-License-Identifier: Apache-2.0
// A vector whose copies share their chunks, so that publishing a changed snapshot of a city copies a few kilobytes.
// Value semantics: a copy never sees later changes of its origin. Copies may be read from any threads at the same time;
// one object is changed by one thread. Cost: read O(1); first write to a shared chunk copies it; copying the whole copies
// one pointer for each chunk. A chunk that was never written takes no memory: it reads as default values.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "kit/check.hpp"

namespace chayan::domain {

template <class T, std::size_t chunk_size = 1024>
class ChunkedVector {
public:
    std::size_t size() const { return size_; }

    /// Requires: index < size().
    const T& operator[](std::size_t index) const {
        CHECK(index < size_);
        static const T unwritten{};
        const auto& chunk = chunks_[index / chunk_size];
        return chunk ? (*chunk)[index % chunk_size] : unwritten;
    }
    /// A reference for writing; valid until the next copy of this object. Requires: index < size().
    T& edit(std::size_t index) {
        CHECK(index < size_);
        return own(index / chunk_size)[index % chunk_size];
    }
    void push_back(T value) {
        grow_to_hold(size_);
        edit(size_ - 1) = std::move(value);
    }
    /// Grows with default values so that index is valid.
    void grow_to_hold(std::size_t index) {
        if (index < size_) return;
        size_ = index + 1;
        if (chunks_.size() <= index / chunk_size) chunks_.resize(index / chunk_size + 1);
    }
    /// Bytes held by the chunks, shared or not, without what the elements hold elsewhere.
    std::size_t memory_bytes() const {
        std::size_t bytes = chunks_.capacity() * sizeof(chunks_[0]);
        for (const auto& chunk : chunks_) bytes += chunk ? sizeof(Chunk) : 0;
        return bytes;
    }

private:
    using Chunk = std::array<T, chunk_size>;

    Chunk& own(std::size_t index) {
        auto& held = chunks_[index];
        if (!held) {
            held = std::make_shared<Chunk>();
        } else if (held.use_count() != 1) {
            held = std::make_shared<Chunk>(*held);
        } else {
            // Only this thread can copy this object, so a count of one cannot grow meanwhile. It may have just fallen to one
            // in a reader's thread: giving back a second reference orders that reader's last look before our write.
            std::shared_ptr<Chunk>(held).reset();
        }
        return *held;
    }

    std::vector<std::shared_ptr<Chunk>> chunks_;
    std::size_t size_ = 0;
};

}  // namespace chayan::domain
