// SPDX-License-Identifier: Apache-2.0
#include "service/trace_question.hpp"

#include <algorithm>
#include <set>

#include "domain/contact_preset.hpp"
#include "domain/plate.hpp"
#include "kit/limits.hpp"
#include "service/past_indexes.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

Error wrong(const char* pointer, const char* code) { return {Errc::invalid, "trace_invalid", {{pointer, code}}}; }

constexpr std::int64_t duration_s_max = 366LL * 86'400;

bool is_duration(std::int64_t seconds) { return seconds >= 0 && seconds <= duration_s_max; }

using People = std::set<domain::PersonNo>;

/// Narrows `fits` to those in `found`; the first key that is given starts it.
void narrow(std::optional<People>& fits, People found) {
    if (!fits) {
        fits = std::move(found);
        return;
    }
    std::erase_if(*fits, [&](domain::PersonNo person) { return !found.contains(person); });
}

People people_of(const domain::People& people, const std::vector<storage::RegistrationRow>& rows) {
    People found;
    for (const auto& row : rows)
        if (const auto person = people.person_of(row.id); !person.is_none()) found.insert(person);
    return found;
}

constexpr std::int64_t day_s = 86'400;

struct Anchor {
    domain::AnchorKind kind;
    domain::Instant at;
};

kit::Result<Anchor> read_anchor(const TraceAnchor& given) {
    if (given.onset.has_value() == given.sample.has_value()) return wrong("/anchor", "anchor_kind");
    const auto at = domain::parse_rfc3339(given.onset ? *given.onset : *given.sample);
    if (!at) return wrong("/anchor", "time_malformed");
    return Anchor{given.onset ? domain::AnchorKind::onset : domain::AnchorKind::sample, *at};
}

/// The window about the anchor, where from or to were not given.
kit::Status fill_window(TraceRequest& request, const domain::ContactPreset& preset, Anchor anchor, domain::Instant now) {
    constexpr domain::Instant first_told{-2'208'988'800}, last_told = domain::ever_after - 1;   // what RFC 3339 can say here
    const auto days_after = preset.days_after(anchor.kind);
    const auto begin = std::max(anchor.at - preset.days_before * day_s, first_told);
    const auto end = std::min(days_after ? std::min(anchor.at + *days_after * day_s, now + 1) : now + 1, last_told);   // nobody has met tomorrow yet
    const auto given = request.from ? domain::parse_rfc3339(*request.from) : kit::Result<domain::Instant>(begin);
    if (!request.to && given && *given >= end) return request.from ? wrong("/from", "window_empty") : wrong("/anchor", "anchor_ahead");
    if (!request.from) request.from = domain::format_rfc3339(begin);
    if (!request.to) request.to = domain::format_rfc3339(end);
    return kit::Done{};
}

std::vector<std::string> words_of(const std::vector<domain::Category>& categories) {
    std::vector<std::string> words;
    for (const auto category : categories) words.push_back(domain::category_rules()[static_cast<std::size_t>(category)].word);
    return words;
}

kit::Status fill_from_preset(TraceRequest& request, domain::Instant now) {
    if (!request.preset) return request.anchor ? kit::Status(wrong("/preset", "missing")) : kit::Done{};
    const auto* preset = domain::find_contact_preset(*request.preset);
    if (preset == nullptr) return wrong("/preset", "preset_unknown");
    if (request.anchor) {
        const auto anchor = read_anchor(*request.anchor);
        if (!anchor) return anchor.error();
        if (auto status = fill_window(request, *preset, *anchor, now); !status) return status;
    } else if (!request.from || !request.to) {
        return wrong("/anchor", "missing");
    }
    if (!request.linger_s && preset->linger_s) request.linger_s = *preset->linger_s;
    if (!request.min_overlap_s) request.min_overlap_s = preset->min_overlap_s;
    if (!request.accumulate) request.accumulate = domain::word_of(preset->accumulate);
    if (!request.categories) request.categories = words_of(preset->categories);
    return kit::Done{};
}

Error wrong_item(const char* list, std::size_t number, const char* code, Errc kind = Errc::invalid) {
    return {kind, kind == Errc::invalid ? "trace_invalid" : code, {{std::string(list) + "/" + std::to_string(number), code}}};
}

/// What is no moment stays, and is refused where it is read.
void tell_in_utc(std::optional<std::string>& text) {
    const auto at = text ? domain::parse_rfc3339(*text) : kit::Result<domain::Instant>(kit::Error{Errc::invalid, "missing"});
    if (at) text = domain::format_rfc3339(*at);
}

}  // namespace

