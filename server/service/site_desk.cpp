// SPDX-License-Identifier: Apache-2.0
#include "service/site_desk.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "domain/time.hpp"
#include "kit/check.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/local_days.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

constexpr std::uint8_t revision_max = 63;   // six bits of the code

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool holds(std::string_view text, std::string_view wanted) {
    return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

std::optional<std::size_t> read_limit(const std::string& text) {
    if (text.empty()) return kit::sites_page_max;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > kit::sites_page_max) return std::nullopt;
    return number;
}

/// put_site names columns; a body has members.
Error of_member(Error error) {
    for (auto& field : error.fields)
        if (!field.pointer.starts_with('/')) field.pointer.insert(0, 1, '/');
    return error;
}

Importer importer(const Caller& caller) { return {caller.id, caller.scope}; }

SiteValue value_of(const SiteTexts& texts) {
    return [&texts](std::size_t column) { return texts[column]; };
}

/// The row as it is now, for the caller; nothing when it is not theirs.
const storage::SiteRow* find_in(const WriteContext& context, const Caller& caller, const std::string& ref) { return caller.find_site(context.directory(), ref); }

void put(WriteContext& context, storage::SiteRow row) {
    context.store().sites().put(row);
    const auto id = row.id.value;
    context.edit_directory().site_rows.edit(id) = std::make_shared<const storage::SiteRow>(std::move(row));
}

}  // namespace

SiteView SiteDesk::view_of(std::shared_ptr<const Directory> directory, const storage::SiteRow& row) const {
    SiteView view;
    view.row = &row;
    if (row.place != row.id) view.place = directory->site(row.place)->ref;
    if (const auto* division = directory->divisions->find(row.division)) view.division_name = division->name;
    view.directory = std::move(directory);
    return view;
}

SiteView SiteDesk::with_codes(SiteView view) const {
    const auto& row = *view.row;
    if (!row.closed)
        for (const auto direction : {domain::PosterDirection::any, domain::PosterDirection::in, domain::PosterDirection::out, domain::PosterDirection::pass}) {
            auto code = vault_.site_code({row.id, direction, row.revision});
            auto url = base_url_ + "/s/" + code;
            view.codes.push_back({domain::word_of(direction), std::move(code), std::move(url)});
        }
    return view;
}

SiteView SiteDesk::view_now(const std::string& ref) const {
    auto directory = board_.load();
    const auto* row = directory->site(ref);
    CHECK(row != nullptr);
    return with_codes(view_of(std::move(directory), *row));
}

kit::Result<SitePage> SiteDesk::list(const Caller& caller, const SiteFilter& filter) const {
    const auto directory = board_.load();
    const auto* area = filter.division.empty() ? nullptr : directory->divisions->find(filter.division);
    if (!filter.division.empty() && area == nullptr) return invalid_field("/division", "division_unknown");
    const auto category = filter.category.empty() ? std::nullopt : domain::find_category(filter.category);
    if (!filter.category.empty() && !category) return invalid_field("/category", "category_unknown");
    if (!filter.closed.empty() && filter.closed != "true" && filter.closed != "false") return invalid_field("/closed", "flag_malformed");
    const auto limit = read_limit(filter.limit);
    if (!limit) return invalid_field("/limit", "page_limit_range");
    if (const auto* last = directory->site(filter.cursor); !filter.cursor.empty() && (last == nullptr || !caller.may_see(last->division)))
        return invalid_field("/cursor", "cursor_unknown");
    std::vector<const storage::SiteRow*> found;
    for (std::size_t id = 1; id < directory->site_rows.size(); ++id) {
        const auto* row = directory->site_rows[id].get();
        if (row == nullptr || !caller.may_see(row->division) || (!caller.site.is_none() && caller.site != row->id)) continue;
        if (area != nullptr && !domain::is_within(row->division, area->code)) continue;
        if (category && row->category != *category) continue;
        if (!filter.closed.empty() && row->closed.has_value() != (filter.closed == "true")) continue;
        if (!filter.text.empty() && !holds(row->ref, filter.text) && !holds(row->name, filter.text) && !holds(row->address, filter.text)) continue;
        found.push_back(row);
    }
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->ref < b->ref; });
    SitePage page;
    page.count = found.size();
    // The cursor is the last ref that was told: a site that comes or goes meanwhile moves no page.
    auto next = std::partition_point(found.begin(), found.end(), [&](const auto* row) { return !filter.cursor.empty() && row->ref <= filter.cursor; });
    for (; next != found.end() && page.sites.size() < *limit; ++next) page.sites.push_back(with_codes(view_of(directory, **next)));
    if (next != found.end()) page.next = page.sites.back().row->ref;
    return page;
}

