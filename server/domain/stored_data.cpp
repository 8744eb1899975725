// SPDX-License-Identifier: Apache-2.0
#include "domain/stored_data.hpp"

#include <algorithm>

#include "domain/csv.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

/// Embedded at build.
extern const std::string_view stored_kinds_csv, stored_columns_csv, assessment_csv;

namespace {

/// Every row has every field: the tables are parts of the program.
std::vector<std::vector<std::string>> read_rows(std::string_view csv, std::size_t fields) {
    CsvReader reader(csv);
    std::vector<std::vector<std::string>> rows;
    (void)reader.next();   // the header
    while (auto row = reader.next()) {
        CHECK(row->fault == nullptr && row->fields.size() == fields);
        rows.push_back(std::move(row->fields));
    }
    CHECK(!rows.empty());
    return rows;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        if (!word.empty()) words.emplace_back(word);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return words;
}

}  // namespace

const std::vector<StoredKind>& stored_kinds() {
    static const auto kinds = [] {
        std::vector<StoredKind> read;
        for (auto& row : read_rows(stored_kinds_csv, 10))
            read.push_back({row[0], row[1].at(0) - '0', row[2], {row[3], row[4]}, {row[5], row[6]}, {row[7], row[8]}, words_of(row[9])});
        return read;
    }();
    return kinds;
}

const std::vector<StoredColumn>& stored_columns() {
    static const auto columns = [] {
        std::vector<StoredColumn> read;
        for (const auto& row : read_rows(stored_columns_csv, 3))
            for (const auto& word : words_of(row[2])) {
                const auto colon = word.find(':');
                CHECK(colon != std::string::npos && colon + 2 == word.size() && std::string_view("pibs").find(word[colon + 1]) != std::string_view::npos);
                read.push_back({row[0], word.substr(0, colon), word[colon + 1], row[1]});
            }
        return read;
    }();
    return columns;
}

const std::vector<AssessmentPart>& assessment_parts() {
    static const auto parts = [] {
        std::vector<AssessmentPart> read;
        for (auto& row : read_rows(assessment_csv, 3)) read.push_back({row[0], {row[1], row[2]}});
        return read;
    }();
    return parts;
}

}  // namespace chayan::domain
