// SPDX-License-Identifier: Apache-2.0
#include "domain/shared_places.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <tuple>

#include "domain/contact_index_state.hpp"
#include "domain/encounter.hpp"
#include "kit/check.hpp"

namespace chayan::domain {
namespace {

constexpr std::array<std::int64_t, 3> slot_lengths_s{3600, 4 * 3600, 24 * 3600};
constexpr double length_count = slot_lengths_s.size() + 1;   // and the whole
constexpr std::size_t starts_max = 2'000;                    // slots of one length at one place
constexpr std::size_t slots_looked_at_max = 64;              // of one length at one place: those with the most cases

/// A visit of a case, cut to its window.
struct CaseVisit {
    SiteId place;
    std::int64_t begin_s, end_s;
    std::uint32_t of;             // index of the case

    bool meets(std::int64_t from_s, std::int64_t to_s) const { return begin_s < to_s && (end_s > from_s || begin_s >= from_s); }
};

struct Slot {
    std::int64_t from_s, to_s;
};

class Search {
public:
    Search(const ContactIndex::State& state, const SharedPlacesQuestion& question) : state_(state), question_(question), seen_(state.people->person_count()) {}

    SharedPlacesAnswer answer() {
        gather();
        SharedPlacesAnswer found;
        if (cases_.size() < 2) return found;
        count_everybody();
        found.people = people_;
        std::vector<Ranked> ranked;
        for (std::size_t begin = 0, end = 0; begin < visits_.size(); begin = end) {
            while (end < visits_.size() && visits_[end].place == visits_[begin].place) ++end;
            if (auto best = look_at(std::span(visits_).subspan(begin, end - begin))) ranked.push_back(*std::move(best));
        }
        std::sort(ranked.begin(), ranked.end(), [this](const Ranked& a, const Ranked& b) {
            if (a.log_chance != b.log_chance) return a.log_chance < b.log_chance;
            if (a.place.cases.size() != b.place.cases.size()) return a.place.cases.size() > b.place.cases.size();
            return (*state_.sites)[a.place.place].ref < (*state_.sites)[b.place.place].ref;
        });
        const auto kept = std::min<std::size_t>(ranked.size(), question_.limit.value_or(std::numeric_limits<std::uint32_t>::max()));
        found.left_out = static_cast<std::uint32_t>(ranked.size() - kept);
        for (std::size_t i = 0; i < kept; ++i) found.places.push_back(std::move(ranked[i].place));
        return found;
    }

private:
    struct Case {
        PersonNo person;
        Interval window;
        double visits = 0;
        double activity = 0;      // visits, as a multiple of what everybody makes in as long a time
    };
    struct Ranked {
        SharedPlace place;
        double log_chance;
    };

    bool is_selected(SiteId site) const {
        const auto& wanted = question_.categories;
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), (*state_.sites)[site].category) != wanted.end();
    }

    void gather() {
        std::map<PersonNo, Interval> windows;
        for (const auto& one : question_.cases) {
            const auto today = state_.people->resolve(one.person);
            if (!today.is_none()) windows.try_emplace(today, one.window);
        }
        for (const auto& [person, window] : windows) {
            const auto number = static_cast<std::uint32_t>(cases_.size());
            cases_.push_back({person, window});
            whole_.from_s = number == 0 ? window.from.s : std::min(whole_.from_s, window.from.s);
            whole_.to_s = number == 0 ? window.to.s : std::max(whole_.to_s, window.to.s);
            for (const auto& visit : state_.visits_of(person)) {
                CaseVisit own{state_.place_of(visit.site), std::max(visit.begin.s, window.from.s), std::min(visit.end.s, window.to.s), number};
                if (visit.begin == visit.end ? visit.begin < window.from || visit.begin >= window.to : own.begin_s >= own.end_s) continue;
                ++cases_.back().visits;
                if (is_selected(visit.site)) visits_.push_back(own);
            }
        }
        std::sort(visits_.begin(), visits_.end(), [](const CaseVisit& a, const CaseVisit& b) {
            return std::tuple(a.place, a.begin_s, a.of) < std::tuple(b.place, b.begin_s, b.of);
        });
    }

    /// Calls use(visit) for everybody's visits at a place that meet the slot.
    template <class Use>
    void for_each_there(SiteId place, Slot slot, Use&& use) const {
        state_.visits.for_each(place, slot.from_s, slot.to_s - 1, [&](const HeldVisit& visit) {
            if (visit.is_repeat || (visit.end_s() == slot.from_s && visit.begin_s < slot.from_s)) return;
            use(visit);
        });
    }

    void count_everybody() {
        double visits = 0;
        for (std::uint32_t id = 1; id < state_.sites->size(); ++id) {
            if (!state_.sites->contains({id}) || state_.place_of({id}) != SiteId{id}) continue;
            bool is_any = false;
            for_each_there({id}, whole_, [&](const HeldVisit& visit) {
                is_any = true;
                ++visits;
                if (seen_.contains(visit.person)) return;
                seen_.insert(visit.person);
                ++people_;
            });
            places_ += is_any ? 1 : 0;
        }
        seen_ = PersonSet(state_.people->person_count());
        const double whole_s = static_cast<double>(whole_.to_s - whole_.from_s);
        for (auto& one : cases_) {
            const double usual = visits / std::max<double>(people_, 1) * static_cast<double>(one.window.to - one.window.from) / whole_s;
            one.activity = usual > 0 ? one.visits / usual : 1;
        }
    }