kit::Result<TraceRequest> spelt_out(TraceRequest request, domain::Instant now) {
    if (request.known_at) {   // nobody knew then whom they would meet
        const auto known_at = parse_known_at(*request.known_at, now);
        if (!known_at) return known_at.error();
        now = *known_at;
    }
    if (auto status = fill_from_preset(request, now); !status) return status.error();
    if (!request.from) return wrong("/from", "missing");
    if (!request.to) return wrong("/to", "missing");
    request.min_overlap_s = request.min_overlap_s.value_or(0);
    request.accumulate = request.accumulate.value_or(domain::word_of(domain::Accumulate::total));
    // What was in force is told as every answer tells moments.
    for (auto* text : {&request.from, &request.to}) tell_in_utc(*text);
    for (auto& subject : request.index)
        for (auto* text : {&subject.from, &subject.to}) tell_in_utc(*text);
    if (request.anchor)
        for (auto* text : {&request.anchor->onset, &request.anchor->sample}) tell_in_utc(*text);
    return request;
}

namespace {

/// Evidence, flags, identity and the weight of crowds.
kit::Status read_who_counts(const TraceRequest& request, domain::TraceQuestion& question) {
    if (request.evidence.size() > kit::trace_filter_max) return wrong("/evidence", "too_many");
    for (const auto& word : request.evidence) {
        const auto known = question.evidence.size();
        for (const auto source : {domain::Source::static_code, domain::Source::screen, domain::Source::staff, domain::Source::import, domain::Source::old_poster})
            if (word == domain::word_of(source)) question.evidence.push_back(source);
        if (question.evidence.size() == known) return wrong("/evidence", "evidence_unknown");
    }
    if (request.without_flags.size() > kit::trace_filter_max) return wrong("/without_flags", "too_many");
    for (const auto& word : request.without_flags) {
        const auto flag = domain::find_flag(word);
        if (!flag) return wrong("/without_flags", "flag_unknown");
        question.without_flags |= bit(*flag);
    }
    if (request.identity == "document") question.identity = domain::IdentityFloor::document;
    else if (request.identity == "seen") question.identity = domain::IdentityFloor::seen;
    else if (request.identity) return wrong("/identity", "identity_unknown");
    if (request.crowd_half && (*request.crowd_half < 1 || *request.crowd_half > 1'000'000)) return wrong("/crowd_half", "crowd_half_range");
    if (request.crowd_half) question.crowd_half = static_cast<std::uint32_t>(*request.crowd_half);
    return kit::Done{};
}

}  // namespace

kit::Result<domain::TraceQuestion> read_question(const TraceRequest& request, domain::Interval window) {
    domain::TraceQuestion question;
    question.window = window;
    if (request.index.empty()) return wrong("/index", "missing");
    if (request.index.size() > kit::trace_index_max) return wrong("/index", "too_many");
    if (request.direction == "backward") question.direction = domain::TraceDirection::backward;
    else if (request.direction != "forward") return wrong("/direction", "trace_direction_unknown");
    if (request.degree < 1 || request.degree > 3) return wrong("/degree", "degree_range");
    question.degree = static_cast<std::uint8_t>(request.degree);
    if (request.linger_s && !is_duration(*request.linger_s)) return wrong("/linger_s", "duration_range");
    if (request.linger_s) question.linger_s = static_cast<std::int32_t>(*request.linger_s);
    const auto min_overlap_s = request.min_overlap_s.value_or(0);
    if (!is_duration(min_overlap_s)) return wrong("/min_overlap_s", "duration_range");
    question.min_overlap_s = static_cast<std::int32_t>(min_overlap_s);
    const auto accumulate = request.accumulate ? domain::find_accumulate(*request.accumulate) : domain::Accumulate::total;
    if (!accumulate) return wrong("/accumulate", "accumulate_unknown");
    question.accumulate = *accumulate;
    const auto categories = request.categories.value_or(std::vector<std::string>{});
    if (categories.size() > kit::trace_filter_max) return wrong("/categories", "too_many");
    for (const auto& word : categories) {
        const auto category = domain::find_category(word);
        if (!category) return wrong("/categories", "category_unknown");
        question.categories.push_back(*category);
    }
    if (request.limit) {
        if (*request.limit < 1 || *request.limit > 1'000'000) return wrong("/limit", "limit_range");
        question.limit = static_cast<std::uint32_t>(*request.limit);
    }
    if (auto status = read_who_counts(request, question); !status) return status.error();
    question.explain = request.explain;
    const bool is_bounded = question.min_overlap_s >= 1 || question.limit || !question.categories.empty();   // CONTRACT 5; a division may be the whole county
    if (question.degree >= 2 && !is_bounded) return Error{Errc::invalid, "unbounded"};
    return question;
}

