// SPDX-License-Identifier: Apache-2.0
#include "town_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace chayan::town {
namespace {

struct Surname {
    std::string_view text;
    std::uint32_t weight;
};

/// Weights are rough, in some tenths of a percent. Two people share a surname in about 3 of 100 cases, as in the north.
constexpr std::array surnames{std::to_array<Surname>({
    {"王", 85}, {"张", 85}, {"李", 80}, {"刘", 70}, {"赵", 40}, {"杨", 35}, {"陈", 30}, {"孙", 25}, {"马", 25}, {"郭", 22}, {"高", 22}, {"周", 15},
    {"吴", 15}, {"宋", 15}, {"韩", 15}, {"徐", 12}, {"胡", 12}, {"郑", 12}, {"冯", 12}, {"田", 12}, {"董", 12}, {"朱", 10}, {"梁", 10}, {"曹", 10},
    {"杜", 10}, {"魏", 10}, {"崔", 10}, {"贾", 10}, {"孟", 10}, {"郝", 10}, {"黄", 8}, {"何", 8}, {"林", 8}, {"许", 8}, {"于", 8}, {"程", 8},
    {"苏", 8}, {"吕", 8}, {"任", 8}, {"石", 8}, {"白", 8}, {"闫", 8}, {"侯", 8}, {"安", 8}, {"袁", 6}, {"范", 6}, {"史", 6}, {"武", 6},
    {"齐", 6}, {"甄", 6}, {"邢", 6}, {"谢", 5}, {"唐", 5}, {"丁", 5}, {"卢", 5}, {"姚", 5}, {"姜", 5}, {"秦", 5}, {"薛", 5}, {"段", 5},
    {"付", 5}, {"常", 5}, {"庞", 5}, {"罗", 4}, {"邓", 4}, {"彭", 4}, {"蔡", 4}, {"肖", 4}, {"贺", 4}, {"尹", 4}, {"潘", 3}, {"蒋", 3},
    {"余", 3}, {"沈", 3}, {"金", 3}, {"夏", 3}, {"方", 3}, {"邵", 3}, {"叶", 2}, {"汪", 2}, {"曾", 2}, {"江", 2}, {"雷", 2}, {"欧阳", 1},
})};

// Given names are of these characters; the drawing below prefers the beginning of each list.
constexpr std::string_view old_male = "建国文志海金永明德军树平立宝新长庆成福贵春生山林祥荣华占全义玉忠清云龙兴富根喜顺民学红保连双瑞信景孝友恩光东江胜利增善"
                                      "进茂书良和泉银来存虎";
constexpr std::string_view old_female = "秀玉桂淑春凤兰英珍梅荣霞芝芬花香云月华琴莲贞娥素爱彩翠菊巧敏小书文金银瑞景俊焕惠玲芳秋喜平红丽静娟仙如果庆";
constexpr std::string_view middle_male = "伟强勇军磊涛超鹏飞杰建志海峰波刚斌辉亮凯龙浩健俊宁彬旭东洋帅宇博雷明文永国晓小立振春少亚世家子佳新红力坤虎松林晨阳冬利"
                                         "敏锋兵华光岩琦鑫";
constexpr std::string_view middle_female = "丽静敏艳娟红芳霞燕玲娜婷颖萍娇雪莉洁晶倩丹琳慧蕾佳梅英华云莎蓉媛晓小海春亚文雅美志立秀彦月玉素金建思梦欣宁冬利";
constexpr std::string_view recent_male = "子浩宇轩博俊泽梓一昊涵晨睿辰豪嘉皓奕瑞铭天雨佳家文思明宸翔航硕然阳哲霖恒逸鑫煜锦诚旭毅琪凡润坤森城诺乐希彦景峻杰凯沐烨";
constexpr std::string_view recent_female = "梓雨欣怡涵梦诗佳子一可语萱若妍嘉雅思琪悦馨彤艺瑶婷紫诺晨心依甜雪菲琳慧颖璐钰曦冉宁果桐伊沐静媛予萌乐晴";

constexpr std::array<std::array<std::string_view, 2>, 3> signs{{{old_male, old_female}, {middle_male, middle_female}, {recent_male, recent_female}}};

constexpr std::array<std::string_view, 12> dotted_male{"买买提", "阿不都", "艾合买提", "吐尔逊", "玉素甫", "艾力", "卡德尔", "热合曼", "依明", "库尔班", "艾山", "吾斯曼"};
constexpr std::array<std::string_view, 10> dotted_female{"古丽", "阿依古丽", "帕提古丽", "热依汗", "米热古丽", "阿孜古丽", "努尔古丽", "玛依拉", "茹仙古丽", "古丽娜尔"};

constexpr std::size_t sign_bytes = 3;   // of each character above

/// 0 to count - 1, small numbers more often than large ones in a straight line.
std::uint32_t early_below(std::size_t count, Chance& chance) {
    const auto one = chance.below(count);
    return std::min(one, chance.below(count));
}

Popularity weighted_surnames() {
    Popularity all;
    for (std::uint32_t i = 0; i < surnames.size(); ++i) all.add(i, surnames[i].weight);
    return all;
}

}  // namespace

std::string surname_by(Chance& chance) {
    static const Popularity all = weighted_surnames();
    return std::string(surnames[all.pick(chance)].text);
}

std::string sign_by(domain::Sex sex, Fashion fashion, Chance& chance) {
    const auto list = signs[static_cast<std::size_t>(fashion)][sex == domain::Sex::male ? 0 : 1];
    return std::string(list.substr(early_below(list.size() / sign_bytes, chance) * sign_bytes, sign_bytes));
}

std::string given_by(domain::Sex sex, Fashion fashion, Chance& chance) {
    auto given = sign_by(sex, fashion, chance);
    if (chance.percent(88)) given += sign_by(sex, fashion, chance);
    return given;
}

std::string dotted_by(domain::Sex sex, Chance& chance) {
    std::string name(sex == domain::Sex::male ? dotted_male[chance.below(dotted_male.size())] : dotted_female[chance.below(dotted_female.size())]);
    return name.append("·").append(dotted_male[chance.below(dotted_male.size())]);
}

}  // namespace chayan::town
