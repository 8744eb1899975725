// SPDX-License-Identifier: Apache-2.0
#include "bench_contacts_reference.hpp"

#include <algorithm>
#include <tuple>

namespace chayan::bench {
namespace {

struct Pair {
    std::uint32_t person, begin, end;
};

thread_local std::size_t pairs = 0;

template <class Key>
std::vector<std::size_t> firsts(const std::vector<PlainVisit>& visits, Key key) {
    std::vector<std::size_t> first(visits.empty() ? 1 : key(visits.back()) + 2U);
    for (const auto& visit : visits) ++first[key(visit) + 1U];
    for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
    return first;
}

/// The contact of the pairs [begin, end), which are one person's, by begin.
PlainContact contact_of(const Pair* begin, const Pair* end, std::uint32_t degree) {
    PlainContact contact{begin->person, degree, 0, begin->begin, 0};
    std::uint32_t until = 0;
    for (const auto* pair = begin; pair != end; ++pair) {
        contact.total_s += pair->end > until ? pair->end - std::max(pair->begin, until) : 0;
        until = std::max(until, pair->end);
    }
    contact.last = until;
    return contact;
}

}  // namespace

PlainVisits::PlainVisits(std::vector<PlainVisit> visits) : by_place_(std::move(visits)), by_person_(by_place_) {
    std::sort(by_place_.begin(), by_place_.end(), [](const PlainVisit& a, const PlainVisit& b) {
        return std::tie(a.place, a.begin, a.person) < std::tie(b.place, b.begin, b.person);
    });
    std::sort(by_person_.begin(), by_person_.end(), [](const PlainVisit& a, const PlainVisit& b) {
        return std::tie(a.person, a.begin) < std::tie(b.person, b.begin);
    });
    first_of_place_ = firsts(by_place_, [](const PlainVisit& visit) { return visit.place; });
    first_of_person_ = firsts(by_person_, [](const PlainVisit& visit) { return visit.person; });
    for (const auto& visit : by_place_) length_max_ = std::max(length_max_, visit.end - visit.begin);
}

std::size_t PlainVisits::pairs_of_last() { return pairs; }

std::vector<PlainContact> PlainVisits::met(const std::vector<Followed>& followed, std::uint32_t degree, const std::vector<std::uint32_t>& found) const {
    std::vector<Pair> met;
    for (const auto& one : followed) {
        if (one.person + 1U >= first_of_person_.size()) continue;
        for (auto i = first_of_person_[one.person]; i < first_of_person_[one.person + 1U]; ++i) {
            const auto& mine = by_person_[i];
            const auto begin = std::max(mine.begin, one.from);
            const auto earliest = begin > length_max_ ? begin - length_max_ : 0;
            auto other = std::lower_bound(by_place_.begin() + static_cast<std::ptrdiff_t>(first_of_place_[mine.place]),
                                          by_place_.begin() + static_cast<std::ptrdiff_t>(first_of_place_[mine.place + 1U]), earliest,
                                          [](const PlainVisit& visit, std::uint32_t wanted) { return visit.begin < wanted; });
            for (; other != by_place_.end() && other->place == mine.place && other->begin < mine.end; ++other)
                if (other->person != one.person && std::max(begin, other->begin) < std::min(mine.end, other->end))
                    met.push_back({other->person, std::max(begin, other->begin), std::min(mine.end, other->end)});
        }
    }
    pairs += met.size();
    std::sort(met.begin(), met.end(), [](const Pair& a, const Pair& b) { return std::tie(a.person, a.begin) < std::tie(b.person, b.begin); });
    std::vector<PlainContact> contacts;
    for (std::size_t begin = 0, end = 0; begin < met.size(); begin = end) {
        while (end < met.size() && met[end].person == met[begin].person) ++end;
        if (!std::binary_search(found.begin(), found.end(), met[begin].person)) contacts.push_back(contact_of(&met[begin], &met[begin] + (end - begin), degree));
    }
    std::sort(contacts.begin(), contacts.end(), [](const PlainContact& a, const PlainContact& b) {
        return std::tie(b.total_s, a.person) < std::tie(a.total_s, b.person);
    });
    return contacts;
}

std::vector<PlainContact> PlainVisits::contacts(const std::vector<std::uint32_t>& index, std::uint32_t degree, std::optional<std::uint32_t> limit) const {
    std::vector<Followed> followed;
    for (const auto person : index) followed.push_back({person, 0});
    std::vector<std::uint32_t> found = index;
    std::vector<PlainContact> all;
    pairs = 0;
    for (std::uint32_t now = 1; now <= degree; ++now) {
        std::sort(found.begin(), found.end());
        auto contacts = met(followed, now, found);
        for (const auto& contact : contacts) found.push_back(contact.person);
        if (limit && contacts.size() > *limit) contacts.resize(*limit);
        followed.clear();
        for (const auto& contact : contacts) followed.push_back({contact.person, contact.first});
        all.insert(all.end(), contacts.begin(), contacts.end());
    }
    return all;
}

}  // namespace chayan::bench
