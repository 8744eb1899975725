// SPDX-License-Identifier: Apache-2.0
// Exports: an answer in a form that is handed on, spooled whole before its first byte leaves. Who asks has given the password just now;
// that it was asked is durable before anything is computed, and how many rows with which digest before anything is sent.
// Query threads; blocks for commits and the disk.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kit/guarded.hpp"
#include "service/answer_table.hpp"
#include "service/answers.hpp"
#include "service/form_answer.hpp"
#include "service/spool.hpp"

namespace chayan::service {

struct ExportPlaces {
    std::string spool;     ///< on the data's disk, made and emptied; what lies there is encrypted
    std::string scratch;   ///< in memory (tmpfs): where workbooks are put together
    std::uint64_t free_bytes_min = kit::spool_free_bytes_min;
};

/// A disclosure: which fields are told in full, to whom, and why.
struct Handover {
    std::string fields, recipient, reason;
};

/// An answer put into words.
struct TextOrder {
    std::function<std::string(const AnswerTable&)> write;
    const char* media_type = "";
    const char* ending = "";       ///< "txt", "json"
};

struct ExportOrder {
    Caller caller;
    const char* kind = "";         ///< "passages", for the audit log and the file's name
    std::string case_number;       ///< empty for the list of cases
    Format format = Format::csv;   ///< json for a disclosure only
    std::string part;              ///< or empty
    std::vector<std::string_view> parts{};   ///< what it may name
    std::optional<Handover> handover{};
    std::shared_ptr<const TextOrder> text{};   ///< instead of any format
    std::shared_ptr<const FormOrder> form{};   ///< the office's form that it is written into; of a disclosure only
};

struct ExportedAnswer {
    std::shared_ptr<Spool> bytes;
    std::uint64_t rows = 0;
    bool is_complete = true;
    const char* media_type = "";
    std::string file_name;         ///< ASCII, without anything of a person
    std::string unfilled{}, unplaced{};   ///< of a form: see FormAnswer
};

/// An export under way.
struct ExportProgress {
    std::string what;              ///< "contacts", "trajectory scans"
    std::string case_number;
    Format format = Format::csv;
    domain::Instant begun;
    std::optional<std::uint64_t> rows;   ///< how many there will be; none while the question is computed
    std::uint64_t rows_done = 0;
};

class Exports {
public:
    using LoginOf = std::function<std::string(domain::OperatorId)>;
    /// Main thread. Requires: what is passed outlives it. Throws std::runtime_error when the spool can't be made.
    Exports(Writer& writer, CaseDesk& cases, LoginOf login_of, const Clock& clock, domain::TimeZone zone, ExportPlaces places);

    /// Runs `question` and spools its answer; with a handover, what it tells people in full is told to their owners. Errors: reauthenticate,
    /// no_case (403), export_busy, disk_short, scratch_short, export_unwanted (503), part_unknown, export_too_long, cell_too_long,
    /// disclosure_too_long, those of fill_form, fields of the handover (422), and those of the question.
    kit::Result<ExportedAnswer> run(storage::Connection& reader, const ExportOrder& order, const std::function<kit::Result<AnswerTable>()>& question,
                                    const Wanted& wanted);

    /// Any thread: the caller's own that are under way, oldest first.
    std::vector<ExportProgress> under_way(const Caller& caller);

private:
    struct UnderWay;
    class Place;
    kit::Result<ExportedAnswer> spool(storage::Connection& reader, const ExportOrder& order, AnswerTable table, UnderWay& progress, const Wanted& wanted);
    kit::Status write(storage::Connection& reader, const ExportOrder& order, const AnswerTable& table, ExportedAnswer& answer, const Wanted& wanted);
    kit::Status write_text(const ExportOrder& order, const AnswerTable& table, ExportedAnswer& answer);
    kit::Status write_form(storage::Connection& reader, const ExportOrder& order, const AnswerTable& table, ExportedAnswer& answer, const Wanted& wanted);
    Imprint imprint_of(storage::Connection& reader, const ExportOrder& order);
    kit::Status write_intent(const ExportOrder& order);
    kit::Status write_effect(const ExportOrder& order, const ExportedAnswer& answer, const std::vector<domain::RegistrationId>& told);

    Writer& writer_;
    CaseDesk& cases_;
    LoginOf login_of_;
    const Clock& clock_;
    domain::TimeZone zone_;
    ExportPlaces places_;
    SpoolFolder folder_;
    kit::Guarded<std::list<std::shared_ptr<UnderWay>>> under_way_;
};

}  // namespace chayan::service
