// SPDX-License-Identifier: Apache-2.0
#include "town_csv.hpp"

#include <stdexcept>

#include "domain/csv.hpp"

namespace chayan::town {

constexpr std::size_t piece_bytes = 256 * 1024;

CsvFile::CsvFile(const std::string& path, std::string_view header) : path_(path), file_(std::fopen(path.c_str(), "wbe"), &std::fclose) {
    if (!file_) throw std::runtime_error("cannot write " + path);
    waiting_.reserve(piece_bytes + 1024);
    waiting_.append(header).append("\n");
}

void CsvFile::row(std::initializer_list<std::string_view> fields) {
    for (const auto field : fields) {
        if (field.find_first_of(",\"\r\n") == std::string_view::npos) waiting_.append(field);
        else waiting_.append(domain::csv_field(field));
        waiting_.push_back(',');
    }
    waiting_.back() = '\n';
    ++rows_;
    if (waiting_.size() >= piece_bytes) flush();
}

void CsvFile::flush() {
    if (std::fwrite(waiting_.data(), 1, waiting_.size(), file_.get()) != waiting_.size()) throw std::runtime_error("cannot write " + path_);
    waiting_.clear();
}

void CsvFile::close() {
    flush();
    if (std::fclose(file_.release()) != 0) throw std::runtime_error("cannot write " + path_);
}

std::string Clockwork::operator()(domain::Instant at) {
    const auto day = at.s / 86'400;
    if (day != day_) {
        text_ = domain::format_rfc3339(at);
        day_ = day;
    }
    const auto second = at.s % 86'400;
    const auto put = [&](std::size_t place, std::int64_t value) {
        text_[place] = static_cast<char>('0' + value / 10);
        text_[place + 1] = static_cast<char>('0' + value % 10);
    };
    put(11, second / 3600);
    put(14, second / 60 % 60);
    put(17, second % 60);
    return text_;
}

}  // namespace chayan::town
