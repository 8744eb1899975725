// SPDX-License-Identifier: Apache-2.0
#include "service/imports.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "domain/csv.hpp"
#include "domain/text.hpp"
#include "kit/limits.hpp"
#include "service/import_table.hpp"
#include "service/local_days.hpp"
#include "service/registrar.hpp"
#include "service/site_import.hpp"
#include "storage/retention.hpp"

namespace chayan::service {
namespace {

using domain::CsvColumn;
using domain::CsvRow;
using kit::Errc;
using kit::Error;

const std::vector<CsvColumn>& division_columns() {
    static const std::vector<CsvColumn> columns{{{"code", "代码", "区划代码"}, true}, {{"name", "名称"}, true}, {{"parent", "上级", "上级代码"}, false}};
    return columns;
}

const std::vector<CsvColumn>& people_columns() {
    static const std::vector<CsvColumn> columns{
        {{"ref", "编号"}, false}, {{"name", "姓名"}, true}, {{"document_type", "证件类型"}, false}, {{"document_number", "证件号码", "证件号", "身份证号", "身份证号码", "身份证", "公民身份号码"}, false},
        {{"phone", "手机号", "手机号码", "手机", "电话", "联系电话", "联系方式"}, false}, {{"birth_date", "出生日期"}, false}, {{"sex", "性别"}, false}, {{"division", "区划"}, false},
        {{"address", "住址", "地址"}, false}, {{"household", "户号"}, false}, {{"workplace", "单位"}, false}};
    return columns;
}

const std::vector<CsvColumn>& scan_columns() {
    static const std::vector<CsvColumn> columns{
        {{"ref", "编号"}, false}, {{"document_type", "证件类型"}, false}, {{"document_number", "证件号码", "证件号", "身份证号", "身份证号码", "身份证", "公民身份号码"}, false},
        {{"site", "检测点", "检测点编号"}, true}, {{"at", "时间"}, true}, {{"direction", "方向"}, true}, {{"temperature", "体温"}, false}, {{"plate", "车牌"}, false}};
    return columns;
}

enum class RefState : std::uint8_t { open, unchanged, restated, taken };

/// What a row under a ref that names `named` already is: the same again, a new statement of the same person, or somebody else.
RefState judge_ref(WriteContext& context, const Vault& vault, domain::RegistrationId named, const domain::Statement& statement) {
    const auto row = context.store().registry().registration(named);
    const auto profile = row ? vault.open(SealKind::profile, associated_data(*row), row->profile) : std::nullopt;
    if (profile == domain::encode_statement(statement)) return RefState::unchanged;
    const auto person = context.directory().people->person_of(named);
    const auto persons = match_statement(context, vault, statement);
    return std::find(persons.begin(), persons.end(), person) != persons.end() ? RefState::restated : RefState::taken;
}

void add(ImportReport& report, ImportReport part) {
    report.added += part.added;
    report.changed += part.changed;
    report.unchanged += part.unchanged;
    std::move(part.rejected.begin(), part.rejected.end(), std::back_inserter(report.rejected));
}

/// The roster on these terms: a file that comes in parts, or again, is one.
std::uint64_t roster_with(WriteContext& context, const RosterTerms& terms, domain::OperatorId by) {
    auto& book = context.store().retention();
    for (const auto& [row, people] : book.rosters(context.now()))
        if (row.basis == terms.basis && row.until == terms.until) return row.id;
    return book.append(storage::RosterRow{0, terms.basis, terms.until, by, context.now()});
}

/// The same in a file's words: it has no clock that could be set.
Error of_history(Error error) {
    for (auto& field : error.fields) {
        const std::string_view code = field.code;
        if (code == "time_ahead") field.code = "history_ahead";
        if (code == "time_old") field.code = "history_old";
    }
    return error;
}

/// Runs `one` for each good row, a slice of rows in one command, and `begin` before each slice; the report has what became durable.
/// What `one` returns is why a row is refused.
using RowTaker = std::function<std::optional<RejectedRow>(WriteContext&, const CsvRow&, ImportReport&)>;

kit::Status run_slices(Writer& writer, const RowSource& next, ImportReport& report, const Progress& progress, const RowTaker& one,
                       const std::function<void()>& begin = [] {}) {
    std::uint64_t done = 0;
    for (;;) {
        std::vector<CsvRow> slice;
        const auto told = static_cast<std::ptrdiff_t>(report.rejected.size());
        while (slice.size() < kit::import_slice_rows) {
            auto row = next();
            if (!row) break;
            ++done;
            if (row->fault != nullptr) report.rejected.push_back(rejected(*row, {}, row->fault));
            else slice.push_back(*std::move(row));
        }
        if (slice.empty()) return kit::Done{};
        ImportReport part;
        auto status = run_and_wait(writer, [&](WriteContext& context) -> kit::Status {
            part = {};   // it runs again when another command of its group threw
            begin();
            for (const auto& row : slice)
                if (auto bad = one(context, row, part)) part.rejected.push_back(*std::move(bad));
            return kit::Done{};
        }, false, std::max(kit::command_scans, slice.size()));
        if (!status) return status;
        add(report, std::move(part));
        std::sort(report.rejected.begin() + told, report.rejected.end(), [](const RejectedRow& a, const RejectedRow& b) { return a.line < b.line; });
        if (progress) progress(done);
    }
}

/// The line in the audit log, however the import ended: what it did is durable. A queue that is full has room again soon.
ImportReport finish(Writer& writer, domain::OperatorId by, const char* action, ImportReport report, const kit::Status& ended) {
    if (!ended) report.stopped = ended.error();
    const auto detail = std::to_string(report.added) + " new, " + std::to_string(report.changed) + " changed, " +
                        std::to_string(report.rejected.size()) + " rejected" + (report.stopped ? ", stopped early" : "");
    constexpr int tries_max = 20;
    for (int tries = 1;; ++tries) {
        auto status = run_and_wait(writer, [by, action, detail](WriteContext& context) -> kit::Status {
            context.audit({by, action, {}, detail});
            return kit::Done{};
        }, true);
        if (status) return report;
        if (tries == tries_max) {
            if (!report.stopped) report.stopped = status.error();
            return report;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

}  // namespace

Imports::Imports(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Ingest& ingest, std::int64_t retention_days)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), ingest_(ingest), retention_days_(retention_days) {}

kit::Result<ImportReport> Imports::divisions(const Importer& by, std::string_view csv, const Progress& progress) {
    ImportReport report;
    ImportTable table(csv, division_columns());
    if (auto status = table.open(csv, report.header); !status) return status.error();
    std::shared_ptr<Divisions> copy;   // of a slice: it is published with it, and then never changes
    const auto status = run_slices(writer_, table.rows(), report, progress, [&](WriteContext& context, const CsvRow& row, ImportReport& counts) -> std::optional<RejectedRow> {
        storage::DivisionRow division;
        const auto code = domain::parse_division_code(table.value(row, 0));
        if (!code) return rejected(row, "code", "division_malformed");
        if (!by.may_enter(*code)) return rejected(row, "code", "scope_outside");
        division.code = *code;
        auto name = domain::parse_label(table.value(row, 1), 3 * kit::site_name_chars_max);
        if (!name) return rejected(row, "name", "text_malformed");
        division.name = *std::move(name);
        if (const auto parent = table.value(row, 2); !parent.empty()) {
            division.parent = domain::parse_division_code(parent);
            if (!division.parent) return rejected(row, "parent", "division_malformed");
            if (!domain::is_within(*code, *division.parent)) return rejected(row, "parent", "division_parent");
        }
        const auto* old = context.directory().divisions->find(*code);
        if (old != nullptr && *old == division) {
            ++counts.unchanged;
            return std::nullopt;
        }
        ++(old == nullptr ? counts.added : counts.changed);
        context.store().sites().put(division);
        if (!copy) {
            copy = std::make_shared<Divisions>(*context.directory().divisions);
            context.edit_directory().divisions = copy;
        }
        copy->put(std::move(division));
        return std::nullopt;
    }, [&] { copy.reset(); });
    return finish(writer_, by.id, "divisions_imported", std::move(report), status);
}

kit::Result<ImportReport> Imports::sites(const Importer& by, std::string_view csv, const Progress& progress) {
    ImportReport report;
    ImportTable table(csv, site_columns());
    if (auto status = table.open(csv, report.header); !status) return status.error();
    std::unordered_map<std::string, std::string> taken;   // ref: what its first good row says
    const RowTaker put = [&](WriteContext& context, const CsvRow& row, ImportReport& counts) -> std::optional<RejectedRow> {
        // An export has a row for each poster: the same again is no harm.
        const auto ref = table.value(row, 0);
        auto values = table.known_values(row);
        const auto earlier = taken.find(ref);
        if (earlier != taken.end() && earlier->second != values) return rejected(row, "ref", "ref_twice");
        auto change = put_site(context, [&](std::size_t column) { return table.has(column) ? std::optional(table.value(row, column)) : std::nullopt; }, by);
        if (!change) return rejected(row, change.error());
        taken.emplace(ref, std::move(values));
        ++(*change == SiteChange::added ? counts.added : *change == SiteChange::changed ? counts.changed : counts.unchanged);
        return std::nullopt;
    };
    auto status = run_slices(writer_, table.rows(), report, progress, put);
    // A door may stand before its place in the file: what missed a place is tried once more, now that all the others are there.
    const auto missed = [](const RejectedRow& row) { return std::string_view(row.code) == "place_unknown"; };
    if (status && std::any_of(report.rejected.begin(), report.rejected.end(), missed)) {
        std::unordered_set<std::uint64_t> lines;
        for (const auto& row : report.rejected)
            if (missed(row)) lines.insert(row.line);
        std::erase_if(report.rejected, missed);
        ImportTable again(csv, site_columns());
        if (status = again.open(csv, report.header); !status) return status.error();
        const auto next = [&] {
            auto row = again.next();
            while (row && !lines.contains(row->line)) row = again.next();
            return row;
        };
        status = run_slices(writer_, next, report, {}, put);
        std::sort(report.rejected.begin(), report.rejected.end(), [](const RejectedRow& a, const RejectedRow& b) { return a.line < b.line; });
    }
    return finish(writer_, by.id, "sites_imported", std::move(report), status);
}

kit::Result<RosterTerms> read_roster_terms(const std::string& basis, const std::string& until, domain::Instant now, const domain::TimeZone& zone, std::int64_t days) {
    using kit::invalid_field;
    if (basis.empty() && until.empty()) return RosterTerms{{}, begin_of(zone, {zone.local_day(now).number + static_cast<std::int32_t>(days) + 1})};
    if (basis.empty()) return invalid_field("/basis", "roster_basis_missing");
    if (until.empty()) return invalid_field("/until", "roster_until_missing");
    auto label = domain::parse_label(basis, roster_basis_chars_max);
    if (!label) return invalid_field("/basis", "text_malformed");
    const auto day = domain::parse_date(until);
    if (!day) return invalid_field("/until", "date_malformed");
    const auto today = zone.local_day(now);
    if (*day < today || day->number > today.number + roster_years_max * 366) return invalid_field("/until", "roster_until_range");
    return RosterTerms{*std::move(label), begin_of(zone, {day->number + 1})};
}

kit::Result<ImportReport> Imports::people(const Importer& by, std::string_view csv, const Progress& progress, const RosterTerms& terms) {
    ImportReport report;
    ImportTable table(csv, people_columns());
    if (auto status = table.open(csv, report.header); !status) return status.error();
    std::uint64_t roster = 0;
    const auto noted = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        if (terms.until.s != 0) roster = roster_with(context, terms, by.id);
        return kit::Done{};
    });
    if (!noted) return noted.error();
    const auto status = run_slices(writer_, table.rows(), report, progress, [&](WriteContext& context, const CsvRow& row, ImportReport& counts) -> std::optional<RejectedRow> {
        domain::StatementFields fields;
        fields.name = table.value(row, 1);
        fields.document_type = table.value(row, 2);
        fields.document_number = table.value(row, 3);
        if (fields.document_type.empty() && !fields.document_number.empty()) fields.document_type = "id";
        if (fields.document_number.empty()) fields.document_type.clear();
        fields.phone = table.value(row, 4);
        fields.birth_date = table.value(row, 5);
        fields.sex = table.value(row, 6);
        fields.division = table.value(row, 7);
        if (context.directory().divisions->is_ambiguous(fields.division)) return rejected(row, "division", "division_ambiguous");
        if (const auto* named = context.directory().divisions->find(fields.division)) fields.division = std::string(domain::DivisionText(named->code));
        fields.address = table.value(row, 8);
        fields.household = table.value(row, 9);
        fields.workplace = table.value(row, 10);
        auto statement = domain::parse_statement(fields, {static_cast<std::int32_t>(clock_.now().s / 86'400) + 1}, false);
        if (!statement) return rejected(row, statement.error());
        if (statement->division && !by.may_enter(*statement->division)) return rejected(row, "division", "scope_outside");
        const auto ref = table.value(row, 0);
        const auto key = vault_.blind(BlindKind::roster_ref, ref);
        const auto named = ref.empty() ? std::nullopt : context.store().registry().roster_ref(key);
        const auto state = named ? judge_ref(context, vault_, *named, *statement) : RefState::open;
        if (state == RefState::taken) return rejected(row, "ref", "ref_taken");
        const auto note = [&](domain::RegistrationId one) {
            if (roster != 0) context.store().retention().put_on_roster(one, roster);
        };
        if (named) note(*named);
        if (state == RefState::unchanged) {
            ++counts.changed;
            return std::nullopt;
        }
        const auto registered = register_statement(context, vault_, *statement, {storage::Origin::roster, by.id, 0});
        note(registered.registration);
        // History names registrations by refs, and a scan's identity has the registration in it: a ref never moves.
        if (!ref.empty() && !named) context.store().registry().put_roster_ref(key, registered.registration);
        ++(registered.matched ? counts.changed : registered.reviews > 0 ? counts.unchanged : counts.added);
        return std::nullopt;
    });
    return finish(writer_, by.id, "people_imported", std::move(report), status);
}

kit::Result<ImportReport> Imports::scans(const Importer& by, std::string_view csv, storage::Connection& reader, const Progress& progress) {
    (void)reader;
    ImportReport report;
    ImportTable table(csv, scan_columns());
    if (auto status = table.open(csv, report.header); !status) return status.error();
    const auto oldest = clock_.now() - retention_days_ * 86'400;
    std::unordered_map<std::string, domain::RegistrationId> refs;
    const auto status = run_slices(writer_, table.rows(), report, progress, [&](WriteContext& context, const CsvRow& row, ImportReport& counts) -> std::optional<RejectedRow> {
        const auto ref = table.value(row, 0);
        std::optional<domain::RegistrationId> registration;
        if (const auto known = refs.find(ref); !ref.empty() && known != refs.end()) {
            registration = known->second;
        } else if (!ref.empty()) {
            registration = context.store().registry().roster_ref(vault_.blind(BlindKind::roster_ref, ref));
            if (registration) refs.emplace(ref, *registration);
        } else {
            const auto type = domain::find_document_type(table.value(row, 1).empty() ? "id" : table.value(row, 1));
            if (!type) return rejected(row, "document_type", "document_type_unknown");
            const auto document = domain::parse_document(*type, table.value(row, 2), {}, {static_cast<std::int32_t>(clock_.now().s / 86'400) + 1});
            if (!document) return rejected(row, "document_number", document.error().code);
            registration = find_by_document(context.store(), vault_, *context.directory().people, *document, std::nullopt);
        }
        if (registration && context.directory().people->person_of(*registration).is_none()) registration.reset();   // forgotten between two slices
        if (!registration) return rejected(row, ref.empty() ? "document_number" : "ref", "history_person");
        const auto* site = context.directory().site(table.value(row, 3));
        if (site == nullptr || !by.may_enter(site->division)) return rejected(row, "site", "site_unknown");
        GateRequest request;
        request.at = table.value(row, 4);
        request.direction = table.value(row, 5);
        if (const auto celsius = table.value(row, 6); !celsius.empty()) {
            char* end = nullptr;
            request.temperature = std::strtod(celsius.c_str(), &end);
            if (*end != '\0') return rejected(row, "temperature", "temperature_range");
        }
        if (const auto plate = table.value(row, 7); !plate.empty()) request.plate = plate;
        const auto scan = ingest_.intake_of_history(*registration, *site, request, oldest);
        if (!scan) return rejected(row, of_history(scan.error()));
        ++(context.take(*scan).known ? counts.unchanged : counts.added);
        return std::nullopt;
    });
    return finish(writer_, by.id, "scans_imported", std::move(report), status);
}

}  // namespace chayan::service
