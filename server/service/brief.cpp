// SPDX-License-Identifier: Apache-2.0
#include "service/brief.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "domain/site_report.hpp"
#include "kit/limits.hpp"
#include "kit/number.hpp"
#include "service/audit.hpp"
#include "service/brief_numbers.hpp"
#include "service/brief_table.hpp"
#include "service/local_days.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

/// In the order in which they are told.
constexpr const char* names[] = {"passages", "people", "vehicles", "fevers", "fevers_sent", "fevers_open", "fevers_overdue", "screened", "leads", "leads_checked", "leads_open",
                                 "ledger", "isolation_in", "isolation_out", "isolation_now", "villages_open", "enterprises_open", "enterprises_reported", "sites_silent", "alerts_open"};

std::size_t place_of(const char* name) {
    return static_cast<std::size_t>(std::find_if(std::begin(names), std::end(names), [&](const char* other) { return std::string_view(other) == name; }) - std::begin(names));
}

const BriefNumber* find(const std::vector<BriefNumber>& numbers, std::string_view name) {
    const auto found = std::find_if(numbers.begin(), numbers.end(), [&](const BriefNumber& number) { return name == number.name; });
    return found == numbers.end() ? nullptr : &*found;
}

/// The one division that lies in no other: everywhere is its name, and a sentence that is sent on names it. None where there are several.
domain::DivisionCode only_root(const Divisions& divisions) {
    std::vector<domain::DivisionCode> roots;
    divisions.for_each([&](const storage::DivisionRow& row) {
        if (std::none_of(roots.begin(), roots.end(), [&](domain::DivisionCode root) { return domain::is_within(row.code, root); })) {
            std::erase_if(roots, [&](domain::DivisionCode root) { return domain::is_within(root, row.code); });
            roots.push_back(row.code);
        }
    });
    return roots.size() == 1 ? roots.front() : domain::DivisionCode{};
}

/// Whoever is one of four can be told; and of what is more only as many as are told by fives, or two answers would tell the few between them.
void hide(std::optional<std::int64_t>& value) {
    if (!value || *value == 0) return;
    if (*value <= kit::small_number_max) value.reset();
    else *value -= *value % (kit::small_number_max + 1);
}

void hide_small(std::vector<BriefNumber>& numbers) {
    for (auto& number : numbers) {
        hide(number.today);
        hide(number.yesterday);
        hide(number.week_ago);
        hide(number.total);
    }
}

std::string text_of(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "-"; }

/// "name today yesterday week_ago total" on a line each.
std::string encode(const std::vector<BriefNumber>& numbers) {
    std::string text;
    for (const auto& number : numbers)
        text += std::string(number.name) + ' ' + text_of(number.today) + ' ' + text_of(number.yesterday) + ' ' + text_of(number.week_ago) + ' ' + text_of(number.total) + '\n';
    return text;
}

std::vector<BriefNumber> decode(const std::string& text) {
    std::vector<BriefNumber> numbers;
    std::istringstream lines(text);
    std::string name, values[4];
    while (lines >> name >> values[0] >> values[1] >> values[2] >> values[3]) {
        const auto place = place_of(name.c_str());
        if (place == std::size(names)) continue;   // of a later version
        const auto value = [&](std::size_t i) -> std::optional<std::int64_t> {
            const auto number = kit::read_number(values[i]);
            return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
        };
        numbers.push_back({names[place], value(0), value(1), value(2), value(3)});
    }
    return numbers;
}

}  // namespace

kit::Result<Brief::Asked> Brief::read(const Caller& caller, const BriefQuestion& question) const {
    const auto directory = board_.load();
    const auto now = clock_.now();
    const auto today = zone_.local_day(now);
    const auto wanted = question.day.empty() ? std::optional(today) : domain::parse_date(question.day);
    if (!wanted) return invalid_field("/day", "date_malformed");
    if (*wanted > today) return invalid_field("/day", "date_future");
    // With this second: what was acknowledged before somebody asked counts.
    Asked asked{*wanted, std::min(now + 1, begin_of(zone_, {wanted->number + 1})), caller.scope, true};
    if (!question.at.empty()) {
        const auto clock = domain::parse_clock_time(question.at);
        if (!clock) return invalid_field("/at", "clock_malformed");
        const auto cutoff = begin_of(zone_, *wanted) + *clock;
        if (cutoff > asked.cutoff) return invalid_field("/at", "clock_future");
        asked.cutoff = cutoff;
    }
    if (!question.division.empty()) {
        const auto* row = directory->divisions->find(question.division);
        if (row == nullptr) return invalid_field("/division", "division_unknown");
        asked.division = row->code;
        asked.in_scope = caller.may_see(row->code);
    }
    return asked;
}

