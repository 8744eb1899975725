// SPDX-License-Identifier: Apache-2.0
#include "qrgen/list_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "qrgen/book.hpp"

namespace chayan::qrgen {
namespace {

constexpr std::size_t list_bytes_max = std::size_t{64} << 20U;   // some 400,000 rows

}  // namespace

std::string shown_name(const std::string& path) { return path == "-" ? "stdin" : path; }

std::string read_table(const std::string& path, Tongue tongue) {
    auto bytes = read_file(path);
    const auto name = shown_name(path);
    if (bytes.size() > list_bytes_max) throw Failure({name + "：文件太大（最多 64 MiB），请分成几份", name + ": the file is too large (at most 64 MiB); split it"});
    auto table = decode_table(std::move(bytes));
    if (!table) throw Failure({name + "：" + table.reason().zh, name + ": " + table.reason().en});
    if (table->encoding == Encoding::gb18030) std::cerr << name << Sentence{"：按 GBK（GB18030）读取", ": read as GBK (GB18030)"}.in(tongue) << '\n';
    return std::move(table->text);
}

void hand_back(const std::string& path, const std::string& to, const std::string& header, std::vector<RejectedRow> rejected, Tongue tongue) {
    const auto target = !to.empty() ? to : path == "-" ? std::string() : path + ".rejected.csv";
    if (rejected.empty()) {
        if (to.empty() && !target.empty()) ::unlink(target.c_str());   // never a file that somebody named
        return;
    }
    constexpr std::size_t told_max = 20;   // more would push the counts and the file's name out of sight
    std::stable_sort(rejected.begin(), rejected.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    for (std::size_t i = 0; i < std::min(told_max, rejected.size()); ++i)
        std::cerr << shown_name(path) << ':' << rejected[i].line << ": " << rejected[i].reason.in(tongue) << '\n';
    if (rejected.size() > told_max) {
        const auto more = std::to_string(rejected.size() - told_max);
        std::cerr << Sentence{"另有 " + more + " 行", "and " + more + " more"}.in(tongue) << '\n';
    }
    if (target.empty()) return;
    write_file(target, rejected_table(header, rejected, tongue));
    ::chmod(target.c_str(), 0600);
    std::cerr << Sentence{"见 ", "see "}.in(tongue) << target << '\n';
}

}  // namespace chayan::qrgen