kit::Result<domain::SharedPlacesQuestion> read_shared_places(const SharedPlacesRequest& request) {
    domain::SharedPlacesQuestion question;
    if (request.index.size() < 2) return wrong("/index", "index_needs_two");
    if (request.index.size() > kit::shared_places_cases_max) return wrong("/index", "too_many");
    for (std::size_t i = 0; i < request.index.size(); ++i) {
        const auto& subject = request.index[i];
        const auto& from = subject.from ? subject.from : request.from;
        const auto& to = subject.to ? subject.to : request.to;
        if (!subject.person) return at_index(wrong("/index/person", "missing"), i);
        if (!from) return wrong("/from", "missing");
        if (!to) return wrong("/to", "missing");
        const auto begin = domain::parse_rfc3339(*from), end = domain::parse_rfc3339(*to);
        if (!begin) return subject.from ? at_index(wrong("/index/from", "time_malformed"), i) : wrong("/from", "time_malformed");
        if (!end) return subject.to ? at_index(wrong("/index/to", "time_malformed"), i) : wrong("/to", "time_malformed");
        if (*begin >= *end) return at_index(wrong("/index/to", "window_empty"), i);
        question.cases.push_back({{}, {*begin, *end}});
    }
    for (const auto& word : request.categories) {
        const auto category = domain::find_category(word);
        if (!category) return wrong("/categories", "category_unknown");
        question.categories.push_back(*category);
    }
    if (request.limit && (*request.limit < 1 || *request.limit > 1'000'000)) return wrong("/limit", "limit_range");
    if (request.limit) question.limit = static_cast<std::uint32_t>(*request.limit);
    return question;
}

kit::Status read_places(const TraceRequest& request, const Directory& directory, const Caller& caller, domain::TraceQuestion& question) {
    if (request.divisions.size() > kit::trace_filter_max) return wrong("/divisions", "too_many");
    if (request.sites.size() > kit::trace_filter_max) return wrong("/sites", "too_many");
    const auto& known = *directory.divisions;
    for (std::size_t i = 0; i < request.divisions.size(); ++i) {
        const auto& word = request.divisions[i];
        if (known.is_ambiguous(word)) return wrong_item("/divisions", i, "division_ambiguous");
        const auto* row = known.find(word);
        const auto code = row != nullptr ? std::optional(row->code) : domain::parse_division_code(word);
        const bool is_known = row != nullptr || (code && known.reaches(*code));
        if (!is_known) return wrong_item("/divisions", i, "division_unknown");
        question.divisions.push_back(*code);
    }
    for (std::size_t i = 0; i < request.sites.size(); ++i) {
        const auto* site = caller.find_site(directory, request.sites[i]);
        if (site == nullptr) return wrong_item("/sites", i, "site_unknown", Errc::not_found);
        question.sites.push_back(site->id);
    }
    return kit::Done{};
}

bool may_ask_about(const Caller& caller, const domain::ContactIndex& index, storage::Connection& reader, const Vault& vault, domain::PersonNo person) {
    if (caller.scope.digits == 0) return true;
    const auto& sites = index.sites();
    for (const auto& told : index.told_scans(person))
        if (caller.may_see(sites[told.scan.site].division)) return true;
    for (const auto registration : index.people().registrations_of(person)) {
        const auto row = reader.registry().registration(registration);
        const auto statement = row ? open_statement(vault, *row) : std::nullopt;
        if (statement && statement->division && caller.may_see(*statement->division)) return true;
    }
    return false;
}

std::string words_of(const std::vector<TraceSubject>& subjects) {
    constexpr std::size_t told_max = 20;   // a thousand index persons would be a line nobody reads; their number stands there
    std::string words;
    for (std::size_t i = 0; i < subjects.size() && i < told_max; ++i) {
        const auto& subject = subjects[i];
        if (i > 0) words += ", ";
        if (subject.person) words += "person " + *subject.person;
        else if (subject.site) words += "site " + *subject.site;
        else words += "a vehicle";
    }
    if (subjects.size() > told_max) words += ", … (" + std::to_string(subjects.size()) + ")";
    return words;
}

std::vector<domain::PersonNo> index_persons(const domain::TraceQuestion& question) {
    std::vector<domain::PersonNo> persons;
    for (const auto& subject : question.index)
        if (const auto* person = std::get_if<domain::PersonNo>(&subject)) persons.push_back(*person);
    return persons;
}

std::vector<domain::RegistrationId> phones_told(const domain::People& people, const std::vector<domain::PersonNo>& persons) {
    std::vector<domain::RegistrationId> told;
    for (const auto person : persons) {
        const auto& all = people.registrations_of(person);
        if (all.empty()) continue;
        const auto holder = people.holder_of(all.front());
        const bool is_alone = std::all_of(all.begin(), all.end(), [&](domain::RegistrationId one) { return people.holder_of(one) == holder; });
        const bool is_holder = std::any_of(all.begin(), all.end(), [&](domain::RegistrationId one) { return people.is_of_holder(one); });
        if (is_alone) told.push_back(is_holder ? holder : all.front());
        for (const auto one : all)   // whose document staff have seen is no stranger
            if (is_seen(people, one)) told.push_back(people.is_of_holder(one) ? people.holder_of(one) : one);
    }
    std::sort(told.begin(), told.end());   // one phone may have been two of them
    told.erase(std::unique(told.begin(), told.end()), told.end());
    return told;
}

