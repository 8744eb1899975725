// SPDX-License-Identifier: Apache-2.0
#include "domain/trace.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "domain/contact_index_state.hpp"
#include "domain/encounter_buckets.hpp"
#include "domain/together.hpp"
#include "domain/trace_ground.hpp"
#include "kit/check.hpp"

namespace chayan::domain {
namespace {

/// Company first, then the longest: the least is the first of the answer.
constexpr unsigned rank_bits = 33;
std::uint64_t rank_of(const Contact& contact, bool is_weighed) {
    constexpr std::uint64_t not_company = std::uint64_t{1} << (rank_bits - 1);
    const bool is_company = (contact.kinds >> static_cast<unsigned>(EpisodeKind::company) & 1) != 0;
    return (is_company ? 0 : not_company) + (not_company - 1 - static_cast<std::uint64_t>(is_weighed ? contact.weighed_s : contact.measure_s));
}

/// Those who qualify at one degree, of whom only the first `limit` are kept.
class Best {
public:
    Best(std::optional<std::uint32_t> limit, bool is_weighed)
        : limit_(limit.value_or(std::numeric_limits<std::uint32_t>::max())), is_weighed_(is_weighed) {}

    void add(const Contact& contact) {
        ++count_;
        const auto rank = rank_of(contact, is_weighed_);
        if (rank > rank_max_ || limit_ == 0) return;
        kept_.push_back(contact);
        if (kept_.size() >= room_) drop();
    }
    std::size_t count() const { return count_; }

    /// In the order of the answer; `order_of` parts those of one rank.
    template <class Order>
    std::vector<Contact> take(Order order_of) {
        drop();
        struct Place {
            std::uint64_t rank, order;
            std::uint32_t at;
        };
        std::vector<Place> places, scratch;
        places.reserve(kept_.size());
        for (std::uint32_t i = 0; i < kept_.size(); ++i) places.push_back({rank_of(kept_[i], is_weighed_), 0, i});
        radix_sort(places, scratch, rank_bits, [](const Place& place) { return place.rank; });
        for (std::size_t begin = 0, end = 0; begin < places.size() && begin < limit_; begin = end) {
            while (end < places.size() && places[end].rank == places[begin].rank) ++end;
            if (end - begin == 1) continue;
            for (auto i = begin; i < end; ++i) places[i].order = order_of(kept_[places[i].at].person);
            std::sort(places.begin() + static_cast<std::ptrdiff_t>(begin), places.begin() + static_cast<std::ptrdiff_t>(end),
                      [](const Place& a, const Place& b) { return a.order < b.order; });
        }
        places.resize(std::min<std::size_t>(places.size(), limit_));
        std::vector<Contact> contacts;
        contacts.reserve(places.size());
        for (const auto& place : places) contacts.push_back(kept_[place.at]);
        return contacts;
    }

private:
    /// Forgets whoever can't be among the first any more.
    void drop() {
        if (kept_.size() > limit_) {
            std::vector<std::uint64_t> ranks;
            ranks.reserve(kept_.size());
            for (const auto& contact : kept_) ranks.push_back(rank_of(contact, is_weighed_));
            const auto last = ranks.begin() + (limit_ - 1);
            std::nth_element(ranks.begin(), last, ranks.end());
            rank_max_ = *last;
            std::erase_if(kept_, [this](const Contact& contact) { return rank_of(contact, is_weighed_) > rank_max_; });
        }
        room_ = std::max<std::size_t>(room_, 2 * kept_.size());
    }

    std::uint32_t limit_;
    bool is_weighed_;
    std::size_t room_ = 4096;
    std::size_t count_ = 0;
    std::uint64_t rank_max_ = std::numeric_limits<std::uint64_t>::max();
    std::vector<Contact> kept_;
};

/// A person found for an index site or vehicle, and where.
struct Found {
    Contact contact;
    std::vector<SiteId> sites;
};

class Tracer {
public:
    Tracer(std::shared_ptr<const ContactIndex::State> state, const TraceQuestion& question)
        : state_(*state), question_(question), finder_(*state, question), found_(state->people->person_count()),
          ground_(std::make_shared<TraceGround>(std::move(state), question)) {}

