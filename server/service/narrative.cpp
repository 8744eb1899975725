// SPDX-License-Identifier: Apache-2.0
#include "service/narrative.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "domain/text.hpp"
#include "kit/limits.hpp"
#include "service/table_rows.hpp"

namespace chayan::service {
namespace {

using domain::Instant;

std::string clock_of(const domain::TimeZone& zone, Instant at) {
    const auto second = zone.local_second(at);
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d", second / 3600 % 24, second / 60 % 60);
    return text;
}

/// "11月20日".
std::string day_of(const domain::TimeZone& zone, Instant at) {
    const auto date = domain::format_date(zone.local_day(at));
    return std::to_string(std::stoi(date.substr(5, 2))) + "月" + std::to_string(std::stoi(date.substr(8, 2))) + "日";
}

std::string weekday_of(domain::Day day) {
    constexpr const char* words[] = {"四", "五", "六", "日", "一", "二", "三"};   // day 0 was a Thursday
    return "星期" + std::string(words[(day.number % 7 + 7) % 7]);
}

/// "10:05—11:00", with 次日 where it goes past midnight.
std::string span_of(const domain::TimeZone& zone, Instant begin, Instant end) {
    const bool is_next_day = zone.local_day(begin) != zone.local_day(end);
    return clock_of(zone, begin) + "—" + (is_next_day ? "次日" : "") + clock_of(zone, end);
}

const domain::CategoryRule& rule_of(const storage::SiteRow& site) { return domain::category_rules()[static_cast<std::size_t>(site.category)]; }
bool is_gate(const storage::SiteRow& site) { return site.presence.value_or(rule_of(site).presence) == domain::Presence::gate; }

/// A stop as the trajectory tells it.
struct Stop {
    const storage::SiteRow* site;
    Instant begin, end;
    std::string ended_by, direction, evidence;   ///< the last two of the scan that opened it
};

std::vector<Stop> stops_of(const AnswerTable& trajectory, const Directory& directory) {
    std::map<std::pair<std::string, std::int64_t>, std::pair<std::string, std::string>> opened;   // by site and second: direction and evidence
    for_each_named_row(trajectory, "scans", [&](const NamedRow& row) {
        if (!row.flag("voided")) opened.emplace(std::pair(row.text("site.ref"), row.moment("at").s), std::pair(row.text("direction"), row.text("evidence")));
    });
    std::vector<Stop> stops;
    for_each_named_row(trajectory, "visits", [&](const NamedRow& row) {
        const auto ref = row.text("site.ref");
        const auto* site = directory.site(std::string_view(ref));
        if (site == nullptr) return;
        const auto begin = row.moment("begin");
        const auto& scan = opened[{ref, begin.s}];
        stops.push_back({site, begin, row.moment("end"), row.text("ended_by"), scan.first, scan.second});
    });
    return stops;
}

std::string evidence_words(const Stop& stop) {
    if (stop.ended_by == "told") return "据流调补录，没有扫码";
    constexpr std::pair<const char*, const char*> words[] = {{"static", "本人扫场所码（静态码）"}, {"screen", "本人扫场所码（动态码）"}, {"staff", "工作人员登记"}, {"import", "历史记录导入"}};
    const auto* found = std::find_if(std::begin(words), std::end(words), [&](const auto& one) { return stop.evidence == one.first; });
    return found == std::end(words) ? "扫码记录" : found->second;
}

std::string ending_words(const Stop& stop) {
    constexpr std::pair<const char*, const char*> words[] = {{"scanned", "离开时有扫码"}, {"next_scan", "离开时间按到达下一处的扫码推定"}, {"closing", "离开时间按场所打烊时间推定"},
                                                             {"dwell", "离开时间按停留时长推定"}};
    if (stop.direction == "out") return "只有离开时的扫码，到达时间不明";
    const auto* found = std::find_if(std::begin(words), std::end(words), [&](const auto& one) { return stop.ended_by == one.first; });
    return found == std::end(words) ? "离开时间不明" : found->second;
}

std::string line_of(const Stop& stop, const domain::TimeZone& zone) {
    const auto& site = *stop.site;
    const auto where = site.name + "（" + rule_of(site).zh + (site.address.empty() ? "" : "，" + site.address) + "）";
    if (stop.ended_by == "told") return span_of(zone, stop.begin, stop.end) + " " + where + "，" + evidence_words(stop) + "。";
    if (is_gate(site)) return clock_of(zone, stop.begin) + " 经过" + where + "，" + evidence_words(stop) + "；是否停留不明。";
    const bool is_moment = stop.begin == stop.end;
    return (is_moment ? clock_of(zone, stop.begin) : span_of(zone, stop.begin, stop.end)) + " " + where + "，" + evidence_words(stop) + "；" + ending_words(stop) + "。";
}

/// Whoever went in on a day before and has not come out by the morning.
std::string lines_of_before(const std::vector<Stop>& stops, const domain::TimeZone& zone, domain::Day day) {
    std::string text;
    for (const auto& stop : stops) {
        const auto end_day = zone.local_day(stop.end);
        if (zone.local_day(stop.begin) >= day || end_day < day || (end_day == day && zone.local_second(stop.end) == 0)) continue;
        text += std::string("  （续前日）") + (end_day == day ? "至" + clock_of(zone, stop.end) + " 在" : "全天在") + stop.site->name + "。\n";
    }
    return text;
}

std::string subject_line(const AnswerTable& trajectory, const std::string& label) {
    const NamedCellsReader head(trajectory.head);
    std::string text = (label.empty() ? std::string("病例") : "病例" + label) + "：" + head.text("person.name");
    const auto add = [&](const char* name, const char* title) {
        if (const auto value = head.text(name); !value.empty()) text += "，" + std::string(title) + value;
    };
    if (const auto sex = head.text("person.sex"); !sex.empty()) text += sex == "female" ? "，女" : "，男";
    add("person.birth_date", "出生日期");
    add("person.document.number", "证件号码");
    add("person.phone", "联系电话");
    add("person.address", "现住址");
    add("person.workplace", "工作单位");
    return text + "；人员编号" + head.text("person.id") + "，个案编号" + trajectory.case_number + "。";
}

/// The half hour that `at` lies in begins or ends so.
Instant half_hour(const domain::TimeZone& zone, Instant at, bool up) {
    constexpr std::int32_t half = 1'800;
    const auto past = zone.local_second(at) % half;
    return up && past > 0 ? at + (half - past) : at - past;
}

std::string age_band(const std::string& birth, const domain::TimeZone& zone, Instant at) {
    const auto today = domain::format_date(zone.local_day(at));
    if (birth.empty() || birth > today) return {};
    const auto years = std::stoi(today.substr(0, 4)) - std::stoi(birth.substr(0, 4)) - (today.substr(5) < birth.substr(5) ? 1 : 0);
    if (years < 18) return "未满18岁";
    if (years >= 80) return "80岁及以上";
    return years < 20 ? "18至19岁" : std::to_string(years / 10 * 10) + "至" + std::to_string(years / 10 * 10 + 9) + "岁";
}

/// What must not be read in a notice; a phone also as people write it.
std::vector<std::string> secrets_of(const AnswerTable& trajectory) {
    const NamedCellsReader head(trajectory.head);
    std::vector<std::string> secrets;
    for (const auto* name : {"person.id", "person.name", "person.document.number", "person.phone", "person.address", "person.workplace", "person.birth_date"}) {
        auto text = head.text(name);
        if (text.starts_with("+86")) secrets.push_back(text.substr(3));
        if (!text.empty()) secrets.push_back(std::move(text));
    }
    return secrets;
}

bool has_any(std::string_view text, const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return text.find(word) != std::string_view::npos; });
}

