// SPDX-License-Identifier: Apache-2.0
#include "domain/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace chayan::domain::oracle {
namespace {

SiteId place_of(const World& world, SiteId site) { return world.sites[site].place; }

bool comes_before(const World& world, const Scan& a, const Scan& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.direction != b.direction) return static_cast<int>(a.direction) < static_cast<int>(b.direction);
    if (world.sites[a.site].ref != world.sites[b.site].ref) return world.sites[a.site].ref < world.sites[b.site].ref;
    return a.registration.value < b.registration.value;
}

std::vector<Scan> scans_of(const World& world, PersonNo person) {
    std::vector<Scan> scans;
    for (const auto& scan : world.scans) {
        bool is_known = false;
        for (const auto& other : scans) is_known |= static_cast<const ScanKey&>(other) == static_cast<const ScanKey&>(scan);
        if (world.people.person_of(scan.registration) == person && !is_known) scans.push_back(scan);
    }
    std::sort(scans.begin(), scans.end(), [&](const Scan& a, const Scan& b) { return comes_before(world, a, b); });
    return scans;
}

std::vector<Scan> counting(const World& world, PersonNo person) {
    std::vector<Scan> scans;
    for (const auto& told : told_scans(world, person)) {
        if (!told.scan.voided && !told.repeated) scans.push_back(told.scan);
    }
    return scans;
}

/// A visit, and the scan that opened it: none of one that was told.
struct Opened {
    Visit visit;
    std::optional<Scan> by;
};

std::vector<Opened> opened(const World& world, PersonNo person) {
    const auto scans = counting(world, person);
    const auto here = [&](std::size_t a, std::size_t b) { return place_of(world, scans[a].site) == place_of(world, scans[b].site); };
    std::vector<Opened> found;
    // Which `out` ends which `in`.
    std::map<std::size_t, std::size_t> exit_of;
    std::set<std::size_t> exits;
    for (std::size_t i = 0; i < scans.size(); ++i) {
        if (scans[i].direction != Direction::in || world.sites[scans[i].site].stay(scans[i].at).presence == Presence::gate) continue;
        for (std::size_t j = i + 1; j < scans.size(); ++j) {
            if (!here(i, j) || scans[j].direction == Direction::pass) continue;
            if (scans[j].direction == Direction::out && scans[j].at - scans[i].at <= 24 * 3600) exit_of[i] = j, exits.insert(j);
            break;
        }
    }
    for (std::size_t i = 0; i < scans.size(); ++i) {
        const auto& scan = scans[i];
        const auto& rule = world.sites[scan.site].stay(scan.at);
        const bool gate = rule.presence == Presence::gate;
        if (!gate && exit_of.count(i) != 0) {
            found.push_back({{scan.site, scan.at, scans[exit_of[i]].at, EndedBy::scanned, scan.source}, scan});
        } else if (!gate && scan.direction == Direction::out) {
            if (exits.count(i) == 0) found.push_back({{scan.site, scan.at, scan.at, EndedBy::scanned, scan.source}, scan});
        } else {
            std::vector<std::pair<Instant, EndedBy>> ends{{scan.at + rule.dwell_s, EndedBy::dwell}};
            const auto closing = world.zone.on_local_day(scan.at, std::max(rule.closes_s, 0));
            if (rule.closes_s >= 0 && closing > scan.at) ends.emplace_back(closing, EndedBy::closing);
            for (std::size_t j = 0; j < scans.size(); ++j) {
                if (scans[j].at - scan.at < 1) continue;
                if (!here(i, j) || gate || scans[j].direction == Direction::in) ends.emplace_back(scans[j].at, EndedBy::next_scan);
            }
            const auto first = *std::min_element(ends.begin(), ends.end());
            found.push_back({{scan.site, scan.at, first.first, first.second, scan.source}, scan});
        }
    }
    for (const auto& one : world.told)
        if (world.people.resolve(one.person) == person) found.push_back({{one.site, one.span.from, one.span.to, EndedBy::told, {}}, std::nullopt});
    return found;
}

