// SPDX-License-Identifier: Apache-2.0
#include "service/site_import.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "domain/text.hpp"
#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using kit::invalid_field;

enum Column : std::size_t { ref, name, category, division, place, address, longitude, latitude, presence, dwell_min, opens, closes, asks_temperature };

/// A ref stands in addresses, where these name another one or are refused.
bool is_path_segment(std::string_view ref) { return ref != "." && ref != ".." && ref.find('/') == std::string_view::npos; }

/// A decimal number within bounds, or nothing for an empty text.
kit::Result<std::optional<double>> read_number(const std::string& text, const char* column, double least, double most) {
    if (text.empty()) return std::optional<double>{};
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (*end != '\0' || !std::isfinite(value) || value < least || value > most) return invalid_field(column, "number_malformed");
    return std::optional<double>{value};
}

/// "7:30", "07:30" or "24:00" as seconds of the day; -1 for an empty text, nothing when malformed.
std::optional<std::int32_t> read_clock(const std::string& text) {
    if (text.empty()) return -1;
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
    int hour = 0;
    int minute = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == colon) continue;
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        int& part = i < colon ? hour : minute;
        part = part * 10 + (text[i] - '0');
    }
    if (minute > 59 || hour > 24 || (hour == 24 && minute != 0)) return std::nullopt;
    return hour * 3600 + minute * 60;
}

std::string write_clock(std::int32_t second) {
    if (second < 0) return {};
    char text[32];
    std::snprintf(text, sizeof text, "%02d:%02d", second / 3600, second / 60 % 60);
    return text;
}

std::string write_number(const std::optional<double>& number) {
    if (!number) return {};
    char text[32];
    std::snprintf(text, sizeof text, "%.8g", *number);
    return text;
}

