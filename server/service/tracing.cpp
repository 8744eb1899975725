// SPDX-License-Identifier: Apache-2.0
#include "service/tracing.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "domain/forgotten_days.hpp"
#include "domain/plate.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/audit.hpp"
#include "service/ingest.hpp"
#include "service/kept_questions.hpp"
#include "service/log_reading.hpp"
#include "service/past_indexes.hpp"
#include "service/told_visits.hpp"
#include "service/trace_question.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

// Above this the delta costs a question more than a rebuild costs the house thread.
constexpr std::size_t delta_max = 200'000;
// For so long an index of a past moment is kept for the next question about it.
constexpr std::int64_t past_kept_s = 900;

kit::Result<domain::Interval> read_window(const std::string& from, const std::string& to) {
    const auto begin = domain::parse_rfc3339(from);
    const auto end = domain::parse_rfc3339(to);
    if (!begin) return Error{Errc::invalid, "window_malformed", {{"/from", "time_malformed"}}};
    if (!end) return Error{Errc::invalid, "window_malformed", {{"/to", "time_malformed"}}};
    if (*begin >= *end) return Error{Errc::invalid, "window_malformed", {{"/to", "window_empty"}}};
    return domain::Interval{*begin, *end};
}

}  // namespace

struct Tracing::State {
    State(storage::Store& s, Writer& w, Vault& v, const Clock& c, DirectoryBoard& b, CaseDesk& d, domain::TimeZone z)
        : store(s), writer(w), vault(v), clock(c), board(b), desk(d), zone(std::move(z)), past(v) {}

    storage::Store& store;
    Writer& writer;
    Vault& vault;
    const Clock& clock;
    DirectoryBoard& board;
    CaseDesk& desk;
    domain::TimeZone zone;
    std::mutex folding;   // one thread brings the index up to date; the others wait for it, then ask
    std::vector<domain::Changes> meanwhile;   // guarded by folding: what was folded in while the index is being rebuilt
    bool is_rebuilding = false;               // likewise
    kit::Guarded<std::shared_ptr<const domain::ContactIndex>> index;
    PastIndexes past;
    domain::RunParts run = domain::run_in_turn;
    std::atomic<std::uint64_t> read{0};   // of the log
    std::atomic<bool> ready{false};     // the log has been read
    std::atomic<bool> damaged{false};   // not all of it could be: an answer would lack scans and not say so

