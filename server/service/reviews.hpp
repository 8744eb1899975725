// SPDX-License-Identifier: Apache-2.0
// Reviews: whether two statements are of one person, where the rules doubt it, and what humans say. What they say stands until it is taken back, and matching
// respects it; it is all reversible, and a split gives each their own scans back, since a scan names its statement. Whoever decides sees both sides masked, and no
// trace. Query threads with their own reader; calls that write block for their commit.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/registration.hpp"
#include "kit/result.hpp"
#include "service/statement_view.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

struct ReviewView {
    std::string id;
    const char* kind = "";                       ///< likely, conflict, split
    const char* state = "";                      ///< open, same, distinct, settled
    double weight = 0;
    std::string reasons;
    bool same_document = false;                  ///< both give one, and it is the same
    domain::Instant at;
    std::optional<domain::Instant> decided;
    std::string decided_by, note;
    StatementView a, b;
    bool in_case = false;                        ///< an open case asked about one of them; told to tracers alone
};

struct ReviewPage {
    std::vector<ReviewView> reviews;
    std::size_t count = 0;                       ///< all in this state that the caller may answer
    std::string next;
};

struct PersonHistory {
    struct Event {
        const char* kind = "";                   ///< merge, split
        domain::Instant at;
        std::string by, reason;                  ///< by: a login; empty: the rules
        std::string note;                        ///< what whoever decided wrote
        std::vector<std::string> statements;     ///< which ones moved
    };
    struct Part {                                ///< who they were thought to be at the moment that was asked for, with all that was thought to be of them
        std::string person;
        std::vector<std::string> statements;
    };
    std::string person;
    std::vector<StatementView> statements;       ///< by time
    std::vector<Event> events;
    std::set<std::string> open_reviews;          ///< ids: whether somebody else is the same person is for a human to say
    std::vector<Part> then;                      ///< empty: no moment was asked for
};

struct SplitRequest {
    std::string person, reason;
    std::vector<std::string> statements;
};
struct SplitAnswer {
    std::string person;                          ///< who the statements are now
    std::string review;                          ///< undoes it
};

class Reviews {
public:
    Reviews(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff);

    /// Those that matter now first: in an open case (for tracers), then whose persons were scanned most within a fortnight, then the likeliest. `person`: only those about this one; empty: all. Only those of which the caller may ask about both
    /// sides. Errors: starting (503), review_state_unknown, page_limit_range, cursor_unknown (422).
    kit::Result<ReviewPage> list(const Caller& caller, storage::Connection& reader, const std::string& state, const std::string& person, const std::string& limit,
                                 const std::string& cursor);
    /// "same" makes one person of two, "distinct" keeps them apart for ever. The same again is no error. Errors: review_unknown (404), review_decided, review_settled,
    /// review_contradicts (409), decision_unknown (422).
    kit::Result<ReviewView> decide(const Caller& caller, storage::Connection& reader, const std::string& id, const std::string& decision, const std::string& note);
    /// Takes a decision, or a split, back: everybody has their own statements and scans again, and whoever came to them since; what other decisions hold together
    /// stays together. What the rules had joined (`same`, decided by nobody) is `distinct` then, by the caller's word: else they would join it again. Errors: review_unknown (404), review_open, for a split that others say too review_contradicts (409).
    kit::Result<ReviewView> undo(const Caller& caller, storage::Connection& reader, const std::string& id);
    /// Errors: person_unknown (404), statement_unknown, split_whole (422), and of the reason.
    kit::Result<SplitAnswer> split(const Caller& caller, storage::Connection& reader, const SplitRequest& request);
    /// All statements of a person, why each is theirs, what was merged and split; at a moment, who they were thought to be. For an open case. Errors: no_case (403),
    /// person_unknown (404), time_malformed (422).
    kit::Result<PersonHistory> history(const Caller& caller, storage::Connection& reader, const std::string& person, const std::string& case_number, const std::string& at);

private:
    ReviewView view_of(const Caller& caller, storage::Connection& reader, const domain::People& people, const storage::ReviewRow& row) const;
    /// Both sides are the caller's to ask about, else it is not there, which leaves a line.
    kit::Result<storage::ReviewRow> find(const Caller& caller, storage::Connection& reader, const std::string& id) const;
    bool is_in_open_case(storage::Connection& reader, const storage::ReviewRow& row) const;

    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    Staff& staff_;
};

}  // namespace chayan::service
