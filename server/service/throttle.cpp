// SPDX-License-Identifier: Apache-2.0
#include "service/throttle.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "kit/check.hpp"
#include "kit/guarded.hpp"
#include "service/crypto.hpp"

namespace chayan::service {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t newcomer_ns = 3600 * second_ns;
constexpr std::size_t stripes = 64;
constexpr std::size_t ways = 8;                      // two cache lines
constexpr std::size_t credential_rows = 32'768;      // 0.5 MB: a phone's scan needs its row for two seconds, and 16,000 scans wait at most
constexpr std::size_t other_rows = 4'096;            // operators, sites and logins at work in one hour

/// The finalizer of MurmurHash3: each bit of the key moves each bit of the row.
std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 33U)) * 0xff51afd7ed558ccdULL;
    x = (x ^ (x >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33U);
}

std::size_t rows_of(Bucket bucket) { return bucket == Bucket::credential_scans || bucket == Bucket::credential_calls ? credential_rows : other_rows; }

std::uint64_t random_seed() {
    const auto key = crypto::random_key();
    std::uint64_t seed = 0;
    std::memcpy(&seed, key.data(), sizeof seed);
    return seed;
}

}  // namespace

/// A bucket by the moment at which it is full again. What is past is full, and its row free.
struct BucketTable::Rows {
    struct Row {
        std::uint64_t key = 0;
        std::int64_t full_ns = 0;
    };
    explicit Rows(std::size_t rows) : sets(rows / ways / stripes) {
        for (auto& part : parts) part.store(std::vector<Row>(sets * ways));
    }
    std::size_t sets;   ///< of each part
    std::array<kit::Guarded<std::vector<Row>>, stripes> parts;

    /// Calls `use` with the key's row, or else the one that is given up for it; what stands in it then is another's while its key is.
    template <class F>
    auto with(std::uint64_t key, F&& use) {
        return parts[key % stripes].with([&](std::vector<Row>& rows) {
            const auto first = rows.begin() + static_cast<std::ptrdiff_t>(key / stripes % sets * ways);
            const auto last = first + ways;
            auto row = std::find_if(first, last, [&](const Row& each) { return each.key == key; });
            if (row == last) row = std::min_element(first, last, [](const Row& a, const Row& b) { return a.full_ns < b.full_ns; });
            return use(*row);
        });
    }
};

BucketTable::BucketTable(RateLimit limit, std::size_t rows, std::uint64_t seed)
    : interval_ns_(60 * second_ns / limit.per_minute), burst_ns_(interval_ns_ * limit.burst), seed_(seed), rows_(std::make_unique<Rows>(rows)) {
    CHECK(limit.per_minute > 0 && limit.burst > 0 && rows >= ways * stripes && (rows & (rows - 1)) == 0);
}
BucketTable::~BucketTable() = default;
BucketTable::BucketTable(BucketTable&&) noexcept = default;
BucketTable& BucketTable::operator=(BucketTable&&) noexcept = default;

std::int64_t BucketTable::take(std::uint64_t key, std::int64_t now_ns) {
    const auto hash = mixed(key ^ seed_);
    return rows_->with(hash, [&](Rows::Row& row) -> std::int64_t {
        const auto full_ns = (row.key == hash ? std::max(row.full_ns, now_ns) : now_ns) + interval_ns_;
        if (full_ns - now_ns > burst_ns_) return full_ns - now_ns - burst_ns_;
        row = {hash, full_ns};
        return 0;
    });
}

void BucketTable::charge(std::uint64_t key, std::int64_t count, std::int64_t now_ns) {
    const auto hash = mixed(key ^ seed_);
    rows_->with(hash, [&](Rows::Row& row) {
        const auto full_ns = (row.key == hash ? std::max(row.full_ns, now_ns) : now_ns) + interval_ns_ * count;
        row = {hash, std::min(full_ns, now_ns + 2 * burst_ns_)};
    });
}

