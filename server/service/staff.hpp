// SPDX-License-Identifier: Apache-2.0
// Who works here, in memory: operators, their sessions, failed tries and one-time links. In step with the store: whoever
// writes a row there puts it here after the commit. Access (signing in, asking) and Operators (accounts, devices) share one.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kit/guarded.hpp"
#include "storage/rows.hpp"

namespace chayan::service {

struct BlindHash {
    std::size_t operator()(const storage::Blind& blind) const {
        std::size_t hash = 0;
        for (std::size_t i = 0; i < sizeof hash; ++i) hash = (hash << 8U) | blind[i];
        return hash;
    }
};

struct StaffBook {
    struct Failures {
        std::size_t count = 0;
        domain::Instant last;
    };
    struct Refusals {
        std::int64_t minute = 0;
        std::size_t count = 0;          ///< in that minute
    };
    struct Link {
        domain::OperatorId device;      ///< none: the link that sets up the first operator
        domain::Instant until;
    };
    std::unordered_map<std::uint32_t, storage::OperatorRow> operators;
    std::unordered_map<std::string, std::uint32_t> by_login;
    std::unordered_map<storage::Blind, storage::SessionRow, BlindHash> sessions;
    std::unordered_map<std::string, Failures> failures;                   ///< by login and address prefix
    std::unordered_map<std::uint32_t, Failures> code_failures;            ///< by operator: wrong codes after the right password
    std::unordered_map<storage::Blind, Link, BlindHash> links;            ///< by the keyed hash of their secret; a restart forgets them
    std::unordered_map<std::uint32_t, Refusals> refusals;                 ///< by operator: calls that are not theirs to make
    std::unordered_map<std::uint32_t, std::string> enrolments;            ///< TOTP secrets shown and not yet confirmed; likewise

    std::optional<storage::OperatorRow> find(std::string_view login) const {
        const auto id = by_login.find(std::string(login));
        return id == by_login.end() ? std::nullopt : std::optional(operators.at(id->second));
    }
    void put(const storage::OperatorRow& row) {
        by_login[row.login] = row.id.value;
        operators[row.id.value] = row;
    }
};

struct Staff {
    /// Any person's account; duty devices do not count.
    bool has_operators();
    /// The login for a number, for staff's eyes; empty when unknown.
    std::string login_of(domain::OperatorId id);
    domain::DivisionCode scope_of(domain::OperatorId id);

    kit::Guarded<StaffBook> book;
    /// Held while an operator's row is changed in the store and then here, so that two changes end in one order in both.
    std::mutex changing;
};

}  // namespace chayan::service