kit::Error at_index(kit::Error error, std::size_t number) {
    constexpr std::string_view index = "/index";
    const auto here = std::string(index) + "/" + std::to_string(number);
    if (error.fields.empty()) error.fields.push_back({here, error.code});
    else error.fields[0].pointer = here + error.fields[0].pointer.substr(index.size());
    return error;
}

kit::Result<std::optional<domain::IndexSubject>> read_subject(
    const TraceSubject& subject, domain::Interval window, const Directory& directory, const Caller& caller, storage::Connection& reader,
    const Vault& vault, const std::function<std::optional<domain::PersonNo>(const std::string&)>& find_person) {
    using Subject = std::optional<domain::IndexSubject>;
    const int given = (subject.person ? 1 : 0) + (subject.site ? 1 : 0) + (subject.plate ? 1 : 0);
    if (given != 1) return wrong("/index", "index_kind");
    if (subject.person) {
        const auto person = find_person(*subject.person);
        if (!person) return Error{Errc::not_found, "person_unknown"};
        return Subject(*person);
    }
    if (subject.plate) {
        const auto plate = domain::parse_plate(*subject.plate);
        if (!plate) return wrong("/index/plate", plate.error().code);
        const auto row = reader.registry().vehicle(vault.blind(BlindKind::plate, plate->text));
        return row ? Subject(domain::IndexVehicle{row->id}) : Subject();
    }
    const auto* site = caller.find_site(directory, *subject.site);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    domain::Interval interval = window;
    if (subject.from) {
        const auto at = domain::parse_rfc3339(*subject.from);
        if (!at) return wrong("/index/from", "time_malformed");
        interval.from = *at;
    }
    if (subject.to) {
        const auto at = domain::parse_rfc3339(*subject.to);
        if (!at) return wrong("/index/to", "time_malformed");
        interval.to = *at;
    }
    if (interval.from >= interval.to) return wrong("/index/to", "window_empty");
    // Nobody would be found, and the answer would call that complete.
    if (interval.to <= window.from || interval.from >= window.to) return wrong("/index", "index_outside");
    return Subject(domain::IndexSite{site->id, interval});
}

kit::Result<std::vector<domain::PersonNo>> find_people(const domain::ContactIndex& index, storage::Connection& reader, const Vault& vault,
                                                       domain::Day today, const SearchRequest& request) {
    const auto& people = index.people();
    const auto& fields = request.fields;
    std::optional<People> fits;
    if (!fields.document_number.empty()) {
        const auto type = domain::find_document_type(fields.document_type);
        if (!type) return kit::invalid_field("/document/type", "document_type_unknown");
        const auto document = domain::parse_document(*type, fields.document_number, fields.document_country, today);
        if (!document) return kit::invalid_field("/document/number", document.error().code);
        narrow(fits, people_of(people, reader.registry().with_document(vault.blind(BlindKind::document, domain::document_key(*document)))));
    }
    if (!fields.phone.empty()) {
        const auto phone = domain::parse_phone(fields.phone);
        if (!phone) return kit::invalid_field("/phone", phone.error().code);
        narrow(fits, people_of(people, reader.registry().with_phone(vault.blind(BlindKind::phone, phone->e164))));
    }
    if (!fields.name.empty()) {
        const auto name = domain::parse_name(fields.name);
        if (!name) return kit::invalid_field("/name", name.error().code);
        narrow(fits, people_of(people, reader.registry().with_name(vault.blind(BlindKind::name, domain::fold_name(*name)))));
    }
    if (request.plate) {
        const auto plate = domain::parse_plate(*request.plate);
        if (!plate) return kit::invalid_field("/plate", plate.error().code);
        const auto row = reader.registry().vehicle(vault.blind(BlindKind::plate, plate->text));
        People found;
        if (row) {
            domain::TraceQuestion question;
            question.index.push_back(domain::IndexVehicle{row->id});
            question.window = {{0}, {4'000'000'000}};
            question.public_order = [&](domain::PersonNo person) { return vault.person_order(person); };
            const auto riders = index.trace(question);
            if (!riders) return Error{Errc::invalid, "search_too_many"};
            for (const auto& contact : riders->contacts)
                if (contact.degree == 0) found.insert(contact.person);
        }
        narrow(fits, std::move(found));
    }
    if (!fits) return Error{Errc::invalid, "search_empty"};
    if (fits->size() > kit::search_people_max) return Error{Errc::invalid, "search_too_many"};
    return std::vector<domain::PersonNo>(fits->begin(), fits->end());
}

}  // namespace chayan::service