/// What is odd about one of a person's scans.
Flags flags(const World& world, PersonNo person, const Scan& scan) {
    unsigned bits = 0;
    if (scan.source != Source::import && scan.delay_s > 300) bits |= 1;
    const auto& rules = world.sites[scan.site];
    const auto& stay = rules.stay(scan.at);
    const auto second = world.zone.local_second(scan.at);
    if ((stay.opens_s >= 0 && second < stay.opens_s) || (stay.closes_s >= 0 && second >= stay.closes_s)) bits |= 2;
    if (scan.source == Source::old_poster) bits |= 4;
    std::optional<Scan> before;
    std::size_t of_minute = 0;
    for (const auto& other : scans_of(world, person)) {
        if (other.at <= scan.at && other.at > scan.at - 60) ++of_minute;
        if (!other.voided && comes_before(world, other, scan)) before = other;
    }
    if (of_minute > 10) bits |= 16;
    if (!before || scan.voided || !rules.latitude || !world.sites[before->site].latitude) return static_cast<Flags>(bits);
    const auto degree = std::acos(-1.0) / 180;
    const auto& from = world.sites[before->site];
    const auto cosine = std::sin(*from.latitude * degree) * std::sin(*rules.latitude * degree) +
                        std::cos(*from.latitude * degree) * std::cos(*rules.latitude * degree) * std::cos((*rules.longitude - *from.longitude) * degree);
    const auto km = 6371 * std::acos(std::min(1.0, cosine));
    if (km >= 5 && km * 3600 > 300 * static_cast<double>(scan.at - before->at)) bits |= 8;
    return static_cast<Flags>(bits);
}

Presence presence_of(const World& world, const Visit& visit) { return world.sites[visit.site].stay(visit.begin).presence; }

/// Does the site of a visit fit each of the lists that are not empty?
bool is_asked_for(const World& world, const Visit& visit, const TraceQuestion& question) {
    const auto site = visit.site;
    const auto& rules = world.sites[site];
    bool category = question.categories.empty(), division = question.divisions.empty(), there = question.sites.empty();
    for (const auto wanted : question.categories) category |= wanted == rules.category;
    for (const auto wanted : question.divisions) division |= is_within(rules.division, wanted);
    for (const auto wanted : question.sites) there |= place_of(world, wanted) == place_of(world, site);
    bool evidence = question.evidence.empty();
    for (const auto wanted : question.evidence) evidence |= visit.ended_by != EndedBy::told && wanted == visit.source;
    return category && division && there && evidence;
}

std::vector<Visit> cut(const World& world, PersonNo person, Interval window, const TraceQuestion& question) {
    std::vector<Visit> left;
    for (const auto& [visit, by] : opened(world, person)) {
        if (!is_asked_for(world, visit, question)) continue;
        if (question.without_flags != 0 && by && (flags(world, person, *by) & question.without_flags) != 0) continue;
        if (visit.begin == visit.end) {
            if (window.from <= visit.begin && visit.begin < window.to) left.push_back(visit);
            continue;
        }
        const auto begin = std::max(visit.begin, window.from);
        const auto end = std::min(visit.end, window.to);
        if (begin < end) left.push_back({visit.site, begin, end, visit.ended_by, visit.source});
    }
    return left;
}

/// A visit cut at its beginning may fall under another rule by its new begin: its kind is that of the whole.
bool is_gate_episode(const World& world, PersonNo person, const Visit& piece) {
    for (const auto& whole : visits(world, person)) {
        if (whole.site == piece.site && whole.begin <= piece.begin && piece.end <= whole.end && whole.ended_by == piece.ended_by && whole.source == piece.source) {
            return presence_of(world, whole) == Presence::gate;
        }
    }
    return false;
}

bool on_phone(const Scan& scan) { return scan.source != Source::staff && scan.source != Source::import; }

struct Following {
    PersonNo person;
    Interval window;
};

struct Met {
    Episode episode;
    SiteId site;
};

/// How many visits of others go on at the place, on the average.
double crowd_of(const World& world, const Following& mine, const Visit& visit) {
    const auto end = visit.begin == visit.end ? visit.begin + 1 : visit.end;
    std::int64_t others_s = 0;
    for (std::uint32_t number = 1; number < world.people.person_count(); ++number) {
        if (mine.person == PersonNo{number}) continue;
        for (const auto& other : visits(world, {number})) {
            if (place_of(world, other.site) != place_of(world, visit.site)) continue;
            others_s += std::max<std::int64_t>(0, std::min(end, other.end) - std::max(visit.begin, other.begin));
        }
    }
    return static_cast<double>(others_s) / static_cast<double>(end - visit.begin);
}

