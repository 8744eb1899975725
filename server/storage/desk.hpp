// SPDX-License-Identifier: Apache-2.0
// The ports of the desk: cases with what is kept of each, and the office's forms. Part of a Connection (store.hpp), whose rules hold here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/kept_rows.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

/// Cases and what is kept with each; later ledger and registers.
class Desk {
public:
    virtual ~Desk() = default;
    virtual void put(const CaseRow& row) = 0;       ///< Writes. Adds or replaces by number.
    virtual std::optional<CaseRow> find_case(std::string_view number) = 0;
    virtual std::vector<CaseRow> cases() = 0;       ///< newest first

    virtual void append(const QuestionRow& row) = 0;   ///< Writes. Numbers it. Requires: its id is new.
    /// Writes. It was asked again and answered the same: counts it, and notes when.
    virtual void ask_again(const Blind& id, domain::Instant at) = 0;
    /// Writes. Keeps of a case the questions asked last: at most `count`, of at most `bytes` together, and always one.
    virtual void keep_questions(std::string_view case_number, std::size_t count, std::uint64_t bytes) = 0;
    virtual std::optional<QuestionRow> find_question(const Blind& id) = 0;   ///< with its people
    /// The newest with this key, without its people.
    virtual std::optional<QuestionRow> latest_question(std::string_view case_number, const Blind& key) = 0;
    /// Newest first, numbered below `before` (0: from the last), at most `count`; without their people.
    virtual std::vector<QuestionRow> questions(std::string_view case_number, std::uint64_t before, std::size_t count) = 0;

    virtual std::uint64_t append(const MarkRow& row) = 0;   ///< Writes. Numbers it; returns its number.
    /// The newest of each statement, by statement. Cost: the case's marks, some 0.2 µs each.
    virtual std::vector<LatestMark> latest_marks(std::string_view case_number) = 0;
    /// A statement's, oldest first.
    virtual std::vector<MarkRow> marks_of(std::string_view case_number, domain::RegistrationId statement) = 0;
    virtual std::optional<MarkRow> latest_mark(std::string_view case_number, domain::RegistrationId statement) = 0;
    virtual std::uint64_t count_marks(std::string_view case_number) = 0;   ///< some 20 ns each

    virtual void append(const ToldVisitRow& row) = 0;   ///< Writes. Requires: its id is new.
    /// Writes. From then on it does not count; withdrawing twice keeps the first.
    virtual void withdraw_visit(const Blind& id, domain::Instant at, domain::OperatorId by) = 0;
    /// As they were told of, also those withdrawn.
    virtual std::vector<ToldVisitRow> told_visits(std::string_view case_number) = 0;
};

/// Forms of the office.
class FormBook {
public:
    virtual ~FormBook() = default;
    virtual void put(const FormRow& row) = 0;       ///< Writes. Adds or replaces by id.
    virtual bool remove(const std::array<std::uint8_t, 8>& id) = 0;   ///< Writes. False when there is none.
    virtual std::size_t count() = 0;
    virtual std::vector<FormRow> forms() = 0;       ///< oldest first, without their files
    virtual std::optional<FormRow> find(const std::array<std::uint8_t, 8>& id) = 0;
    /// Writes. What a form with this header row is taken to mean from now on.
    virtual void put_mapping(const Blind& header, domain::Instant at, std::string_view columns) = 0;
    virtual std::optional<std::string> mapping(const Blind& header) = 0;
};

}  // namespace chayan::storage