/// The township's name, or that of the next wider division whose words are nobody's; nothing when none is left.
std::string division_words(const storage::SiteRow& site, const Directory& directory, const std::vector<std::string>& secrets) {
    const auto code = std::string(std::string_view(domain::DivisionText(site.division)));
    for (const std::size_t digits : {9U, 6U}) {
        const auto part = code.size() >= digits ? domain::parse_division_code(code.substr(0, digits)) : std::nullopt;
        const auto* found = part ? directory.divisions->find(*part) : nullptr;
        if (found != nullptr && !has_any(found->name, secrets)) return found->name;
    }
    return {};
}

/// What may be told of where it is: a vehicle is nowhere.
std::string place_words(const storage::SiteRow& site, const Directory& directory, const std::vector<std::string>& secrets) {
    const auto division = site.category == domain::Category::vehicle ? std::string() : division_words(site, directory, secrets);
    return site.name.starts_with(division) ? site.name : division + site.name;
}

bool is_public_kind(const storage::SiteRow& site) {
    switch (site.category) {
        case domain::Category::clinic:
        case domain::Category::pharmacy:
        case domain::Category::office:
        case domain::Category::shop:
        case domain::Category::transit:
        case domain::Category::vehicle: return !is_gate(site);
        default: return false;   // homes, work, schools, hotels, isolation, and what nobody has said a kind of
    }
}