    /// The index with every scan that was acknowledged before this call.
    std::shared_ptr<const domain::ContactIndex> current() {
        std::lock_guard lock(folding);
        auto held = index.load();
        auto facts = writer.take_facts();
        const bool is_new = facts.directory_changed || !facts.scans.empty() || !facts.voids.empty() || !facts.touched.empty();
        if (!is_new) return held;
        const auto directory = facts.directory;
        domain::Changes changes{std::move(facts.scans), std::move(facts.voids), std::move(facts.touched), directory->people, directory->sites};
        held = held->with(changes);
        publish(held);
        if (is_rebuilding) meanwhile.push_back(std::move(changes));
        return held;
    }
    using Known = kit::Result<std::shared_ptr<const domain::ContactIndex>>;
    /// The index as known at a past moment, or as of now.
    Known known(const std::optional<std::string>& at, storage::Connection& reader) {
        if (!at) return current();
        const auto now = clock.now();
        const auto moment = parse_known_at(*at, now);
        if (!moment) return moment.error();
        // What was received by then may still wait to be committed: it is, once a command behind it is done.
        if (auto behind = run_and_wait(writer, [](WriteContext&) -> kit::Status { return kit::Done{}; }, true); !behind) return behind.error();
        return past.at(*moment, now, *current(), reader);
    }
    /// The same with the visits that the case was told of by then.
    Known known_in(const std::string& case_number, const std::optional<std::string>& at, storage::Connection& reader) {
        auto found = known(at, reader);
        if (!found) return found;
        const auto moment = at ? *domain::parse_rfc3339(*at) : domain::ever_after;
        const auto told = told_visits_of(reader, vault, (*found)->people(), case_number, moment);
        return told.empty() ? found : domain::with_told(**found, told);
    }
    /// Makes the base anew while questions go on, then folds in once more what came meanwhile. House thread.
    void rebuild(const std::function<std::shared_ptr<const domain::ContactIndex>(const domain::ContactIndex&)>& made_of) {
        std::shared_ptr<const domain::ContactIndex> held;
        {
            std::lock_guard lock(folding);
            if (std::exchange(is_rebuilding, true)) return;
            held = index.load();
        }
        auto fresh = made_of(*held);
        std::lock_guard lock(folding);
        for (const auto& changes : std::exchange(meanwhile, {})) fresh = fresh->with(changes);
        is_rebuilding = false;
        publish(std::move(fresh));
    }
    void publish(std::shared_ptr<const domain::ContactIndex> fresh) {
        index.store(fresh);
        writer.know(std::move(fresh));
    }
    std::function<std::uint64_t(domain::PersonNo)> order() const {
        return [this](domain::PersonNo person) { return vault.person_order(person); };
    }
    std::optional<domain::PersonNo> find_person(const domain::ContactIndex& held, const std::string& id) const {
        const auto number = vault.open_person_id(id);
        if (!number) return std::nullopt;
        const auto person = held.people().resolve(*number);
        if (person.is_none() || held.people().registrations_of(person).empty()) return std::nullopt;
        return person;
    }
    /// The line in the audit log, durable before the answer leaves; with it, in the same commit, what the case keeps of the question.
    kit::Status write_down(const Caller& caller, const char* action, const std::string& case_number, std::string detail,
                           std::vector<domain::RegistrationId> subjects = {}, std::optional<storage::QuestionRow> kept = {}) {
        AuditEntry entry{caller.id, action, case_number, std::move(detail), std::move(subjects)};
        const auto weight = kept ? weight_of(*kept) : kit::command_scans;
        return run_and_wait(writer, [entry = std::move(entry), kept = std::move(kept)](WriteContext& context) -> kit::Status {
            context.audit(entry);
            if (kept) keep(context, *kept);
            return kit::Done{};
        }, true, weight);
    }
    /// What the case keeps. On a full disk nothing: the reserve is for the lines, which have the digest.
    std::optional<storage::QuestionRow> kept(const Caller& caller, KeptQuestion question, const AnswerSum& sum, std::optional<FoundPeople> people = {}) const {
        if (writer.is_full()) return std::nullopt;
        return kept_row(vault, caller.id, clock.now(), question, sum, std::move(people));
    }
    kit::Status readiness() const {
        if (!ready) return Error{Errc::busy, "starting", {}, 5};
        if (damaged) return Error{Errc::busy, "log_damaged", {}, 300};
        return kit::Done{};
    }
    /// A question without an open case leaves a line too: it is what an abuse looks like (SECURITY T5).
    kit::Status may_ask(const Caller& caller, storage::Connection& reader, const std::string& case_number, const char* action) {
        auto open = desk.require_open(reader, case_number);
        if (!open) {
            auto written = write_down(caller, "question_refused", {}, audit_detail({{"what", action}}));
            return written ? open : written;
        }
        return readiness();
    }
    /// What the scope does not reach is no more there than what nobody knows; that it was asked for is written down.
    Error outside(const Caller& caller, const std::string& case_number, const char* action, Error error) {
        if (error.kind != Errc::not_found) return error;
        auto written = write_down(caller, "question_outside", case_number, audit_detail({{"what", action}}));
        return written ? error : written.error();
    }
};

Tracing::Tracing(storage::Store& store, Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, CaseDesk& desk, domain::TimeZone zone)
    : state_(std::make_unique<State>(store, writer, vault, clock, board, desk, std::move(zone))) {}
Tracing::~Tracing() = default;

kit::Status Tracing::readiness(int* percent) const {
    if (percent != nullptr) {
        const auto last = state_->writer.log_at_start().value;
        *percent = state_->ready ? 100 : static_cast<int>(std::min<std::uint64_t>(99, state_->read / std::max<std::uint64_t>(1, last / 100)));
    }
    return state_->readiness();
}
std::string Tracing::person_id(domain::PersonNo person) const { return state_->vault.person_id(person); }
kit::Status Tracing::may_ask(const Caller& caller, storage::Connection& reader, const std::string& case_number, const char* action) {
    return state_->may_ask(caller, reader, case_number, action);
}