    kit::Result<TraceAnswer> answer() {
        const kit::Error too_large{kit::Errc::invalid, "trace_too_large"};
        const auto& bounds = question_.bounds;
        std::size_t episodes = 0;
        TraceAnswer answer;
        TraceGround::Degree degree{index_persons(answer), {}, {}};
        for (std::uint8_t number = 1; number <= question_.degree; ++number) {
            if (degree.followed.size() > bounds.followed_max) return too_large;
            EncounterBuckets encounters(state_.people->person_count(), degree.followed.size() >= many_followed);
            if (!meet(degree, encounters)) return too_large;
            ground_->add(std::exchange(degree, {}));
            auto best = qualified(encounters, number);
            if (looks_ > bounds.looks_max) return too_large;
            auto contacts = best.take([this](PersonNo person) { return order_of(person); });
            answer.left_out.push_back(static_cast<std::uint32_t>(best.count() - contacts.size()));
            if (contacts.size() < best.count()) answer.complete = false;
            for (const auto& contact : contacts) {
                episodes += question_.explain ? contact.episode_count : 0;
                degree.followed.push_back({contact.person, exposure(contact.first, contact.last)});
            }
            if (episodes > bounds.episodes_max) return too_large;
            if (answer.contacts.empty()) answer.contacts = std::move(contacts);
            else answer.contacts.insert(answer.contacts.end(), contacts.begin(), contacts.end());
        }
        answer.ground = std::move(ground_);
        return answer;
    }

private:
    static constexpr std::size_t many_followed = 8;

    std::uint64_t order_of(PersonNo person) const { return question_.public_order ? question_.public_order(person) : person.value; }

    /// From the first moment on; backward, up to the last.
    Interval exposure(Instant first, Instant last) const {
        const auto& window = question_.window;
        return question_.direction == TraceDirection::forward ? Interval{std::max(window.from, first), window.to}
                                                              : Interval{window.from, std::min(window.to, last)};
    }

    /// Collects what those followed meet. False when it is more than the question's bound.
    bool meet(TraceGround::Degree& degree, EncounterBuckets& encounters) {
        for (std::uint32_t i = 0; i < degree.followed.size(); ++i) {
            finder_.append_visits(degree.followed[i], i, degree.visits);
            finder_.append_company(degree.followed[i], i, degree.company);
            if (degree.company.size() > question_.bounds.encounters_max) return false;
        }
        // By time, so that the encounters of one person come nearly in order.
        std::sort(degree.visits.begin(), degree.visits.end(), [](const auto& a, const auto& b) { return a.begin_s < b.begin_s; });
        for (const auto& visit : degree.visits) {
            finder_.for_each_encounter(visit, degree.followed[visit.through].window, found_, [&](const Encounter& one) { encounters.push_back(one); });
            if (encounters.size_at_least() > question_.bounds.encounters_max) return false;
        }
        for (const auto& one : degree.company) {
            if (!found_.contains(one.person)) encounters.push_back(one.encounter());
        }
        return encounters.size() <= question_.bounds.encounters_max;
    }

    /// Everyone who qualifies; all of them are found from now on.
    Best qualified(EncounterBuckets& encounters, std::uint8_t degree) {
        Best best(question_.limit, question_.crowd_half.has_value());
        std::vector<Encounter> again;
        encounters.take_by_person([&](std::span<Encounter> own) {
            const PersonNo person{own.front().person};
            if (looks_ > question_.bounds.looks_max || !is_known_enough(person)) return;
            if (finder_.needs_second_look()) {
                ++looks_;
                again.clear();
                ground_->append_encounters(person, again);
                own = again;
                if (own.empty()) return;
            }
            sort_by_begin(own);
            const auto sum = together(own);
            const auto measured = question_.accumulate == Accumulate::total     ? sum.total_s
                                  : question_.accumulate == Accumulate::longest ? sum.longest_s
                                                                                : most_in_a_day_s(own);
            if (!sum.is_company() && measured < question_.min_overlap_s) return;
            found_.insert(person);
            Contact contact{person, degree, sum.kinds, static_cast<std::uint32_t>(own.size()), sum.total_s, sum.longest_s, measured, 0, sum.first, sum.last};
            if (question_.crowd_half) {
                ++looks_;
                contact.weighed_s = ground_->weighed_s(contact);
            }
            best.add(contact);
        });
        return best;
    }