SitePage SiteDesk::named(std::vector<std::string> refs) const {
    const auto directory = board_.load();
    std::sort(refs.begin(), refs.end());
    refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
    SitePage page;
    for (const auto& ref : refs)
        if (const auto* row = directory->site(ref)) page.sites.push_back(view_of(directory, *row));
    page.count = page.sites.size();
    return page;
}

SitePage SiteDesk::with_words(const Caller& caller, const std::string& words) const {
    const auto directory = board_.load();
    SitePage page;
    for (std::size_t id = 1; id < directory->site_rows.size(); ++id) {
        const auto* row = directory->site_rows[id].get();
        if (row == nullptr || !caller.may_see(row->division)) continue;
        if (holds(row->ref, words) || holds(row->name, words) || holds(row->address, words)) page.sites.push_back(view_of(directory, *row));
    }
    page.count = page.sites.size();
    std::sort(page.sites.begin(), page.sites.end(), [](const SiteView& a, const SiteView& b) { return a.row->ref < b.row->ref; });
    page.sites.resize(std::min(page.count, kit::sites_page_max));
    return page;
}

kit::Result<SiteView> SiteDesk::find(const Caller& caller, const std::string& ref) const {
    auto directory = board_.load();
    const auto* row = caller.find_site(*directory, ref);
    if (row == nullptr) return Error{Errc::not_found, "site_unknown"};
    return with_codes(view_of(std::move(directory), *row));
}

