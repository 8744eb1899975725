// SPDX-License-Identifier: Apache-2.0
#include "service/linker.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "domain/matching.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/neighbours.hpp"

namespace chayan::service {
namespace {

using domain::PairDecision;
using domain::PersonNo;
using domain::RegistrationId;

Likely likely_of(const Neighbour& one, const Comparison& comparison) {
    return {one.person, one.id, comparison.decision, comparison.kind, comparison.score.weight, reasons_of(comparison)};
}

bool give_one_document(const Neighbour& a, const Neighbour& b) { return a.row.document && a.row.document == b.row.document; }

class Arranging {
public:
    Arranging(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row)
        : context_(context), people_(*context.directory().people), neighbours_(context, vault, statement, row), first_(neighbours_.first()) {}

    Arrangement run() {
        for (auto* other : neighbours_.candidates_of(first_)) compared_.push_back({other, neighbours_.compare(first_, *other)});
        found_.candidates = compared_.size();
        const bool is_cut = neighbours_.is_cut();
        if (is_one_by_document(is_cut)) join_person();
        else if (is_cut || (is_surely_somebody() && !regroup())) join_only();
        ask();
        return std::move(found_);
    }

private:
    struct Compared {
        Neighbour* other;
        Comparison comparison;
    };
    using Part = std::pair<PersonNo, std::uint32_t>;   // of a person what is in one group

    bool is_surely_somebody() const {
        return std::any_of(compared_.begin(), compared_.end(), [](const Compared& one) { return one.comparison.tie.is_sure; });
    }
    std::set<PersonNo> sure_persons(bool by_document_alone) const {
        std::set<PersonNo> persons;
        for (const auto& [other, comparison] : compared_)
            if (comparison.tie.is_sure && (!by_document_alone || give_one_document(first_, *other))) persons.insert(other->person);
        return persons;
    }
    bool is_apart_from(PersonNo person) const {
        return std::any_of(compared_.begin(), compared_.end(), [&](const Compared& one) { return one.other->person == person && one.comparison.tie.is_apart; });
    }
    /// Nine of ten who are known: an identity number with its name, and nothing that points to anybody else. It says birth date and sex too, so that there is nothing new in which
    /// it could contradict others of that person, and they need not be grouped anew.
    bool is_one_by_document(bool is_cut) const {
        if (!first_.said.document || first_.said.document->type != domain::DocumentType::id) return false;
        const auto persons = sure_persons(is_cut);
        return persons.size() == 1 && sure_persons(true) == persons && (is_cut || !is_apart_from(*persons.begin()));
    }

    /// The surest, by document before others, of those that `is_theirs`.
    template <class Theirs>
    void join_best(const Theirs& is_theirs) {
        const Compared* best = nullptr;
        const auto rank = [&](const Compared& one) { return std::pair(give_one_document(first_, *one.other), one.comparison.score.weight); };
        for (const auto& one : compared_)
            if (one.comparison.tie.is_sure && is_theirs(*one.other) && (best == nullptr || rank(*best) < rank(one))) best = &one;
        if (best != nullptr) found_.joined = likely_of(*best->other, best->comparison);
    }
    void join_person() {
        const auto person = *sure_persons(true).begin();
        join_best([&](const Neighbour& other) { return other.person == person; });
        found_.persons = {person};
    }
    /// There is more than may be looked at: nobody else is moved, of several a human chooses, a document joins nobody who does not give it, for it may be invented, and nothing
    /// joins somebody of whom not all is known.
    void join_only() {
        const auto persons = sure_persons(first_.said.document.has_value());
        if (persons.size() != 1 || is_apart_from(*persons.begin()) || !neighbours_.is_whole(*persons.begin())) return;
        join_best([&](const Neighbour& other) { return other.person == *persons.begin(); });
        found_.persons = {*persons.begin()};
    }

    /// All who surely have to do with the new statement, with each other, and who are one person with any of them. False: there are more than may be looked at.
    bool gather() {
        members_ = {&first_};
        std::set<const Neighbour*> known{&first_};
        for (std::size_t i = 0; i < members_.size(); ++i) {
            auto& member = *members_[i];
            for (auto* other : neighbours_.candidates_of(member)) {
                const bool is_theirs = !member.person.is_none() && member.person == other->person;
                if (known.contains(other) || (!is_theirs && !neighbours_.compare(member, *other).tie.is_sure)) continue;
                if (members_.size() == kit::link_group_max) return false;
                known.insert(other);
                members_.push_back(other);
            }
        }
        return !neighbours_.is_cut();
    }

    /// Of a person about whom a human has said anything the rules move nobody.
    bool is_said_by_human(PersonNo person) {
        if (const auto kept = said_by_human_.find(person); kept != said_by_human_.end()) return kept->second;
        bool is_said = false;
        for (const auto one : people_.registrations_of(person))
            for (const auto& review : context_.store().links().reviews_with(one)) is_said |= !review.by.is_none();
        return said_by_human_[person] = is_said;
    }

