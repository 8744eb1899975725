// SPDX-License-Identifier: Apache-2.0
#include "service/brief_numbers.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "domain/site_traffic.hpp"
#include "kit/limits.hpp"
#include "service/local_days.hpp"
#include "storage/ledger.hpp"
#include "storage/register.hpp"
#include "storage/site_report.hpp"

namespace chayan::service {
namespace {

using domain::Instant;
using domain::Interval;

bool holds(Interval interval, Instant at) { return interval.from <= at && at < interval.to; }

/// Something that began, and perhaps ended.
struct Life {
    Instant from, to;               ///< to: 0 while it goes on
    Instant due{};
    bool is_at(Instant moment) const { return from < moment && (to.s == 0 || to >= moment); }
};

class Counting {
public:
    Counting(const BriefGround& ground, BriefView& brief) : ground_(ground), brief_(brief), sites_(sites_within(ground.directory, ground.division)) {
        for (const auto* site : sites_) site_ids_.insert(site->id);
        // The city's own brief tells what operators of no division did: that is the city.
        is_everywhere_ = ground.division.digits == 0 || sites_.size() == sites_within(ground.directory, {}).size();
    }

    void run() {
        count_passages();
        count_vehicles();
        count_fevers();
        count_ledger();
        count_isolation();
        count_sites();
        count_alerts();
    }

private:
    template <class Of>
    void flow(const char* name, const Of& of) {
        const auto& spans = ground_.spans;
        brief_.numbers.push_back({name, of(spans.today), of(spans.yesterday), of(spans.week_ago), of(spans.ever)});
    }
    template <class At>
    void level(const char* name, const At& at) {
        const auto& spans = ground_.spans;
        brief_.numbers.push_back({name, at(spans.today.to), at(spans.yesterday.to), at(spans.week_ago.to), {}});
    }
    static std::int64_t began(const std::vector<Life>& lives, Interval span) {
        return std::count_if(lives.begin(), lives.end(), [&](const Life& life) { return holds(span, life.from); });
    }
    static std::int64_t ended(const std::vector<Life>& lives, Interval span) {
        return std::count_if(lives.begin(), lives.end(), [&](const Life& life) { return life.to.s != 0 && holds(span, life.to); });
    }
    static std::int64_t going_on(const std::vector<Life>& lives, Instant at) {
        return std::count_if(lives.begin(), lives.end(), [&](const Life& life) { return life.is_at(at); });
    }
    domain::PersonNo person_of(domain::RegistrationId registration) const { return ground_.directory.people->person_of(registration); }
    /// People, however many records they have: of what overlaps one.
    using Lives = std::map<domain::PersonNo, std::vector<Life>>;
    static std::vector<Life> once_each(Lives& by_person) {
        std::vector<Life> all;
        for (auto& [person, lives] : by_person) {
            std::sort(lives.begin(), lives.end(), [](const Life& a, const Life& b) { return a.from < b.from; });
            auto now = lives.front();
            for (const auto& next : lives) {
                if (now.to.s != 0 && next.from > now.to) all.push_back(std::exchange(now, next));
                else now.to = now.to.s == 0 || next.to.s == 0 ? Instant{} : std::max(now.to, next.to);
            }
            all.push_back(now);
        }
        return all;
    }

    bool is_here(domain::DivisionCode division) const {
        return ground_.division.digits == 0 || (division.digits == 0 ? is_everywhere_ : domain::is_within(division, ground_.division));
    }
    bool is_here(const storage::RecordRow& row) const {
        const auto* site = row.standing.site.is_none() ? nullptr : ground_.directory.site(row.standing.site);
        return row.kind == domain::RegisterKind::fever && site != nullptr ? is_here(site->division) : is_here(row.standing.division);
    }

    void count_passages();
    void count_vehicles();
    void count_fevers();
    void count_ledger();
    void count_isolation();
    void count_sites();
    void count_alerts();
    std::uint64_t kept_before(domain::Day day);

