// SPDX-License-Identifier: Apache-2.0
#include "service/exports.hpp"

#include <algorithm>
#include <atomic>

#include "kit/limits.hpp"
#include "service/answer_text.hpp"
#include "service/answer_xlsx.hpp"
#include "service/audit.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

constexpr const char* media_types[] = {"application/json", "application/x-ndjson", "text/csv; charset=utf-8; header=present",
                                       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};

std::string what_of(const ExportOrder& order) { return order.part.empty() ? order.kind : order.kind + (" " + order.part); }

/// kind-case-time.ending. Of the case's number only what every file system and header takes; the rest is '_'.
std::string file_name_of(const ExportOrder& order, domain::Instant at, const char* ending) {
    std::string name = order.kind;
    if (!order.part.empty()) name += "-" + order.part;
    if (!order.case_number.empty()) name += "-" + order.case_number;
    for (auto& c : name) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!is_plain) c = '_';
    }
    auto time = domain::format_rfc3339(at);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return name + "-" + time + "." + ending;
}

/// "xlsx", "form 4f2a… by township".
std::string form_of(const ExportOrder& order) {
    if (order.text) return order.text->ending;
    if (!order.form) return word_of(order.format);
    return "form " + order.form->name + (order.form->by_township ? " by township" : "");
}

/// A document or a workbook has all lists of an answer; of the others each has one.
bool has_all_parts(Format format) { return format == Format::json || format == Format::xlsx; }

/// Before there is an answer to have it: what can't be told is not asked, nor written down as if it had been.
bool names_part(const ExportOrder& order) {
    if (order.part.empty()) return true;
    if (order.form || order.text) return false;
    return !has_all_parts(order.format) && std::find(order.parts.begin(), order.parts.end(), order.part) != order.parts.end();
}

kit::Status check(const Handover& handover) {
    auto status = check_written("/recipient", handover.recipient, kit::recipient_chars_max);
    return status ? check_written("/reason", handover.reason, kit::reason_chars_max) : status;
}

/// What a spreadsheet's cover says of it.
void put_handover(AnswerTable& table, const Handover& handover) {
    table.parameters.emplace_back("recipient", handover.recipient);
    table.parameters.emplace_back("reason", handover.reason);
    table.parameters.emplace_back("fields", handover.fields);
}

/// The line in the audit log, durable before we go on. A subject costs a row, some 5 µs: a quarter of a scan.
kit::Status write_down(Writer& writer, AuditEntry entry) {
    const auto weight = kit::command_scans + entry.subjects.size() / 4;
    return run_and_wait(writer, [entry = std::move(entry)](WriteContext& context) -> kit::Status {
        context.audit(entry);
        return kit::Done{};
    }, true, weight);
}

}  // namespace

struct Exports::UnderWay {
    UnderWay(const ExportOrder& order, domain::Instant at)
        : by(order.caller.id), what(what_of(order)), case_number(order.case_number), format(order.format), begun(at) {}
    domain::OperatorId by;
    std::string what, case_number;
    Format format;
    domain::Instant begun;
    std::atomic<std::uint64_t> rows{unknown}, rows_done{0};
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};
};

