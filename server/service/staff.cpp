// SPDX-License-Identifier: Apache-2.0
#include "service/staff.hpp"

#include <algorithm>

namespace chayan::service {

bool Staff::has_operators() {
    return book.with([](StaffBook& held) {
        return std::any_of(held.operators.begin(), held.operators.end(), [](const auto& entry) { return entry.second.site.is_none(); });
    });
}

std::string Staff::login_of(domain::OperatorId id) {
    return book.with([&](StaffBook& held) {
        const auto found = held.operators.find(id.value);
        return found == held.operators.end() ? std::string{} : found->second.login;
    });
}

domain::DivisionCode Staff::scope_of(domain::OperatorId id) {
    return book.with([&](StaffBook& held) {
        const auto found = held.operators.find(id.value);
        return found == held.operators.end() ? domain::DivisionCode{} : found->second.scope;
    });
}

}  // namespace chayan::service