kit::Result<BriefView> Brief::compute(storage::Connection& reader, const Asked& asked) const {
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto directory = board_.load();
    BriefView brief;
    brief.day = asked.day;
    brief.cutoff = asked.cutoff;
    brief.division = asked.division;
    const auto* named = directory->divisions->find(asked.division.digits != 0 ? asked.division : only_root(*directory->divisions));
    brief.division_name = named == nullptr ? "" : named->name;
    const auto begin = begin_of(zone_, asked.day);
    const auto length = asked.cutoff - begin;
    const auto earlier = [&](std::int32_t days) {
        const auto from = begin_of(zone_, {asked.day.number - days});
        return domain::Interval{from, from + length};
    };
    count_brief({reader, *directory, **index, zone_, asked.day, asked.division, {{begin, asked.cutoff}, earlier(1), earlier(7), {{}, asked.cutoff}}, counts_.days_with_scans()}, brief);
    std::sort(brief.numbers.begin(), brief.numbers.end(), [](const BriefNumber& a, const BriefNumber& b) { return place_of(a.name) < place_of(b.name); });
    return brief;
}

kit::Result<BriefView> Brief::of(const Caller& caller, storage::Connection& reader, const BriefQuestion& question) const {
    const auto asked = read(caller, question);
    if (!asked) return asked.error();
    auto brief = compute(reader, *asked);
    if (!brief || asked->in_scope) return brief;
    hide_small(brief->numbers);
    brief->silent.clear();
    for (auto& one : brief->series)
        for (auto* value : {&one.passages, &one.vehicles, &one.fevers}) hide(*value);
    return brief;
}

