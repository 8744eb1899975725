// SPDX-License-Identifier: Apache-2.0
#include "service/day_counts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "domain/site_traffic.hpp"
#include "kit/limits.hpp"
#include "service/local_days.hpp"
#include "storage/register.hpp"

namespace chayan::service {
namespace {

using kit::invalid_field;

enum class By : std::uint8_t { site, hour, division, category };

std::optional<By> find_by(std::string_view word) {
    constexpr std::string_view words[] = {"site", "hour", "division", "category"};
    const auto* found = std::find(std::begin(words), std::end(words), word);
    return found == std::end(words) ? std::nullopt : std::optional(static_cast<By>(found - words));
}

std::string two_digits(std::size_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// What a site's numbers are added to. Of hours each site has 24.
struct Group {
    std::string name;
    Counted counted;
    std::vector<domain::PersonNo> who;
};

class Groups {
public:
    Groups(const Directory& directory, By by, domain::DivisionCode area) : directory_(directory), by_(by), area_(area) {}

    Group& of(const storage::SiteRow& site, std::size_t hour) {
        switch (by_) {
            case By::site: return named(site.ref, site.name);
            case By::hour: return named(two_digits(hour), two_digits(hour) + ":00");
            case By::category: {
                const auto& rule = domain::category_rules()[static_cast<std::size_t>(site.category)];
                return named(rule.word, rule.zh);
            }
            case By::division: break;
        }
        // Townships, and within one its villages.
        const std::string code(domain::DivisionText(site.division));
        const auto part = domain::parse_division_code(code.substr(0, area_.digits < 9 ? 9 : 12)).value_or(site.division);
        const auto* row = directory_.divisions->find(part);
        const std::string key(domain::DivisionText{part});
        return named(key, row == nullptr ? key : row->name);
    }
    std::map<std::string, Group>& all() { return groups_; }

private:
    Group& named(const std::string& key, const std::string& name) {
        auto& group = groups_[key];
        group.name = name;
        return group;
    }
    const Directory& directory_;
    const By by_;
    const domain::DivisionCode area_;
    std::map<std::string, Group> groups_;
};

using ByHour = std::map<domain::SiteId, std::array<std::uint64_t, 24>>;

std::uint64_t sum_of(const ByHour& counts, domain::SiteId site, std::size_t hour, std::size_t step) {
    const auto found = counts.find(site);
    if (found == counts.end()) return 0;
    const auto first = found->second.begin() + static_cast<std::ptrdiff_t>(hour);
    return std::accumulate(first, first + static_cast<std::ptrdiff_t>(step), std::uint64_t{0});
}

/// A day's vehicles, and fevers found at a site.
struct Events {
    ByHour vehicles, fevers;
};

Events events_of(storage::Connection& reader, const std::vector<domain::Instant>& hours) {
    Events events;
    const domain::Interval day{hours.front(), hours.back()};
    const auto hour_of = [&](domain::Instant at) { return static_cast<std::size_t>(std::upper_bound(hours.begin(), hours.end() - 1, at) - hours.begin()) - 1; };
    reader.tally().read_checks(day, [&](const storage::VehicleCheckRow& check) { ++events.vehicles[check.site][hour_of(check.at)]; });
    reader.registers().read(domain::RegisterKind::fever, [&](const storage::RecordRow& row) {
        if (day.from <= row.opened && row.opened < day.to && !row.standing.site.is_none()) ++events.fevers[row.standing.site][hour_of(row.opened)];
    });
    return events;
}

}  // namespace

std::vector<const storage::SiteRow*> sites_within(const Directory& directory, domain::DivisionCode division) {
    std::vector<const storage::SiteRow*> sites;
    for (std::size_t id = 1; id < directory.site_rows.size(); ++id) {
        const auto* row = directory.site_rows[id].get();
        if (row != nullptr && (division.digits == 0 || domain::is_within(row->division, division))) sites.push_back(row);
    }
    return sites;
}

std::uint64_t count_once(std::vector<domain::PersonNo>& people) {
    std::sort(people.begin(), people.end());
    return static_cast<std::uint64_t>(std::unique(people.begin(), people.end()) - people.begin());
}

kit::Result<CountsView> DayCounts::counts(const Caller& caller, storage::Connection& reader, const std::string& day, const std::string& division, const std::string& by) const {
    const auto directory = board_.load();
    const auto wanted = day.empty() ? std::optional(zone_.local_day(clock_.now())) : domain::parse_date(day);
    if (!wanted) return invalid_field("/day", "date_malformed");
    auto area = caller.scope;
    if (!division.empty()) {
        const auto* row = directory->divisions->find(division);
        if (row == nullptr || !caller.may_see(row->code)) return invalid_field("/division", "division_unknown");
        area = row->code;
    }
    const auto kind = find_by(by.empty() ? "site" : by);
    if (!kind) return invalid_field("/by", "counts_by");
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto hours = hours_of(zone_, *wanted);
    const auto events = events_of(reader, hours);
    Groups groups(*directory, *kind, area);
    CountsView view;
    view.day = domain::format_date(*wanted);
    std::vector<domain::PersonNo> everybody;
    const std::size_t step = *kind == By::hour ? 1 : 24;   // people count once in each row, so an hour is asked for itself
    for (const auto* site : sites_within(*directory, area))
        for (std::size_t hour = 0; hour < 24; hour += step) {
            const domain::Instant edges[] = {hours[hour], hours[hour + step]};
            const auto traffic = domain::site_traffic(**index, site->id, edges);
            const Counted counted{traffic.visits.front(), 0, sum_of(events.vehicles, site->id, hour, step), sum_of(events.fevers, site->id, hour, step)};
            if (counted.passages + counted.vehicles + counted.fevers == 0) continue;
            auto& group = groups.of(*site, hour);
            group.counted.passages += counted.passages;
            group.counted.vehicles += counted.vehicles;
            group.counted.fevers += counted.fevers;
            group.who.insert(group.who.end(), traffic.who.begin(), traffic.who.end());
            everybody.insert(everybody.end(), traffic.who.begin(), traffic.who.end());
        }
    for (auto& [key, group] : groups.all()) {
        group.counted.people = count_once(group.who);
        view.rows.push_back({key, group.name, group.counted});
        view.total.passages += group.counted.passages;
        view.total.vehicles += group.counted.vehicles;
        view.total.fevers += group.counted.fevers;
    }
    view.total.people = count_once(everybody);
    return view;
}

std::optional<std::vector<storage::SiteDayRow>> DayCounts::kept(storage::Connection& reader, domain::Day day) {
    const auto days = reader.tally().counted_days();
    return std::binary_search(days.begin(), days.end(), day) ? std::optional(reader.tally().of_day(day)) : std::nullopt;
}

std::vector<domain::Day> DayCounts::days_with_scans() const {
    auto days = vault_.days();
    std::sort(days.begin(), days.end());
    const auto today = zone_.local_day(clock_.now());
    std::erase_if(days, [&](domain::Day day) { return day > today; });   // tomorrow's key is made ahead
    return days;
}

std::vector<storage::SiteDayRow> DayCounts::count(const Directory& directory, const domain::ContactIndex& index, domain::Day day) const {
    const auto hours = hours_of(zone_, day);
    std::vector<storage::SiteDayRow> rows;
    for (std::size_t id = 1; id < directory.site_rows.size(); ++id) {
        const auto* site = directory.site_rows[id].get();
        if (site == nullptr) continue;
        const auto traffic = domain::site_traffic(index, site->id, hours);
        if (traffic.people == 0) continue;
        storage::SiteDayRow row;
        row.site = site->id;
        row.people = traffic.people;
        std::copy(traffic.visits.begin(), traffic.visits.end(), row.visits.begin());
        rows.push_back(row);
    }
    return rows;
}

void DayCounts::keep(storage::Connection& reader) {
    const auto today = zone_.local_day(clock_.now());
    if (kept_on_ == today) return;
    const auto index = tracing_.index();
    if (!index) return;
    const auto directory = board_.load();
    const auto gone = vault_.days(DayKeys::destroyed);
    for (const auto day : days_with_scans()) {
        if (day.number > today.number - open_days_) break;
        // Without the day before, a visit over midnight is none: what it came to stands.
        if (std::binary_search(gone.begin(), gone.end(), domain::Day{day.number - 1}) && kept(reader, day)) continue;
        auto rows = count(*directory, **index, day);
        if (kept(reader, day) == rows) continue;
        const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
            context.store().tally().put(day, rows);
            return kit::Done{};
        });
        if (!status) return;   // busy, or a full disk: the next time
    }
    kept_on_ = today;
}

}  // namespace chayan::service