    const BriefGround& ground_;
    BriefView& brief_;
    const std::vector<const storage::SiteRow*> sites_;
    std::set<domain::SiteId> site_ids_;
    bool is_everywhere_ = false;
};

/// What the days came to whose scans are gone.
std::uint64_t Counting::kept_before(domain::Day day) {
    std::uint64_t passages = 0;
    for (const auto kept : ground_.reader.tally().counted_days()) {
        if (kept >= day) break;
        for (const auto& row : ground_.reader.tally().of_day(kept))
            if (site_ids_.contains(row.site))
                for (const auto visits : row.visits) passages += visits;
    }
    return passages;
}

void Counting::count_passages() {
    const auto& spans = ground_.spans;
    const auto first = ground_.days.empty() ? ground_.day : std::min(ground_.days.front(), ground_.day);
    std::vector<Instant> edges;   // local midnights up to the day, then the cut-off
    for (auto number = first.number; number <= ground_.day.number; ++number) edges.push_back(begin_of(ground_.zone, {number}));
    edges.push_back(spans.today.to);
    std::vector<std::uint64_t> by_day(edges.size() - 1);
    const Instant lately[] = {spans.today.to - day_s, spans.today.to};
    std::vector<domain::PersonNo> today, yesterday, week_ago;
    std::int64_t visits_yesterday = 0, visits_week_ago = 0, silent = 0;
    const auto add = [&](domain::SiteId site, Interval span, std::vector<domain::PersonNo>& who) {
        const Instant of[] = {span.from, span.to};
        const auto traffic = domain::site_traffic(ground_.index, site, of);
        who.insert(who.end(), traffic.who.begin(), traffic.who.end());
        return std::int64_t{traffic.visits.front()};
    };
    for (const auto* site : sites_) {
        const auto traffic = domain::site_traffic(ground_.index, site->id, edges);
        for (std::size_t i = 0; i < by_day.size(); ++i) by_day[i] += traffic.visits[i];
        add(site->id, spans.today, today);
        visits_yesterday += add(site->id, spans.yesterday, yesterday);
        visits_week_ago += add(site->id, spans.week_ago, week_ago);
        const bool was_lately = domain::site_traffic(ground_.index, site->id, lately).people > 0;
        const bool was_ever = traffic.last && *traffic.last >= spans.today.to - kit::silent_s_max;
        if (site->closed || was_lately || !was_ever) continue;
        ++silent;
        if (brief_.silent.size() < kit::silent_sites_max) brief_.silent.emplace_back(site->ref, site->name);
    }
    std::uint64_t total = kept_before(first);
    for (const auto visits : by_day) total += visits;
    const auto series = std::min<std::size_t>(by_day.size(), kit::brief_series_days);
    for (auto i = by_day.size() - series; i < by_day.size(); ++i)
        brief_.series.push_back({domain::format_date({first.number + static_cast<std::int32_t>(i)}), static_cast<std::int64_t>(by_day[i]), 0, 0});
    brief_.numbers.push_back({"passages", static_cast<std::int64_t>(by_day.back()), visits_yesterday, visits_week_ago, static_cast<std::int64_t>(total)});
    const auto once = [](std::vector<domain::PersonNo>& who) { return static_cast<std::int64_t>(count_once(who)); };
    brief_.numbers.push_back({"people", once(today), once(yesterday), once(week_ago), {}});
    brief_.numbers.push_back({"sites_silent", silent, {}, {}, {}});
}

void Counting::count_vehicles() {
    const auto& spans = ground_.spans;
    std::int64_t counts[4] = {};
    std::map<std::string, std::int64_t> by_day;
    ground_.reader.tally().read_checks(spans.ever, [&](const storage::VehicleCheckRow& check) {
        if (!site_ids_.contains(check.site)) return;
        const Interval of[] = {spans.today, spans.yesterday, spans.week_ago, spans.ever};
        for (std::size_t i = 0; i < 4; ++i) counts[i] += holds(of[i], check.at) ? 1 : 0;
        ++by_day[domain::format_date(ground_.zone.local_day(check.at))];
    });
    brief_.numbers.push_back({"vehicles", counts[0], counts[1], counts[2], counts[3]});
    for (auto& day : brief_.series)
        if (const auto found = by_day.find(day.day); found != by_day.end()) day.vehicles = found->second;
}

void Counting::count_fevers() {
    std::vector<Life> all, at_gates;
    std::map<std::uint64_t, Instant> sent_of;   // of those found at a checkpoint: 0 until they were sent
    std::set<std::uint64_t> confirmed;          // staff went on with it
    ground_.reader.registers().read_steps(ground_.spans.ever, [&](const storage::StepRow& step) {
        const bool goes_on = step.step != domain::StepKind::cleared && step.step != domain::StepKind::handed && step.step != domain::StepKind::noted;
        if (goes_on && !step.by.is_none()) confirmed.insert(step.record);
    });
    ground_.reader.registers().read(domain::RegisterKind::fever, [&](const storage::RecordRow& row) {
        if (!is_here(row)) return;
        all.push_back({row.opened, row.closed, row.standing.due});
        // What a phone says of itself was found by nobody yet.
        if (row.standing.site.is_none() || !domain::is_checkpoint(row.standing.found) || !confirmed.contains(row.id)) return;
        at_gates.push_back(all.back());
        sent_of[row.id] = {};
    });
    ground_.reader.registers().read_steps(ground_.spans.ever, [&](const storage::StepRow& step) {
        const auto record = step.step == domain::StepKind::sent ? sent_of.find(step.record) : sent_of.end();
        if (record != sent_of.end() && record->second.s == 0) record->second = step.at;
    });
    flow("fevers", [&](Interval span) { return began(at_gates, span); });
    flow("fevers_sent", [&](Interval span) { return std::count_if(sent_of.begin(), sent_of.end(), [&](const auto& one) { return one.second.s != 0 && holds(span, one.second); }); });
    flow("screened", [&](Interval span) { return began(all, span); });
    level("fevers_open", [&](Instant at) { return going_on(all, at); });
    const auto now = ground_.spans.today.to;
    const auto overdue = std::count_if(all.begin(), all.end(), [&](const Life& life) { return life.is_at(now) && life.to.s == 0 && life.due < now; });
    brief_.numbers.push_back({"fevers_overdue", overdue, {}, {}, {}});
    for (auto& day : brief_.series) {
        const auto of = domain::parse_date(day.day).value();
        day.fevers = began(at_gates, {begin_of(ground_.zone, of), std::min(begin_of(ground_.zone, {of.number + 1}), now)});
    }
}

void Counting::count_ledger() {
    std::vector<Life> leads;
    Lives known;
    for (const auto& standing : ground_.reader.ledger().standings()) {
        if (!is_here(standing.scope)) continue;
        leads.push_back({standing.entered, standing.checked});
        const bool is_known = standing.state.outcome == domain::Outcome::here || standing.state.outcome == domain::Outcome::known;
        if (is_known) known[person_of(standing.registration)].push_back({standing.checked, {}});
    }
    flow("leads", [&](Interval span) { return began(leads, span); });
    flow("leads_checked", [&](Interval span) { return ended(leads, span); });
    level("leads_open", [&](Instant at) { return going_on(leads, at); });
    const auto people = once_each(known);
    level("ledger", [&](Instant at) { return going_on(people, at); });
}

void Counting::count_isolation() {
    Lives by_person;
    ground_.reader.registers().read(domain::RegisterKind::isolation, [&](const storage::RecordRow& row) {
        if (is_here(row)) by_person[person_of(row.registration)].push_back({row.opened, row.closed});
    });
    const auto lives = once_each(by_person);
    flow("isolation_in", [&](Interval span) { return began(lives, span); });
    flow("isolation_out", [&](Interval span) { return ended(lives, span); });
    level("isolation_now", [&](Instant at) { return going_on(lives, at); });
}

/// Places, not their doors.
void Counting::count_sites() {
    const auto open = [&](domain::Category category, Instant at) {
        std::set<domain::SiteId> places;
        for (const auto* site : sites_)
            if (site->category == category && (!site->closed || *site->closed > at)) places.insert(site->place);
        return static_cast<std::int64_t>(places.size());
    };
    level("villages_open", [&](Instant at) { return open(domain::Category::village, at); });
    level("enterprises_open", [&](Instant at) { return open(domain::Category::enterprise, at); });
    const auto reported = [&](std::int32_t days, Instant at) {
        std::set<domain::SiteId> sites;
        for (const auto& row : ground_.reader.reports().reports_of({ground_.day.number - days}))
            if (row.at < at && site_ids_.contains(row.site)) sites.insert(row.site);
        return static_cast<std::int64_t>(sites.size());
    };
    const auto& spans = ground_.spans;
    brief_.numbers.push_back({"enterprises_reported", reported(0, spans.today.to), reported(1, spans.yesterday.to), reported(7, spans.week_ago.to), {}});
}

void Counting::count_alerts() {
    std::vector<Life> lives;
    constexpr std::size_t at_once = 1'000;
    std::uint64_t before = 0;
    for (bool has_more = true; has_more;) {
        const auto rows = ground_.reader.ledger().alerts(false, before, at_once);
        has_more = rows.size() == at_once;
        for (const auto& row : rows) {
            before = row.id;
            // Of those that are of no site, for somebody registered, the town's office is told of all.
            if (row.site.is_none() ? is_everywhere_ : site_ids_.contains(row.site)) lives.push_back({row.received, row.closed});
        }
    }
    level("alerts_open", [&](Instant at) { return going_on(lives, at); });
}

}  // namespace

void count_brief(const BriefGround& ground, BriefView& brief) { Counting(ground, brief).run(); }

}  // namespace chayan::service