std::vector<Met> episodes_between(const World& world, const Following& mine, PersonNo other, const TraceQuestion& question, bool is_first) {
    std::vector<Met> found;
    for (const auto& a : cut(world, mine.person, mine.window, question)) {
        const auto crowd = [&] { return question.crowd_half || (question.explain && is_first) ? crowd_of(world, mine, a) : 0; };
        for (const auto& b : cut(world, other, mine.window, question)) {
            if (place_of(world, a.site) != place_of(world, b.site)) continue;
            const auto latest_begin = std::max(a.begin, b.begin);
            const auto earliest_end = std::min(a.end, b.end);
            const auto overlap_s = std::max<std::int64_t>(0, earliest_end - latest_begin);
            const auto gap_s = std::max<std::int64_t>(0, latest_begin - earliest_end);
            if (!(overlap_s > 0 || (question.linger_s.has_value() && gap_s <= *question.linger_s))) continue;
            const bool gate = is_gate_episode(world, mine.person, a) || is_gate_episode(world, other, b);
            const auto ended_by = a.end == b.end ? std::min(a.ended_by, b.ended_by) : a.end < b.end ? a.ended_by : b.ended_by;
            found.push_back({{mine.person, place_of(world, a.site), gate ? EpisodeKind::gate : EpisodeKind::venue,
                              {latest_begin, overlap_s > 0 ? earliest_end : latest_begin},
                              static_cast<std::int32_t>(overlap_s), static_cast<std::int32_t>(gap_s), ended_by, crowd()}, b.site});
        }
    }
    for (const auto& a : scans_of(world, mine.person)) {
        for (const auto& b : scans_of(world, other)) {
            if (a.voided || b.voided) continue;
            const auto inside = [&](Instant at) { return mine.window.from <= at && at < mine.window.to; };
            const auto apart = a.at < b.at ? b.at - a.at : a.at - b.at;
            if (!inside(a.at) || !inside(b.at) || apart > 600 || place_of(world, a.site) != place_of(world, b.site)) continue;
            const bool plate = a.vehicle == b.vehicle && a.vehicle.value != 0;
            const bool phone = on_phone(a) && on_phone(b) && world.people.holder_of(a.registration) == world.people.holder_of(b.registration);
            const bool one_holder = world.people.holder_of(a.registration) == world.people.holder_of(b.registration);
            if (one_holder && world.people.is_of_holder(a.registration) && world.people.is_of_holder(b.registration)) continue;
            if (!plate && !phone) continue;
            const auto later = std::max(a.at, b.at);
            found.push_back({{mine.person, place_of(world, b.site), EpisodeKind::company, {later, later}, 0, static_cast<std::int32_t>(apart), {}, 0}, b.site});
        }
    }
    return found;
}

/// Time together by every second's edge: the measure of the union within [from, to).
std::int64_t together(const std::vector<Met>& met, std::int64_t from, std::int64_t to) {
    std::set<std::int64_t> edges{from, to};
    for (const auto& [episode, site] : met) edges.insert(episode.span.from.s), edges.insert(episode.span.to.s);
    std::int64_t sum = 0;
    for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge) {
        const auto next = *std::next(edge);
        if (*edge < from || next > to) continue;
        for (const auto& [episode, site] : met) {
            if (episode.overlap_s > 0 && episode.span.from.s <= *edge && next <= episode.span.to.s) {
                sum += next - *edge;
                break;
            }
        }
    }
    return sum;
}

/// Each stretch between two edges by the best weight of what covers it.
std::int64_t weighed(const std::vector<Met>& met, std::uint32_t half) {
    std::set<std::int64_t> edges;
    for (const auto& [episode, site] : met) edges.insert(episode.span.from.s), edges.insert(episode.span.to.s);
    double sum = 0;
    for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge) {
        double best = 0;
        for (const auto& [episode, site] : met) {
            const bool covers = episode.overlap_s > 0 && episode.span.from.s <= *edge && *std::next(edge) <= episode.span.to.s;
            if (covers) best = std::max(best, half / (half + episode.crowd));
        }
        sum += best * static_cast<double>(*std::next(edge) - *edge);
    }
    return std::llround(sum);
}