    bool is_known_enough(PersonNo person) const {
        if (question_.identity == IdentityFloor::any) return true;
        const auto& registrations = state_.people->registrations_of(person);
        const bool is_seen_by_staff = std::any_of(registrations.begin(), registrations.end(), [&](RegistrationId one) { return is_seen(*state_.people, one); });
        if (question_.identity == IdentityFloor::seen || is_seen_by_staff) return is_seen_by_staff;
        return has_document(*state_.people, person).value_or(true);   // after a split it may be elsewhere: better one too many than one too few
    }

    /// Who is followed at degree 1; those who were not named themselves become rows of degree 0.
    std::vector<Followed> index_persons(TraceAnswer& answer) {
        std::map<PersonNo, Interval> windows;
        std::map<PersonNo, Found> found;  // for an index site or vehicle
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
        std::vector<std::pair<std::uint64_t, Found*>> in_order;
        for (auto& [person, one] : found) {
            windows.emplace(person, exposure(one.contact.first, one.contact.last));  // whoever is named is followed all the time
            in_order.emplace_back(order_of(person), &one);
        }
        std::sort(in_order.begin(), in_order.end());
        for (const auto& [order, one] : in_order) {
            keep_unique(one->sites);
            answer.contacts.push_back(one->contact);
            ground_->add_found(std::move(one->sites));
        }
        std::vector<Followed> followed;
        for (const auto& [person, window] : windows) {
            followed.push_back({person, window});
            found_.insert(person);
        }
        return followed;
    }

    static void note(std::map<PersonNo, Found>& found, PersonNo person, SiteId site, Instant begin, Instant end) {
        const auto [place, is_new] = found.try_emplace(person);
        auto& [contact, sites] = place->second;
        contact.person = person;
        contact.degree = 0;
        contact.first = is_new ? begin : std::min(contact.first, begin);
        contact.last = is_new ? end : std::max(contact.last, end);
        sites.push_back(site);
    }

    /// Everyone with a visit at the place of `index` that, cut to the question's window, meets the interval.
    void find_visitors(const IndexSite& index, std::map<PersonNo, Found>& found) const {
        const Interval both{std::max(index.interval.from, question_.window.from), std::min(index.interval.to, question_.window.to)};
        if (both.from >= both.to || !state_.sites->contains(index.site)) return;   // imported since: nobody was there yet
        state_.visits.for_each(state_.place_of(index.site), both.from.s, both.to.s - 1, [&](const HeldVisit& visit) {
            const bool has_length = visit.length_s > 0;
            if (visit.is_repeat || (has_length && visit.end_s() <= both.from.s)) return;
            if (!has_length && visit.begin_s < both.from.s) return;
            const Instant begin{std::max<std::int64_t>(visit.begin_s, question_.window.from.s)};
            note(found, visit.person, visit.site, begin, {std::min(visit.end_s(), question_.window.to.s)});
        });
    }

    /// Everyone who scanned with the vehicle in the window, from the begin of the visit that the scan opens or ends.
    void find_riders(VehicleId vehicle, std::map<PersonNo, Found>& found) const {
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
                    // In one second there may be a lone `out`, which opens a visit of no length, and another scan here.
                    const bool is_of_lone_out = visit.begin == visit.end && visit.ended_by == EndedBy::scanned;
                    const bool at_venue = (*state_.sites)[scan.site].stay(scan.at).presence == Presence::venue;
                    const bool opens = visit.begin == scan.at && visit.site == scan.site && (!at_venue || is_of_lone_out == (scan.direction == Direction::out));
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
    std::size_t looks_ = 0;   // at persons one by one
    PersonSet found_;   // index persons and contacts of lower degrees, those left out too
    std::shared_ptr<TraceGround> ground_;
};

}  // namespace

kit::Result<TraceAnswer> ContactIndex::trace(const TraceQuestion& question) const {
    CHECK(question.degree >= 1 && question.degree <= 3);
    CHECK(question.window.from < question.window.to);
    return Tracer(state_, question).answer();
}

}  // namespace chayan::domain