std::vector<domain::RegistrationId> Tracing::subjects_of(const std::vector<std::string>& persons) {
    const auto index = state_->index.load();
    std::vector<domain::PersonNo> found;
    for (const auto& id : persons)
        if (const auto person = state_->find_person(*index, id)) found.push_back(*person);
    return phones_told(index->people(), found);
}

kit::Result<std::shared_ptr<const domain::ContactIndex>> Tracing::index() {
    if (auto status = readiness(); !status) return status.error();
    return state_->current();
}

void Tracing::load(const std::stop_token& stop, std::uint64_t accept_loss, const domain::RunParts& run) {
    auto& state = *state_;
    state.past.lend(run);
    state.run = run;
    const auto sites = state.board.load()->sites;   // of which none is ever taken away
    auto [log, strangers] = read_log(state.store, state.vault, *sites, state.writer.log_at_start(), run, stop, state.read);
    if (stop.stop_requested()) return;
    const auto count = [](std::uint64_t rows) { return static_cast<std::int64_t>(rows); };
    if (log.erased > 0) kit::log(kit::Level::info, "scan_rows_erased", {{"count", count(log.erased)}});
    if (log.damaged > 0) kit::log(kit::Level::error, "scan_rows_damaged", {{"count", count(log.damaged)}});
    if (!strangers.empty()) kit::log(kit::Level::error, "registrations_damaged", {{"count", count(strangers.size())}});
    state.damaged = log.damaged + strangers.size() > accept_loss;
    const auto scans = count(log.count);
    {
        std::lock_guard lock(state.folding);
        // People as of the facts that are folded in, never later: see Facts::directory.
        auto facts = state.writer.take_facts();
        const auto directory = facts.directory ? facts.directory : state.board.load();
        const auto built = domain::ContactIndex::build(std::move(log.scans), directory->people, directory->sites, state.zone, run);
        // A void may name the row that a retry left: it holds for the scan, whichever of its rows stands.
        facts.voids.insert(facts.voids.end(), log.voids.begin(), log.voids.end());
        state.publish(built->with({std::move(facts.scans), std::move(facts.voids), std::move(facts.touched), directory->people, directory->sites}));
    }
    state.current();
    state.ready = true;
    kit::log(kit::Level::info, "index_ready", {{"scans", scans}});
}

void Tracing::tend(const std::vector<domain::Interval>& forgotten) {
    auto& state = *state_;
    if (!state.ready) return;   // whoever reads the log finds the rows of a destroyed key closed
    if (!forgotten.empty()) {
        state.rebuild([&](const domain::ContactIndex& index) { return domain::without_days(index, forgotten, state.run); });
        return state.past.forget_all();
    }
    state.past.forget(state.clock.now() - past_kept_s);
    const auto held = state.current();
    if (held->delta_size() >= delta_max) state.rebuild([](const domain::ContactIndex& index) { return index.rebuilt(); });
}

kit::Result<std::vector<MaskedPerson>> Tracing::search(const Caller& caller, storage::Connection& reader, const SearchRequest& request,
                                                        Shown how) {
    auto& state = *state_;
    if (auto status = state.may_ask(caller, reader, request.case_number, "people_searched"); !status) return status.error();
    const auto index = state.current();
    auto found = find_people(*index, reader, state.vault, state.zone.local_day(state.clock.now()), request);
    if (!found) return found.error();
    std::vector<MaskedPerson> people;
    std::erase_if(*found, [&](domain::PersonNo person) { return !may_ask_about(caller, *index, reader, state.vault, person); });
    for (const auto person : *found) people.push_back(shown(reader, state.vault, index->people(), person, how));
    auto status = state.write_down(caller, "people_searched", request.case_number, audit_detail({{"found", std::to_string(people.size())}}),
                                   phones_told(index->people(), *found));
    if (!status) return status.error();
    return people;
}