/// Where somebody stays as no visitor does, or comes on several days: they may work or live there, whatever is written of them.
bool is_regular(const std::vector<Stop>& stops, const Stop& stop, const Directory& directory, const domain::TimeZone& zone) {
    constexpr std::size_t days_of_a_regular = 3;
    constexpr std::int64_t stay_s_min = 2 * 3'600;
    std::set<std::int32_t> days;
    for (const auto& other : stops) {
        if (other.site->place != stop.site->place) continue;
        const auto* place = directory.site(other.site->place);
        const auto usual_s = std::max<std::int64_t>(stay_s_min, 3 * rule_of(place == nullptr ? *other.site : *place).dwell_s);
        if (other.end - other.begin >= usual_s) return true;
        days.insert(zone.local_day(other.begin).number);
    }
    return days.size() >= days_of_a_regular;
}

/// Its name without its divisions begins as something in what is written of the person: 和谐小区药店 beside 和谐小区3号楼.
bool is_named_alike(const storage::SiteRow& site, const Directory& directory, const std::string& written) {
    std::string_view name = site.name;
    const auto code = std::string(std::string_view(domain::DivisionText(site.division)));
    for (const std::size_t digits : {6U, 9U, 12U}) {
        const auto part = code.size() >= digits ? domain::parse_division_code(code.substr(0, digits)) : std::nullopt;
        const auto* division = part ? directory.divisions->find(*part) : nullptr;
        if (division != nullptr && name.starts_with(division->name)) name.remove_prefix(division->name.size());
    }
    constexpr std::size_t characters = 3;
    const auto points = domain::decode_utf8(std::string(name));
    if (!points || points->size() < characters) return false;
    return written.find(domain::encode_utf8({points->begin(), points->begin() + characters})) != std::string::npos;
}

}  // namespace

