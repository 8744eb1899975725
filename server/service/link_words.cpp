// SPDX-License-Identifier: Apache-2.0
#include "service/link_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chayan::service {
namespace {

/// Longer words first, since some begin with others.
constexpr std::array<std::pair<std::string_view, std::string_view>, 35> chinese{{
    {"rule: document and name", "规则：证件与姓名相同"}, {"rule: phone and name", "规则：手机与姓名相同"}, {"document, phone and name", "证件、手机与姓名相同"},
    {"document and name", "证件与姓名相同"}, {"phone and name", "手机与姓名相同"}, {"prior against a household", "起点（相对同户另一人）"},
    {"prior against strangers", "起点（相对无关的人）"}, {"decision taken back", "撤回判断"}, {"decided by a human", "人工判断"}, {"split taken back", "撤回分出"},
    {"split by a human", "人工分出"}, {"found by the rules", "按规则归并"}, {"fits several", "与几人都相符"}, {"given_name", "名"}, {"birth_date", "出生日期"}, {"household", "户号"}, {"correction", "本人更正"}, {"document", "证件"}, {"postcode", "邮编"},
    {"locality", "区划"}, {"surname", "姓"}, {"address", "住址"}, {"crossed", "互换"}, {"differs", "不同"}, {"region", "地区"}, {"street", "街道"}, {"phone", "手机"}, {"equal", "相同"},
    {"sound", "同音"}, {"alike", "形近或音近"}, {"close", "相似"}, {"name", "姓名"}, {"slip", "差一处"}, {"near", "相近"}, {"part", "部分相同"},
}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

}  // namespace

std::string reasons_in(std::string_view reasons, Language language) {
    if (language == Language::en) return std::string(reasons);
    std::string text;
    bool in_word = false;
    while (!reasons.empty()) {
        const auto found = in_word ? chinese.end() : std::find_if(chinese.begin(), chinese.end(), [&](const auto& pair) {
            return reasons.starts_with(pair.first) && (reasons.size() == pair.first.size() || !is_letter(reasons[pair.first.size()]));
        });
        if (found != chinese.end()) {
            text += found->second;
            reasons.remove_prefix(found->first.size());
            continue;
        }
        if (reasons.starts_with("; ")) {
            text += "；";
            reasons.remove_prefix(2);
            in_word = false;
            continue;
        }
        in_word = is_letter(reasons.front());
        if (reasons.starts_with("sex") && (reasons.size() == 3 || !is_letter(reasons[3]))) {
            text += "性别";
            reasons.remove_prefix(3);
            in_word = false;
            continue;
        }
        text += reasons.front();
        reasons.remove_prefix(1);
    }
    return text;
}

std::string_view question_in(std::string_view kind, bool same_document, Language language) {
    const bool zh = language == Language::zh;
    if (kind == "split") return zh ? "已由人工分为两人。" : "A human parted them.";
    if (kind == "likely") return zh ? "很可能是同一人，但依据不足以自动归并。" : "Much agrees, and not enough to join them without asking.";
    if (same_document) return zh ? "同一证件登记在两个姓名下：是同一人写错了姓名，还是有人用了别人的证件？" : "One document under two names: is a name wrong, or is the document somebody else's?";
    return zh ? "姓名与手机相同或证件号只差一两处，而证件号不同：除非有一个输错，否则是两个人。认作同一人须写明依据。"
              : "Name and phone agree, or the numbers nearly do, but the documents differ: two people, unless one number is wrong. Write down why they are one.";
}

}  // namespace chayan::service
