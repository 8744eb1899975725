// SPDX-License-Identifier: Apache-2.0
#include "app/link_command.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <unordered_set>
#include <utility>

#include "app/rejected_file.hpp"
#include "domain/csv.hpp"
#include "domain/link_weights.hpp"
#include "domain/record_linkage.hpp"

namespace chayan::app {
namespace {

using Columns = std::array<std::optional<std::string>, domain::link_field_count>;

std::string all_fields() {
    std::string text;
    for (std::size_t i = 0; i < domain::link_field_count; ++i) text += std::string(i == 0 ? "" : " ") + domain::word_of(static_cast<domain::LinkField>(i));
    return text;
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Columns read_map(const std::string& map) {
    Columns columns;
    for (std::size_t begin = 0; begin <= map.size();) {
        const auto end = std::min(map.find(',', begin), map.size());
        const auto item = trimmed(map.substr(begin, end - begin));
        begin = end + 1;
        const auto equals = item.find('=');
        const auto field = domain::find_link_field(trimmed(item.substr(0, equals)));
        if (equals == std::string::npos || !field)
            throw CLI::ValidationError("--map", "\"" + item + "\" is not FIELD=COLUMN; FIELD is one of " + all_fields());
        auto& column = columns[static_cast<std::size_t>(*field)];
        if (column) throw CLI::ValidationError("--map", std::string(domain::word_of(*field)) + " is given twice");
        column = item.substr(equals + 1);
    }
    return columns;
}

/// What the file has instead, and what may be wrong with it.
std::string columns_of(const std::vector<std::string>& header) {
    std::string text = "; it has";
    for (const auto& name : header) text += (&name == &header.front() ? " \"" : ", \"") + trimmed(name) + '"';
    const bool is_one = header.size() == 1 && header.front().find_first_of(";\t|") != std::string::npos;
    return is_one ? text + ". Columns are separated by commas: save it as CSV (comma delimited), UTF-8" : text;
}

std::size_t find_column(const std::vector<std::string>& header, const char* option, const std::string& name) {
    const auto is_named = [&](const std::string& one) { return trimmed(one) == trimmed(name); };
    const auto found = std::find_if(header.begin(), header.end(), is_named);
    if (found == header.end()) throw CLI::ValidationError(option, "the file has no column \"" + name + '"' + columns_of(header));
    if (std::find_if(found + 1, header.end(), is_named) != header.end()) throw CLI::ValidationError(option, "the file has the column \"" + name + "\" twice");
    return static_cast<std::size_t>(found - header.begin());
}

/// No output takes the place of the table or of another, and each can be written: said before the work and not after.
void check_outputs(const LinkOptions& options) {
    namespace fs = std::filesystem;
    std::vector<fs::path> taken{fs::weakly_canonical(fs::absolute(options.file)), fs::weakly_canonical(fs::absolute(options.file + ".rejected.csv"))};
    for (const auto& [option, path] : {std::pair("--out", options.out), {"--pairs", options.pairs}, {"--weights", options.weights}}) {
        if (path.empty()) continue;
        const auto whole = fs::weakly_canonical(fs::absolute(path));
        if (std::find(taken.begin(), taken.end(), whole) != taken.end()) throw CLI::ValidationError(option, path + " is read or written otherwise; name another file");
        taken.push_back(whole);
        if (::access(whole.parent_path().c_str(), W_OK) != 0) throw std::runtime_error(path + ": cannot write there; check the folder and its permissions");
    }
}

struct LinkTable {
    std::vector<std::string> ids;
    std::vector<domain::Comparand> records;
    service::ImportReport report;   // its header and what was rejected
};

LinkTable read_table(std::string_view csv, const LinkOptions& options, const Columns& columns) {
    LinkTable table;
    domain::CsvReader reader(csv);
    const auto header = reader.next();
    if (!header || header->fault != nullptr) throw std::runtime_error(options.file + ": 文件里没有表头。\nThe file has no header.");
    table.report.header = std::string(header->raw);
    const auto id = find_column(header->fields, "--id", options.id);
    std::array<std::optional<std::size_t>, domain::link_field_count> places;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i]) places[i] = find_column(header->fields, "--map", *columns[i]);
    const domain::Day tomorrow{static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()).time_since_epoch().count()) + 1};
    std::unordered_set<std::string> known;
    while (auto row = reader.next()) {
        const auto reject = [&](const char* code) { table.report.rejected.push_back({row->line, row->fault == nullptr ? options.id : std::string(), code, std::string(row->raw)}); };
        if (row->fault == nullptr && row->fields.size() != header->fields.size()) row->fault = "csv_columns";
        if (row->fault != nullptr) {
            reject(row->fault);
            continue;
        }
        auto name = trimmed(row->fields[id]);
        if (name.empty() || !known.insert(name).second) {
            reject(name.empty() ? "id_missing" : "id_twice");
            continue;
        }
        domain::LinkValues values;
        for (std::size_t i = 0; i < places.size(); ++i)
            if (places[i]) values[i] = trimmed(row->fields[*places[i]]);
        table.ids.push_back(std::move(name));
        table.records.push_back(domain::comparand_of(values, tomorrow));
    }
    return table;
}

