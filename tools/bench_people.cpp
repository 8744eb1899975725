// SPDX-License-Identifier: Apache-2.0
#include "bench_people.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace chayan::bench {
namespace {

constexpr std::array surnames{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周"};
constexpr std::array signs{"建", "国", "文", "秀", "玉", "金", "海", "春", "志", "永", "华", "英", "兰", "珍", "生", "梅", "荣", "霞", "强", "成",
                           "明", "军", "平", "丽", "红", "伟", "芳", "勇", "艳", "杰"};
constexpr std::uint64_t serials_a_day = 990;   // from 996 on they mean something else
constexpr std::uint64_t days_a_year = 12ULL * 28;

std::string id_number(std::uint64_t number) {
    const auto day = number / serials_a_day;
    std::array<char, 32> digits;
    std::snprintf(digits.data(), digits.size(), "130682%04u%02u%02u%03u", static_cast<unsigned>(1950 + day / days_a_year),
                  static_cast<unsigned>(1 + day % days_a_year / 28), static_cast<unsigned>(1 + day % 28), static_cast<unsigned>(number % serials_a_day));
    return std::string(digits.data()) + domain::id_check_character(digits.data()).value();
}

}  // namespace

domain::Statement person(std::uint64_t number) {
    domain::StatementFields fields;
    fields.name = std::string(surnames[number % 10]) + signs[number / 10 % signs.size()] + signs[number / 300 % signs.size()];
    fields.document_type = "id";
    fields.document_number = id_number(number);
    std::array<char, 32> phone;
    std::snprintf(phone.data(), phone.size(), "142%08u", static_cast<unsigned>(number));
    fields.phone = phone.data();
    auto statement = domain::parse_statement(fields, *domain::day_of(2026, 1, 1), /*require_both=*/true);
    if (!statement) throw std::runtime_error("person " + std::to_string(number) + " can't be registered");
    return *std::move(statement);
}

}  // namespace chayan::bench
