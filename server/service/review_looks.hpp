// SPDX-License-Identifier: Apache-2.0
// What a list of reviews asks about each person, once however many reviews they stand in. One thread, for one call.
#pragma once

#include <map>
#include <vector>

#include "domain/contact_index.hpp"
#include "service/trace_question.hpp"

namespace chayan::service {

class Looks {
public:
    Looks(const Caller& caller, const domain::ContactIndex& index, storage::Connection& reader, const Vault& vault, domain::Instant from, domain::Instant to)
        : caller_(caller), index_(index), reader_(reader), vault_(vault), from_(from), to_(to) {}
    bool may_ask(domain::PersonNo person) {
        const auto [place, is_new] = may_ask_.try_emplace(person, false);
        if (is_new) place->second = may_ask_about(caller_, index_, reader_, vault_, person);
        return place->second;
    }
    std::size_t scans(domain::PersonNo person) {
        const auto [place, is_new] = scans_.try_emplace(person, 0);
        if (!is_new) return place->second;
        std::vector<domain::Scan> found;
        for (const auto one : index_.people().registrations_of(person)) index_.append_scans_of(one, from_, to_, found);
        return place->second = found.size();
    }

private:
    const Caller& caller_;
    const domain::ContactIndex& index_;
    storage::Connection& reader_;
    const Vault& vault_;
    domain::Instant from_, to_;
    std::map<domain::PersonNo, bool> may_ask_;
    std::map<domain::PersonNo, std::size_t> scans_;
};

}  // namespace chayan::service
