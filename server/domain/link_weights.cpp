// SPDX-License-Identifier: Apache-2.0
#include "domain/link_weights.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "domain/csv.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

extern const std::string_view link_weights_csv;

namespace {

constexpr std::size_t records_min = 1'000;
constexpr double off_max = 0.001;

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

std::optional<double> parse_rate(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0)) return std::nullopt;
    return value;
}

std::optional<std::size_t> find_agreement(std::string_view word) {
    for (std::size_t a = 0; a < agreement_count; ++a)
        if (word == word_of(static_cast<Agreement>(a))) return a;
    return std::nullopt;
}

bool adds_up(const Rates& rates) {
    return std::all_of(rates.begin(), rates.end(), [](const auto& of_field) {
        const double sum = std::accumulate(of_field.begin(), of_field.end(), 0.0);
        return sum == 0 || std::abs(sum - 1) <= off_max;
    });
}

}  // namespace

std::string write_weights(const LinkModel& model, std::size_t records) {
    const auto others = static_cast<double>(std::max<std::size_t>(records, 2) - 1);
    std::string text = "field,agreement,person,household,strangers\nprior,," + number(model.of_person * others) + ',' + number(model.of_household * others) + ",\n";
    for (std::size_t field = 0; field < link_field_count; ++field)
        for (std::size_t a = 0; a < agreement_count; ++a) {
            if (model.strangers[field][a] <= 0) continue;
            text += std::string(word_of(static_cast<LinkField>(field))) + ',' + word_of(static_cast<Agreement>(a)) + ',' + number(model.person[field][a]) + ',' +
                    number(model.household[field][a]) + ',' + number(model.strangers[field][a]) + '\n';
        }
    return text;
}

std::optional<LinkModel> read_weights(std::string_view csv, std::size_t records) {
    LinkModel model;
    CsvReader reader(csv);
    const auto header = reader.next();
    if (!header || header->raw != "field,agreement,person,household,strangers") return std::nullopt;
    const auto others = static_cast<double>(std::max(records, records_min));
    while (const auto row = reader.next()) {
        if (row->fault != nullptr || row->fields.size() != 5) return std::nullopt;
        const auto person = parse_rate(row->fields[2]), household = parse_rate(row->fields[3]);
        if (!person || !household) return std::nullopt;
        if (row->fields[0] == "prior") {
            model.of_person = *person / others;
            model.of_household = *household / others;
            continue;
        }
        const auto field = find_link_field(row->fields[0]);
        const auto agreement = find_agreement(row->fields[1]);
        const auto strangers = parse_rate(row->fields[4]);
        if (!field || !agreement || !strangers) return std::nullopt;
        const auto i = static_cast<std::size_t>(*field);
        model.person[i][*agreement] = *person;
        model.household[i][*agreement] = *household;
        model.strangers[i][*agreement] = *strangers;
    }
    const bool is_whole = model.of_person > 0 && model.of_person + model.of_household < 1 && adds_up(model.person) && adds_up(model.household) && adds_up(model.strangers);
    return is_whole ? std::optional(model) : std::nullopt;
}

LinkModel default_weights(std::size_t records) {
    static const LinkModel kept = [] {
        const auto read = read_weights(link_weights_csv, records_min);
        CHECK(read);   // a test reads it too
        return *read;
    }();
    LinkModel model = kept;
    const double smaller = static_cast<double>(records_min) / static_cast<double>(std::max(records, records_min));
    model.of_person *= smaller;
    model.of_household *= smaller;
    return model;
}

}  // namespace chayan::domain