kit::Result<BriefView> Brief::freeze(const Caller& caller, storage::Connection& reader, const BriefQuestion& question) const {
    const auto asked = read(caller, question);
    if (!asked) return asked.error();
    if (!asked->in_scope) return invalid_field("/division", "division_unknown");
    auto brief = compute(reader, *asked);
    if (!brief) return brief;
    storage::BriefRow row{0, asked->day, asked->division, asked->cutoff, caller.id, clock_.now(), encode(brief->numbers)};
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        row.id = context.store().tally().append(row);
        context.audit({caller.id, "brief_frozen", {}, audit_detail({{"brief", std::to_string(row.id)}, {"day", domain::format_date(row.day)}, {"division", std::string(domain::DivisionText(row.division))}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    brief->id = row.id;
    brief->by = staff_.login_of(row.by);
    brief->at = row.at;
    return brief;
}

BriefView Brief::view_of(const storage::BriefRow& row) const {
    BriefView view;
    view.id = row.id;
    view.by = staff_.login_of(row.by);
    view.at = row.at;
    view.day = row.day;
    view.cutoff = row.cutoff;
    view.division = row.division;
    const auto directory = board_.load();
    const auto* named = directory->divisions->find(row.division.digits != 0 ? row.division : only_root(*directory->divisions));
    view.division_name = named == nullptr ? "" : named->name;
    view.numbers = decode(row.numbers);
    return view;
}

std::vector<BriefView> Brief::frozen(const Caller& caller, storage::Connection& reader) const {
    std::vector<BriefView> views;
    for (const auto& row : reader.tally().briefs(kit::briefs_max))
        if (caller.scope.digits == 0 || (row.division.digits != 0 && caller.may_see(row.division))) views.push_back(view_of(row));
    return views;
}

kit::Result<FrozenBrief> Brief::find(const Caller& caller, storage::Connection& reader, std::uint64_t id) const {
    const auto row = reader.tally().find_brief(id);
    const bool may_see = row && (caller.scope.digits == 0 || (row->division.digits != 0 && caller.may_see(row->division)));
    if (!may_see) return Error{Errc::not_found, "brief_unknown"};
    FrozenBrief found{view_of(*row), {}};
    const auto now = compute(reader, {row->day, row->cutoff, row->division, true});
    if (!now) return now.error();
    for (const auto& then : found.brief.numbers) {
        const auto* other = service::find(now->numbers, then.name);
        if (other == nullptr) continue;
        if (then.today && other->today && *then.today != *other->today) found.corrections.push_back({then.name, false, *then.today, *other->today});
        if (then.total && other->total && *then.total != *other->total) found.corrections.push_back({then.name, true, *then.total, *other->total});
    }
    return found;
}

kit::Result<std::string> Brief::workbook(const Caller& caller, const BriefView& brief, Language language) const {
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "brief_exported", {}, audit_detail({{"day", domain::format_date(brief.day)}, {"division", std::string(domain::DivisionText(brief.division))}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return brief_workbook(brief, sentence(brief, language), staff_.login_of(caller.id), clock_.now(), scratch_, zone_);
}

std::string Brief::sentence(const BriefView& brief, Language language) const {
    const auto local = zone_.local_second(brief.cutoff - 1) + 1;
    const auto hour = std::to_string(local / 3600), minute = std::to_string(local / 60 % 60);
    const auto text = [&](std::string_view name, bool is_total) {
        const auto* number = service::find(brief.numbers, name);
        const auto& value = number == nullptr ? std::optional<std::int64_t>{} : (is_total ? number->total : number->today);
        return value ? std::to_string(*value) : std::string("–");
    };
    const auto total = [&](std::string_view name) { return text(name, true); };
    const auto now = [&](std::string_view name) { return text(name, false); };
    const auto date = domain::format_date(brief.day);
    const auto* found = service::find(brief.numbers, "fevers");
    const auto* sent = service::find(brief.numbers, "fevers_sent");
    const bool are_all_sent = found != nullptr && sent != nullptr && found->total && found->total == sent->total && *found->total > 0;
    if (language == Language::en) {
        const auto clock = hour + ':' + (minute.size() < 2 ? "0" + minute : minute);
        return "By " + clock + " on " + date + (brief.division_name.empty() ? "" : " in " + brief.division_name) + ": " + total("passages") + " passages and " + total("vehicles") +
               " vehicles checked in all, " + total("fevers") + " with fever, " + (are_all_sent ? "all" : total("fevers_sent")) + " sent to hospital; " + total("leads") + " leads, " +
               total("leads_checked") + " checked, " + now("ledger") + " in the ledger; " + total("screened") + " screened for fever; " + total("isolation_in") + " isolated, " +
               total("isolation_out") + " released, " + now("isolation_now") + " in; " + now("villages_open") + " villages open; " + now("enterprises_open") + " enterprises open, " +
               now("enterprises_reported") + " reported.";
    }
    const auto clock = hour + "时" + (minute == "0" ? "" : minute + "分");
    const auto month = std::to_string(std::stoi(date.substr(5, 2))), day = std::to_string(std::stoi(date.substr(8, 2)));
    return "截至" + month + "月" + day + "日" + clock + "，" + brief.division_name + "累计检查人员" + total("passages") + "人次、车辆" + total("vehicles") + "车次，发现发热" + total("fevers") + "人，" +
           (are_all_sent ? "全部送医" : "送医" + total("fevers_sent") + "人") + "；累计接收线索" + total("leads") + "条，核查" + total("leads_checked") + "条，列入台账" + now("ledger") + "人；发热筛查" +
           total("screened") + "人；累计隔离" + total("isolation_in") + "人，解除" + total("isolation_out") + "人，现隔离" + now("isolation_now") + "人；开放村庄" + now("villages_open") + "个，复工企业" +
           now("enterprises_open") + "家，今日已报告" + now("enterprises_reported") + "家。";
}

}  // namespace chayan::service
