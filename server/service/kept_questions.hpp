// SPDX-License-Identifier: Apache-2.0
// What a case keeps of each question: its words, and a checksum of the answer, so that anybody can see later whether the same question is answered
// the same; of a trace also who was found. Made ready by whoever asks, on their own thread; kept by the command that writes the audit line.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "service/question_text.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

using Digest = std::array<std::uint8_t, 32>;
std::string hex(const Digest& digest);

/// What an answer comes to.
struct AnswerSum {
    std::uint64_t count = 0;     ///< rows
    bool is_complete = true;
    Digest digest{};
};

/// The digest is SHA-256 over lines that no format, language or mask changes: the answer's kind; each row's ids and measures as the JSON answer tells them, with a
/// tab between two and lists joined by ';', without names and what only explains (a contact's via, sites and episodes); then what was left out:
///   passages     person.id first last scans
///   trajectory   person.id, once; site.ref begin end ended_by; id site.ref at direction repeated voided flags evidence
///   contacts     person.id degree episodes kinds total_s longest_s first last
///   places       site.ref begin end cases persons others expected lift by_chance
///   and at the end of contacts and places: complete left_out
/// Cost: some 2 µs a row.
AnswerSum sum_of(const std::vector<PassageView>& answer);
AnswerSum sum_of(const TrajectoryView& answer);
AnswerSum sum_of(const TraceView& answer);
AnswerSum sum_of(const SharedPlacesView& answer, const std::function<std::string(domain::PersonNo)>& person_id);

/// People, each as all the statements that were theirs: so it can be told later, whoever became one or was parted since, whether somebody was among them.
using FoundPeople = std::vector<std::vector<domain::RegistrationId>>;
/// Some 3 bytes each. Requires: each has statements, ascending.
std::string people_text(FoundPeople people);
/// By their first statement. Nothing when it is not such a text.
std::optional<FoundPeople> read_people_text(std::string_view text);
/// Of a trace; nothing where they are too many to keep.
std::optional<FoundPeople> found_people(const domain::People& people, const domain::TraceAnswer& answer);

/// The row, sealed. `people`: who was found, where that is kept.
storage::QuestionRow kept_row(const Vault& vault, domain::OperatorId by, domain::Instant now, const KeptQuestion& kept, const AnswerSum& sum,
                              std::optional<FoundPeople> people = {});
/// Inside a command: keeps it, or counts the one that was answered the same. The oldest of the case go when there are too many.
void keep(WriteContext& context, const storage::QuestionRow& row);
/// How many scans it is worth to the writer.
std::size_t weight_of(const storage::QuestionRow& row);

/// With its case; nothing when it can't be opened, or was altered.
std::optional<KeptQuestion> open_question(const Vault& vault, const storage::QuestionRow& row);
std::optional<FoundPeople> open_people(const Vault& vault, const storage::QuestionRow& row);

}  // namespace chayan::service