    std::vector<domain::GroupMember> described() {
        std::vector<domain::GroupMember> described;
        std::map<storage::Blind, std::uint32_t> documents;
        std::map<PersonNo, std::uint32_t> held;
        for (std::uint32_t i = 0; i < members_.size(); ++i) {
            const auto& member = *members_[i];
            domain::GroupMember one{{}, i};
            if (member.row.document) one.document = documents.try_emplace(*member.row.document, i).first->second;
            if (!member.person.is_none() && is_said_by_human(member.person)) one.held_with = held.try_emplace(member.person, i).first->second;
            described.push_back(one);
        }
        return described;
    }

    bool regroup() {
        if (!gather()) return false;
        domain::Ties ties(members_.size());
        for (std::size_t a = 0; a < members_.size(); ++a)
            for (std::size_t b = a + 1; b < members_.size(); ++b) ties.say(a, b, neighbours_.compare(*members_[a], *members_[b]).tie);
        const auto group_of = domain::group_statements(ties, described());
        for (std::size_t i = 0; i < members_.size(); ++i) group_of_[members_[i]] = group_of[i];
        const auto is_mine = [&](const Neighbour& other) { return group_of_.contains(&other) && group_of_.at(&other) == group_of_.at(&first_); };
        join_best(is_mine);
        part();
        join_parts(ties, group_of);
        std::set<PersonNo> persons;
        for (const auto* member : members_)
            if (!member->person.is_none() && is_mine(*member)) persons.insert(member->person);
        found_.persons.assign(persons.begin(), persons.end());
        return true;
    }

    /// The oldest statement keeps the person's number, so that no document that somebody invents takes over an id that a tracer holds; what a phone has corrected goes with what it says now.
    void part() {
        std::map<PersonNo, std::map<std::uint32_t, std::vector<Neighbour*>>> parts;
        for (auto* member : members_)
            if (!member->person.is_none()) parts[member->person][group_of_.at(member)].push_back(member);
        for (const auto& [person, of_person] : parts) {
            if (of_person.size() == 1) continue;
            const auto oldest_of = [](const std::vector<Neighbour*>& part) {
                RegistrationId oldest{~0ULL};
                for (const auto* one : part) oldest = std::min(oldest, one->id);
                return oldest;
            };
            const auto stays = std::min_element(of_person.begin(), of_person.end(), [&](const auto& a, const auto& b) { return oldest_of(a.second) < oldest_of(b.second); });
            for (auto part = of_person.begin(); part != of_person.end(); ++part) {
                if (part != stays) found_.leaving.push_back(with_corrected(person, part->second));
                for (auto other = std::next(part); other != of_person.end(); ++other) ask_about_parts(part->second, other->second);
            }
        }
    }
    std::vector<RegistrationId> with_corrected(PersonNo person, const std::vector<Neighbour*>& part) const {
        std::vector<RegistrationId> found;
        for (const auto one : people_.registrations_of(person)) {
            const bool is_member = std::any_of(members_.begin(), members_.end(), [&](const Neighbour* member) { return member->id == one; });
            const auto said = is_member ? one : as_corrected(people_, one);
            if (std::any_of(part.begin(), part.end(), [&](const Neighbour* member) { return member->id == said; })) found.push_back(one);
        }
        return found;
    }
    void ask_about_parts(const std::vector<Neighbour*>& part, const std::vector<Neighbour*>& other) {
        std::optional<LikelyPair> best;
        for (auto* a : part)
            for (auto* b : other) {
                const auto comparison = neighbours_.compare(*a, *b);
                if (comparison.decision == PairDecision::reject || (best && best->other.weight >= comparison.score.weight)) continue;
                best = LikelyPair{a->id, likely_of(*b, comparison)};
            }
        if (best) found_.parted.push_back(*std::move(best));
    }

    /// Each group grows from the new statement, or from its first person, by the surest tie to one that is not in it yet.
    void join_parts(const domain::Ties& ties, const std::vector<std::uint32_t>& group_of) {
        const auto part_of = [&](std::size_t i) { return Part(members_[i]->person, group_of[i]); };
        std::map<std::uint32_t, std::set<Part>> joined;
        for (std::size_t i = 0; i < members_.size(); ++i)
            if (joined[group_of[i]].empty()) joined[group_of[i]] = {part_of(i)};
        if (!found_.joined.statement.is_none()) joined[group_of[0]].insert(Part(found_.joined.person, group_of[0]));
        for (;;) {
            std::pair<std::size_t, std::size_t> best;
            const domain::Tie* surest = nullptr;
            for (std::size_t a = 0; a < members_.size(); ++a)
                for (std::size_t b = 0; b < members_.size(); ++b) {
                    const auto& tie = ties.between(a, b);
                    if (group_of[a] != group_of[b] || !tie.is_sure || tie.is_apart || !joined[group_of[a]].contains(part_of(a)) || joined[group_of[a]].contains(part_of(b))) continue;
                    if (surest == nullptr || surest->weight < tie.weight) surest = &tie, best = {a, b};
                }
            if (surest == nullptr) return;
            joined[group_of[best.first]].insert(part_of(best.second));
            found_.joins.push_back({members_[best.first]->id, likely_of(*members_[best.second], neighbours_.compare(*members_[best.first], *members_[best.second]))});
        }
    }