void measure(Contact& contact, const std::vector<Met>& met, Accumulate accumulate) {
    std::int64_t day_s = 0;
    std::set<std::int64_t> edges;
    for (const auto& [episode, site] : met) edges.insert(episode.span.from.s), edges.insert(episode.span.to.s);
    contact.total_s = together(met, *edges.begin(), *edges.rbegin());
    for (const auto begin : edges) {
        for (const auto end : edges) {
            if (begin < end && together(met, begin, end) == end - begin) contact.longest_s = std::max(contact.longest_s, end - begin);
        }
        day_s = std::max({day_s, together(met, begin, begin + 86400), together(met, begin - 86400, begin)});
    }
    contact.measure_s = accumulate == Accumulate::total ? contact.total_s : accumulate == Accumulate::longest ? contact.longest_s : day_s;
}

Interval narrowed(const TraceQuestion& question, Instant first, Instant last) {
    if (question.direction == TraceDirection::forward) return {std::max(first, question.window.from), question.window.to};
    return {question.window.from, std::min(last, question.window.to)};
}

bool is_known_enough(const World& world, PersonNo person, IdentityFloor floor) {
    bool seen = false;
    for (const auto registration : world.people.registrations_of(person)) seen |= is_seen(world.people, registration);
    if (floor == IdentityFloor::seen) return seen;
    return floor == IdentityFloor::any || seen || has_document(world.people, person) != std::optional(false);
}

/// Degree 0 rows, and everyone's window.
std::map<PersonNo, Interval> index_persons(const World& world, const TraceQuestion& question, std::map<PersonNo, ToldContact>& rows) {
    std::map<PersonNo, Interval> windows;
    const auto note = [&](PersonNo person, SiteId site, Instant begin, Instant end) {
        auto& row = rows[person];
        row.first = row.person.is_none() ? begin : std::min(row.first, begin);
        row.last = row.person.is_none() ? end : std::max(row.last, end);
        row.person = person;
        row.degree = 0;
        if (std::count(row.sites.begin(), row.sites.end(), site) == 0) row.sites.push_back(site);
        std::sort(row.sites.begin(), row.sites.end());
    };
    TraceQuestion of_any_site = question;
    of_any_site.categories.clear();
    of_any_site.divisions.clear();
    of_any_site.sites.clear();
    of_any_site.evidence.clear();
    of_any_site.without_flags = 0;
    for (std::uint32_t number = 1; number < world.people.person_count(); ++number) {
        const PersonNo person{number};
        for (const auto& subject : question.index) {
            if (const auto* site = std::get_if<IndexSite>(&subject)) {
                for (const auto& v : cut(world, person, question.window, of_any_site)) {
                    if (place_of(world, v.site) != place_of(world, site->site)) continue;
                    const auto& i = site->interval;
                    const bool meets = v.begin == v.end ? i.from <= v.begin && v.begin < i.to
                                                        : std::max(v.begin, i.from) < std::min(v.end, i.to);
                    if (meets) note(person, v.site, v.begin, v.end);
                }
            }
            if (const auto* vehicle = std::get_if<IndexVehicle>(&subject)) {
                for (const auto& scan : scans_of(world, person)) {
                    if (scan.voided || scan.vehicle != vehicle->vehicle) continue;
                    if (scan.at < question.window.from || scan.at >= question.window.to) continue;
                    note(person, scan.site, scan.at, scan.at);
                    for (const auto& v : visits(world, person)) {
                        const bool exit = v.ended_by == EndedBy::scanned && v.end == scan.at && scan.direction == Direction::out &&
                                          place_of(world, v.site) == place_of(world, scan.site);
                        const bool lone_out = v.begin == v.end && v.ended_by == EndedBy::scanned;
                        const bool opened_by_it = presence_of(world, v) == Presence::gate || lone_out == (scan.direction == Direction::out);
                        if ((v.site != scan.site || v.begin != scan.at || !opened_by_it) && !exit) continue;
                        note(person, v.site, std::max(v.begin, question.window.from), std::min(v.end, question.window.to));
                    }
                }
            }
        }
        if (rows.count(person) != 0) windows[person] = narrowed(question, rows[person].first, rows[person].last);
        for (const auto& subject : question.index) {
            const auto* named = std::get_if<PersonNo>(&subject);
            if (named && world.people.resolve(*named) == person) windows[person] = question.window;
        }
    }
    return windows;
}

}  // namespace

