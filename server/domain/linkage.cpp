// SPDX-License-Identifier: Apache-2.0
#include "domain/linkage.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace chayan::domain {
namespace {

using enum LinkField;
using enum Agreement;

constexpr int rounds = 25;
constexpr double least_rate = 1e-9;
constexpr double pseudo_pairs = 0.5;       // so that what was not seen among so many is rare and not impossible
constexpr double one_more_min = 4;         // bits: a phone, a home, one village of sixteen say as much; a city, or two phones that differ, do not
constexpr double of_person_max = 0.9, of_household_max = 0.05;   // also in a table of two
constexpr double share_a_surname = 0.5;    // children and one parent do, spouses do not
constexpr double are_twins = 0.002;        // of two who live together: of 100 homes with three pairs each and 45 children, one child has a twin

/// Whoever lives together agrees in these.
bool is_shared_at_home(std::size_t field) {
    switch (static_cast<LinkField>(field)) {
        case surname: case phone: case address: case street: case locality: case postcode: case region: case household: return true;
        default: return false;
    }
}

/// How records of one person agree before anything was seen: mostly.
Rates first_guess(const Marginals& marginals) {
    Rates guess{};
    for (std::size_t field = 0; field < link_field_count; ++field) {
        double others = 0;
        for (std::size_t a = 1; a < agreement_count; ++a) others += marginals.all[field][a] > 0 ? 1 : 0;
        guess[field][0] = 0.9;
        for (std::size_t a = 1; a < agreement_count; ++a)
            if (marginals.all[field][a] > 0) guess[field][a] = 0.1 / others;
    }
    return guess;
}

/// What is left of the marginals when pairs of one person and of one household are taken away.
void follow(LinkModel& model, const Marginals& marginals) {
    const double strangers = 1 - model.of_person - model.of_household;
    for (std::size_t field = 0; field < link_field_count; ++field) {
        double sum = 0;
        for (std::size_t a = 0; a < agreement_count; ++a) {
            const double all = marginals.all[field][a];
            if (all <= 0) continue;
            const double rest = (all - model.of_person * model.person[field][a] - model.of_household * model.household[field][a]) / strangers;
            // What is subtracted was counted by another way than what it is taken from; a hundredth always stays.
            model.strangers[field][a] = std::max({rest, all / 100, least_rate});
            sum += model.strangers[field][a];
        }
        for (auto& rate : model.strangers[field]) rate = sum > 0 ? rate / sum : 0;
        for (std::size_t a = 0; a < agreement_count; ++a) {
            const double own = static_cast<LinkField>(field) == name
                ? share_a_surname * marginals.of_one_surname[field][a] + (1 - share_a_surname) * model.strangers[field][a] : model.strangers[field][a];
            model.household[field][a] = is_shared_at_home(field) ? model.person[field][a] : own;
            if (static_cast<LinkField>(field) == birth_date && sum > 0) model.household[field][a] = (1 - are_twins) * own + (a == 0 ? are_twins : 0);
        }
    }
}

struct Likelihoods {
    double person = 0, household = 0, strangers = 0;
    double sum() const { return person + household + strangers; }
};

Likelihoods likelihoods(const LinkModel& model, const Agreements& agreements) {
    Likelihoods found{model.of_person, model.of_household, 1 - model.of_person - model.of_household};
    for (std::size_t field = 0; field < link_field_count; ++field) {
        if (agreements[field] == missing) continue;
        const auto a = static_cast<std::size_t>(agreements[field]);
        found.person *= std::max(model.person[field][a], least_rate);
        found.household *= std::max(model.household[field][a], least_rate);
        found.strangers *= std::max(model.strangers[field][a], least_rate);
    }
    return found;
}

/// One round: how likely each pattern is one person, then how such pairs agree.
void improve(LinkModel& model, std::span<const Pattern> patterns, const Marginals& marginals) {
    Rates seen{};
    double persons = 0, households = 0;
    for (const auto& pattern : patterns) {
        const auto found = likelihoods(model, pattern.agreements);
        const double share = pattern.pairs / found.sum();
        persons += share * found.person;
        households += share * found.household;
        for (std::size_t field = 0; field < link_field_count; ++field)
            if (pattern.agreements[field] != missing) seen[field][static_cast<std::size_t>(pattern.agreements[field])] += share * found.person;
    }
    model.of_person = std::min(std::max(persons, pseudo_pairs) / marginals.pairs, of_person_max);
    model.of_household = std::min(std::max(households, pseudo_pairs) / marginals.pairs, of_household_max);
    for (std::size_t field = 0; field < link_field_count; ++field) {
        double sum = 0;
        for (std::size_t a = 0; a < agreement_count; ++a) {
            if (marginals.all[field][a] > 0) seen[field][a] += pseudo_pairs;
            sum += seen[field][a];
        }
        for (std::size_t a = 0; a < agreement_count; ++a) model.person[field][a] = sum > 0 ? seen[field][a] / sum : 0;
    }
    follow(model, marginals);
}

bool agrees(Agreement agreement, Agreement worst) { return agreement <= worst; }

}  // namespace

