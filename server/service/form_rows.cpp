// SPDX-License-Identifier: Apache-2.0
#include "service/form_rows.hpp"

#include <algorithm>
#include <set>
#include <cstdio>

#include "domain/document.hpp"
#include "domain/name.hpp"

namespace chayan::service {
namespace {

using domain::FormDialect;
using domain::FormField;

struct NameParts {
    std::string family, given;
};

/// 欧阳娜娜 has the surname that masking leaves; 阿卜杜热西提·买买提 and Ann Smith give theirs last.
NameParts parts_of(const std::string& shown) {
    const auto last = std::max(shown.rfind("·") == std::string::npos ? 0 : shown.rfind("·"), shown.rfind(' ') == std::string::npos ? 0 : shown.rfind(' '));
    if (last > 0) return {shown.substr(last + (shown[last] == ' ' ? 1 : std::string_view("·").size())), shown.substr(0, last)};
    const auto masked = domain::mask_name({shown});
    const auto family = masked.find('*');
    const bool is_known = family != std::string::npos && family > 0 && static_cast<unsigned char>(shown[0]) >= 0x80 && shown.compare(0, family, masked, 0, family) == 0;
    return is_known ? NameParts{shown.substr(0, family), shown.substr(family)} : NameParts{shown, {}};
}

std::string sex_word(const std::string& sex, FormDialect dialect) {
    constexpr const char* words[][2] = {{"男", "女"}, {"MALE", "FEMALE"}, {"LNG_REFERENCE_DATA_CATEGORY_GENDER_MALE", "LNG_REFERENCE_DATA_CATEGORY_GENDER_FEMALE"}};
    return sex.empty() ? std::string() : words[static_cast<std::size_t>(dialect)][sex == "female" ? 1 : 0];
}

std::string document_word(const std::string& type, FormDialect dialect) {
    constexpr std::pair<const char*, const char*> words[] = {{"id", "居民身份证"}, {"passport", "护照"}, {"hkmo", "港澳居民来往内地通行证"},
                                                             {"tw", "台湾居民来往大陆通行证"}, {"fpr", "外国人永久居留身份证"}, {"other", "其他"}};
    const auto* found = std::find_if(std::begin(words), std::end(words), [&](const auto& one) { return type == one.first; });
    return dialect == FormDialect::office && found != std::end(words) ? found->second : type;
}

std::string degree_word(std::int64_t degree) {
    return degree == 0 ? "查询对象" : degree == 1 ? "密切接触者（待判定）" : degree == 2 ? "次密切接触者（待判定）" : "第" + std::to_string(degree) + "层接触者（待判定）";
}

std::string manner_words(const std::vector<std::string>& kinds) {
    constexpr std::pair<const char*, const char*> words[] = {{"venue", "同场所"}, {"gate", "同时经过同一出入口"}, {"company", "同行"}};
    std::string text;
    for (const auto& [word, zh] : words)
        if (std::find(kinds.begin(), kinds.end(), word) != kinds.end()) text += (text.empty() ? "" : "、") + std::string(zh);
    return text;
}

/// SORMAS reads dates as its language writes them; English is its default.
std::string date_word(domain::Day day, FormDialect dialect) {
    const auto iso = domain::format_date(day);
    return dialect == FormDialect::sormas ? iso.substr(5, 2) + '/' + iso.substr(8, 2) + '/' + iso.substr(0, 4) : iso;
}

std::string clock_word(std::int32_t second) {
    char text[16];
    std::snprintf(text, sizeof text, " %02d:%02d", second / 3600 % 24, second / 60 % 60);
    return text;
}

}  // namespace

const char* word_of(FormGap gap) {
    constexpr const char* words[] = {"header_unknown", "not_asked", "no_data"};
    return words[static_cast<std::size_t>(gap)];
}

FormSource::FormSource(const AnswerTable& table, const FormGround& ground) : table_(table), ground_(ground), prefix_(column("person.id") ? "person." : "") {}

std::optional<std::size_t> FormSource::column(const std::string& name) const {
    const auto& columns = table_.parts.front().columns;
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == name; });
    return found == columns.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - columns.begin()));
}

std::string FormSource::text(const Row& row, const std::string& name) const {
    const auto at = column(name);
    const auto* held = at ? row[*at].get_if<std::string>() : nullptr;
    return held == nullptr ? std::string() : *held;
}

