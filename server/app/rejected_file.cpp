// SPDX-License-Identifier: Apache-2.0
#include "app/rejected_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "domain/csv.hpp"

namespace chayan::app {
namespace {

using Fields = std::vector<std::string>;

/// Quotes that do not fit tell nothing of where fields end: then each comma does, and a spreadsheet shows the quotes as they are.
Fields fields_of(std::string_view raw) {
    auto row = domain::CsvReader(raw).next();
    if (!row) return {};
    if (row->fault == nullptr || std::string_view(row->fault) != "csv_quote") return std::move(row->fields);
    Fields fields(1);
    for (const char c : raw) {
        if (c == ',') fields.emplace_back();
        else fields.back().push_back(c);
    }
    return fields;
}

/// How many columns are the sender's own, without the two that we added to the file in an earlier round.
std::size_t own_columns(const Fields& header) {
    const auto count = header.size();
    const bool has_ours = count > 2 && header[count - 2] == "line" && header[count - 1] == "reason";
    return has_ours ? count - 2 : count;
}

std::string joined(const Fields& fields) {
    std::string text;
    for (const auto& field : fields) text += (text.empty() && &field == &fields.front() ? "" : ",") + domain::csv_field(field);
    return text + '\n';
}

/// The row's own fields, filled up; then the two; then what was too many.
Fields laid_out(Fields fields, const Fields& header, Fields ours) {
    const auto own = own_columns(header);
    fields.resize(std::max(fields.size(), header.size()));
    const auto at = fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(own), fields.begin() + static_cast<std::ptrdiff_t>(header.size()));
    fields.insert(at, ours.begin(), ours.end());
    return fields;
}

/// The first few: more would push the counts and the name of the file out of sight.
void tell_rejected(const std::string& file, const service::ImportReport& report, service::Language language) {
    constexpr std::size_t told_max = 20;
    const auto told = std::min(report.rejected.size(), told_max);
    for (std::size_t i = 0; i < told; ++i)
        std::cerr << file << ':' << report.rejected[i].line << ": " << reason_of(report.rejected[i], language) << '\n';
    const auto more = std::to_string(report.rejected.size() - told);
    if (more != "0") std::cerr << (language == service::Language::zh ? "另有 " + more + " 行，" : "and " + more + " more: ");
}

}  // namespace

std::string reason_of(const service::RejectedRow& row, service::Language language) {
    return (row.column.empty() ? "" : row.column + ": ") + std::string(service::sentence(row.code, language));
}

std::string rejected_file(const service::ImportReport& report, service::Language language) {
    const auto header = fields_of(report.header);
    std::string text = "\xEF\xBB\xBF" + joined(laid_out(header, header, {"line", "reason"}));
    for (const auto& row : report.rejected)
        text += joined(laid_out(fields_of(row.raw), header, {std::to_string(row.line), reason_of(row, language)}));
    return text;
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    const bool is_empty = in.peek() == std::ifstream::traits_type::eof();   // which inserting would call a failure
    if (!is_empty) text << in.rdbuf();
    if (!in.is_open() || in.bad() || !text) throw std::runtime_error(path + ": cannot read the file; check its path and permissions");
    return text.str();
}

void write_rejected(const std::string& file, const service::ImportReport& report, service::Language language) {
    const auto path = file + ".rejected.csv";
    if (report.rejected.empty()) {
        std::filesystem::remove(path);
        return;
    }
    std::ofstream out(path, std::ios::binary);
    out << rejected_file(report, language);
    ::chmod(path.c_str(), 0600);
    const bool is_written = static_cast<bool>(out.flush());
    tell_rejected(file, report, language);
    if (!is_written) throw std::runtime_error(path + ": cannot write the rejected rows; check the space on the disk");
    std::cerr << (language == service::Language::zh ? "见 " : "see ") << path << '\n';
}

}  // namespace chayan::app