kit::Result<std::vector<PassageView>> Tracing::passages(const Caller& caller, storage::Connection& reader, const PassagesQuestion& question, Shown how) {
    auto& state = *state_;
    if (auto status = state.may_ask(caller, reader, question.case_number, "passages_asked"); !status) return status.error();
    const auto window = read_window(question.from, question.to);
    if (!window) return window.error();
    const auto directory = state.board.load();
    const auto* site = caller.find_site(*directory, question.site);
    if (site == nullptr) return state.outside(caller, question.case_number, "passages_asked", {Errc::not_found, "site_unknown"});
    const auto known = state.known(question.known_at, reader);
    if (!known) return known.error();
    const auto& index = *known;
    std::vector<PassageView> views;
    for (const auto& row : index->passages(site->id, *window, state.order())) {
        auto person = shown(reader, state.vault, index->people(), row.person, how);
        views.push_back({person.id, person.name, row.first, row.last, row.scans, {}});
        if (!how.is_masked()) views.back().person = std::make_shared<const MaskedPerson>(std::move(person));
    }
    const auto sum = sum_of(views);
    auto kept = question;
    kept.from = domain::format_rfc3339(window->from);
    kept.to = domain::format_rfc3339(window->to);
    auto status = state.write_down(caller, "passages_asked", question.case_number,
                                   audit_detail({{"site", question.site}, {"from", question.from}, {"to", question.to}, {"known_at", question.known_at.value_or("")},
                                                 {"found", std::to_string(views.size())}, {"digest", hex(sum.digest)}}),
                                   {}, state.kept(caller, {kept}, sum));
    if (!status) return status.error();
    return views;
}

kit::Result<TrajectoryView> Tracing::trajectory(const Caller& caller, storage::Connection& reader, const TrajectoryQuestion& question, Shown how) {
    auto& state = *state_;
    if (auto status = state.may_ask(caller, reader, question.case_number, "trajectory_asked"); !status) return status.error();
    const auto window = read_window(question.from, question.to);
    if (!window) return window.error();
    const auto known = state.known_in(question.case_number, question.known_at, reader);
    if (!known) return known.error();
    const auto& index = *known;
    const auto number = state.find_person(*index, question.person);
    if (!number) return state.outside(caller, question.case_number, "trajectory_asked", {Errc::not_found, "person_unknown"});
    TrajectoryView view;
    view.directory = state.board.load();
    view.person = shown(reader, state.vault, index->people(), *number, how);
    for (const auto& visit : index->visits_of(*number)) {
        const bool meets = visit.begin < window->to && (visit.end > window->from || visit.begin >= window->from);
        if (meets) view.visits.push_back({view.directory->site(visit.site), visit.begin, visit.end, visit.ended_by});
    }
    const auto told = index->told_scans(*number);
    std::vector<domain::Scan> all;
    for (const auto& one : told) all.push_back(one.scan);
    const auto flags = domain::flags_of(all, index->sites(), state.zone);
    for (std::size_t i = 0; i < told.size(); ++i) {
        const auto& [scan, repeated] = told[i];
        if (scan.at < window->from || scan.at >= window->to) continue;
        view.scans.push_back({state.vault.scan_id(scan), view.directory->site(scan.site), scan.at, scan.direction, repeated, scan.voided,
                              domain::words_of(flags[i]), domain::word_of(scan.source)});
    }
    const auto sum = sum_of(view);
    auto kept = question;
    kept.from = domain::format_rfc3339(window->from);
    kept.to = domain::format_rfc3339(window->to);
    auto status = state.write_down(caller, "trajectory_asked", question.case_number,
                                   audit_detail({{"person", question.person}, {"from", question.from}, {"to", question.to}, {"known_at", question.known_at.value_or("")},
                                                 {"digest", hex(sum.digest)}}),
                                   phones_told(index->people(), {*number}), state.kept(caller, {kept}, sum));
    if (!status) return status.error();
    return view;
}

