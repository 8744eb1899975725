// SPDX-License-Identifier: Apache-2.0
// All scans by registration, 7 bytes each, with a small overlay of what came since the base was built. Only the contact
// index uses it. A value: copies share everything, and a changed copy never shows in another. Any number of threads may
// read one; one thread changes a copy that nobody else has seen. It never derives anything: repeats and visits are not here.
//
// Invariants:
//  1. The base is sorted by registration, then (at, direction, site), unique by ScanKey, and never changes.
//  2. An overlay scan with a base scan's key stands instead of it (a void); any other is an addition.
//  3. What does not fit 7 bytes (a moment before 2000 or after 2067, a site from 2^19 on) stays in the overlay for good.
//  4. By vehicle: every scan that ever had it, base and overlay; voids do not take it out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "domain/chunked_vector.hpp"
#include "domain/run_parts.hpp"
#include "domain/scan.hpp"

namespace chayan::domain {

class ScanBook {
public:
    class Collector;

    /// An empty book.
    ScanBook();

    std::optional<Scan> find(const ScanKey& key) const;
    /// Appends a registration's scans, by (at, direction, site).
    void append_scans_of(RegistrationId registration, std::vector<Scan>& scans) const;
    /// Appends those in [from, to] only. Cost: O(log of all the registration's scans + those found).
    void append_scans_of(RegistrationId registration, Instant from, Instant to, std::vector<Scan>& scans) const;
    /// Keys of the scans with a vehicle in [from, to], any order.
    std::vector<ScanKey> scans_with(VehicleId vehicle, Instant from, Instant to) const;
    /// One more than the largest registration with a scan.
    std::uint64_t registration_count() const;

    /// False, and nothing changes, when the key is known. Cost: the registration's overlay.
    bool add(const Scan& scan);
    /// False when the key is unknown or voided already.
    bool set_voided(const ScanKey& key);
    /// The same scans with an empty overlay. O(n).
    ScanBook merged() const;

    std::size_t count() const { return count_; }
    /// Scans held outside the base that a merge would take in.
    std::size_t overlay_count() const { return overlay_count_ > unpackable_count_ ? overlay_count_ - unpackable_count_ : 0; }
    std::size_t memory_bytes() const;

private:
    struct Base;
    class Filler;
    using Overlay = std::shared_ptr<const std::vector<Scan>>;     // of one registration, sorted like the base
    using Carried = std::shared_ptr<const std::vector<ScanKey>>;  // with one vehicle

    explicit ScanBook(std::shared_ptr<const Base> base);
    const std::vector<Scan>* overlay_of(RegistrationId registration) const;
    void put_in_overlay(const Scan& scan);
    /// Of a scan that no base can take.
    void add_for_good(const Scan& scan);

    std::shared_ptr<const Base> base_;
    ChunkedVector<Overlay, 256> overlay_;
    ChunkedVector<Carried, 256> carried_;
    std::size_t count_ = 0;
    std::size_t overlay_count_ = 0;
    std::size_t unpackable_count_ = 0;   // of the overlay
};

/// Takes the scans of a log in any order, 16 bytes each meanwhile, and makes a book of them; of equal keys the first stands.
class ScanBook::Collector {
public:
    /// With room for so many.
    Collector(std::size_t expected = 0);   // NOLINT(google-explicit-constructor): nothing is an empty one
    Collector(const std::vector<Scan>& scans);   // NOLINT(google-explicit-constructor): a list of scans is one
    ~Collector();
    Collector(Collector&&) noexcept;
    Collector& operator=(Collector&&) noexcept;

    /// Requires: a moment of 1970 to 2105, a site below 2^24, a registration below 2^32, fewer than 2^32 scans.
    void add(const Scan& scan);
    /// As if each scan of `later` were added now. Cost: none to speak of.
    void append(Collector later);
    std::size_t count() const;
    /// O(n log n); once.
    ScanBook finish(const RunParts& run = run_in_turn);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::domain