const std::vector<std::string>* FormSource::list(const Row& row, const std::string& name) const {
    const auto at = column(name);
    return at ? row[*at].get_if<std::vector<std::string>>() : nullptr;
}

std::optional<FormGap> FormSource::gap(const std::optional<FormField>& field) const {
    if (!field) return FormGap::header_unknown;
    const auto& needed = domain::form_field_rules()[static_cast<std::size_t>(*field)].person_field;
    const auto asked = parse_fields({needed.empty() ? "name" : needed});
    // A name is there masked where it was not asked for in full; an address tells where the home is.
    const bool is_asked = needed.empty() || needed == "name" || (ground_.how.bits & asked->bits) != 0 || (needed == "division" && ground_.how.has(PersonField::address));
    if (!is_asked) return FormGap::not_asked;
    const auto has = [&](const char* name) { return column(name) ? std::nullopt : std::optional(FormGap::no_data); };
    switch (*field) {
        case FormField::relation:
        case FormField::disease: return FormGap::no_data;   // nobody scans it
        case FormField::note:
        case FormField::first: return has("first");
        case FormField::last: return has("last");
        case FormField::manner: return has("kinds");
        case FormField::minutes: return has("total_s");
        case FormField::degree: return has("degree");
        case FormField::related: return has("via");
        case FormField::place:
        case FormField::summary: return table_.kind == std::string_view("passages") ? std::nullopt : has("sites");
        case FormField::case_number: return table_.case_number.empty() ? std::optional(FormGap::no_data) : std::nullopt;
        default: return std::nullopt;
    }
}

FormValue FormSource::value(FormField field, FormDialect dialect, const Row& row, std::uint64_t number) const {
    switch (field) {
        case FormField::number: return {std::to_string(number + 1), true};
        case FormField::name: return {person_text(row, "name")};
        case FormField::family_name: return {parts_of(person_text(row, "name")).family};
        case FormField::given_name: return {parts_of(person_text(row, "name")).given};
        case FormField::sex: return {sex_word(person_text(row, "sex"), dialect)};
        case FormField::age: return age(row);
        case FormField::birth_date:
        case FormField::birth_day:
        case FormField::birth_month:
        case FormField::birth_year: return {date_part(row, field)};
        case FormField::document_type: return {document_word(person_text(row, "document.type"), dialect)};
        case FormField::document_number: return {person_text(row, "document.number")};
        case FormField::phone: {
            auto phone = person_text(row, "phone");
            const bool is_home = dialect == FormDialect::office && phone.starts_with("+86");   // as the office's forms have it: 11 digits
            return {is_home ? phone.substr(3) : std::move(phone)};
        }
        case FormField::address: return {address(row)};
        case FormField::township: return {township_of(row).digits == 0 ? std::string() : name_of(township_of(row))};
        case FormField::district: return {division_name(row, 6)};
        case FormField::region: return {division_name(row, 4)};
        case FormField::division: return {person_text(row, "division")};
        case FormField::workplace: return {person_text(row, "workplace")};
        case FormField::degree: {
            const auto* degree = row[*column("degree")].get_if<std::int64_t>();
            return {degree == nullptr ? std::string() : degree_word(*degree)};
        }
        case FormField::first: return {moment(row, "first", dialect)};
        case FormField::last: return {moment(row, "last", dialect)};
        case FormField::place: return {places(row)};
        case FormField::manner: return {manner_words(list(row, "kinds") == nullptr ? std::vector<std::string>{} : *list(row, "kinds"))};
        case FormField::minutes: return minutes(row);
        case FormField::summary: return {summary(row)};
        case FormField::person_id: return {person_text(row, "id")};
        case FormField::case_number: return {table_.case_number};
        case FormField::related: return {list(row, "via") == nullptr || list(row, "via")->empty() ? std::string() : list(row, "via")->front()};
        case FormField::report_date: return {date_word(ground_.zone.local_day(ground_.at), dialect)};
        case FormField::note: return {later_degree(row)};
        case FormField::relation:
        case FormField::disease: break;
    }
    return {};
}

std::string FormSource::moment(const Row& row, const char* name, FormDialect dialect) const {
    const auto at = column(name);
    const auto* held = at ? row[*at].get_if<domain::Instant>() : nullptr;
    if (held == nullptr) return {};
    const auto date = date_word(ground_.zone.local_day(*held), dialect);
    return dialect == FormDialect::office ? date + clock_word(ground_.zone.local_second(*held)) : date;
}

