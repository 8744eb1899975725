// SPDX-License-Identifier: Apache-2.0
// Follow-up: what a case keeps of its questions. Everything here is asked for an open case, and leaves a line in the audit log. Query threads with their own
// reader; calls block for their commit.
#pragma once

#include <string>
#include <vector>

#include "kit/result.hpp"
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

class FollowUp {
public:
    /// Requires: what is passed outlives it.
    FollowUp(Writer& writer, Vault& vault, Tracing& tracing, Staff& staff);

    /// Newest first. Errors: no_case (403), starting (503), page_limit_range, cursor_unknown (422).
    kit::Result<KeptQuestionsPage> questions(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& limit,
                                             const std::string& cursor);

private:
    KeptQuestionView view_of(const storage::QuestionRow& row) const;

    Writer& writer_;
    Vault& vault_;
    Tracing& tracing_;
    Staff& staff_;
};

}  // namespace chayan::service
