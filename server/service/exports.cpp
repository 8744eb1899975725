// SPDX-License-Identifier: Apache-2.0
#include "service/exports.hpp"

#include <algorithm>

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

/// One of the few places at a time.
class Place {
public:
    explicit Place(std::atomic<std::size_t>& running) : running_(running), is_held_(running.fetch_add(1) < kit::exports_at_once_max) {}
    ~Place() { running_.fetch_sub(1); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool is_held() const { return is_held_; }

private:
    std::atomic<std::size_t>& running_;
    bool is_held_;
};

std::string what_of(const ExportOrder& order) { return order.part.empty() ? order.kind : order.kind + (" " + order.part); }

/// kind-case-time.ending. Of the case's number only what every file system and header takes; the rest is '_'.
std::string file_name_of(const ExportOrder& order, domain::Instant at) {
    std::string name = order.kind;
    if (!order.part.empty()) name += "-" + order.part;
    if (!order.case_number.empty()) name += "-" + order.case_number;
    for (auto& c : name) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!is_plain) c = '_';
    }
    auto time = domain::format_rfc3339(at);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return name + "-" + time + "." + word_of(order.format);
}

const AnswerPart* chosen(const AnswerTable& table, const ExportOrder& order) {
    if (order.format != Format::xlsx) return table.find_part(order.part);
    return order.part.empty() ? table.parts.data() : nullptr;   // a workbook has them all
}

}  // namespace

Exports::Exports(Writer& writer, CaseDesk& cases, LoginOf login_of, const Clock& clock, domain::TimeZone zone, ExportPlaces places)
    : writer_(writer), cases_(cases), login_of_(std::move(login_of)), clock_(clock), zone_(std::move(zone)), places_(std::move(places)),
      folder_(places_.spool, places_.free_bytes_min) {}

kit::Status Exports::write_down(const ExportOrder& order, const char* action, std::string detail) {
    AuditEntry entry{order.caller.id, action, order.case_number, std::move(detail)};
    return run_and_wait(writer_, [entry = std::move(entry)](WriteContext& context) -> kit::Status {
        context.audit(entry);
        return kit::Done{};
    }, true);
}

kit::Result<ExportedAnswer> Exports::run(storage::Connection& reader, const ExportOrder& order,
                                         const std::function<kit::Result<AnswerTable>()>& question, const Wanted& wanted) {
    if (!order.caller.confirmed) return Error{Errc::forbidden, "reauthenticate"};
    if (!order.case_number.empty() && !cases_.require_open(reader, order.case_number)) {
        const auto refused = question();   // which writes down that it was
        return refused ? Error{Errc::forbidden, "no_case"} : refused.error();
    }
    const Place place(running_);
    if (!place.is_held()) return Error{Errc::busy, "export_busy", {}, 10};
    if (auto status = write_down(order, "export_asked", audit_detail({{"what", what_of(order)}, {"format", word_of(order.format)}})); !status) return status.error();
    const auto table = question();
    if (!table) return table.error();
    return spool(reader, order, *table, wanted);
}

kit::Result<ExportedAnswer> Exports::spool(storage::Connection& reader, const ExportOrder& order, const AnswerTable& table, const Wanted& wanted) {
    const auto* part = chosen(table, order);
    if (part == nullptr) return Error{Errc::invalid, "part_unknown"};
    std::uint64_t told = 0;
    for (const auto& one : table.parts) told += order.format == Format::xlsx || &one == part ? one.count : 0;
    if (told > kit::export_rows_max) return Error{Errc::invalid, "export_too_long"};
    auto opened = folder_.open();
    if (!opened) return opened.error();
    ExportedAnswer answer;
    answer.bytes = *std::move(opened);
    answer.rows = order.format == Format::xlsx ? table.count() : part->count;
    answer.is_complete = table.is_complete;
    answer.media_type = media_types[static_cast<std::size_t>(order.format)];
    answer.file_name = file_name_of(order, clock_.now());
    if (auto status = write(reader, order, table, *answer.bytes, wanted); !status) return status.error();
    answer.bytes->finish();
    auto detail = audit_detail({{"what", what_of(order)}, {"format", word_of(order.format)}, {"rows", std::to_string(answer.rows)},
                                {"digest", answer.bytes->digest()}});
    if (auto status = write_down(order, "exported", std::move(detail)); !status) return status.error();
    return answer;
}

kit::Status Exports::write(storage::Connection& reader, const ExportOrder& order, const AnswerTable& table, Spool& spool, const Wanted& wanted) {
    const PutBytes put = [&spool](std::string_view bytes) { return spool.append(bytes); };
    if (order.format == Format::ndjson) return write_ndjson(*table.find_part(order.part), wanted, put);
    if (order.format == Format::csv) return write_csv(*table.find_part(order.part), wanted, put);
    Imprint imprint;
    imprint.login = login_of_(order.caller.id);
    imprint.at = clock_.now();
    if (const auto found = order.case_number.empty() ? std::nullopt : cases_.find_case(reader, order.case_number)) {
        imprint.case_title = found->title;
        imprint.case_purpose = found->purpose;
    }
    return write_xlsx(table, imprint, {places_.scratch, zone_}, wanted, put);
}

}  // namespace chayan::service
