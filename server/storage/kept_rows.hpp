// SPDX-License-Identifier: Apache-2.0
// What the ports carry of what a case keeps: its questions, and what is known of its contacts. As rows.hpp: sealed where it names people. Values.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "storage/rows.hpp"

namespace chayan::storage {

enum class QuestionKind : std::uint8_t { passages = 0, trajectory, contacts, places };

/// A question that a case keeps, with a checksum of what was answered.
struct QuestionRow {
    std::uint64_t number = 0;                    ///< the store's: ascending as they came
    Blind id{};                                  ///< random
    std::string case_number;
    QuestionKind kind = QuestionKind::contacts;
    Blind key{};                                 ///< a keyed blind index: equal questions of one case have equal ones
    domain::OperatorId by;                       ///< who asked first
    domain::Instant asked;
    domain::Instant asked_last;                  ///< when it was last asked and answered the same
    std::uint32_t times = 1;                     ///< how often
    std::uint64_t count = 0;                     ///< rows of the answer
    bool is_complete = true;
    std::array<std::uint8_t, 32> digest{};
    Bytes question;                              ///< sealed; all columns above but number, asked_last and times are its associated data
    bool has_people = false;
    Bytes people{};                              ///< sealed likewise: who was found. Empty where it was not asked for
};

/// How far a contact has been followed up.
enum class MarkState : std::uint8_t { to_call = 0, reached, not_contact, isolated };

/// What a tracer said of a contact. Of a statement's marks the newest counts.
struct MarkRow {
    std::uint64_t number = 0;                    ///< the store's, ascending
    std::string case_number;
    domain::RegistrationId statement;            ///< the oldest of whoever was marked then
    MarkState state = MarkState::to_call;
    domain::OperatorId assigned;                 ///< none: nobody
    domain::OperatorId by;
    domain::Instant at;
    Bytes note;                                  ///< sealed, also where it says nothing; all columns above but number are its associated data
};
/// The newest of a statement, without its note.
struct LatestMark {
    std::uint64_t number = 0;
    domain::RegistrationId statement;
    MarkState state = MarkState::to_call;
    domain::OperatorId assigned;
    std::uint32_t count = 0;                     ///< how often it was marked
};

/// A visit of a case that no scan shows.
struct ToldVisitRow {
    Blind id{};                                  ///< random
    std::string case_number;
    domain::OperatorId by;
    domain::Instant at;                          ///< when it was told of
    Bytes sealed;                                ///< of whom, where, when, and a note; the columns above are its associated data
    domain::Instant withdrawn{};                 ///< 0: it counts
    domain::OperatorId withdrawn_by{};
};

}  // namespace chayan::storage