LinkModel estimate(std::span<const Pattern> patterns, const Marginals& marginals) {
    LinkModel model;
    double pairs = 0;
    for (const auto& pattern : patterns) pairs += pattern.pairs;
    model.of_person = model.of_household = std::max(pairs / 10, pseudo_pairs) / std::max(marginals.pairs, 10.0);
    model.person = first_guess(marginals);
    model.household = model.person;
    follow(model, marginals);
    for (int round = 0; round < rounds; ++round) improve(model, patterns, marginals);
    return model;
}

double LinkScore::probability() const { return 1 / (1 + std::exp2(-weight)); }

LinkScore score(const LinkModel& model, const Agreements& agreements, const Frequencies& frequencies) {
    LinkScore found;
    double person = std::log2(model.of_person), household = std::log2(model.of_household), strangers = std::log2(1 - model.of_person - model.of_household);
    std::array<double, link_field_count> of_person{}, of_household{}, of_strangers{};
    for (std::size_t field = 0; field < link_field_count; ++field) {
        if (agreements[field] == missing) continue;
        const auto a = static_cast<std::size_t>(agreements[field]);
        const double rate = agreements[field] == equal && frequencies[field] > 0 ? frequencies[field] : model.strangers[field][a];
        of_person[field] = std::log2(std::max(model.person[field][a], least_rate));
        of_household[field] = std::log2(std::max(is_shared_at_home(field) ? model.household[field][a] : std::max(model.household[field][a], rate), least_rate));
        of_strangers[field] = std::log2(std::max(rate, least_rate));
        person += of_person[field];
        household += of_household[field];
        strangers += of_strangers[field];
    }
    const double larger = std::max(household, strangers);
    found.weight = person - (larger + std::log2(std::exp2(household - larger) + std::exp2(strangers - larger)));
    found.against_household = household > strangers;
    const auto& other = found.against_household ? of_household : of_strangers;
    found.prior = found.weight;
    for (std::size_t field = 0; field < link_field_count; ++field) {
        found.parts[field] = of_person[field] - other[field];
        const bool is_other_phone = static_cast<LinkField>(field) == phone && agreements[field] == slip;   // numbers are handed out in rows
        if (is_shared_at_home(field) && static_cast<LinkField>(field) != surname && !is_other_phone) found.beside += of_person[field] - of_strangers[field];
        found.prior -= found.parts[field];
    }
    return found;
}

namespace {

bool is_same_home(const Agreements& agreements) {
    return agrees(at(agreements, address), near) || agrees(at(agreements, street), near) || at(agreements, household) == equal;
}

bool is_same_name(const Agreements& agreements) {
    if (at(agreements, name) != missing) return at(agreements, name) == equal;
    return agrees(at(agreements, given_name), near) && agrees(at(agreements, surname), near);
}

/// Nobody else of the table is expected to have this name and birth date in that village; whoever moved there, or has a new phone, still does.
bool is_beyond_chance(const Agreements& agreements, const LinkScore& score, const LinkThresholds& thresholds) {
    return is_same_name(agreements) && at(agreements, birth_date) == equal && at(agreements, document) != differs && !contradict(agreements) &&
           score.namesakes <= thresholds.namesakes;
}

}  // namespace