    /// Of each who is likely, and not joined, by the statement that fits best.
    void ask() {
        std::map<Part, Likely> best;
        const auto mine = group_of_.find(&first_);
        for (const auto& [other, comparison] : compared_) {
            if (comparison.decision == PairDecision::reject) continue;
            const auto group = group_of_.find(other);
            const bool is_mine = group != group_of_.end() ? group->second == mine->second
                                                          : std::find(found_.persons.begin(), found_.persons.end(), other->person) != found_.persons.end();
            if (is_mine) continue;
            auto likely = likely_of(*other, comparison);
            if (comparison.tie.is_sure && first_.said.document && domain::has_document(people_, other->person).value_or(true)) likely.kind = storage::ReviewKind::conflict;
            const auto [place, is_new] = best.try_emplace(Part(other->person, group != group_of_.end() ? group->second : 0), likely);
            if (!is_new && likely.weight > place->second.weight) place->second = std::move(likely);
        }
        for (auto& [part, likely] : best) found_.likely.push_back(std::move(likely));
        std::stable_sort(found_.likely.begin(), found_.likely.end(), [](const Likely& a, const Likely& b) { return a.weight > b.weight; });
    }

    WriteContext& context_;
    const domain::People& people_;
    Neighbours neighbours_;
    Neighbour& first_;
    Arrangement found_;
    std::vector<Compared> compared_;
    std::vector<Neighbour*> members_;
    std::map<const Neighbour*, std::uint32_t> group_of_;
    std::map<PersonNo, bool> said_by_human_;
};

}  // namespace

Arrangement arrange(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row) {
    return Arranging(context, vault, statement, row).run();
}

void append_link_keys(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row) {
    for (const auto& key : link_keys(vault, statement)) context.store().links().append(key, {row.id, row.person});
}

namespace {

storage::LinkKey key_of(const Vault& vault, const std::string& text) {
    const auto blind = vault.blind(BlindKind::link_key, text);
    storage::LinkKey key;
    std::copy_n(blind.begin(), key.size(), key.begin());
    return key;
}

}  // namespace

storage::LinkKey home_key(const Vault& vault, domain::DivisionCode division) {
    return key_of(vault, "home " + std::string(domain::DivisionText(division)));
}

void fill_home_keys(Writer& writer, const Vault& vault, storage::Connection& reader) {
    const auto filled = key_of(vault, "homes are filled");   // a mark among the keys
    const auto last = reader.registry().last_registration();
    const auto row = last.is_none() ? std::nullopt : reader.registry().registration(last);
    if (!row || !reader.links().with_key(filled, 1).empty()) return;
    const auto status = run_and_wait(writer, [&](WriteContext& context) -> kit::Status {
        context.store().registry().read_registrations([&](std::span<const storage::RegistrationRow> rows) {
            for (const auto& one : rows) {
                if (one.origin != storage::Origin::roster) continue;
                const auto statement = open_statement(vault, one);
                if (statement && statement->division) context.store().links().append(home_key(vault, *statement->division), {one.id, one.person});
            }
        });
        context.store().links().append(filled, {row->id, row->person});
        return kit::Done{};
    });
    if (!status) throw std::runtime_error("the keys by which a guard finds who lives at the gate cannot be written: is the disk full?");
}

void fill_link_keys(Writer& writer, const Vault& vault, storage::Connection& reader) {
    if (reader.links().has_keys() || reader.registry().last_registration().is_none()) return;
    std::int64_t filled = 0;
    // One transaction: of a store with some of them nobody could say which are lacking.
    const auto status = run_and_wait(writer, [&](WriteContext& context) -> kit::Status {
        context.store().registry().read_registrations([&](std::span<const storage::RegistrationRow> rows) {
            for (const auto& row : rows)
                if (const auto statement = open_statement(vault, row)) append_link_keys(context, vault, *statement, row);
            filled += static_cast<std::int64_t>(rows.size());
        });
        return kit::Done{};
    });
    if (!status) throw std::runtime_error("the keys by which people are matched cannot be written: is the disk full?");
    kit::log(kit::Level::info, "link_keys_filled", {{"count", filled}});
}

}  // namespace chayan::service