kit::Status read_hours(storage::SiteRow& row, const SiteValue& value) {
    const auto opening = value(opens);
    const auto closing = value(closes);
    const auto from = opening ? read_clock(*opening) : row.opens_s;
    const auto to = closing ? read_clock(*closing) : row.closes_s;
    if (!from || *from == 86'400) return invalid_field("opens", "hours_malformed");
    if (!to || (*from >= 0 && *to >= 0 && *to <= *from)) return invalid_field("closes", "hours_malformed");
    row.opens_s = *from;
    row.closes_s = *to;
    return kit::Done{};
}

kit::Status read_stay(storage::SiteRow& row, const SiteValue& value) {
    if (const auto word = value(presence)) {
        if (*word == "gate" || *word == "通道") row.presence = domain::Presence::gate;
        else if (*word == "venue" || *word == "场所") row.presence = domain::Presence::venue;
        else if (word->empty()) row.presence.reset();
        else return invalid_field("presence", "presence_unknown");
    }
    if (const auto text = value(dwell_min)) {
        const auto minutes = read_number(*text, "dwell_min", 0, 1440);
        if (!minutes || (*minutes && **minutes != std::floor(**minutes))) return invalid_field("dwell_min", "dwell_range");
        row.dwell_s.reset();
        if (*minutes) row.dwell_s = static_cast<std::int32_t>(**minutes) * 60;
    }
    return read_hours(row, value);
}

/// Yes or no, in either language; an empty text is no.
kit::Status read_asks(storage::SiteRow& row, const SiteValue& value) {
    const auto word = value(asks_temperature);
    if (!word) return kit::Done{};
    row.asks_temperature = *word == "yes" || *word == "true" || *word == "1" || *word == "是";
    const bool is_no = word->empty() || *word == "no" || *word == "false" || *word == "0" || *word == "否";
    return row.asks_temperature || is_no ? kit::Status(kit::Done{}) : invalid_field("asks_temperature", "yes_or_no");
}

kit::Status read_position(storage::SiteRow& row, const SiteValue& value) {
    if (const auto text = value(longitude)) {
        const auto x = read_number(*text, "longitude", -180, 180);
        if (!x) return x.error();
        row.longitude = *x;
    }
    if (const auto text = value(latitude)) {
        const auto y = read_number(*text, "latitude", -90, 90);
        if (!y) return y.error();
        row.latitude = *y;
    }
    const bool is_told = value(longitude) || value(latitude);
    if (is_told && row.longitude.has_value() != row.latitude.has_value()) return invalid_field(row.longitude ? "latitude" : "longitude", "position_half");
    return kit::Done{};
}

kit::Status read_place(storage::SiteRow& row, const std::string& named, const Directory& directory, const Importer& by) {
    const auto held = row.place;
    row.place = row.id;
    if (named.empty() || named == row.ref) return kit::Done{};
    const auto* other = directory.site(named);
    // To be a door of a place is to share its visits: a site outside the scope is none to choose.
    if (other == nullptr || (other->id != held && !by.may_enter(other->division))) return invalid_field("place", "place_unknown");
    if (other->place != other->id) return invalid_field("place", "place_nested");
    row.place = other->id;
    return kit::Done{};
}

/// Do other sites name this one as their place? O(sites).
bool has_doors(const Directory& directory, domain::SiteId place) {
    for (std::size_t id = 1; id < directory.site_rows.size(); ++id) {
        const auto& row = directory.site_rows[id];
        if (row && row->id != place && row->place == place) return true;
    }
    return false;
}

domain::StayRule rule_of(const storage::SiteRow& row) {
    const auto& by_category = domain::category_rules()[static_cast<std::size_t>(row.category)];
    return {{0}, row.presence.value_or(by_category.presence), row.dwell_s.value_or(by_category.dwell_s), row.opens_s, row.closes_s};
}

bool is_same(const storage::SiteRow& a, const storage::SiteRow& b) {
    return a.ref == b.ref && a.name == b.name && a.address == b.address && a.category == b.category && a.division == b.division &&
           a.place == b.place && a.longitude == b.longitude && a.latitude == b.latitude && a.presence == b.presence && a.dwell_s == b.dwell_s &&
           a.opens_s == b.opens_s && a.closes_s == b.closes_s && a.asks_temperature == b.asks_temperature;
}

/// What the row says over what the site has been so far; id, place and rules of stay are the caller's.
kit::Result<storage::SiteRow> read_site(const Directory& directory, const SiteValue& value) {
    const auto named = site_ref(value(ref).value_or(""), directory);
    if (!named) return named.error();
    const auto* old = directory.site(*named);
    auto row = old != nullptr ? *old : storage::SiteRow{};
    row.ref = *named;
    auto called = domain::parse_label(value(name).value_or(""), 3 * kit::site_name_chars_max);
    if (!called) return invalid_field("name", "text_malformed");
    row.name = *std::move(called);
    if (const auto given = value(address)) {
        const auto text = domain::to_half_width(*given);
        auto where = domain::parse_label(*given, 3 * kit::address_chars_max);
        if (!where && (!text || !text->empty())) return invalid_field("address", "text_malformed");
        row.address = std::move(where).value_or("");
    }
    const auto found = domain::find_category(value(category).value_or(""));
    if (!found) return invalid_field("category", "category_unknown");
    row.category = *found;
    const auto where = value(division).value_or("");
    if (directory.divisions->is_ambiguous(where)) return invalid_field("division", "division_ambiguous");
    const auto* area = directory.divisions->find(where);
    if (area == nullptr) return invalid_field("division", "division_unknown");
    row.division = area->code;
    if (auto status = read_position(row, value); !status) return status.error();
    if (auto status = read_stay(row, value); !status) return status.error();
    if (auto status = read_asks(row, value); !status) return status.error();
    return row;
}

}  // namespace

const std::vector<domain::CsvColumn>& site_columns() {
    static const std::vector<domain::CsvColumn> columns{
        {{"ref", "编号", "检测点编号"}, true}, {{"name", "名称", "检测点名称"}, true}, {{"category", "类别", "类型"}, true},
        {{"division", "区划", "所属区划"}, true}, {{"place", "场所", "所属场所"}, false}, {{"address", "地址"}, false},
        {{"longitude", "经度"}, false}, {{"latitude", "纬度"}, false}, {{"presence", "方式", "停留方式"}, false},
        {{"dwell_min", "停留分钟", "默认停留分钟"}, false}, {{"opens", "开放时间", "开门时间"}, false}, {{"closes", "关闭时间", "关门时间"}, false},
        {{"asks_temperature", "登记体温", "询问体温"}, false}};
    return columns;
}

