// SPDX-License-Identifier: Apache-2.0
// Follow-up: the questions of a case, and what is known of its contacts. Everything here is asked for an open case, and leaves a line in the audit log. Query threads with their own
// reader; calls block for their commit.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/answer_table.hpp"
#include "service/kept_questions.hpp"
#include "service/staff.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

struct KeptQuestionView {
    std::string id;
    const char* kind = "";                     ///< passages, trajectory, contacts, places
    std::optional<KeptQuestion> kept;          ///< nothing where it can't be opened: `chayan check` tells
    domain::Instant asked, asked_last;
    std::uint32_t times = 1;
    std::string by;                            ///< login
    std::uint64_t count = 0;
    bool is_complete = true;
    std::string digest;                        ///< 64 hexadecimal digits
    bool has_people = false;                   ///< who was found is kept too
};

struct KeptQuestionsPage {
    std::vector<KeptQuestionView> questions;
    std::string next;
};

/// A question that is kept, to be asked again.
struct StoredQuestion {
    storage::QuestionRow row;                  ///< with who was found
    KeptQuestion kept;
};

/// What is left out stays as it was; but a note belongs to its state. Of whoever has no mark yet: to_call, nobody's, no note.
struct MarkRequest {
    std::string person;                        ///< public id
    std::optional<std::string> state, note;
    std::optional<std::string> assigned;       ///< a tracer's login; empty: nobody's
};
struct MarkView {
    std::string person;                        ///< who that is today
    const char* state = "";
    std::string note, assigned, by;            ///< logins; empty: nobody
    domain::Instant at;
    bool is_new = true;                        ///< false: it said so already
};
using MarkResults = std::vector<kit::Result<MarkView>>;

/// A visit that no scan shows, as an interview tells of it.
struct ToldVisitRequest {
    std::string person;                        ///< public id
    std::string site;                          ///< ref
    std::string from, to;                      ///< RFC 3339
    std::optional<std::string> note;
};
struct ToldVisitView {
    std::string id;
    MaskedPerson person;
    std::string site, site_name;
    domain::Interval span;
    std::string note, by;                      ///< a login
    domain::Instant at;
};

class FollowUp {
public:
    /// Requires: what is passed outlives it.
    FollowUp(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff);

    /// Newest first. Errors: no_case (403), starting (503), page_limit_range, cursor_unknown (422).
    kit::Result<KeptQuestionsPage> questions(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& limit,
                                             const std::string& cursor);

    /// Errors: no_case (403), starting (503), question_unknown (404).
    kit::Result<StoredQuestion> find(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& id);
    /// Asks it again, as of now: `same` says whether it is answered the same. Of a trace each contact says whether they are new, as persons are known today: nobody is
    /// new of whom any statement had been found; and `gone` counts who is no longer found. `until_now`: with a window that ends now, or where its preset says. It is
    /// a question like any other, and kept. Errors: those of the question.
    kit::Result<AnswerTable> run(const Caller& caller, storage::Connection& reader, const StoredQuestion& stored, bool until_now);

    /// Each on its own, in order; those that are good all at once or, when the disk fails, none. Errors: no_case (403), starting (503); of one: person_unknown (404),
    /// mark_empty, mark_state_unknown, mark_note_needed, assignee_unknown, and of the note (422), case_marks_full (409).
    kit::Result<MarkResults> mark(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::vector<MarkRequest>& requests);
    /// Everybody who is marked, masked, by state and then by when; only of this state, only whose of this login, where those are not empty. Errors: no_case (403),
    /// starting (503), mark_state_unknown (422).
    kit::Result<AnswerTable> contacts(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& state,
                                      const std::string& assigned);
    /// What was said of one, oldest first. Errors: no_case (403), starting (503), person_unknown (404).
    kit::Result<std::vector<MarkView>> history(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& person);
    /// From now on the case's traces, trajectories and shared places count it; answers its id, the first one's where the same was told already. Errors: no_case (403), starting (503), person_unknown, site_unknown (404,
    /// also outside the scope), time_malformed, window_empty, visit_long, visit_ahead, visit_old, and of the note (422), case_visits_full (409).
    kit::Result<std::string> tell_visit(const Caller& caller, storage::Connection& reader, const std::string& case_number, const ToldVisitRequest& request);
    /// Those that count, as they were told of, masked. Errors: no_case (403), starting (503).
    kit::Result<std::vector<ToldVisitView>> told_visits(const Caller& caller, storage::Connection& reader, const std::string& case_number);
    /// It does not count any more; as known before, it did. Errors: no_case (403), starting (503), visit_unknown (404).
    kit::Status withdraw_visit(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& id);
    /// How many are in each state. For whoever may see that there is the case.
    std::array<std::size_t, mark_states> counts(storage::Connection& reader, const std::string& case_number) const;

private:
    /// The id of a visit that was told already; empty: there is none.
    std::string same_visit(const Caller& caller, storage::Connection& reader, const std::string& case_number, const ToldVisitRequest& request) const;
    MarkView view_of(const domain::People& people, const storage::MarkRow& row) const;
    kit::Result<MarkView> mark_one(WriteContext& context, const Caller& caller, const std::string& case_number, const MarkRequest& request, std::uint64_t& count);
    KeptQuestionView view_of(const storage::QuestionRow& row) const;

    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    Staff& staff_;
};

}  // namespace chayan::service