kit::Result<TraceView> Tracing::trace(const Caller& caller, storage::Connection& reader, const TraceRequest& asked, Shown how) {
    auto& state = *state_;
    if (auto status = state.may_ask(caller, reader, asked.case_number, "trace_asked"); !status) return status.error();
    auto spelt = spelt_out(asked, state.clock.now());
    if (!spelt) return spelt.error();
    const auto& request = *spelt;
    const auto window = read_window(*request.from, *request.to);
    if (!window) return window.error();
    const auto known = state.known_in(request.case_number, request.known_at, reader);
    if (!known) return known.error();
    const auto& index = *known;
    const auto directory = state.board.load();
    auto question = read_question(request, *window);
    if (!question) return question.error();
    if (auto status = read_places(request, *directory, caller, *question); !status)
        return state.outside(caller, request.case_number, "trace_asked", status.error());
    for (std::size_t i = 0; i < request.index.size(); ++i) {
        auto subject = read_subject(request.index[i], *window, *directory, caller, reader, state.vault,
                                    [&](const std::string& id) { return state.find_person(*index, id); });
        if (!subject) return state.outside(caller, request.case_number, "trace_asked", at_index(subject.error(), i));
        const auto* person = *subject ? std::get_if<domain::PersonNo>(&**subject) : nullptr;
        if (person != nullptr && !may_ask_about(caller, *index, reader, state.vault, *person))
            return state.outside(caller, request.case_number, "trace_asked", at_index({Errc::not_found, "person_unknown"}, i));
        if (*subject) question->index.push_back(**subject);
    }
    question->public_order = state.order();
    // A plate stands for its riders, and scope binds whom a question begins with, however they are named.
    question->may_begin_with = [&](domain::PersonNo person) { return may_ask_about(caller, *index, reader, state.vault, person); };
    auto answer = index->trace(*question);
    if (!answer) return answer.error();
    TraceView view;
    view.answer = *std::move(answer);
    view.directory = directory;
    for (const auto& contact : view.answer.contacts) view.persons.push_back(shown(reader, state.vault, index->people(), contact.person, how));
    if (how.is_masked()) view.marks = marks_of(reader, index->people(), request.case_number);
    const auto sum = sum_of(view);
    auto status = state.write_down(caller, "trace_asked", request.case_number,
                                   audit_detail({{"index", words_of(request.index)}, {"from", *request.from}, {"to", *request.to},
                                                 {"preset", request.preset.value_or("")}, {"known_at", request.known_at.value_or("")},
                                                 {"found", std::to_string(view.persons.size())}, {"digest", hex(sum.digest)}}),
                                   phones_told(index->people(), index_persons(*question)),
                                   state.kept(caller, {request, !asked.to}, sum, found_people(index->people(), view.answer)));
    if (!status) return status.error();
    view.asked = *std::move(spelt);
    if (!view.asked.explain) view.briefs = view.answer.briefs();
    return view;
}

kit::Result<SharedPlacesView> Tracing::shared_places(const Caller& caller, storage::Connection& reader, const SharedPlacesRequest& request) {
    auto& state = *state_;
    constexpr const char* action = "shared_places_asked";
    if (auto status = state.may_ask(caller, reader, request.case_number, action); !status) return status.error();
    const auto known = state.known_in(request.case_number, request.known_at, reader);
    if (!known) return known.error();
    const auto& index = *known;
    auto question = read_shared_places(request);
    if (!question) return question.error();
    std::vector<domain::PersonNo> persons;
    for (std::size_t i = 0; i < request.index.size(); ++i) {
        const auto person = state.find_person(*index, *request.index[i].person);
        if (!person || !may_ask_about(caller, *index, reader, state.vault, *person))
            return state.outside(caller, request.case_number, action, at_index({Errc::not_found, "person_unknown"}, i));
        question->cases[i].person = *person;
        persons.push_back(*person);
    }
    auto several = persons;
    std::sort(several.begin(), several.end());
    if (std::unique(several.begin(), several.end()) - several.begin() < 2) return Error{Errc::invalid, "trace_invalid", {{"/index", "index_needs_two"}}};
    SharedPlacesView view{domain::shared_places(*index, *question), state.board.load()};
    const auto sum = sum_of(view, [&](domain::PersonNo person) { return state.vault.person_id(person); });
    auto status = state.write_down(caller, action, request.case_number,
                                   audit_detail({{"index", words_of(request.index)}, {"known_at", request.known_at.value_or("")},
                                                 {"found", std::to_string(view.answer.places.size())}, {"digest", hex(sum.digest)}}),
                                   phones_told(index->people(), persons), state.kept(caller, {request}, sum));
    if (!status) return status.error();
    return view;
}

}  // namespace chayan::service