    /// The slot of the place that surprises most; nothing where two cases never meet in one.
    std::optional<Ranked> look_at(std::span<const CaseVisit> visits) {
        std::optional<Ranked> best;
        const auto consider = [&](Slot slot) {
            auto ranked = rank(visits, slot);
            if (ranked && (!best || ranked->log_chance < best->log_chance)) best = std::move(ranked);
        };
        if (cases_in(visits, whole_).size() < 2) return best;
        consider(whole_);
        for (const auto length_s : slot_lengths_s) {
            std::vector<std::pair<std::size_t, Slot>> slots;
            // Of very many visits some slots more or less begin as well.
            for (std::size_t i = 0; i < visits.size(); i += 1 + visits.size() / starts_max) {
                const Slot slot{visits[i].begin_s, visits[i].begin_s + length_s};
                const auto count = cases_in(visits, slot).size();
                if (count >= 2) slots.emplace_back(count, slot);
            }
            std::stable_sort(slots.begin(), slots.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
            if (slots.size() > slots_looked_at_max) slots.resize(slots_looked_at_max);
            for (const auto& [count, slot] : slots) consider(slot);
        }
        return best;
    }

    static std::vector<std::uint32_t> cases_in(std::span<const CaseVisit> visits, Slot slot) {
        std::vector<std::uint32_t> found;
        const auto begin = std::partition_point(visits.begin(), visits.end(), [&](const CaseVisit& one) { return one.begin_s < slot.from_s - visit_s_max; });
        const auto end = std::partition_point(begin, visits.end(), [&](const CaseVisit& one) { return one.begin_s < slot.to_s; });
        for (auto visit = begin; visit != end; ++visit)
            if (visit->meets(slot.from_s, slot.to_s)) found.push_back(visit->of);
        keep_unique(found);
        return found;
    }

    /// People in the slot besides the cases.
    std::uint32_t others_in(SiteId place, Slot slot) {
        std::vector<PersonNo> there;
        for_each_there(place, slot, [&](const HeldVisit& visit) {
            if (seen_.contains(visit.person)) return;
            seen_.insert(visit.person);
            there.push_back(visit.person);
        });
        std::uint32_t cases = 0;
        for (const auto& one : cases_) cases += seen_.contains(one.person) ? 1U : 0U;
        for (const auto person : there) seen_.erase(person);
        return static_cast<std::uint32_t>(there.size()) - cases;
    }

    std::optional<Ranked> rank(std::span<const CaseVisit> visits, Slot slot) {
        const auto there = cases_in(visits, slot);
        if (there.size() < 2) return std::nullopt;
        Ranked ranked;
        auto& found = ranked.place;
        found.place = visits.front().place;
        found.others = others_in(found.place, slot);
        found.span = {{slot.to_s}, {slot.from_s}};
        for (const auto& visit : visits) {
            if (!visit.meets(slot.from_s, slot.to_s)) continue;
            found.span.from = std::min(found.span.from, Instant{std::max(visit.begin_s, slot.from_s)});
            found.span.to = std::max(found.span.to, Instant{std::min(visit.end_s, slot.to_s)});
        }
        for (const auto one : there) found.cases.push_back(cases_[one].person);
        const double everybody_else = std::max(static_cast<double>(people_) - static_cast<double>(cases_.size()), 0.0) + 1;
        const double q = std::min((found.others + 1.0) / everybody_else, 1.0);
        for (const auto& one : cases_) {
            const bool meets = one.window.from.s < slot.to_s && one.window.to.s > slot.from_s;
            found.expected += meets ? 1 - std::pow(1 - q, std::max(one.activity, 1e-3)) : 0;
        }
        const double slots = std::max(1.0, static_cast<double>(whole_.to_s - whole_.from_s) / static_cast<double>(slot.to_s - slot.from_s));
        ranked.log_chance = log_poisson_tail(static_cast<std::uint32_t>(there.size()), found.expected) + std::log(slots * length_count * std::max(places_, 1.0));
        found.by_chance = std::exp(ranked.log_chance);
        return ranked;
    }

    const ContactIndex::State& state_;
    const SharedPlacesQuestion& question_;
    std::vector<Case> cases_;
    std::vector<CaseVisit> visits_;   // of all cases, by (place, begin)
    Slot whole_{0, 0};                // from the first window's begin to the last one's end
    std::uint32_t people_ = 0;        // with a visit in it
    double places_ = 0;               // likewise
    PersonSet seen_;                  // empty between uses
};

}  // namespace

double log_poisson_tail(std::uint32_t count, double mean) {
    CHECK(mean > 0);
    if (count == 0) return 0;
    // The first term, and the others as multiples of it: mean / (count + 1), that times mean / (count + 2), …
    const double first = count * std::log(mean) - mean - std::lgamma(count + 1.0);
    if (mean >= count) {   // the tail is most of it: what is below is summed instead
        double term = 1, sum = 1;   // of mean^j e^-mean / j!, from j = count - 1 down
        for (std::uint32_t j = count - 1; j > 0 && term > sum * 1e-17; --j) sum += term *= j / mean;
        const double below = std::exp((count - 1.0) * std::log(mean) - mean - std::lgamma(count)) * sum;
        return std::log1p(-std::min(below, 1.0 - 1e-16));
    }
    double term = 1, sum = 1;
    for (double j = count + 1.0; term > sum * 1e-17; ++j) sum += term *= mean / j;
    return std::min(first + std::log(sum), 0.0);
}

SharedPlacesAnswer shared_places(const ContactIndex& index, const SharedPlacesQuestion& question) {
    for (const auto& one : question.cases) CHECK(one.window.from < one.window.to);
    return Search(*index.state_, question).answer();
}

}  // namespace chayan::domain
