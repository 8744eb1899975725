// SPDX-License-Identifier: Apache-2.0
#include "qrgen/words.hpp"

namespace chayan::qrgen {

Word name_of(Category category) {
    constexpr std::array<Word, category_count> names{{{"交通检验站", "Traffic station"},
                                                      {"村口", "Village gate"},
                                                      {"小区（社区）", "Community"},
                                                      {"复工复产企业", "Enterprise"},
                                                      {"发热门诊", "Fever clinic"},
                                                      {"药店", "Pharmacy"},
                                                      {"党政机关", "Government office"},
                                                      {"商超", "Shop"},
                                                      {"学校", "School"},
                                                      {"宾馆", "Hotel"},
                                                      {"集中隔离点", "Quarantine site"},
                                                      {"车站", "Station"},
                                                      {"公共交通工具", "Public transport"},
                                                      {"检测点", "Checkpoint"}}};
    return names[static_cast<std::size_t>(category)];
}

Word name_of(Direction direction) {
    constexpr std::array<Word, 4> names{{{"进出", "IN/OUT"}, {"进", "IN"}, {"出", "OUT"}, {"通过", "PASS"}}};
    return names[static_cast<std::size_t>(direction)];
}

const std::array<Step, 3> scan_steps{{{{"扫一扫", "Scan"}, {"微信、支付宝、相机均可", "WeChat, Alipay or camera"}, "WeChat, Alipay or camera"},
                                      {{"登记一次", "Register once"}, {"以后扫码一点即过", "from then on one tap"}, "Register once, then one tap"},
                                      {{"出示结果", "Show the result"}, {"请值守人员看一眼", "to the guard"}, "Show the result to the guard"}}};

// Of F, I, K and L at most one stands in our regular Latin: with two of them Cairo 1.16 cannot follow how Noto's outlines share their parts, and
// embeds all of those, 850 KB more.
const std::array<Advice, 2> advice{{{{"没有手机或没电：", "No phone or battery: "},
                                     {"请找值守人员登记，出示身份证或个人卡即可。", "the guard registers you by your identity or personal card."}},
                                    {{"没有网络或扫不开：", "No network: "}, {"请值守人员登记在纸质台账上，不必等网络恢复。", "the guard writes you down on paper; do not wait for it."}}}};

namespace words {
const Word hotline{"咨询电话", "Hotline"};
const Word revision{"第 # 版", "revision #"};
const Word personal_card{"个人通行卡", "Personal card"};
const Word show_card{"请出示给值守人员扫描", "Show this to the guard"};
const Word card_found{"卡上没有个人行踪。拾到请交村（居）委会。", "It tells nobody where you were. Found it? Please hand it in."};
const Word paper_log{"纸质登记台账", "Paper log"};
const Word packing_list{"派发清单", "Packing list"};
const Word posters{"场所码海报", "Posters"};
}  // namespace words

std::string type_hint(Language language, const std::string& host) {
    if (language == Language::en) return "Cannot scan? Type it at " + host;
    return "扫不出来？请在 " + host + " 输入这 16 位" + (language == Language::both ? " · or type it there" : "");
}

}  // namespace chayan::qrgen