kit::Result<std::string> site_ref(const std::string& given, const Directory& directory) {
    if (directory.site(given) != nullptr) return given;   // also one that would not be taken today
    auto ref = domain::parse_label(given, 3 * kit::ref_chars_max);
    if (!ref) return invalid_field("ref", "text_malformed");
    if (!is_path_segment(*ref)) return invalid_field("ref", "ref_path");
    return *std::move(ref);
}

kit::Result<SiteChange> put_site(WriteContext& context, const SiteValue& value, const Importer& by) {
    auto read = read_site(context.directory(), value);
    if (!read) return read.error();
    auto row = *std::move(read);
    const auto* old = context.directory().site(row.ref);
    if (old != nullptr && !by.may_enter(old->division)) return invalid_field("ref", "site_unknown");
    if (!by.may_enter(row.division)) return invalid_field("division", "scope_outside");
    row.id = old != nullptr ? old->id : domain::SiteId{context.store().sites().last_site().value + 1};
    const auto named = value(place);
    if (old == nullptr) row.place = row.id;
    if (auto status = named ? read_place(row, *named, context.directory(), by) : kit::Done{}; !status) return status.error();
    auto rule = rule_of(row);
    if (row.place != row.id && context.directory().site(row.place)->stays.back().presence != rule.presence)
        return invalid_field("presence", "place_presence");
    if (old != nullptr) {
        if (is_same(row, *old)) return SiteChange::unchanged;
        const bool is_other_place = row.place != row.id, is_other_presence = rule.presence != old->stays.back().presence;
        if ((is_other_place || is_other_presence) && has_doors(context.directory(), row.id))
            return is_other_place ? invalid_field("place", "place_nested") : invalid_field("presence", "place_presence");
        rule.since = row.stays.back().since;
        if (rule != row.stays.back()) {
            rule.since = context.now();
            row.stays.push_back(rule);
        }
    } else {
        row.stays.push_back(rule);
    }
    context.store().sites().put(row);
    context.edit_sites().put(row.id, rules_of(row));
    auto& directory = context.edit_directory();
    const auto id = row.id;
    directory.site_rows.grow_to_hold(id.value);
    const auto change = old != nullptr ? SiteChange::changed : SiteChange::added;
    directory.site_rows.edit(id.value) = std::make_shared<const storage::SiteRow>(std::move(row));
    return change;
}

std::string export_sites(const Directory& directory, const Vault& vault, const std::string& base_url) {
    std::string out = "ref,name,category,division,place,address,longitude,latitude,presence,dwell_min,opens,closes,direction,code,url\n";
    for (std::size_t id = 1; id < directory.site_rows.size(); ++id) {
        const auto* row = directory.site(domain::SiteId{static_cast<std::uint32_t>(id)});
        if (row == nullptr || row->closed) continue;
        std::string head;
        const auto add = [&head](std::string_view text) { head += domain::csv_field(text) + ','; };
        add(row->ref);
        add(row->name);
        add(domain::category_rules()[static_cast<std::size_t>(row->category)].word);
        add(domain::DivisionText(row->division));
        add(row->place == row->id ? std::string() : directory.site(row->place)->ref);
        add(row->address);
        add(write_number(row->longitude));
        add(write_number(row->latitude));
        add(!row->presence ? "" : *row->presence == domain::Presence::gate ? "gate" : "venue");
        add(row->dwell_s ? std::to_string(*row->dwell_s / 60) : std::string());
        add(write_clock(row->opens_s));
        add(write_clock(row->closes_s));
        for (const auto direction : {domain::PosterDirection::any, domain::PosterDirection::in, domain::PosterDirection::out, domain::PosterDirection::pass}) {
            const auto code = vault.site_code({row->id, direction, row->revision});
            out += head + domain::word_of(direction) + ',' + code + ',' + base_url + "/s/" + code + '\n';
        }
    }
    return out;
}

}  // namespace chayan::service
