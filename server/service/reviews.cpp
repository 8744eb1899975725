// SPDX-License-Identifier: Apache-2.0
#include "service/reviews.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/person_events.hpp"
#include "service/review_acts.hpp"
#include "service/review_looks.hpp"
#include "service/trace_question.hpp"

namespace chayan::service {
namespace {

using domain::PersonNo;
using domain::RegistrationId;
using kit::Errc;
using kit::Error;
using kit::invalid_field;
using storage::ReviewKind;
using storage::ReviewRow;
using storage::ReviewState;

constexpr std::int64_t lately_s = 14 * 86'400;
constexpr std::array<const char*, 4> state_words{"open", "same", "distinct", "settled"};
constexpr std::array<const char*, 3> kind_words{"likely", "conflict", "split"};

const char* word_of(ReviewState state) { return state_words[static_cast<std::size_t>(state)]; }

std::string public_id(const storage::Blind& id) { return domain::encode_base32(id.data(), id.size()); }
std::optional<storage::Blind> read_id(std::string_view text) {
    storage::Blind id{};
    return domain::decode_base32(text, id.data(), id.size()) ? std::optional(id) : std::nullopt;
}

/// What the scope does not reach is no more there than what nobody knows; that it was asked for is written down.
Error not_there(Writer& writer, const Caller& caller, const char* action, const std::string& case_number, const char* code) {
    const auto written = run_and_wait(writer, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, action, case_number, {}});
        return kit::Done{};
    }, true);
    return written ? Error{Errc::not_found, code} : written.error();
}

kit::Result<std::size_t> read_number(const std::string& text, const char* pointer, const char* code, std::size_t most, std::size_t otherwise) {
    if (text.empty()) return otherwise;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number > most) return invalid_field(pointer, code);
    return number;
}

}  // namespace

Reviews::Reviews(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), staff_(staff) {}

ReviewView Reviews::view_of(const Caller& caller, storage::Connection& reader, const domain::People& people, const ReviewRow& row) const {
    ReviewView view;
    view.in_case = caller.has(storage::Role::tracer) && is_in_open_case(reader, row);
    view.id = public_id(row.id);
    view.kind = kind_words[static_cast<std::size_t>(row.kind)];
    view.state = word_of(row.state);
    view.weight = row.weight;
    view.reasons = row.reasons;
    view.at = row.at;
    if (row.decided.s != 0) view.decided = row.decided;
    if (!row.by.is_none()) view.decided_by = staff_.login_of(row.by);
    if (!row.note.empty()) view.note = vault_.open(SealKind::reason, view.id, row.note).value_or("");
    const auto one = reader.registry().registration(row.a), other = reader.registry().registration(row.b);
    view.same_document = one && other && one->document && one->document == other->document;
    std::tie(view.a, view.b) = view_pair(reader, vault_, people, row.a, row.b);
    return view;
}

bool Reviews::is_in_open_case(storage::Connection& reader, const ReviewRow& row) const {
    constexpr std::uint32_t looks = 20;   // the last ones: what was decided, and asked in cases that are closed, leaves lines too
    for (const auto one : {row.a, row.b})
        for (const auto& line : reader.audit().about(vault_.blind(BlindKind::subject, std::to_string(one.value)), looks)) {
            const auto found = reader.desk().find_case(line.case_number);
            if (found && found->state != storage::CaseState::closed && (!found->expires || *found->expires > clock_.now())) return true;
        }
    return false;
}