kit::Result<SiteView> SiteDesk::add(const Caller& caller, const SiteTexts& texts) {
    std::string ref;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto read = site_ref(texts[0].value_or(""), context.directory());
        if (!read) return of_member(read.error());
        ref = *read;
        if (context.directory().site(ref) != nullptr) return Error{Errc::conflict, "ref_in_use", {{"/ref", "ref_in_use"}}};
        const auto change = put_site(context, value_of(texts), importer(caller));
        if (!change) return of_member(change.error());
        context.audit({caller.id, "site_added", {}, audit_detail({{"site", ref}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_now(ref);
}

kit::Result<SiteView> SiteDesk::change(const Caller& caller, const std::string& ref, const SiteTexts& texts, std::optional<bool> closed) {
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto* old = find_in(context, caller, ref);
        if (old == nullptr) return Error{Errc::not_found, "site_unknown"};
        auto wanted = texts;   // the columns that a row can't do without
        wanted[0] = ref;
        if (!wanted[1]) wanted[1] = old->name;
        if (!wanted[2]) wanted[2] = domain::category_rules()[static_cast<std::size_t>(old->category)].word;
        if (!wanted[3]) wanted[3] = std::string(std::string_view{domain::DivisionText(old->division)});
        const auto change = put_site(context, value_of(wanted), importer(caller));
        if (!change) return of_member(change.error());
        if (*change == SiteChange::changed) context.audit({caller.id, "site_changed", {}, audit_detail({{"site", ref}})});
        auto row = *context.directory().site(ref);
        if (!closed || *closed == row.closed.has_value()) return kit::Done{};
        row.closed = *closed ? std::optional(context.now()) : std::nullopt;
        put(context, std::move(row));
        context.audit({caller.id, *closed ? "site_closed" : "site_opened", {}, audit_detail({{"site", ref}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_now(ref);
}

kit::Result<SiteView> SiteDesk::replace(const Caller& caller, const std::string& ref, const std::optional<std::string>& accept_old_until) {
    std::optional<domain::Instant> until;
    if (accept_old_until) {
        const auto read = domain::parse_rfc3339(*accept_old_until);
        if (!read) return invalid_field("/accept_old_until", "time_malformed");
        until = *read;
    }
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto* old = find_in(context, caller, ref);
        if (old == nullptr) return Error{Errc::not_found, "site_unknown"};
        if (old->closed) return Error{Errc::gone, "site_closed"};
        if (old->revision == revision_max) return Error{Errc::conflict, "codes_used_up"};
        if (until && (*until <= context.now() || *until - context.now() > kit::old_code_s_max)) return invalid_field("/accept_old_until", "old_until_range");
        auto row = *old;
        ++row.revision;
        row.old_until = until;
        const auto told_until = until ? domain::format_rfc3339(*until) : std::string();
        put(context, std::move(row));
        context.audit({caller.id, "site_code_replaced", {}, audit_detail({{"site", ref}, {"until", told_until}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_now(ref);
}

kit::Result<TrafficView> SiteDesk::traffic(const Caller& caller, const std::string& ref, const std::string& day) const {
    const auto directory = board_.load();
    const auto* row = caller.find_site(*directory, ref);
    if (row == nullptr) return Error{Errc::not_found, "site_unknown"};
    const auto wanted = day.empty() ? std::optional(zone_.local_day(clock_.now())) : domain::parse_date(day);
    if (!wanted) return invalid_field("/day", "date_malformed");
    const auto index = tracing_.index();
    if (!index) return index.error();
    const domain::Day before{wanted->number - 7};
    return TrafficView{domain::format_date(*wanted), domain::format_date(before), domain::site_traffic(**index, row->id, hours_of(zone_, *wanted)),
                       domain::site_traffic(**index, row->id, hours_of(zone_, before))};
}

kit::Result<ActivityPage> SiteDesk::activity(const Caller& caller) const {
    const auto index = tracing_.index();
    if (!index) return index.error();
    ActivityPage page;
    page.directory = board_.load();
    page.now = clock_.now();
    page.since = begin_of(zone_, zone_.local_day(page.now));
    const auto week = 7 * day_s;
    const domain::Instant today[] = {page.since, page.now + 1}, before[] = {page.since - week, page.now + 1 - week}, ever[] = {page.now - kit::silent_s_max, page.since};
    for (std::size_t id = 1; id < page.directory->site_rows.size(); ++id) {
        const auto* row = page.directory->site_rows[id].get();
        if (row == nullptr || row->closed || !caller.may_see(row->division) || (!caller.site.is_none() && caller.site != row->id)) continue;
        const auto now = domain::site_traffic(**index, row->id, today);
        ActivityView view{row, now.visits.front(), domain::site_traffic(**index, row->id, before).visits.front(), now.last};
        if (!view.last) view.last = domain::site_traffic(**index, row->id, ever).last;
        page.sites.push_back(view);
    }
    std::sort(page.sites.begin(), page.sites.end(), [](const auto& a, const auto& b) { return a.row->ref < b.row->ref; });
    return page;
}

kit::Result<CodeCheck> SiteDesk::check(const Caller& caller, const std::string& code) const {
    const auto opened = vault_.open_site_code(code);
    const auto directory = board_.load();
    const auto* row = opened ? directory->site(opened->site) : nullptr;
    if (row == nullptr || caller.find_site(*directory, row->ref) == nullptr || opened->revision > row->revision) return Error{Errc::not_found, "code_unknown"};
    CodeCheck check{row->ref, row->name, domain::word_of(opened->direction), "current", opened->revision, row->revision, {}};
    const bool is_old = opened->revision < row->revision;
    const bool is_accepted = is_old && row->old_until && clock_.now() < *row->old_until;
    if (is_accepted) check.accepted_until = row->old_until;
    if (row->closed) check.state = "closed";
    else if (is_old) check.state = is_accepted ? "accepted" : "replaced";
    return check;
}

std::vector<DivisionView> SiteDesk::divisions(const Caller& caller, bool all) const {
    const auto directory = board_.load();
    std::vector<const storage::DivisionRow*> found;
    directory->divisions->for_each([&](const storage::DivisionRow& row) {
        if (all || caller.may_see(row.code) || domain::is_within(caller.scope, row.code)) found.push_back(&row);
    });
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return std::string_view(domain::DivisionText(a->code)) < std::string_view(domain::DivisionText(b->code)); });
    std::vector<DivisionView> views;
    std::vector<const storage::DivisionRow*> above;   // of the one before, itself included: the order by code is that of the tree
    for (const auto* row : found) {
        while (!above.empty() && !domain::is_within(row->code, above.back()->code)) above.pop_back();
        const auto parent = row->parent ? row->parent : above.empty() ? std::nullopt : std::optional(above.back()->code);
        const auto text = [](domain::DivisionCode code) { return std::string(std::string_view{domain::DivisionText(code)}); };
        views.push_back({text(row->code), row->name, parent ? text(*parent) : std::string(), caller.may_see(row->code)});
        above.push_back(row);
    }
    return views;
}

}  // namespace chayan::service