bool is_narrative_label(std::string_view label) {
    return !label.empty() && label.size() <= 6 && std::all_of(label.begin(), label.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

std::string report_text(const AnswerTable& trajectory, const NarrativeGround& ground, const std::string& label) {
    const auto stops = stops_of(trajectory, *ground.directory);
    std::string text = "流行病学调查报告（行程部分）\n一、病例基本情况\n" + subject_line(trajectory, label) + "\n二、行程（" + domain::format_date(ground.zone.local_day(ground.from)) + " 至 " +
                       domain::format_date(ground.zone.local_day(ground.to - 1)) + "，当地时间）\n";
    auto day = ground.zone.local_day(ground.from);
    const auto last = ground.zone.local_day(ground.to - 1);
    if (!stops.empty()) day = std::min(day, ground.zone.local_day(stops.front().begin));
    for (std::size_t at = 0; day <= last; ++day.number) {
        const auto date = domain::format_date(day);
        text += date + "（" + weekday_of(day) + "）\n";
        const auto before = text.size();
        text += lines_of_before(stops, ground.zone, day);
        for (; at < stops.size() && ground.zone.local_day(stops[at].begin) == day; ++at) text += "  " + line_of(stops[at], ground.zone) + "\n";
        if (text.size() == before) text += "  没有扫码记录，去向不明。\n";
    }
    const auto told = std::count_if(stops.begin(), stops.end(), [](const Stop& stop) { return stop.ended_by == "told"; });
    text += "三、说明\n以上依据扫码记录：共" + std::to_string(stops.size()) + "次停留或经过" + (told == 0 ? "" : "，其中" + std::to_string(told) + "次为流调补录") + "。没有扫码的活动不在其内，写明推定或不明之处，请以流调询问核实。\n";
    return text + "填报时间：" + domain::format_date(ground.zone.local_day(ground.at)) + " " + clock_of(ground.zone, ground.at) + "\n";
}

NoticeCase notice_case(const AnswerTable& trajectory, const NarrativeGround& ground, const std::string& label, const Crowd& crowd) {
    const NamedCellsReader head(trajectory.head);
    const auto secrets = secrets_of(trajectory);
    const auto home_and_work = head.text("person.address") + "\n" + head.text("person.workplace");
    NoticeCase notice{label, {}, {}};
    if (const auto sex = head.text("person.sex"); !sex.empty()) notice.sex_and_age = sex == "female" ? "，女" : "，男";
    if (const auto band = age_band(head.text("person.birth_date"), ground.zone, ground.at); !band.empty()) notice.sex_and_age += "，" + band;
    const auto stops = stops_of(trajectory, *ground.directory);
    for (const auto& stop : stops) {
        const auto& site = *stop.site;
        const auto begin = half_hour(ground.zone, stop.begin, false);
        const auto midnight = ground.zone.on_local_day(stop.begin, 0), next = ground.zone.on_local_day(stop.begin, 86'400);
        const bool is_own = has_any(site.name, secrets) || home_and_work.find(site.name) != std::string::npos || is_named_alike(site, *ground.directory, home_and_work) ||
                            is_regular(stops, stop, *ground.directory, ground.zone);
        const bool is_public = is_public_kind(site) && !is_own && crowd(site, midnight, next) >= kit::notice_crowd_min;
        if (is_public) notice.stops.push_back({begin, half_hour(ground.zone, std::max(stop.end, stop.begin + 1), true), place_words(site, *ground.directory, secrets)});
    }
    return notice;
}

std::string notice_text(const NoticeCase& notice, const NarrativeGround& ground) {
    std::string text = "病例" + notice.label + notice.sex_and_age + "。主要活动轨迹如下（时间按半小时取整）：\n";
    for (std::size_t at = 0; at < notice.stops.size();) {
        const auto day = ground.zone.local_day(notice.stops[at].begin);
        const auto is_of_day = [&](const NoticeStop& stop) { return ground.zone.local_day(stop.begin) == day; };
        const auto begin = notice.stops.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = std::find_if_not(begin, notice.stops.end(), is_of_day);
        at = static_cast<std::size_t>(end - notice.stops.begin());
        text += day_of(ground.zone, begin->begin) + "：";
        std::string said;
        for (auto stop = begin; stop != end; ++stop) {
            const auto words = span_of(ground.zone, stop->begin, stop->end) + "在" + stop->place;
            if (words == said) continue;   // twice within half an hour
            text += (said.empty() ? "" : "；") + words;
            said = words;
        }
        text += "。\n";
    }
    return text + "请在上述时段到过上述场所的人员，立即向所在社区（村）、单位报告。\n";
}

}  // namespace chayan::service
