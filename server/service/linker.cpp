// SPDX-License-Identifier: Apache-2.0
#include "service/linker.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include "domain/han.hpp"
#include "domain/link_weights.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"

namespace chayan::service {
namespace {

using domain::LinkField;
using domain::PairDecision;
using storage::StatementPlace;
using By = storage::StatementQuery::By;

/// What a name weighs in a table of few: nobody knows yet how common it is.
constexpr double names_min = 1'000;
constexpr std::size_t counted_names_max = 500;
constexpr std::uint8_t village_digits = 12;

std::string text_of(domain::DivisionCode division) { return std::string(domain::DivisionText(division)); }

/// Numbers of two types say nothing of each other: `with` says against whose type.
domain::Comparand comparand(const domain::Statement& statement, domain::Day today, const std::optional<domain::DocumentType>& with = {}) {
    domain::LinkValues values;
    const auto put = [&values](LinkField field, std::string text) { values[static_cast<std::size_t>(field)] = std::move(text); };
    put(LinkField::name, statement.name.shown);
    if (statement.birth_date) put(LinkField::birth_date, domain::format_date(*statement.birth_date));
    if (statement.sex != domain::Sex::unknown) put(LinkField::sex, statement.sex == domain::Sex::male ? "m" : "f");
    if (statement.document && (!with || *with == statement.document->type)) put(LinkField::document, statement.document->number);
    if (statement.phone) put(LinkField::phone, statement.phone->e164);
    put(LinkField::address, statement.address);
    if (statement.division && statement.division->digits == village_digits) put(LinkField::locality, text_of(*statement.division));   // a city is no evidence
    put(LinkField::household, statement.household);
    return domain::comparand_of(values, today);
}

bool are_two_of_a_type(const domain::Statement& a, const domain::Statement& b) {
    return a.document && b.document && a.document->type == b.document->type && !(*a.document == *b.document);
}

/// What its phone says instead by now; itself where nothing was corrected.
domain::RegistrationId as_corrected(const domain::People& people, domain::RegistrationId one) {
    return people.is_of_holder(one) ? people.statement_before(domain::ever_after, one) : one;
}

/// The new statement against those that there are.
class Search {
public:
    Search(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row, bool fits_several)
        : context_(context), vault_(vault), statement_(statement), row_(row), people_(*context.directory().people),
          fits_several_(fits_several),
          model_(domain::default_weights(people_.registration_count())), today_{static_cast<std::int32_t>(context.now().s / 86'400) + 1} {}

    Likelihood run() {
        gather();
        for (const auto one : candidates_) consider(one);
        std::vector<Likely> found;
        for (auto& [person, likely] : best_) found.push_back(std::move(likely));
        std::stable_sort(found.begin(), found.end(), [](const Likely& a, const Likely& b) { return a.weight > b.weight; });
        for (auto& likely : found)
            if (likely.decision == PairDecision::link && has_other_document(likely.person)) {
                likely.decision = PairDecision::review;
                likely.kind = storage::ReviewKind::conflict;
            }
        return {std::move(found), candidates_.size()};
    }

private:
    void take(const std::vector<StatementPlace>& places) {
        for (const auto& place : places) candidates_.insert(as_corrected(people_, place.registration));
    }
    /// One statement of each person that has both.
    void take_persons(By by, const storage::Blind& key) {
        auto& registry = context_.store().registry();
        const storage::StatementQuery query{by, key, row_.name};
        auto next = registry.next_statement(query, {});
        for (std::size_t count = 0; next && count < kit::link_candidates_max; ++count) {
            candidates_.insert(as_corrected(people_, next->registration));
            next = registry.next_statement(query, {{}, next->person});
        }
    }
    void gather() {
        auto& links = context_.store().links();
        if (row_.document) {
            take(links.names_with_document(*row_.document, kit::link_candidates_max));
            take_persons(By::document_and_name, *row_.document);
        }
        if (row_.phone) {
            take(links.names_with_phone(*row_.phone, kit::link_candidates_max));
            take_persons(By::phone_and_name_with_document, *row_.phone);
            take_persons(By::phone_and_name_alone, *row_.phone);
        }
        for (const auto& key : link_keys(vault_, statement_)) take(links.with_key(key, kit::link_candidates_max));
    }

    void consider(domain::RegistrationId one) {
        const auto row = context_.store().registry().registration(one);
        const auto other = row ? open_statement(vault_, *row) : std::nullopt;
        if (!other) return;
        const auto type = other->document ? std::optional(other->document->type) : std::nullopt;
        if (statement_.document && type && *type != statement_.document->type) weigh(one, *other, comparand(statement_, today_, type), comparand(*other, today_, statement_.document->type));
        else weigh(one, *other, own(), comparand(*other, today_));
    }
    const domain::Comparand& own() {
        if (!own_) own_ = comparand(statement_, today_);
        return *own_;
    }
    void weigh(domain::RegistrationId one, const domain::Statement& other, const domain::Comparand& mine, const domain::Comparand& theirs) {
        const auto agreements = domain::compare(mine, theirs);
        domain::Frequencies frequencies{};
        if (at(agreements, LinkField::name) == domain::Agreement::equal) frequencies[static_cast<std::size_t>(LinkField::name)] = name_frequency();
        const auto score = domain::score(model_, agreements, frequencies);
        const bool is_conflict = are_two_of_a_type(statement_, other);
        Likely likely{people_.person_of(one), one, decide(agreements, score, is_conflict, {}), storage::ReviewKind::likely, score.weight, {}};
        if (likely.decision == PairDecision::reject) return;
        // Two documents of two types say nothing of each other, and whoever invents one knows the name and phone. Numbers without a check are typed to fill a form.
        const bool are_two = statement_.document && other.document && !(*statement_.document == *other.document);
        const bool is_unchecked = other.document && other.document->type != domain::DocumentType::id && at(agreements, LinkField::name) != domain::Agreement::equal;
        if (are_two || is_unchecked || fits_several_) likely.decision = PairDecision::review;
        const bool is_of_two_names = at(agreements, LinkField::document) == domain::Agreement::equal && likely.decision == PairDecision::review;
        if (is_conflict || is_of_two_names) likely.kind = storage::ReviewKind::conflict;
        likely.reasons = reasons_of(agreements, score);
        const auto [place, is_new] = best_.try_emplace(likely.person, likely);
        if (!is_new && likely.weight > place->second.weight) place->second = std::move(likely);
    }
    double name_frequency() {
        if (name_frequency_ == 0) {
            const auto count = context_.store().links().count_with_name(row_.name, counted_names_max);
            name_frequency_ = static_cast<double>(std::max<std::size_t>(count, 1)) / std::max(static_cast<double>(people_.registration_count()), names_min);
        }
        return name_frequency_;
    }
    /// That person gives documents, and none is this one; or one of its type that differs. Whoever invents a document may know name, phone, birth date and home.
    bool has_other_document(domain::PersonNo person) {
        if (!statement_.document) return false;
        const auto& all = people_.registrations_of(person);
        const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kit::link_candidates_max));
        bool has_any = false, has_this = false;
        for (auto one = all.begin(); one != end; ++one) {
            const auto row = as_corrected(people_, *one) != *one ? std::nullopt : context_.store().registry().registration(*one);
            if (!row || !row->document) continue;
            has_any = true;
            has_this |= row->document == row_.document;
            const auto other = row->document == row_.document ? std::nullopt : open_statement(vault_, *row);
            if (other && are_two_of_a_type(statement_, *other)) return true;
        }
        return has_any && !has_this;
    }

