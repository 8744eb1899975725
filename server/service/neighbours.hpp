// SPDX-License-Identifier: Apache-2.0
// Statements that may have to do with each other: found by their keys, opened once, compared as `chayan link` compares. Lives for one registration. Write thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/linkage.hpp"
#include "domain/matching.hpp"
#include "domain/registration.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// One statement, opened.
struct Neighbour {
    domain::RegistrationId id;            ///< none: the new one
    domain::PersonNo person;
    storage::RegistrationRow row;         ///< its keys
    domain::Statement said;
    std::vector<storage::LinkKey> keys;   ///< link_keys
    std::optional<domain::Comparand> whole, without_document;
    double name_frequency = 0;            ///< 0: not counted yet
};

struct Comparison {
    domain::Tie tie;
    domain::PairDecision decision = domain::PairDecision::reject;
    storage::ReviewKind kind = storage::ReviewKind::likely;
    domain::Agreements agreements{};
    domain::LinkScore score;
};

/// "document and name", "phone and name", or what each field weighed.
std::string reasons_of(const Comparison& comparison);

/// What its phone says instead by now; itself where nothing was corrected.
domain::RegistrationId as_corrected(const domain::People& people, domain::RegistrationId one);

/// The keys of a statement: what its name sounds like with its birth date and with its division, and birth date with division.
std::vector<storage::LinkKey> link_keys(const Vault& vault, const domain::Statement& statement);

class Neighbours {
public:
    Neighbours(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row);

    Neighbour& first() { return first_; }
    /// All statements that share a document, a phone or another key with it, as their phones say by now, and those of its own person: as many as could be opened. Whether two share
    /// a key is the same from either side, so it does not matter which of them came first.
    std::vector<Neighbour*> candidates_of(const Neighbour& one);
    Comparison compare(Neighbour& a, Neighbour& b);
    /// All that the person says by now was opened: nothing that is not known can speak against them.
    bool is_whole(domain::PersonNo person) const;
    /// There were more than may be opened (link_opened_max): nobody knows what they say.
    bool is_cut() const { return is_cut_; }

private:
    using Ids = std::vector<domain::RegistrationId>;
    void take(const Neighbour& one, domain::RegistrationId id, Ids& found) const;
    void take(const Neighbour& one, const std::vector<storage::StatementPlace>& places, Ids& found) const;
    void take_persons(const Neighbour& one, const storage::StatementQuery& query, Ids& found);
    Neighbour* opened(domain::RegistrationId id);
    const domain::Comparand& comparand(Neighbour& one, const Neighbour& other) const;
    double frequency(Neighbour& one);
    bool are_of_one_phone(const Neighbour& a, const Neighbour& b) const;

    WriteContext& context_;
    const Vault& vault_;
    const domain::People& people_;
    domain::LinkModel model_;
    domain::Day today_;   // or tomorrow, wherever on earth: it bounds what was judged when it came
    Neighbour first_;
    std::map<domain::RegistrationId, std::optional<Neighbour>> opened_;
    bool is_cut_ = false;
};

}  // namespace chayan::service