kit::Result<ReviewPage> Reviews::list(const Caller& caller, storage::Connection& reader, const std::string& state, const std::string& person, const std::string& limit,
                                     const std::string& cursor) {
    const auto word = std::find(state_words.begin(), state_words.end(), state.empty() ? "open" : std::string_view(state));
    if (word == state_words.end()) return invalid_field("/state", "review_state_unknown");
    const auto count = read_number(limit, "/limit", "page_limit_range", kit::reviews_page_max, kit::reviews_page_max);
    if (!count || *count == 0) return invalid_field("/limit", "page_limit_range");
    const auto after = read_id(cursor);
    if (!cursor.empty() && (!after || !reader.links().review(*after))) return invalid_field("/cursor", "cursor_unknown");
    std::optional<PersonNo> about;
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto& people = (*index)->people();
    if (!person.empty()) {
        const auto number = vault_.open_person_id(person);
        about = number ? people.resolve(*number) : PersonNo{};
    }
    const bool is_tracer = caller.has(storage::Role::tracer);
    Looks looks(caller, **index, reader, vault_, clock_.now() - lately_s, clock_.now());
    const auto rank = [&](const ReviewRow& row) {
        const auto scans = looks.scans(people.person_of(row.a)) + looks.scans(people.person_of(row.b));
        return std::tuple(!(is_tracer && is_in_open_case(reader, row)), -static_cast<std::int64_t>(scans), -row.weight, row.a, row.b);
    };
    using Rank = decltype(rank(ReviewRow{}));
    std::vector<std::pair<Rank, ReviewRow>> ranked;
    ReviewPage page;
    // From where the last page ended, also when that review has been decided since: what is decided leaves the list, and an offset would pass over others.
    const auto from = after ? std::optional(rank(*reader.links().review(*after))) : std::nullopt;
    for (auto& row : reader.links().reviews(static_cast<ReviewState>(word - state_words.begin()))) {
        const auto a = people.person_of(row.a), b = people.person_of(row.b);
        if (a.is_none() || b.is_none()) continue;   // placed since: the next question sees it
        if ((about && a != *about && b != *about) || !looks.may_ask(a) || !looks.may_ask(b)) continue;
        ++page.count;
        const auto place = rank(row);
        if (!from || *from < place) ranked.emplace_back(place, std::move(row));
    }
    std::sort(ranked.begin(), ranked.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
    for (std::size_t i = 0; i < std::min(ranked.size(), *count); ++i) page.reviews.push_back(view_of(caller, reader, people, ranked[i].second));
    if (*count < ranked.size()) page.next = page.reviews.back().id;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "reviews_listed", {}, audit_detail({{"found", std::to_string(page.reviews.size())}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return page;
}

kit::Result<ReviewRow> Reviews::find(const Caller& caller, storage::Connection& reader, const std::string& id) const {
    const auto named = read_id(id);
    const auto row = named ? reader.links().review(*named) : std::nullopt;
    if (!row) return not_there(writer_, caller, "review_outside", {}, "review_unknown");
    const auto index = tracing_.index();
    if (!index) return index.error();
    for (const auto one : {row->a, row->b})
        if (!may_ask_about(caller, **index, reader, vault_, (*index)->people().person_of(one))) return not_there(writer_, caller, "review_outside", {}, "review_unknown");
    return *row;
}

kit::Result<ReviewView> Reviews::decide(const Caller& caller, storage::Connection& reader, const std::string& id, const std::string& decision, const std::string& note) {
    if (decision != "same" && decision != "distinct") return invalid_field("/decision", "decision_unknown");
    if (!note.empty())
        if (auto status = check_written("/note", note, kit::reason_chars_max); !status) return status.error();
    const auto found = find(caller, reader, id);
    if (!found) return found.error();
    const auto wanted = decision == "same" ? ReviewState::same : ReviewState::distinct;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto row = context.store().links().review(found->id);
        if (!row) return Error{Errc::not_found, "review_unknown"};
        if (row->state == wanted) return kit::Done{};
        if (row->state != ReviewState::open) return Error{Errc::conflict, row->state == ReviewState::settled ? "review_settled" : "review_decided"};
        const auto a = context.directory().people->person_of(row->a), b = context.directory().people->person_of(row->b);
        const auto told = phones_told(*context.directory().people, {a, b});
        const auto one = vault_.person_id(a), other = vault_.person_id(b);
        if (wanted == ReviewState::same && note.empty() && give_two_documents(context, *row)) return Error{Errc::invalid, "note_needed", {{"/note", "note_needed"}}};
        row->event = 0;
        if (wanted == ReviewState::same) {
            if (auto made = make_one(context, *row, caller.id, "decided by a human"); !made) return made;
        } else {
            say_distinct(context.edit_people(), row->a, row->b);
            settle_reviews(context, context.directory().people->registrations_of(a));
        }
        row->state = wanted;
        row->decided = context.now();
        row->by = caller.id;
        row->note = note.empty() ? storage::Bytes{} : vault_.seal(SealKind::reason, public_id(row->id), note);
        context.store().links().put(*row);
        context.audit({caller.id, "review_decided", {}, audit_detail({{"review", public_id(row->id)}, {"decision", decision}, {"person", one}, {"other", other}}), told});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_of(caller, reader, *board_.load()->people, reader.links().review(found->id).value());
}

kit::Result<ReviewView> Reviews::undo(const Caller& caller, storage::Connection& reader, const std::string& id) {
    const auto found = find(caller, reader, id);
    if (!found) return found.error();
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto row = context.store().links().review(found->id);
        if (!row) return Error{Errc::not_found, "review_unknown"};
        if (row->state != ReviewState::same && row->state != ReviewState::distinct) return Error{Errc::conflict, "review_open"};
        const auto event = context.store().registry().person_event(row->event);
        const bool was_split = event && event->kind == storage::PersonEventKind::split;
        const bool is_of_rules = row->state == ReviewState::same && row->by.is_none();
        if (was_split && !is_said_here_alone(*context.directory().people, *row)) return Error{Errc::conflict, "review_contradicts"};
        if (row->state == ReviewState::distinct) say_distinct(context.edit_people(), row->a, row->b, false);
        else if (event) part_again(context, *row, *event, caller.id);
        row->event = 0;
        if (was_split) (void)make_one(context, *row, caller.id, "split taken back");   // cannot contradict
        const bool are_one = context.directory().people->person_of(row->a) == context.directory().people->person_of(row->b);
        row->state = !are_one ? ReviewState::open : was_split && row->kind != ReviewKind::split ? ReviewState::same : ReviewState::settled;
        if (is_of_rules && !are_one) {   // else the rules would join them again at the next statement
            say_distinct(context.edit_people(), row->a, row->b);
            row->state = ReviewState::distinct;
            row->decided = context.now();
            row->by = caller.id;
        }
        if (row->state == ReviewState::open) {   // the log says who said what
            row->decided = {};
            row->by = {};
            row->note.clear();
        }
        context.store().links().put(*row);
        const auto& people = *context.directory().people;
        settle_reviews(context, people.registrations_of(people.person_of(row->a)));   // what this one had answered is asked again
        context.audit({caller.id, "review_undone", {}, audit_detail({{"review", public_id(row->id)}}), phones_told(people, {people.person_of(row->a), people.person_of(row->b)})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_of(caller, reader, *board_.load()->people, reader.links().review(found->id).value());
}

kit::Result<SplitAnswer> Reviews::split(const Caller& caller, storage::Connection& reader, const SplitRequest& request) {
    if (auto status = check_written("/reason", request.reason, kit::reason_chars_max); !status) return status.error();
    const auto number = vault_.open_person_id(request.person);
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto person = number ? (*index)->people().resolve(*number) : PersonNo{};
    if (person.is_none() || (*index)->people().registrations_of(person).empty() || !may_ask_about(caller, **index, reader, vault_, person))
        return not_there(writer_, caller, "review_outside", {}, "person_unknown");
    std::set<RegistrationId> leaving;
    for (std::size_t i = 0; i < request.statements.size(); ++i) {
        const auto one = open_statement_id(vault_, request.statements[i]);
        if (!one) return Error{Errc::invalid, "statement_unknown", {{"/registrations/" + std::to_string(i), "statement_unknown"}}};
        leaving.insert(*one);
    }
    SplitAnswer answer;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto& people = *context.directory().people;
        const auto now = people.resolve(*number);
        const auto& all = people.registrations_of(now);
        for (const auto one : leaving)
            if (people.person_of(one) != now) return Error{Errc::invalid, "statement_unknown", {{"/registrations", "statement_unknown"}}};
        if (leaving.empty() || leaving.size() == all.size()) return Error{Errc::invalid, "split_whole", {{"/registrations", "split_whole"}}};
        const auto told = phones_told(people, {now});
        auto row = split_review(context, vault_, all, leaving);
        row.state = ReviewState::distinct;
        row.decided = context.now();
        row.by = caller.id;
        row.note = vault_.seal(SealKind::reason, public_id(row.id), request.reason);
        // An id that was handed on goes on naming the same human: whoever it was made for keeps it, the others take their own again.
        std::vector<RegistrationId> moving(leaving.begin(), leaving.end());
        if (leaving.contains(all.front())) {
            moving = all;
            std::erase_if(moving, [&](RegistrationId one) { return leaving.contains(one); });
        }
        const auto placed = context.store().registry().registration(moving.front());
        const bool has_own = placed && people.registrations_of(placed->person).empty() && people.resolve(placed->person) == now;
        const auto target = has_own ? placed->person : context.next_person();
        say_distinct(context.edit_people(), row.a, row.b);
        row.event = split_person(context, moving, target, caller.id, "split by a human");
        context.store().links().put(row);
        answer = {vault_.person_id(context.directory().people->person_of(*leaving.begin())), public_id(row.id)};
        context.audit({caller.id, "person_split", {}, audit_detail({{"person", request.person}, {"into", answer.person}, {"review", answer.review}}), told});
        return kit::Done{};
    });
    if (!status) return status.error();
    return answer;
}

kit::Result<PersonHistory> Reviews::history(const Caller& caller, storage::Connection& reader, const std::string& person, const std::string& case_number,
                                            const std::string& at) {
    if (auto status = tracing_.may_ask(caller, reader, case_number, "history_asked"); !status) return status.error();
    std::optional<domain::Instant> moment;
    if (!at.empty()) {
        const auto read = domain::parse_rfc3339(at);
        if (!read) return invalid_field("/at", "time_malformed");
        moment = *read;
    }
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto& people = (*index)->people();
    const auto number = vault_.open_person_id(person);
    const auto today = number ? people.resolve(*number) : PersonNo{};
    if (today.is_none() || people.registrations_of(today).empty()) return not_there(writer_, caller, "question_outside", case_number, "person_unknown");
    PersonHistory history;
    history.person = vault_.person_id(today);
    const auto& own = people.registrations_of(today);
    for (const auto one : own) history.statements.push_back(view_statement(reader, vault_, people, one));
    const auto concerns = [&](const storage::PersonEvent& event) {
        return std::any_of(event.registrations.begin(), event.registrations.end(), [&](RegistrationId one) { return std::binary_search(own.begin(), own.end(), one); }) ||
               event.from == today || event.into == today;
    };
    std::map<std::uint64_t, std::string> notes;   // of decisions, by the event that they made
    for (const auto one : own)
        for (const auto& row : reader.links().reviews_with(one)) {
            if (row.state == ReviewState::open) history.open_reviews.insert(public_id(row.id));
            if (row.event != 0 && !row.note.empty()) notes[row.event] = vault_.open(SealKind::reason, public_id(row.id), row.note).value_or("");
        }
    for (const auto& event : reader.registry().person_events()) {
        if (!concerns(event)) continue;
        PersonHistory::Event told{event.kind == storage::PersonEventKind::merge ? "merge" : "split", event.at, event.by.is_none() ? "" : staff_.login_of(event.by), event.reason, {}, {}};
        for (const auto one : event.registrations) told.statements.push_back(statement_id(vault_, one));
        if (const auto note = notes.find(event.seq); note != notes.end()) told.note = note->second;
        history.events.push_back(std::move(told));
    }
    if (moment) {
        const auto then = load_people(reader, *moment);
        std::set<PersonNo> persons;
        for (const auto one : own)
            if (const auto who = then.person_of(one); !who.is_none()) persons.insert(who);
        for (const auto who : persons) {
            history.then.push_back({vault_.person_id(who), {}});
            for (const auto one : then.registrations_of(who)) history.then.back().statements.push_back(statement_id(vault_, one));
        }
    }
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "history_asked", case_number, audit_detail({{"person", history.person}}), phones_told(people, {today})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return history;
}

}  // namespace chayan::service