    WriteContext& context_;
    const Vault& vault_;
    const domain::Statement& statement_;
    const storage::RegistrationRow& row_;
    const domain::People& people_;
    bool fits_several_;
    domain::LinkModel model_;
    domain::Day today_;   // or tomorrow, wherever on earth: it bounds what was judged when it came
    std::set<domain::RegistrationId> candidates_;
    std::map<domain::PersonNo, Likely> best_;
    std::optional<domain::Comparand> own_;
    double name_frequency_ = 0;
};

}  // namespace

std::vector<storage::LinkKey> link_keys(const Vault& vault, const domain::Statement& statement) {
    std::vector<storage::LinkKey> keys;
    const auto add = [&](const char* rule, const std::string& first, const std::string& second) {
        const auto blind = vault.blind(BlindKind::link_key, std::string(rule) + '\n' + first + '\n' + second);
        storage::LinkKey key{};
        std::copy_n(blind.begin(), key.size(), key.begin());
        keys.push_back(key);
    };
    const auto sound = domain::sound_of(domain::fold_name(statement.name));
    const auto birth = statement.birth_date ? domain::format_date(*statement.birth_date) : std::string();
    const auto division = statement.division ? text_of(*statement.division) : std::string();
    if (!birth.empty()) add("sound and birth", sound, birth);
    if (!division.empty()) add("sound and division", sound, division);
    if (!birth.empty() && !division.empty()) add("birth and division", birth, division);
    return keys;
}

void append_link_keys(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row) {
    for (const auto& key : link_keys(vault, statement)) context.store().links().append(key, {row.id, row.person});
}

bool contradicts(WriteContext& context, const Vault& vault, const domain::Statement& statement, domain::RegistrationId other) {
    const auto row = context.store().registry().registration(other);
    const auto said = row ? open_statement(vault, *row) : std::nullopt;
    const domain::Day today{static_cast<std::int32_t>(context.now().s / 86'400) + 1};
    return said && domain::contradict(domain::compare(comparand(statement, today), comparand(*said, today)));
}

Likelihood find_likely(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row, bool fits_several) {
    return Search(context, vault, statement, row, fits_several).run();
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
