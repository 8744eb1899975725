// SPDX-License-Identifier: Apache-2.0
#include "domain/trace.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "domain/contact_index_state.hpp"
#include "domain/encounter.hpp"
#include "kit/check.hpp"

namespace chayan::domain {
namespace {

constexpr std::int64_t day_s = 24 * 3600;
using Stretches = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Time together: the union of the overlaps, whatever the place; stretches that touch are one.
struct Together {
    Stretches stretches;
    std::int64_t total_s = 0;
    std::int64_t longest_s = 0;

    explicit Together(std::span<const Encounter> encounters) {
        for (const auto& encounter : encounters) {
            if (encounter.overlap_s() > 0) stretches.emplace_back(encounter.span().from.s, encounter.span().to.s);
        }
        std::sort(stretches.begin(), stretches.end());
        std::size_t last = 0;
        for (std::size_t i = 1; i < stretches.size(); ++i) {
            if (stretches[i].first <= stretches[last].second) {
                stretches[last].second = std::max(stretches[last].second, stretches[i].second);
            } else {
                stretches[++last] = stretches[i];
            }
        }
        if (!stretches.empty()) stretches.resize(last + 1);
        for (const auto& [begin, end] : stretches) {
            total_s += end - begin;
            longest_s = std::max(longest_s, end - begin);
        }
    }

    /// The most within any 24 hours. Some best 24 hours begin where a stretch begins: moving a best window later until then
    /// loses nothing at its front, or what it loses there it had gained at its back.
    std::int64_t most_in_a_day_s() const {
        std::int64_t most = 0;
        std::int64_t whole = 0;  // of the stretches from `first` up to `next`, uncut
        std::size_t next = 0;
        for (std::size_t first = 0; first < stretches.size(); ++first) {
            const auto end = stretches[first].first + day_s;
            for (; next < stretches.size() && stretches[next].first < end; ++next) whole += stretches[next].second - stretches[next].first;
            // Only the last one can reach beyond: the others end before it begins.
            most = std::max(most, whole - std::max<std::int64_t>(0, stretches[next - 1].second - end));
            whole -= stretches[first].second - stretches[first].first;
        }
        return most;
    }
};

std::int64_t measure(const Together& together, Accumulate accumulate) {
    switch (accumulate) {
        case Accumulate::total: return together.total_s;
        case Accumulate::longest: return together.longest_s;
        case Accumulate::day: return together.most_in_a_day_s();
    }
    UNREACHABLE();
}

/// By person, keeping the order within one: two or three passes instead of n log n comparisons over many encounters.
void group_by_person(std::vector<Encounter>& encounters, std::uint32_t person_count) {
    constexpr unsigned digit_bits = 11;
    std::vector<Encounter> sorted(encounters.size());
    for (unsigned shift = 0; shift < 32 && person_count >> shift != 0; shift += digit_bits) {
        const auto digit = [shift](const Encounter& encounter) { return encounter.person >> shift & ((1U << digit_bits) - 1); };
        std::array<std::size_t, (1U << digit_bits) + 1> next{};
        for (const auto& encounter : encounters) ++next[digit(encounter) + 1];
        for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
        for (const auto& encounter : encounters) sorted[next[digit(encounter)]++] = encounter;
        encounters.swap(sorted);
    }
}

/// Somebody who qualifies, before the row is written.
struct Candidate {
    std::span<const Encounter> encounters;
    bool is_company;
    std::int64_t measure_s;
    std::uint64_t order;

    PersonNo person() const { return {encounters.front().person}; }
};

template <class T>
void keep_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

class Tracer {
public:
    Tracer(const ContactIndex::State& state, const TraceQuestion& question)
        : state_(state), question_(question), finder_(state, question) {}

