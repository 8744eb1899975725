// SPDX-License-Identifier: Apache-2.0
// Chinese addresses, however they are written, reduced to what tells one home from another. Only compares, never shows. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chayan::domain {

struct Home {
    std::u32string place;     ///< the innermost named place, without what kind it is: 兴定 of 河北省定州市长安路街道兴定社区…
    std::u32string numbers;   ///< house, building, entrance, room, in order: "12-2-601", whether written １２号楼２单元６０１室, 十二号楼2单元601 or 12-2-601
};

/// Requires: NFKC. What is neither number nor Chinese is all place.
Home home_of(std::u32string_view address);

}  // namespace chayan::domain
