// SPDX-License-Identifier: Apache-2.0
// Encounters on their way to be told apart by person. A question about a thousand people meets tens of millions: sorted as a whole they would go
// through memory several times, so they are parted on arrival into buckets of neighbouring persons, each of which is then sorted in the
// cache. Only the trace uses this. One thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "domain/encounter.hpp"

namespace chayan::domain {

/// Sorts by `key`, keeping the order of equals: passes of 11 bits instead of n log n comparisons over many rows. `scratch` is overwritten.
/// Requires: key < 2^key_bits.
template <class Row, class Key>
void radix_sort(std::vector<Row>& rows, std::vector<Row>& scratch, unsigned key_bits, Key key) {
    constexpr unsigned digit_bits = 11;
    scratch.resize(rows.size());
    for (unsigned shift = 0; shift < key_bits; shift += digit_bits) {
        const auto digit = [&](const Row& row) { return key(row) >> shift & ((1U << digit_bits) - 1); };
        std::array<std::uint32_t, (1U << digit_bits) + 1> next{};
        for (const auto& row : rows) ++next[digit(row) + 1];
        for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
        for (const auto& row : rows) scratch[next[digit(row)]++] = row;
        rows.swap(scratch);
    }
}

class EncounterBuckets {
public:
    /// `is_many`: of many followed persons; a few fill one bucket best.
    EncounterBuckets(std::uint32_t person_count, bool is_many)
        : person_bits_(is_many ? many_bits : static_cast<unsigned>(std::bit_width(person_count))), buckets_((person_count >> person_bits_) + 1) {}

    void push_back(const Encounter& encounter) {
        auto& bucket = buckets_[encounter.person >> person_bits_];
        if (bucket.next == bucket.end) add_chunk(bucket);
        *bucket.next++ = encounter;
    }
    /// What is held, less the last chunk of each bucket: cheap enough to ask while it fills.
    std::size_t size_at_least() const { return full_count_; }
    std::size_t size() const {
        std::size_t open = 0;
        for (const auto& bucket : buckets_) open += bucket.chunks.empty() ? 0 : chunk_size - static_cast<std::size_t>(bucket.end - bucket.next);
        return full_count_ + open;
    }
    /// Calls use(std::span<Encounter>) for each person in order of number, with their encounters in the order of arrival, and forgets them.
    template <class Use>
    void take_by_person(Use&& use);

private:
    static constexpr unsigned many_bits = 11;
    static constexpr std::size_t chunk_size = 1024;
    struct Bucket {
        Encounter* next = nullptr;
        Encounter* end = nullptr;
        std::vector<std::unique_ptr<Encounter[]>> chunks;
    };
    void add_chunk(Bucket& bucket) {
        full_count_ += bucket.chunks.empty() ? 0 : chunk_size;
        bucket.chunks.emplace_back(new Encounter[chunk_size]);   // not set to zero
        bucket.next = bucket.chunks.back().get();
        bucket.end = bucket.next + chunk_size;
    }

    unsigned person_bits_;
    std::vector<Bucket> buckets_;
    std::size_t full_count_ = 0;
    std::vector<Encounter> rows_, scratch_;
};

template <class Use>
void EncounterBuckets::take_by_person(Use&& use) {
    for (auto& bucket : buckets_) {
        rows_.clear();
        for (const auto& chunk : bucket.chunks) rows_.insert(rows_.end(), chunk.get(), &chunk == &bucket.chunks.back() ? bucket.next : chunk.get() + chunk_size);
        bucket = {};
        radix_sort(rows_, scratch_, person_bits_, [mask = (std::uint64_t{1} << person_bits_) - 1](const Encounter& one) { return one.person & mask; });
        for (std::size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
            while (end < rows_.size() && rows_[end].person == rows_[begin].person) ++end;
            use(std::span(rows_).subspan(begin, end - begin));
        }
    }
    full_count_ = 0;
}

}  // namespace chayan::domain
