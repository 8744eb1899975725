// SPDX-License-Identifier: Apache-2.0
#include "service/trace_question.hpp"

#include <algorithm>
#include <set>

#include "domain/plate.hpp"
#include "kit/limits.hpp"

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
    if (!is_duration(request.min_overlap_s)) return wrong("/min_overlap_s", "duration_range");
    question.min_overlap_s = static_cast<std::int32_t>(request.min_overlap_s);
    if (request.accumulate == "longest") question.accumulate = domain::Accumulate::longest;
    else if (request.accumulate == "day") question.accumulate = domain::Accumulate::day;
    else if (request.accumulate != "total") return wrong("/accumulate", "accumulate_unknown");
    for (const auto& word : request.categories) {
        const auto category = domain::find_category(word);
        if (!category) return wrong("/categories", "category_unknown");
        question.categories.push_back(*category);
    }
    if (request.limit) {
        if (*request.limit < 1 || *request.limit > 1'000'000) return wrong("/limit", "limit_range");
        question.limit = static_cast<std::uint32_t>(*request.limit);
    }
    question.explain = request.explain;
    const bool is_bounded = question.min_overlap_s >= 1 || question.limit || !question.categories.empty();
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