std::vector<ToldScan> told_scans(const World& world, PersonNo person) {
    std::vector<ToldScan> told;
    for (const auto& scan : scans_of(world, person)) {
        const Scan* previous = nullptr;
        for (const auto& earlier : told) {
            if (!earlier.scan.voided && place_of(world, earlier.scan.site) == place_of(world, scan.site)) previous = &earlier.scan;
        }
        const bool repeated = !scan.voided && previous && previous->direction == scan.direction && scan.at - previous->at <= 60;
        told.push_back({scan, repeated});
    }
    return told;
}

std::vector<Visit> visits(const World& world, PersonNo person) {
    std::vector<Visit> found;
    for (const auto& one : opened(world, person)) found.push_back(one.visit);
    return found;  // in the order of the scans; compare as sets
}

std::vector<Passage> passages(const World& world, SiteId site, Interval interval) {
    std::vector<Passage> rows;
    for (std::uint32_t number = 1; number < world.people.person_count(); ++number) {
        Passage row;
        for (const auto& [scan, repeated] : told_scans(world, {number})) {
            if (scan.site != site || scan.voided || scan.at < interval.from || scan.at >= interval.to) continue;
            if (row.person.is_none()) row.first = scan.at;
            row.person = {number};
            row.last = scan.at;
            if (!repeated) ++row.scans;
        }
        if (!row.person.is_none()) rows.push_back(row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Passage& a, const Passage& b) { return a.first < b.first; });
    return rows;
}

ToldAnswer told(const TraceAnswer& answer) {
    ToldAnswer all{{}, answer.left_out, answer.complete};
    const auto briefs = answer.briefs();
    for (std::size_t i = 0; i < answer.contacts.size(); ++i) {
        const auto reasons = answer.reasons_of(i);
        all.contacts.push_back({answer.contacts[i], reasons});
        if (!briefs) continue;
        const auto via = briefs->via_of(i);
        const auto sites = briefs->sites_of(i);
        const bool is_same = std::equal(via.begin(), via.end(), reasons.via.begin(), reasons.via.end()) &&
                             std::equal(sites.begin(), sites.end(), reasons.sites.begin(), reasons.sites.end());
        if (!is_same) throw std::logic_error("briefs and reasons differ");
    }
    return all;
}

ToldAnswer trace(const World& world, const TraceQuestion& question) {
    ToldAnswer answer;
    std::map<PersonNo, ToldContact> rows;
    const auto windows = index_persons(world, question, rows);
    std::set<PersonNo> found;
    std::vector<Following> following;
    for (const auto& [person, window] : windows) found.insert(person), following.push_back({person, window});
    for (const auto& [person, row] : rows) answer.contacts.push_back(row);
    for (std::uint8_t degree = 1; degree <= question.degree; ++degree) {
        std::vector<ToldContact> contacts;
        for (std::uint32_t number = 1; number < world.people.person_count(); ++number) {
            if (found.count({number}) != 0) continue;
            std::vector<Met> met;
            for (const auto& one : following) {
                const auto some = episodes_between(world, one, {number}, question, degree == 1);
                met.insert(met.end(), some.begin(), some.end());
            }
            if (met.empty()) continue;
            ToldContact contact;
            contact.person = {number};
            contact.degree = degree;
            contact.episode_count = static_cast<std::uint32_t>(met.size());
            contact.first = met.front().episode.span.from;
            contact.last = met.front().episode.span.to;
            std::set<PersonNo> via;
            std::set<SiteId> sites;
            for (const auto& [episode, site] : met) {
                contact.kinds = static_cast<std::uint8_t>(contact.kinds | (1 << static_cast<int>(episode.kind)));
                contact.first = std::min(contact.first, episode.span.from);
                contact.last = std::max(contact.last, episode.span.to);
                via.insert(episode.through);
                sites.insert(site);
                contact.episodes.push_back(episode);
            }
            contact.via.assign(via.begin(), via.end());
            contact.sites.assign(sites.begin(), sites.end());
            measure(contact, met, question.accumulate);
            if (question.crowd_half) contact.weighed_s = weighed(met, *question.crowd_half);
            if (!is_known_enough(world, {number}, question.identity)) continue;
            if ((contact.kinds & 4) != 0 || contact.measure_s >= question.min_overlap_s) contacts.push_back(contact);
        }
        std::stable_sort(contacts.begin(), contacts.end(), [&](const Contact& a, const Contact& b) {
            if ((a.kinds & 4) != (b.kinds & 4)) return (a.kinds & 4) != 0;
            return question.crowd_half ? a.weighed_s > b.weighed_s : a.measure_s > b.measure_s;
        });
        following.clear();
        std::uint32_t left_out = 0;
        for (std::size_t i = 0; i < contacts.size(); ++i) {
            found.insert(contacts[i].person);
            if (question.limit && i >= *question.limit) {
                ++left_out;
                continue;
            }
            following.push_back({contacts[i].person, narrowed(question, contacts[i].first, contacts[i].last)});
            answer.contacts.push_back(contacts[i]);
        }
        answer.left_out.push_back(left_out);
        if (left_out > 0) answer.complete = false;
    }
    return answer;
}