/// Whole or not at all; readable by the owner alone from the first byte, since it tells who is whom.
void write_file(const std::string& path, const std::string& text) {
    const auto partial = path + ".partial";
    const int fd = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_written = fd >= 0;
    for (std::size_t at = 0; is_written && at < text.size();) {
        const auto count = ::write(fd, text.data() + at, text.size() - at);
        is_written = count > 0;
        at += is_written ? static_cast<std::size_t>(count) : 0;
    }
    is_written = fd >= 0 && ::fsync(fd) == 0 && is_written;
    is_written = fd >= 0 && ::close(fd) == 0 && is_written;
    if (is_written && ::rename(partial.c_str(), path.c_str()) == 0) return;
    ::unlink(partial.c_str());
    throw std::runtime_error(path + ": cannot write the file; check the folder and the space on the disk");
}

std::string clusters_text(const LinkTable& table, const domain::Linkage& linkage) {
    std::string text = "id,cluster\n";
    for (std::size_t i = 0; i < table.ids.size(); ++i)
        text += domain::csv_field(table.ids[i]) + ',' + domain::csv_field(table.ids[linkage.cluster_of[i]]) + '\n';
    return text;
}

std::string pairs_text(const LinkTable& table, const domain::Linkage& linkage) {
    std::string text = "a,b,weight,probability,decision,reasons\n";
    for (const auto& pair : linkage.pairs) {
        std::array<char, 64> numbers{};
        std::snprintf(numbers.data(), numbers.size(), ",%.2f,%.6f,", pair.score.weight, pair.score.probability());
        text += domain::csv_field(table.ids[pair.a]) + ',' + domain::csv_field(table.ids[pair.b]) + numbers.data() + word_of(pair.decision) + ',' +
                domain::csv_field(reasons_of(pair.agreements, pair.score)) + '\n';
    }
    return text;
}

void tell(const LinkTable& table, const domain::Linkage& linkage) {
    std::unordered_set<std::uint32_t> clusters(linkage.cluster_of.begin(), linkage.cluster_of.end());
    const auto count = [&](domain::PairDecision decision) {
        return std::count_if(linkage.pairs.begin(), linkage.pairs.end(), [&](const auto& pair) { return pair.decision == decision; });
    };
    std::cout << "records " << table.ids.size() << ", clusters " << clusters.size() << ", pairs linked " << count(domain::PairDecision::link) << ", pairs to review "
              << count(domain::PairDecision::review) << ", compared " << linkage.candidates << ", rejected " << table.report.rejected.size() << std::endl;
}

void tell_common(domain::LinkField field, const domain::CommonValues& common, service::Language language) {
    const auto values = std::to_string(common.values), records = std::to_string(common.records);
    if (language == service::Language::zh) std::cerr << word_of(field) << "：有 " << values << " 个值共出现在 " << records << " 行，太常见，未作比对依据；请核对这一列是否被改坏。\n";
    else std::cerr << word_of(field) << ": " << values << " values stand in " << records << " rows; so common ones say nothing and were not compared. Is the column whole?\n";
}

}  // namespace

int run_link(const LinkOptions& options, service::Language language) {
    const auto columns = read_map(options.map);
    check_outputs(options);
    const auto csv = read_file(options.file);
    if (const auto status = domain::check_encoding(csv); !status) throw std::runtime_error(options.file + ": " + std::string(service::sentence(status.error().code, language)));
    auto table = read_table(csv, options, columns);
    for (const auto field : {domain::LinkField::document, domain::LinkField::phone})
        if (const auto common = domain::drop_common(table.records, field); common.values > 0) tell_common(field, common, language);
    const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
    const auto linkage = domain::link_records(std::move(table.records), {}, [&](double done) {
        if (on_terminal) std::cerr << '\r' << static_cast<int>(done * 100) << " %" << std::flush;
    });
    if (on_terminal) std::cerr << '\n';
    write_file(options.out, clusters_text(table, linkage));
    if (!options.pairs.empty()) write_file(options.pairs, pairs_text(table, linkage));
    if (!options.weights.empty()) write_file(options.weights, domain::write_weights(linkage.model, table.ids.size()));
    write_rejected(options.file, table.report, language);
    tell(table, linkage);
    return 0;
}

}  // namespace chayan::app
