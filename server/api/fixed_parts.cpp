// SPDX-License-Identifier: Apache-2.0
#include "api/fixed_parts.hpp"

#include <algorithm>
#include <iterator>

#include "api/page.hpp"
#include "api/residents.hpp"
#include "domain/csv.hpp"
#include "kit/check.hpp"
#include "service/directory.hpp"

namespace chayan::api {
namespace {

using service::Language;

struct Texts {
    Values zh, en;
};

const Texts& texts() {
    static const auto all = [] {
        Texts made;
        domain::CsvReader reader(texts_text);
        reader.next();   // the header
        while (const auto row = reader.next()) {
            CHECK(row->fault == nullptr && row->fields.size() == 3);
            CHECK(made.zh.emplace(row->fields[0], row->fields[1]).second);
            made.en.emplace(row->fields[0], row->fields[2]);
        }
        return made;
    }();
    return all;
}

std::size_t index_of(const Reading& reading) {
    return (reading.language == Language::en ? 1U : 0U) | (reading.is_large ? 2U : 0U) | (reading.is_known ? 4U : 0U);
}

std::string digits_of(std::string_view phone) {
    std::string digits;
    std::copy_if(phone.begin(), phone.end(), std::back_inserter(digits), [](char c) { return (c >= '0' && c <= '9') || c == '+'; });
    return digits;
}

std::string numbered(std::string_view text, std::string_view number) {
    std::string out(text);
    if (const auto at = out.find('#'); at != std::string::npos) out.replace(at, 1, number);
    return out;
}

}  // namespace

std::vector<std::string> keys_of_texts() {
    std::vector<std::string> keys;
    for (const auto& [key, zh] : texts().zh)
        if (!zh.empty() && !texts().en.at(key).empty()) keys.push_back(key);
    return keys;
}

const Values& texts_in(Language language) { return language == Language::zh ? texts().zh : texts().en; }

const char* tag_of(Language language) { return language == Language::zh ? "zh-CN" : "en"; }

std::string relation_options(Language language, std::string_view chosen) {
    std::string html;
    for (const char* key : {"relation_child", "relation_mother", "relation_father", "relation_spouse", "relation_elder", "relation_other"}) {
        const auto& words = texts_in(language).at(key);
        html += fill("<option{{#chosen}} selected{{/chosen}}>{{words}}</option>", {{"chosen", chosen == words ? "yes" : ""}, {"words", words}});
    }
    return html;
}

std::string document_options(Language language, std::string_view chosen) {
    std::string html;
    for (const char* word : {"id", "passport", "hkmo", "tw", "fpr", "other"})
        html += fill("<option value=\"{{word}}\"{{#chosen}} selected{{/chosen}}>{{words}}</option>",
                     {{"word", word}, {"chosen", chosen == word ? "yes" : ""}, {"words", texts_in(language).at(std::string("type_") + word)}});
    return html;
}

FixedParts::FixedParts(const service::OfficeWords& words, std::int64_t scan_days)
    : installation_{{"hotline", words.hotline}, {"hotline_digits", digits_of(words.hotline)}, {"issuer", words.name}} {
    for (std::size_t i = 0; i < feet_.size(); ++i) {
        const Reading reading{(i & 1U) != 0 ? Language::en : Language::zh, (i & 2U) != 0, (i & 4U) != 0};
        const auto& own = texts_in(reading.language);
        const Values values{{"lang", tag_of(reading.language)}, {"large", reading.is_large ? "yes" : ""}, {"known", reading.is_known ? "yes" : ""},
                            {"other_tag", reading.language == Language::zh ? "en" : "zh"}, {"style", std::string(style_text)}, {"filing", words.filing}};
        feet_[i] = deflated(fill(foot_text, values, own));
        if (!reading.is_known) tops_[i] = deflated(fill(top_text, values, own));
        if (reading.is_known || reading.is_large) continue;
        auto parted = installation_;
        const auto days = std::to_string(scan_days);
        parted["notice_line"] = numbered(own.at("notice_line"), days);
        parted["notice_how_long"] = numbered(own.at("notice_how_long"), days);
        parted["relations"] = relation_options(reading.language, {});
        parted["types"] = document_options(reading.language, "id");
        parted["notice_version"] = std::to_string(notice_version);
        auto& parts = parts_[i];
        for (const auto& [part, html] : {std::pair{FixedPart::notice, notice_text}, {FixedPart::person_fields, person_fields_text},
                                         {FixedPart::household_fields, household_fields_text}, {FixedPart::kept, kept_text}, {FixedPart::unsent, unsent_text}})
            parts[static_cast<std::size_t>(part)] = deflated(fill(html, parted, own));
    }
    end_ = deflated(fill(end_text, {{"script", std::string(script_text)}}), true);
}

std::vector<Piece> FixedParts::pieces(const Reading& reading, std::string_view text) const {
    const auto index = index_of(reading);
    std::vector<Piece> pieces{{&tops_[index & 3U]}};
    for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
        CHECK(at + 1 < text.size());
        pieces.push_back({nullptr, text.substr(0, at)});
        pieces.push_back({&parts_[index & 1U].at(static_cast<std::size_t>(text[at + 1] - '0'))});
        text.remove_prefix(at + 2);
    }
    pieces.push_back({nullptr, text});
    pieces.push_back({&feet_[index]});
    pieces.push_back({&end_});
    return pieces;
}

}  // namespace chayan::api