    kit::Result<TraceAnswer> answer() {
        const kit::Error too_large{kit::Errc::invalid, "trace_too_large"};
        const auto& bounds = question_.bounds;
        std::size_t episodes = 0;
        TraceAnswer answer;
        auto followed = index_persons(answer);
        for (std::uint8_t degree = 1; degree <= question_.degree; ++degree) {
            if (followed.size() > bounds.followed_max) return too_large;
            std::vector<Encounter> encounters;
            for (std::uint32_t i = 0; i < followed.size(); ++i) {
                finder_.append_encounters(followed[i], i, encounters);
                if (encounters.size() > bounds.encounters_max) return too_large;
            }
            group_by_person(encounters, state_.people->person_count());
            auto candidates = qualified(encounters);
            const auto kept = std::min<std::size_t>(candidates.size(), question_.limit.value_or(UINT32_MAX));
            answer.left_out.push_back(static_cast<std::uint32_t>(candidates.size() - kept));
            if (kept < candidates.size()) answer.complete = false;
            candidates.resize(kept);
            std::vector<Followed> next;
            for (const auto& candidate : candidates) {
                auto contact = row(candidate, followed);
                contact.degree = degree;
                episodes += contact.episodes.size();
                if (episodes > bounds.episodes_max) return too_large;
                next.push_back({contact.person, exposure(contact.first, contact.last)});
                answer.contacts.push_back(std::move(contact));
            }
            followed = std::move(next);
        }
        return answer;
    }

private:
    /// From the first moment on; backward, up to the last.
    Interval exposure(Instant first, Instant last) const {
        const auto& window = question_.window;
        return question_.direction == TraceDirection::forward ? Interval{std::max(window.from, first), window.to}
                                                              : Interval{window.from, std::min(window.to, last)};
    }

    /// Everyone who qualifies and was not found at a lower degree, in order; all of them are found from now on.
    std::vector<Candidate> qualified(std::span<const Encounter> encounters) {
        std::vector<Candidate> candidates;
        for (std::size_t begin = 0, end = 0; begin < encounters.size(); begin = end) {
            while (end < encounters.size() && encounters[end].person == encounters[begin].person) ++end;
            if (std::binary_search(found_.begin(), found_.end(), PersonNo{encounters[begin].person})) continue;
            const auto own = encounters.subspan(begin, end - begin);
            const bool is_company = std::any_of(
                own.begin(), own.end(), [](const Encounter& encounter) { return encounter.kind == EpisodeKind::company; });
            const auto measured = measure(Together(own), question_.accumulate);
            if (!is_company && measured < question_.min_overlap_s) continue;
            const PersonNo person{own.front().person};
            candidates.push_back({own, is_company, measured, question_.public_order ? question_.public_order(person) : person.value});
        }
        for (const auto& candidate : candidates) found_.push_back(candidate.person());
        std::sort(found_.begin(), found_.end());
        std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
            return std::tuple(!a.is_company, -a.measure_s, a.order) < std::tuple(!b.is_company, -b.measure_s, b.order);
        });
        return candidates;
    }

    Contact row(const Candidate& candidate, const std::vector<Followed>& followed) const {
        Contact contact;
        contact.person = candidate.person();
        contact.episode_count = static_cast<std::uint32_t>(candidate.encounters.size());
        const Together together(candidate.encounters);
        contact.total_s = together.total_s;
        contact.longest_s = together.longest_s;
        contact.day_s = together.most_in_a_day_s();
        contact.first = candidate.encounters.front().span().from;
        contact.last = candidate.encounters.front().span().to;
        for (const auto& encounter : candidate.encounters) {
            const auto through = followed[encounter.through].person;
            const auto span = encounter.span();
            contact.kinds = static_cast<std::uint8_t>(contact.kinds | 1U << static_cast<unsigned>(encounter.kind));
            contact.first = std::min(contact.first, span.from);
            contact.last = std::max(contact.last, span.to);
            contact.via.push_back(through);
            contact.sites.push_back({encounter.site});
            if (!question_.explain) continue;
            contact.episodes.push_back({through, state_.place_of({encounter.site}), encounter.kind, span,
                                        encounter.overlap_s(), encounter.gap_s()});
        }
        keep_unique(contact.via);
        keep_unique(contact.sites);
        std::sort(contact.episodes.begin(), contact.episodes.end(), [](const Episode& a, const Episode& b) {
            return std::tuple(a.span.from, a.span.to, a.through, a.place, a.kind) <
                   std::tuple(b.span.from, b.span.to, b.through, b.place, b.kind);
        });
        return contact;
    }

