// SPDX-License-Identifier: Apache-2.0
#include "qrgen/field.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <vector>

#include "qrgen/site_list.hpp"

namespace chayan::qrgen {
namespace {

constexpr std::string_view scheme = "https://";

/// Each category's words: ours, then what people write. As schema/categories.csv, with its old names.
const std::array<std::vector<std::string_view>, category_count> category_words{{{"traffic", "交通检验站", "交通"},
                                                                               {"village", "村口", "村"},
                                                                               {"community", "小区(社区)", "小区（社区）", "小区", "社区"},
                                                                               {"enterprise", "复工复产企业", "企业"},
                                                                               {"clinic", "发热门诊", "门诊", "医院"},
                                                                               {"pharmacy", "药店"},
                                                                               {"office", "党政机关", "机关"},
                                                                               {"shop", "商超", "商场", "超市"},
                                                                               {"school", "学校"},
                                                                               {"hotel", "宾馆", "酒店"},
                                                                               {"isolation", "集中隔离点", "隔离点"},
                                                                               {"transit", "车站"},
                                                                               {"vehicle", "公共交通工具"},
                                                                               {"other", "其他"}}};

const std::array<std::vector<std::string_view>, 4> direction_words{
    {{"any", "进出", "任意", "不限", "进出通用"}, {"in", "进", "入", "进入", "入口"}, {"out", "出", "离开", "出口"}, {"pass", "通过", "经过", "途经"}}};

template <class Words>
std::optional<std::size_t> find_word(const Words& words, std::string_view text) {
    const auto wanted = lower(std::string(text));
    for (std::size_t i = 0; i < words.size(); ++i)
        if (std::find(words[i].begin(), words[i].end(), wanted) != words[i].end()) return i;
    return std::nullopt;
}

/// Shows as ink, a blank, or as part of a letter. The joiners are letters' own in Uyghur, Tibetan and emoji.
bool is_printable(UChar32 character) {
    constexpr UChar32 joiner = 0x200D, non_joiner = 0x200C;
    if (character == joiner || character == non_joiner) return true;
    const auto type = u_charType(character);
    return type != U_CONTROL_CHAR && type != U_FORMAT_CHAR && type != U_LINE_SEPARATOR && type != U_PARAGRAPH_SEPARATOR && type != U_SURROGATE &&
           type != U_UNASSIGNED && type != U_PRIVATE_USE_CHAR;
}

std::string hex(UChar32 character) {
    char text[16];
    std::snprintf(text, sizeof text, "U+%04X", static_cast<unsigned>(character));
    return text;
}

bool is_host_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':'; }

}  // namespace

std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks[] = {" ", "\t", "\r", "\n", "\xE3\x80\x80", "\xC2\xA0", "\xEF\xBB\xBF"};
    for (bool again = true; again;) {
        again = false;
        for (const auto blank : blanks) {
            if (text.starts_with(blank)) text.remove_prefix(blank.size()), again = true;
            if (text.ends_with(blank)) text.remove_suffix(blank.size()), again = true;
        }
    }
    return std::string(text);
}

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string shown(std::string_view text) {
    constexpr std::size_t bytes_max = 40;
    std::string kept;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        const auto from = at;
        UChar32 character = 0;
        U8_NEXT(bytes, at, text.size(), character);
        if (kept.size() + (at - from) > bytes_max) return kept + "…";
        if (character >= 0 && is_printable(character)) kept += text.substr(from, at - from);
    }
    return kept;
}

const char* word_of(Direction direction) { return direction_words[static_cast<std::size_t>(direction)][0].data(); }

std::optional<Direction> parse_direction(std::string_view text) {
    const auto found = find_word(direction_words, text);
    return found ? std::optional(static_cast<Direction>(*found)) : std::nullopt;
}

const char* word_of(Category category) { return category_words[static_cast<std::size_t>(category)][0].data(); }

std::optional<Category> parse_category(std::string_view text) {
    const auto found = find_word(category_words, text);
    return found ? std::optional(static_cast<Category>(*found)) : std::nullopt;
}

std::optional<Sentence> fault_of_text(const char* column, std::string_view text) {
    const std::string name(column);
    if (text.size() > text_bytes_max) return Sentence{name + "：太长", name + ": is too long"};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        UChar32 character = 0;
        U8_NEXT(bytes, at, text.size(), character);
        if (character < 0 || !is_printable(character))
            return Sentence{name + "：有印不出来的字符 " + hex(character), name + ": holds a character that cannot be printed, " + hex(character)};
    }
    return std::nullopt;
}

std::optional<Sentence> fault_of_url(std::string_view url) {
    if (url.empty()) return Sentence{"url：没有网址", "url: is empty"};
    if (url.size() > url_bytes_max)
        return Sentence{"url：太长（最多 " + std::to_string(url_bytes_max) + " 个字符）", "url: is too long (at most " + std::to_string(url_bytes_max) + " characters)"};
    if (!url.starts_with(scheme)) return Sentence{"url：必须以 https:// 开头", "url: must begin with https://"};
    const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos; });
    if (!is_plain) return Sentence{"url：只能有网址里的英文字符，不能有空格或汉字", "url: may hold only the characters of an address, no blanks"};
    const auto host = host_of(url);
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_character)) return Sentence{"url：没有主机名", "url: names no host"};
    return std::nullopt;
}

std::string host_of(std::string_view url) {
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    return std::string(url.substr(0, url.find_first_of("/?#")));
}

}  // namespace chayan::qrgen