/// One of the few places at a time.
class Exports::Place {
public:
    Place(Exports& exports, const ExportOrder& order) : exports_(exports) {
        auto progress = std::make_shared<UnderWay>(order, exports.clock_.now());
        exports.under_way_.with([&](auto& all) {
            if (all.size() >= kit::exports_at_once_max) return;
            all.push_back(progress);
            progress_ = std::move(progress);
        });
    }
    ~Place() {
        exports_.under_way_.with([&](auto& all) { all.remove(progress_); });
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    /// Null when there was no place.
    UnderWay* progress() const { return progress_.get(); }

private:
    Exports& exports_;
    std::shared_ptr<UnderWay> progress_;
};

Exports::Exports(Writer& writer, CaseDesk& cases, LoginOf login_of, const Clock& clock, domain::TimeZone zone, ExportPlaces places)
    : writer_(writer), cases_(cases), login_of_(std::move(login_of)), clock_(clock), zone_(std::move(zone)), places_(std::move(places)),
      folder_(places_.spool, places_.free_bytes_min) {}

kit::Status Exports::write_intent(const ExportOrder& order) {
    AuditEntry entry{order.caller.id, "export_asked", order.case_number, {}};
    entry.detail = audit_detail({{"what", what_of(order)}, {"format", form_of(order)}});
    if (order.handover) {
        entry.action = "disclosure_asked";
        entry.detail += '\n' + audit_detail({{"fields", order.handover->fields}, {"recipient", order.handover->recipient}, {"reason", order.handover->reason}});
    }
    return write_down(writer_, std::move(entry));
}

kit::Status Exports::write_effect(const ExportOrder& order, const ExportedAnswer& answer, const std::vector<domain::RegistrationId>& told) {
    AuditEntry entry{order.caller.id, "exported", order.case_number, {}};
    entry.detail = audit_detail({{"what", what_of(order)}, {"format", form_of(order)}, {"rows", std::to_string(answer.rows)},
                                 {"digest", answer.bytes->digest()}});
    if (order.handover) {
        entry.action = "disclosed";
        entry.detail += '\n' + audit_detail({{"recipient", order.handover->recipient}});
        entry.subjects = told;
    }
    return write_down(writer_, std::move(entry));
}

kit::Result<ExportedAnswer> Exports::run(storage::Connection& reader, const ExportOrder& order,
                                         const std::function<kit::Result<AnswerTable>()>& question, const Wanted& wanted) {
    CHECK((order.format != Format::json && !order.form) || order.handover);
    if (!order.caller.confirmed) return Error{Errc::forbidden, "reauthenticate"};
    if (!order.case_number.empty() && !cases_.require_open(reader, order.case_number)) {
        const auto refused = question();   // which writes down that it was
        return refused ? Error{Errc::forbidden, "no_case"} : refused.error();
    }
    if (order.handover)
        if (auto status = check(*order.handover); !status) return status.error();
    if (!names_part(order)) return Error{Errc::invalid, "part_unknown"};
    const Place place(*this, order);
    if (place.progress() == nullptr) return Error{Errc::busy, "export_busy", {}, 10};
    if (auto status = write_intent(order); !status) return status.error();
    auto table = question();
    if (!table) return table.error();
    if (order.handover) put_handover(*table, *order.handover);
    if (table->told.size() > kit::disclosed_people_max) return Error{Errc::invalid, "disclosure_too_long"};
    return spool(reader, order, *std::move(table), *place.progress(), wanted);
}

std::vector<ExportProgress> Exports::under_way(const Caller& caller) {
    std::vector<ExportProgress> own;
    under_way_.with([&](const auto& all) {
        for (const auto& one : all) {
            if (one->by != caller.id) continue;
            const auto rows = one->rows.load();
            own.push_back({one->what, one->case_number, one->format, one->begun, rows == UnderWay::unknown ? std::nullopt : std::optional(rows),
                           one->rows_done.load()});
        }
    });
    return own;
}

kit::Result<ExportedAnswer> Exports::spool(storage::Connection& reader, const ExportOrder& order, AnswerTable table, UnderWay& progress, const Wanted& wanted) {
    const auto* part = table.find_part(order.part);
    CHECK(part != nullptr);   // names_part
    std::uint64_t told = 0;
    for (const auto& one : table.parts) told += has_all_parts(order.format) || &one == part ? one.count : 0;
    if (told > kit::export_rows_max) return Error{Errc::invalid, "export_too_long"};
    progress.rows = told;
    for (auto& one : table.parts)
        one.fill = [fill = std::move(one.fill), &progress](std::uint64_t number, Row& row) {
            fill(number, row);
            progress.rows_done.fetch_add(1, std::memory_order_relaxed);
        };
    auto opened = folder_.open();
    if (!opened) return opened.error();
    ExportedAnswer answer;
    answer.bytes = *std::move(opened);
    answer.rows = has_all_parts(order.format) ? table.count() : part->count;
    answer.is_complete = table.is_complete;
    answer.media_type = media_types[static_cast<std::size_t>(order.format)];
    answer.file_name = file_name_of(order, clock_.now(), word_of(order.format));
    const auto status = order.text ? write_text(order, table, answer) : order.form ? write_form(reader, order, table, answer, wanted) : write(reader, order, table, answer, wanted);
    if (!status) return status.error();
    answer.bytes->finish();
    if (auto done = write_effect(order, answer, table.told); !done) return done.error();
    return answer;
}

Imprint Exports::imprint_of(storage::Connection& reader, const ExportOrder& order) {
    Imprint imprint;
    imprint.login = login_of_(order.caller.id);
    imprint.at = clock_.now();
    if (const auto found = order.case_number.empty() ? std::nullopt : cases_.find_case(reader, order.case_number)) {
        imprint.case_title = found->title;
        imprint.case_purpose = found->purpose;
    }
    return imprint;
}

kit::Status Exports::write_text(const ExportOrder& order, const AnswerTable& table, ExportedAnswer& answer) {
    answer.media_type = order.text->media_type;
    answer.file_name = file_name_of(order, clock_.now(), order.text->ending);
    return answer.bytes->append(order.text->write(table));
}

kit::Status Exports::write_form(storage::Connection& reader, const ExportOrder& order, const AnswerTable& table, ExportedAnswer& answer, const Wanted& wanted) {
    const auto imprint = imprint_of(reader, order);
    auto filled = fill_form(*order.form, table, imprint, zone_, wanted);
    if (!filled) return filled.error();
    answer.rows = filled->rows;
    answer.media_type = filled->media_type;
    answer.file_name = file_name_of(order, imprint.at, filled->ending);
    answer.unfilled = std::move(filled->unfilled);
    answer.unplaced = std::move(filled->unplaced);
    return answer.bytes->append(filled->bytes);
}

kit::Status Exports::write(storage::Connection& reader, const ExportOrder& order, const AnswerTable& table, ExportedAnswer& answer, const Wanted& wanted) {
    const PutBytes put = [&answer](std::string_view bytes) { return answer.bytes->append(bytes); };
    if (order.format == Format::json) return put(json_document(table));
    if (order.format == Format::ndjson) return write_ndjson(*table.find_part(order.part), wanted, put);
    if (order.format == Format::csv) return write_csv(*table.find_part(order.part), wanted, put);
    return write_xlsx(table, imprint_of(reader, order), {places_.scratch, zone_}, wanted, put);
}

}  // namespace chayan::service
