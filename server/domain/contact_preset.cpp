// SPDX-License-Identifier: Apache-2.0
#include "domain/contact_preset.hpp"

#include <algorithm>
#include <charconv>

#include "domain/csv.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

/// schema/contact_presets.csv, embedded at build.
extern const std::string_view contact_presets_csv;

namespace {

constexpr std::int32_t days_max = 366;
constexpr std::int32_t minutes_max = days_max * 1440;   // what a question may ask for
constexpr const char* accumulate_words[] = {"total", "longest", "day"};

/// Reads the fields of one row from the left.
class RowReader {
public:
    explicit RowReader(const std::vector<std::string>& fields) : fields_(fields) {}

    const std::string& text() { return fields_[at_++]; }
    const std::string& required() {
        const auto& field = text();
        is_right_ = is_right_ && !field.empty();
        return field;
    }
    /// Nothing for an empty field.
    std::optional<std::int32_t> number_if(std::int32_t max) {
        const auto& field = text();
        if (field.empty()) return std::nullopt;
        std::int32_t number = -1;
        const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
        is_right_ = is_right_ && error == std::errc{} && end == field.data() + field.size() && number >= 0 && number <= max;
        return number;
    }
    std::int32_t number(std::int32_t max) {
        const auto read = number_if(max);
        is_right_ = is_right_ && read;
        return read.value_or(0);
    }
    /// What may not be in doubt.
    template <class T>
    T need(const std::optional<T>& found) {
        is_right_ = is_right_ && found;
        return found.value_or(T{});
    }
    /// The categories of a list that ';' parts.
    std::vector<Category> categories() {
        std::vector<Category> found;
        std::string_view list = text();
        while (!list.empty()) {
            const auto word = list.substr(0, list.find(';'));
            found.push_back(need(find_category(word)));
            list.remove_prefix(std::min(list.size(), word.size() + 1));
        }
        return found;
    }
    bool is_right() const { return is_right_; }

private:
    const std::vector<std::string>& fields_;
    std::size_t at_ = 0;
    bool is_right_ = true;
};

std::optional<std::int32_t> seconds(std::optional<std::int32_t> minutes) { return minutes ? std::optional(*minutes * 60) : std::nullopt; }

std::optional<ContactPreset> read_row(const CsvRow& row) {
    RowReader reader(row.fields);
    ContactPreset preset;
    preset.word = reader.required();
    preset.zh = reader.required();
    preset.en = reader.required();
    preset.days_before = reader.number(days_max);
    preset.days_after_onset = reader.number_if(days_max);
    preset.days_after_sample = reader.number_if(days_max);
    preset.min_overlap_s = reader.number(minutes_max) * 60;
    preset.accumulate = reader.need(find_accumulate(reader.text()));
    preset.linger_s = seconds(reader.number_if(minutes_max));
    preset.categories = reader.categories();
    preset.source = reader.required();
    return reader.is_right() ? std::optional(std::move(preset)) : std::nullopt;
}

}  // namespace

std::optional<std::vector<ContactPreset>> parse_contact_presets(std::string_view csv) {
    static const std::vector<std::string> columns{"preset", "zh", "en", "days_before", "days_after_onset", "days_after_sample",
                                                  "min_overlap_min", "accumulate", "linger_min", "categories", "source"};
    CsvReader reader(csv);
    const auto header = reader.next();
    if (!header || header->fault != nullptr || header->fields != columns) return std::nullopt;
    std::vector<ContactPreset> presets;
    while (const auto row = reader.next()) {
        auto preset = row->fault == nullptr && row->fields.size() == columns.size() ? read_row(*row) : std::nullopt;
        if (!preset) return std::nullopt;
        const bool is_twice = std::any_of(presets.begin(), presets.end(), [&](const ContactPreset& one) { return one.word == preset->word; });
        if (is_twice) return std::nullopt;
        presets.push_back(*std::move(preset));
    }
    return presets;
}

const std::vector<ContactPreset>& contact_presets() {
    static const auto presets = [] {
        auto read = parse_contact_presets(contact_presets_csv);
        CHECK(read && !read->empty());   // the table is a part of the program
        return *std::move(read);
    }();
    return presets;
}

const ContactPreset* find_contact_preset(std::string_view word) {
    const auto& presets = contact_presets();
    const auto found = std::find_if(presets.begin(), presets.end(), [&](const ContactPreset& one) { return one.word == word; });
    return found == presets.end() ? nullptr : &*found;
}

const char* word_of(Accumulate accumulate) { return accumulate_words[static_cast<std::size_t>(accumulate)]; }

std::optional<Accumulate> find_accumulate(std::string_view word) {
    const auto* found = std::find(std::begin(accumulate_words), std::end(accumulate_words), word);
    return found == std::end(accumulate_words) ? std::nullopt : std::optional(static_cast<Accumulate>(found - accumulate_words));
}

}  // namespace chayan::domain
