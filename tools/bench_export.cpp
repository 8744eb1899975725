// SPDX-License-Identifier: Apache-2.0
// Makes one answer in one form, by the service's own writers and spool: for measuring, and for tests that open what comes out.
//
//   bench_export --format ndjson|csv|xlsx --out FILE [--rows N] [--sheet-rows N] [--scratch DIR]
//
// The first 29 names are hostile (SECURITY T14 and 5.7), the others, the identity numbers and the phones invented, unmasked as in a
// disclosure. Prints a JSON object: rows, bytes, seconds until the first byte could leave, and the most memory the process had.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "domain/document.hpp"
#include "service/answer_samples.hpp"
#include "service/answer_text.hpp"
#include "service/answer_xlsx.hpp"
#include "service/spool.hpp"

namespace {

using namespace chayan;
using namespace chayan::service;

struct Options {
    Format format = Format::csv;
    std::string out, scratch = "/dev/shm";
    std::uint64_t rows = 1'000, sheet_rows = 1'048'576;
};

Options read_options(int count, char** words) {
    Options options;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string word = words[i];
        const std::string value = words[i + 1];
        if (word == "--format" && find_format(value)) options.format = *find_format(value);
        else if (word == "--out") options.out = value;
        else if (word == "--rows") options.rows = std::stoull(value);
        else if (word == "--sheet-rows") options.sheet_rows = std::stoull(value);
        else if (word == "--scratch") options.scratch = value;
        else throw std::runtime_error("what is " + word + "?");
    }
    if (options.out.empty() || options.format == Format::json) throw std::runtime_error("--out FILE and a --format that is exported are needed");
    return options;
}

std::string id_number(std::uint64_t number) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "130682%04u01%02u%03u", static_cast<unsigned>(1950 + number / 14'000 % 60),
                  static_cast<unsigned>(1 + number / 490 % 28), static_cast<unsigned>(number % 490 * 2 + 1));
    return std::string(digits) + *domain::id_check_character(digits);
}

void fill(std::uint64_t number, Row& row) {
    constexpr const char* surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "吴"};
    constexpr const char* given[] = {"建华", "国英", "文兰", "秀珍", "玉生", "金梅", "海荣", "春霞", "志强", "阿卜杜热西提·买买提"};
    char text[32];
    std::snprintf(text, sizeof text, "p%011llu", static_cast<unsigned long long>(number));
    const auto& hostile = testing::hostile_texts();
    const domain::Instant first{1'769'990'400 + static_cast<std::int64_t>(number % 86'400)};
    row[0] = std::string(text);
    row[1] = number < hostile.size() ? hostile[number] : surnames[number % 8] + std::string(given[number / 8 % 10]);
    row[2] = std::string("id");
    row[3] = id_number(number);
    std::snprintf(text, sizeof text, "+86142%08llu", static_cast<unsigned long long>(number % 100'000'000));
    row[4] = std::string(text);
    row[5] = first;
    row[6] = first + 3'600;
    row[7] = static_cast<std::int64_t>(number % 9 + 1);
}

AnswerTable table_of(std::uint64_t rows) {
    using Kind = ColumnKind;
    AnswerTable table;
    table.kind = "passages";
    table.title = "经过人员";
    table.case_number = "2020-001&1";
    table.parameters = {{"site", std::string("=S1")}};
    table.tail = {{"count", static_cast<std::int64_t>(rows)}, {"complete", true}};
    table.is_masked = false;
    AnswerPart part;
    part.name = "passages";
    part.title = "经过人员";
    part.columns = {{"person.id", Kind::text, "人员编号"}, {"person.name", Kind::text, "姓名"}, {"person.document.type", Kind::text, "证件类型"},
                    {"person.document.number", Kind::text, "证件号码"}, {"person.phone", Kind::text, "手机号"}, {"first", Kind::moment, "首次时间"},
                    {"last", Kind::moment, "末次时间"}, {"scans", Kind::number, "扫码次数"}};
    part.count = rows;
    part.fill = fill;
    table.parts.push_back(std::move(part));
    return table;
}

kit::Status write(const Options& options, const AnswerTable& table, Spool& spool) {
    const Wanted wanted = [] { return true; };
    const PutBytes put = [&](std::string_view bytes) { return spool.append(bytes); };
    if (options.format == Format::csv) return write_csv(table.parts[0], wanted, put);
    if (options.format == Format::ndjson) return write_ndjson(table.parts[0], wanted, put);
    const auto zone = domain::TimeZone::fixed(8 * 3600);
    return write_xlsx(table, {"聚集", "密接排查", "tracer-1", {1'770'000'000}}, {options.scratch, zone, options.sheet_rows}, wanted, put);
}

void run(const Options& options) {
    const auto began = std::chrono::steady_clock::now();
    const auto table = table_of(options.rows);
    const SpoolFolder folder(options.out + ".spool");
    auto spool = folder.open();
    if (!spool) throw std::runtime_error(spool.error().code);
    if (const auto status = write(options, table, **spool); !status) throw std::runtime_error(status.error().code);
    (*spool)->finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::ofstream out(options.out, std::ios::binary);
    for (;;) {
        const auto piece = (*spool)->read(kit::answer_piece_bytes);
        if (!piece) throw std::runtime_error("the spool can't be read");
        if (piece->empty()) break;
        out << *piece;
    }
    if (!out.flush()) throw std::runtime_error("the file can't be written");
    std::filesystem::remove(options.out + ".spool");
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::printf("{\"format\":\"%s\",\"rows\":%llu,\"bytes\":%llu,\"seconds\":%.2f,\"max_rss_kib\":%ld,\"digest\":\"%s\"}\n", word_of(options.format),
                static_cast<unsigned long long>(options.rows), static_cast<unsigned long long>((*spool)->size()), seconds, used.ru_maxrss,
                (*spool)->digest().c_str());
}

}  // namespace

int main(int count, char** words) {
    try {
        run(read_options(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_export: %s\n", error.what());
        return 1;
    }
}
