// SPDX-License-Identifier: Apache-2.0
// A CSV file that is written row by row, a piece at a time: memory does not grow with the file. One thread.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "domain/time.hpp"

namespace chayan::town {

class CsvFile {
public:
    /// Makes the file with its header row. Throws std::runtime_error that names the file when that fails; so do the others.
    CsvFile(const std::string& path, std::string_view header);
    /// A row of these fields, each quoted where it must be.
    void row(std::initializer_list<std::string_view> fields);
    /// To be called at the end: what could not be written is told.
    void close();
    std::uint64_t rows() const { return rows_; }

private:
    void flush();
    std::string path_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
    std::string waiting_;
    std::uint64_t rows_ = 0;
};

/// RFC 3339 in UTC, some ten times as fast as domain::format_rfc3339 where moments of one day follow each other.
class Clockwork {
public:
    std::string operator()(domain::Instant at);

private:
    std::int64_t day_ = -1;
    std::string text_;   // of the last moment
};

}  // namespace chayan::town