bool may_join(const Agreements& agreements, double beside) {
    const bool has_name = at(agreements, name) != missing;
    const bool same_name = is_same_name(agreements);
    const bool some_name = has_name ? agrees(at(agreements, name), close)
                                    : agrees(at(agreements, given_name), close) || agrees(at(agreements, surname), close);
    const bool same_birth = agrees(at(agreements, birth_date), slip);
    const bool same_home = is_same_home(agreements);
    if (agrees(at(agreements, document), near) && some_name) return true;
    if (at(agreements, document) == equal && at(agreements, birth_date) == equal && same_home) return true;
    // Whoever lives together mostly shares the surname: where it is not said, the very given name tells as much.
    const bool same_at_home = same_name || (!has_name && agrees(at(agreements, given_name), crossed) && at(agreements, surname) == missing);
    if ((same_name && at(agreements, phone) == equal) || (same_at_home && same_home)) return true;
    // Two fields of a name may both be damaged and tell more than nothing; of one, siblings' names sound and look alike.
    const bool names_agree = same_name || (!has_name && some_name);
    return names_agree && same_birth && beside >= one_more_min;
}

const char* word_of(PairDecision decision) {
    switch (decision) {
        case PairDecision::reject: return "reject";
        case PairDecision::review: return "review";
        case PairDecision::link: return "link";
    }
    return "";
}

bool contradict(const Agreements& agreements) {
    return at(agreements, sex) == differs || at(agreements, birth_date) == near || at(agreements, birth_date) == differs;
}

/// Where both give documents the phone decides nothing.
bool is_certain(const Agreements& agreements) {
    const bool has_name = at(agreements, name) != missing;
    return is_same_name(agreements) && (at(agreements, document) == equal || (at(agreements, phone) == equal && has_name && at(agreements, document) == missing && !contradict(agreements)));
}

bool is_misspelt_or_twin(const Agreements& agreements) {
    const bool same_phone_or_home = at(agreements, phone) == equal || is_same_home(agreements);
    const bool resembles = at(agreements, name) == sound || at(agreements, name) == alike;
    return resembles && at(agreements, birth_date) == equal && same_phone_or_home && at(agreements, document) == missing && !contradict(agreements);
}

PairDecision decide(const Agreements& agreements, const LinkScore& score, bool is_conflict, const LinkThresholds& thresholds) {
    const double probability = score.probability();
    if (is_conflict) {
        const bool may_be_slip = agrees(at(agreements, document), near) && probability >= thresholds.review;
        const bool agrees_otherwise = at(agreements, phone) == equal && at(agreements, name) == equal;
        return (may_be_slip || agrees_otherwise) && may_join(agreements, score.beside) ? PairDecision::review : PairDecision::reject;
    }
    if (is_certain(agreements) || (probability >= thresholds.link && (may_join(agreements, score.beside) || is_beyond_chance(agreements, score, thresholds)))) return PairDecision::link;
    const bool is_document_of_two = at(agreements, document) == equal;
    return probability >= thresholds.review || is_document_of_two ? PairDecision::review : PairDecision::reject;
}

std::string reasons_of(const Agreements& agreements, const LinkScore& score) {
    std::string text;
    if (is_certain(agreements)) text = at(agreements, document) == equal ? "rule: document and name" : "rule: phone and name";
    const auto add = [&text](const char* what, const char* how, double part) {
        std::array<char, 64> one{};
        std::snprintf(one.data(), one.size(), "%s%s%s%s %+.1f", text.empty() ? "" : "; ", what, *how == '\0' ? "" : " ", how, part);
        text += one.data();
    };
    std::array<std::size_t, link_field_count> order{};
    for (std::size_t i = 0; i < link_field_count; ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return std::abs(score.parts[a]) > std::abs(score.parts[b]); });
    for (const auto field : order)
        if (agreements[field] != missing) add(word_of(static_cast<LinkField>(field)), word_of(agreements[field]), score.parts[field]);
    add(score.against_household ? "prior against a household" : "prior against strangers", "", score.prior);
    return text;
}

}  // namespace chayan::domain
