// SPDX-License-Identifier: Apache-2.0
// How often somebody may ask (CONTRACT 6, [limits]): token buckets by credential, operator, site and login. An address alone has
// none: a county sits behind a few. Memory is constant, whoever asks; the clock is monotonic and an argument. Any thread; no lock
// is held longer than for one look at some 128 bytes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/people.hpp"
#include "service/clock.hpp"

namespace chayan::service {

struct RateLimit {
    std::int64_t per_minute;
    std::int64_t burst;   ///< as many at once, after a rest
    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// What is counted, and by whom. Each is a pair of settings.
enum class Bucket : std::uint8_t { credential_scans, credential_calls, operator_scans, operator_calls, operator_questions, site_newcomers, logins };
inline constexpr std::size_t buckets = 7;
inline constexpr std::array<const char*, buckets> bucket_names{
    "credential_scans", "credential_calls", "operator_scans", "operator_calls", "operator_questions", "site_newcomers", "logins"};

/// What overload turned away: a scan that waited too long or found no room, one for which the disk had none, a call whose pool was full.
enum class Shed : std::uint8_t { scans, scans_disk_full, desk, query, password };
inline constexpr std::size_t sheds = 5;
inline constexpr std::array<const char*, sheds> shed_names{"scans", "scans_disk_full", "desk", "query", "password"};

struct ThrottleSettings {
    bool enabled = true;
    std::array<RateLimit, buckets> limits{{
        {30, 500},        // a phone of ten that passes doors all day; a full batch after a week without a net
        {60, 120},        // its owner's page
        {300, 10'000},    // a tablet at rush hour takes one a second; thousands wait in its queue after an outage
        {600, 600},       // a page's dozen calls each few seconds, several tabs
        {120, 300},       // a tracer's script over all contacts of a case
        {600, 5'000},     // a gate where 20,000 workers register in the morning of the first day
        {12, 60},         // a login from one neighbourhood, or what one operator has hashed: each some 0.1 s of Argon2
    }};
    std::int64_t failed_code_cost = 20;   ///< a forged or unknown code counts as so many scans
    friend bool operator==(const ThrottleSettings&, const ThrottleSettings&) = default;
};

/// Buckets of one kind in a table that never grows. A full bucket needs no row; when rows run out, the one that is full again
/// soonest gives way. So whoever fills the table forgives the least debt there is, and nobody is refused for want of a row.
class BucketTable {
public:
    /// Requires: `rows` is a power of two, 512 at least. `seed`: unknown to whoever asks, so that nobody chooses who shares a row.
    BucketTable(RateLimit limit, std::size_t rows, std::uint64_t seed);
    ~BucketTable();
    BucketTable(BucketTable&&) noexcept;
    BucketTable& operator=(BucketTable&&) noexcept;

    /// 0: one was taken. Else nothing was, and so many nanoseconds later there is one.
    std::int64_t take(std::uint64_t key, std::int64_t now_ns);
    /// Takes `count` though they may not be there: what is owed is paid before the next is given, and is at most one burst.
    void charge(std::uint64_t key, std::int64_t count, std::int64_t now_ns);

private:
    struct Rows;
    std::int64_t interval_ns_, burst_ns_;
    std::uint64_t seed_;
    std::unique_ptr<Rows> rows_;
};

class Throttle {
public:
    /// `newest`: the registrations up to it are nobody's who came just now.
    Throttle(const ThrottleSettings& settings, const MonotonicClock& clock, domain::RegistrationId newest = {});
    ~Throttle();

    /// Seconds until one may be taken, at least 1; 0: it was taken. Some 130 ns.
    std::uint32_t take(Bucket bucket, std::uint64_t who);
    /// The others of a call that brought several: it was let in whole, and is paid for before the next.
    void charge(Bucket bucket, std::uint64_t who, std::size_t count);
    /// A forged or unknown place code, or digits that no screen showed.
    void charge_failed_code(domain::RegistrationId credential);
    /// Of a resident's scan. Refuses only phones that registered within the last hour or two, and counts them alone: whoever registers a
    /// thousand phones takes a site from nobody but other newcomers. For all others it costs a comparison.
    std::uint32_t take_at_site(domain::SiteId site, domain::RegistrationId credential);
    /// One try, right or wrong; by login and neighbourhood of addresses, so that a stranger delays nobody elsewhere.
    std::uint32_t take_login(std::string_view login, std::string_view neighbourhood);
    /// How often somebody was refused since the start.
    std::uint64_t refused(Bucket bucket) const;
    /// 503 was answered to so many, whatever the settings say; kept here so that all refusals stand in one place.
    void note_shed(Shed what, std::size_t count = 1);
    std::uint64_t shed(Shed what) const;

private:
    std::uint32_t counted(Bucket bucket, std::int64_t wait_ns);
    bool is_newcomer(domain::RegistrationId credential, std::int64_t now_ns);

    const ThrottleSettings settings_;
    const MonotonicClock& clock_;
    std::string salt_;
    std::array<std::unique_ptr<BucketTable>, buckets> tables_;
    std::array<std::atomic<std::uint64_t>, buckets> refused_{};
    std::array<std::atomic<std::uint64_t>, sheds> shed_{};
    std::atomic<std::uint64_t> settled_, marked_, highest_;   ///< those up to it are no newcomers, will be none at the next turn, have come
    std::atomic<std::int64_t> turn_ns_;
};

/// The highest number of a registration. Cost: some 10 ns a person.
domain::RegistrationId newest_registration(const domain::People& people);

}  // namespace chayan::service