    /// Who is followed at degree 1; those who were not named themselves become rows of degree 0.
    std::vector<Followed> index_persons(TraceAnswer& answer) {
        std::map<PersonNo, Interval> windows;
        std::map<PersonNo, Contact> found;  // for an index site or vehicle
        for (const auto& subject : question_.index) {
            if (const auto* person = std::get_if<PersonNo>(&subject)) {
                const auto today = state_.people->resolve(*person);
                if (!today.is_none()) windows[today] = question_.window;
            } else if (const auto* site = std::get_if<IndexSite>(&subject)) {
                find_visitors(*site, found);
            } else {
                find_riders(std::get<IndexVehicle>(subject).vehicle, found);
            }
        }
        std::vector<std::pair<std::uint64_t, Contact*>> in_order;
        for (auto& [person, contact] : found) {
            keep_unique(contact.sites);
            windows.emplace(person, exposure(contact.first, contact.last));  // whoever is named is followed all the time
            in_order.emplace_back(question_.public_order ? question_.public_order(person) : person.value, &contact);
        }
        std::sort(in_order.begin(), in_order.end());
        for (const auto& [order, contact] : in_order) answer.contacts.push_back(std::move(*contact));
        std::vector<Followed> followed;
        for (const auto& [person, window] : windows) {
            followed.push_back({person, window});
            found_.push_back(person);
        }
        return followed;
    }

    static void note(std::map<PersonNo, Contact>& found, PersonNo person, SiteId site, Instant begin, Instant end) {
        const auto [place, is_new] = found.try_emplace(person);
        auto& contact = place->second;
        contact.person = person;
        contact.degree = 0;
        contact.first = is_new ? begin : std::min(contact.first, begin);
        contact.last = is_new ? end : std::max(contact.last, end);
        contact.sites.push_back(site);
    }

    /// Everyone with a visit at the place of `index` that, cut to the question's window, meets the interval.
    void find_visitors(const IndexSite& index, std::map<PersonNo, Contact>& found) const {
        const Interval both{std::max(index.interval.from, question_.window.from), std::min(index.interval.to, question_.window.to)};
        if (both.from >= both.to) return;
        state_.visits.for_each(state_.place_of(index.site), both.from.s, both.to.s - 1, [&](const HeldVisit& visit) {
            const bool has_length = visit.begin_s() < visit.end_s();
            if (visit.is_repeat() || (has_length && visit.end_s() <= both.from.s)) return;
            if (!has_length && visit.begin_s() < both.from.s) return;
            const Instant begin{std::max(visit.begin_s(), question_.window.from.s)};
            note(found, visit.person(), visit.site(), begin, {std::min(visit.end_s(), question_.window.to.s)});
        });
    }

    /// Everyone who scanned with the vehicle in the window, from the begin of the visit that the scan opens or ends.
    void find_riders(VehicleId vehicle, std::map<PersonNo, Contact>& found) const {
        const auto& window = question_.window;
        std::vector<PersonNo> persons;
        for (const auto& key : state_.scans.scans_with(vehicle, window.from, window.to - 1)) {
            persons.push_back(state_.people->person_of(key.registration));
        }
        keep_unique(persons);
        for (const auto person : persons) {
            if (question_.may_begin_with && !question_.may_begin_with(person)) continue;
            const auto visits = state_.visits_of(person);
            for (const auto& scan : state_.scans_of(person)) {
                if (scan.voided || scan.vehicle != vehicle || scan.at < window.from || scan.at >= window.to) continue;
                note(found, person, scan.site, scan.at, scan.at);
                for (const auto& visit : visits) {
                    const bool opens = visit.begin == scan.at && visit.site == scan.site;
                    const bool ends = scan.direction == Direction::out && visit.ended_by == EndedBy::scanned && visit.end == scan.at &&
                                      state_.place_of(visit.site) == state_.place_of(scan.site);
                    if (!opens && !ends) continue;
                    note(found, person, visit.site, std::max(visit.begin, window.from), std::min(visit.end, window.to));
                }
            }
        }
    }

    const ContactIndex::State& state_;
    const TraceQuestion& question_;
    EncounterFinder finder_;
    std::vector<PersonNo> found_;  // sorted: index persons and contacts of lower degrees, those left out too
};

}  // namespace

kit::Result<TraceAnswer> ContactIndex::trace(const TraceQuestion& question) const {
    CHECK(question.degree >= 1 && question.degree <= 3);
    CHECK(question.window.from < question.window.to);
    return Tracer(*state_, question).answer();
}

}  // namespace chayan::domain