std::string print(const World& world) {
    std::ostringstream text;
    for (std::uint32_t id = 1; id < world.sites.size(); ++id) {
        if (!world.sites.contains({id})) continue;
        const auto& site = world.sites[{id}];
        text << "site " << id << " '" << site.ref << "' place " << site.place.value << " category " << static_cast<int>(site.category);
        for (const auto& rule : site.stays) {
            text << " [since " << rule.since.s << (rule.presence == Presence::gate ? " gate" : " venue") << " dwell " << rule.dwell_s
                 << " closes " << rule.closes_s << ']';
        }
        text << '\n';
    }
    for (const auto& scan : world.scans) {
        text << "person " << world.people.person_of(scan.registration).value << " registration " << scan.registration.value << " phone "
             << world.people.holder_of(scan.registration).value << " site " << scan.site.value << " at " << scan.at.s << ' '
             << word_of(scan.direction) << ' ' << word_of(scan.source) << " vehicle " << scan.vehicle.value << (scan.voided ? " VOIDED" : "") << '\n';
    }
    return text.str();
}

std::string print(ToldAnswer answer) {
    std::ostringstream text;
    for (auto& row : answer.contacts) {
        std::sort(row.episodes.begin(), row.episodes.end(), [](const Episode& a, const Episode& b) {
            return std::tuple(a.span.from, a.span.to, a.through, a.place, a.kind, a.overlap_s, a.gap_s, a.ended_by, a.crowd) <
                   std::tuple(b.span.from, b.span.to, b.through, b.place, b.kind, b.overlap_s, b.gap_s, b.ended_by, b.crowd);
        });
        text << "degree " << static_cast<int>(row.degree) << " person " << row.person.value << " episodes " << row.episode_count << " kinds "
             << static_cast<int>(row.kinds) << " total " << row.total_s << " longest " << row.longest_s << " measure " << row.measure_s << " weighed " << row.weighed_s << " ["
             << row.first.s << ", " << row.last.s << "] via";
        for (const auto person : row.via) text << ' ' << person.value;
        text << " sites";
        for (const auto site : row.sites) text << ' ' << site.value;
        for (const auto& e : row.episodes) {
            text << "\n    through " << e.through.value << " place " << e.place.value << " kind " << static_cast<int>(e.kind) << " ["
                 << e.span.from.s << ", " << e.span.to.s << "] overlap " << e.overlap_s << " gap " << e.gap_s
                 << ' ' << (e.ended_by ? word_of(*e.ended_by) : "-") << " crowd " << std::round(e.crowd * 1000);
        }
        text << '\n';
    }
    text << "left out";
    for (const auto count : answer.left_out) text << ' ' << count;
    text << (answer.complete ? " complete" : " not complete") << '\n';
    return text.str();
}

}  // namespace chayan::domain::oracle
