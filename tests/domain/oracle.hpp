// SPDX-License-Identifier: Apache-2.0
// The meaning of CONTRACT 5 written down as slowly and plainly as it reads: loops over all pairs, no index, no sharing of
// code with server/domain beyond its value types. Tests hold the real thing against it. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "domain/contact_index.hpp"
#include "domain/told_visits.hpp"

namespace chayan::domain::oracle {

struct World {
    std::vector<Scan> scans;  ///< any order, voided ones included; of equal keys the first stands
    People people;
    Sites sites;
    TimeZone zone = TimeZone::fixed(8 * 3600);
    std::vector<ToldVisit> told{};   ///< visits that no scan shows
};

/// A contact with its reasons.
struct ToldContact : Contact, Reasons {};
struct ToldAnswer {
    std::vector<ToldContact> contacts;
    std::vector<std::uint32_t> left_out;
    bool complete = true;
};
/// An answer of the index with all of its reasons.
ToldAnswer told(const TraceAnswer& answer);

/// Every scan and site rule in words, for the message of a failing test.
std::string print(const World& world);
/// The episodes of a row in order of time, whatever their order in the answer.
std::string print(ToldAnswer answer);

std::vector<ToldScan> told_scans(const World& world, PersonNo person);
std::vector<Visit> visits(const World& world, PersonNo person);
std::vector<Passage> passages(const World& world, SiteId site, Interval interval);
/// All of TraceQuestion but public_order (the last tie-break is the person's number) and explain: every contact has its episodes.
ToldAnswer trace(const World& world, const TraceQuestion& question);

}  // namespace chayan::domain::oracle