Throttle::Throttle(const ThrottleSettings& settings, const MonotonicClock& clock, domain::RegistrationId newest)
    : settings_(settings), clock_(clock), salt_(std::to_string(random_seed())), settled_(newest.value), marked_(newest.value), highest_(newest.value),
      turn_ns_(clock.now_ns() + newcomer_ns) {
    for (std::size_t i = 0; i < buckets; ++i)
        tables_[i] = std::make_unique<BucketTable>(settings.limits[i], rows_of(static_cast<Bucket>(i)), random_seed());
}
Throttle::~Throttle() = default;

std::uint32_t Throttle::counted(Bucket bucket, std::int64_t wait_ns) {
    if (wait_ns == 0) return 0;
    refused_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    return static_cast<std::uint32_t>((wait_ns + second_ns - 1) / second_ns);
}

std::uint32_t Throttle::take(Bucket bucket, std::uint64_t who) {
    if (!settings_.enabled) return 0;
    return counted(bucket, tables_[static_cast<std::size_t>(bucket)]->take(who, clock_.now_ns()));
}

void Throttle::charge(Bucket bucket, std::uint64_t who, std::size_t count) {
    if (!settings_.enabled || count == 0) return;
    tables_[static_cast<std::size_t>(bucket)]->charge(who, static_cast<std::int64_t>(count), clock_.now_ns());
}

void Throttle::charge_failed_code(domain::RegistrationId credential) {
    charge(Bucket::credential_scans, credential.value, static_cast<std::size_t>(settings_.failed_code_cost));
}

bool Throttle::is_newcomer(domain::RegistrationId credential, std::int64_t now_ns) {
    auto highest = highest_.load(std::memory_order_relaxed);
    while (highest < credential.value && !highest_.compare_exchange_weak(highest, credential.value, std::memory_order_relaxed)) {}
    auto turn_ns = turn_ns_.load(std::memory_order_acquire);
    // One thread turns each hour: whoever was marked as the highest an hour ago at least, and all before them, are no newcomers any more.
    if (now_ns >= turn_ns && turn_ns_.compare_exchange_strong(turn_ns, now_ns + newcomer_ns, std::memory_order_acq_rel)) {
        settled_.store(marked_.exchange(highest_.load(std::memory_order_relaxed), std::memory_order_relaxed), std::memory_order_relaxed);
    }
    return credential.value > settled_.load(std::memory_order_relaxed);
}

std::uint32_t Throttle::take_at_site(domain::SiteId site, domain::RegistrationId credential) {
    if (!settings_.enabled || credential.value <= settled_.load(std::memory_order_relaxed)) return 0;
    const auto now_ns = clock_.now_ns();
    if (!is_newcomer(credential, now_ns)) return 0;
    return counted(Bucket::site_newcomers, tables_[static_cast<std::size_t>(Bucket::site_newcomers)]->take(site.value, now_ns));
}

std::uint32_t Throttle::take_login(std::string_view login, std::string_view neighbourhood) {
    std::string key = salt_;
    key.append("|").append(login).append("|").append(neighbourhood);
    return take(Bucket::logins, std::hash<std::string>{}(key));
}

std::uint64_t Throttle::refused(Bucket bucket) const { return refused_[static_cast<std::size_t>(bucket)].load(std::memory_order_relaxed); }
void Throttle::note_shed(Shed what, std::size_t count) { shed_[static_cast<std::size_t>(what)].fetch_add(count, std::memory_order_relaxed); }
std::uint64_t Throttle::shed(Shed what) const { return shed_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed); }

domain::RegistrationId newest_registration(const domain::People& people) {
    domain::RegistrationId newest;
    for (std::uint32_t number = 1; number < people.person_count(); ++number) {
        const auto& own = people.registrations_of({number});
        if (!own.empty() && newest.value < own.back().value) newest = own.back();
    }
    return newest;
}

}  // namespace chayan::service