std::string FormSource::date_part(const Row& row, FormField part) const {
    const auto date = person_text(row, "birth_date");
    if (date.empty() || part == FormField::birth_date) return date;
    return part == FormField::birth_year ? date.substr(0, 4) : part == FormField::birth_month ? date.substr(5, 2) : date.substr(8, 2);
}

/// Full years today, as the law counts them.
FormValue FormSource::age(const Row& row) const {
    const auto birth = person_text(row, "birth_date");
    const auto today = domain::format_date(ground_.zone.local_day(ground_.at));
    if (birth.empty() || birth > today) return {};
    const auto years = std::stoi(today.substr(0, 4)) - std::stoi(birth.substr(0, 4)) - (today.substr(5) < birth.substr(5) ? 1 : 0);
    return {std::to_string(years), true};
}

FormValue FormSource::minutes(const Row& row) const {
    const auto at = column("total_s");
    const auto* seconds = at ? row[*at].get_if<std::int64_t>() : nullptr;
    return seconds == nullptr ? FormValue{} : FormValue{std::to_string(*seconds / 60), true};
}

domain::DivisionCode FormSource::township_of(const Row& row) const {
    constexpr std::size_t township_digits = 9;
    const auto code = person_text(row, "division").substr(0, township_digits);
    return domain::parse_division_code(code).value_or(domain::DivisionCode{});
}

std::string FormSource::name_of(domain::DivisionCode township) const {
    if (township.digits == 0) return "未登记区划";
    const auto* found = ground_.directory->divisions->find(township);
    return found == nullptr ? std::string(domain::DivisionText(township)) : found->name;
}

std::string FormSource::division_name(const Row& row, std::size_t digits) const {
    const auto code = person_text(row, "division");
    const auto part = code.size() >= digits ? domain::parse_division_code(code.substr(0, digits)) : std::nullopt;
    const auto* found = part ? ground_.directory->divisions->find(*part) : nullptr;
    return found == nullptr ? std::string() : found->name;
}

/// Where a stranger would find it: county, township and village go before what was stated, unless it begins with them.
std::string FormSource::address(const Row& row) const {
    const auto stated = person_text(row, "address");
    std::string whole;
    for (const std::size_t digits : {6U, 9U, 12U})
        if (const auto name = division_name(row, digits); stated.find(name) == std::string::npos) whole += name;
    return whole + stated;
}

std::string FormSource::places(const Row& row) const {
    std::vector<std::string> refs;
    if (const auto* sites = list(row, "sites")) refs = *sites;
    for (const auto& [name, cell] : table_.parameters)
        if (refs.empty() && name == "site" && cell.get_if<std::string>() != nullptr) refs.push_back(*cell.get_if<std::string>());
    std::string text;
    std::set<std::string> told;   // a place's doors are one
    for (const auto& ref : refs) {
        const auto* site = ground_.directory->site(std::string_view(ref));
        const auto* place = site == nullptr ? nullptr : ground_.directory->site(site->place);
        const auto& name = place == nullptr ? ref : place->name;
        if (told.insert(name).second) text += (text.empty() ? "" : "、") + name;
    }
    return text;
}

/// Who never met the index must not stand in a list as if they had: forms without a column for it say it in words.
std::string FormSource::later_degree(const Row& row) const {
    const auto at = column("degree");
    const auto* degree = at ? row[*at].get_if<std::int64_t>() : nullptr;
    if (degree == nullptr || *degree < 2) return {};
    auto text = degree_word(*degree);
    if (const auto* via = list(row, "via"); via != nullptr && !via->empty()) {
        text += "，经编号 ";
        for (const auto& one : *via) text += (&one == &via->front() ? "" : "、") + one;
    }
    return text;
}

std::string FormSource::summary(const Row& row) const {
    std::string text = later_degree(row);
    text += (text.empty() ? "" : "；") + places(row);
    if (const auto* kinds = list(row, "kinds")) text += "；" + manner_words(*kinds);
    const auto first = moment(row, "first", FormDialect::office), last = moment(row, "last", FormDialect::office);
    if (!first.empty()) text += "；" + first + " 至 " + last;
    if (const auto together = minutes(row); !together.text.empty()) text += "；累计" + together.text + "分钟";
    return text;
}

}  // namespace chayan::service
