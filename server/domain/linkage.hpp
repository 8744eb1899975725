// SPDX-License-Identifier: Apache-2.0
// What agreements are worth: Fellegi and Sunter's model (JASA 1969) with weights estimated by EM without labels, values weighed by how
// frequent they are, and three classes of pairs instead of two: the same person, two people of one household, and strangers. Whoever lives
// together shares phone, address and often the surname; taken for strangers such pairs would look like one person. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/comparison.hpp"

namespace chayan::domain {

/// For each field how often its agreements occur among pairs of one class; sums to 1 over the field's agreements.
using Rates = std::array<std::array<double, agreement_count>, link_field_count>;

struct LinkModel {
    double of_person = 0;      ///< share of all pairs of records that are one person
    double of_household = 0;   ///< share of all pairs that are two people of one household
    Rates person{}, household{}, strangers{};
};

/// Pairs that agree in the same way.
struct Pattern {
    Agreements agreements;
    double pairs = 0;
};

/// What is known before EM: how agreements are spread over all pairs of records, and over those that share a surname.
struct Marginals {
    double pairs = 0;          ///< of records, all
    Rates all{}, of_one_surname{};
};

/// EM over the patterns of all pairs that blocking found, which hold (nearly) all pairs of one person; strangers' rates follow from the marginals, a
/// household's from both: what one shares there (phone, address, place) agrees as within a person, what is one's own as between
/// strangers, names as between people of one surname in half of the pairs. Deterministic. Cost: patterns × rounds (25).
LinkModel estimate(std::span<const Pattern> patterns, const Marginals& marginals);

/// What one pair is worth, and why.
struct LinkScore {
    double weight = 0;         ///< log2 of the odds that it is one person, the prior in it
    double prior = 0;          ///< the part of it that was known before anything was compared
    bool against_household = false;   ///< the other explanation that fits best: a household's, else strangers
    double beside = 0;         ///< by how much what a home shares fits one person better than strangers
    /// How many others of a table are expected to agree as well by chance in name, birth date and what is rarest besides. 1: not counted, as it must be for what somebody types
    /// into a form: they may know another's name, birth date and village, but no row of a list was written to be taken for another.
    double namesakes = 1;
    std::array<double, link_field_count> parts{};   ///< log2 of how much better each field fits one person than that; 0 where missing
    double probability() const;
};

/// How frequent the values that are equal in this pair are among records, by field; 0: not known, the field's rate holds.
using Frequencies = std::array<double, link_field_count>;

LinkScore score(const LinkModel& model, const Agreements& agreements, const Frequencies& frequencies);

/// The rules that no weight overrides (CONTRACT 6, DOMAIN 4): a phone, a name, or a name with a birth date alone never make one person of two.
/// What may: a document with a name that agrees or slips, or with a birth date and a home stated beside it; a phone or a home with the very name (at a home the given name, where a surname is not said); a name and a birth date with one more that
/// tells people apart (a village or a city does not).
/// `beside`: what a home shares, in bits (LinkScore).
bool may_join(const Agreements& agreements, double beside);

/// Probabilities that a pair is one person: from `link` on it is taken as one, from `review` on a human is asked.
struct LinkThresholds {
    double link = 0.99;
    double review = 0.70;   // below it a third of the questions would be in vain, and their answers add one pair in ten thousand
    double namesakes = 1e-5;   // as many or fewer (LinkScore): one false pair among the 100,000 rows of a table, if all were as common as that
};

enum class PairDecision : std::uint8_t { reject, review, link };
const char* word_of(PairDecision decision);

/// Another birth date, beyond a slip or the other calendar, or another sex: a father and a son of one name share a phone, and a number is handed on.
bool contradict(const Agreements& agreements);

/// The rules that need no weight, since tables may be too small to learn from (CONTRACT 6, DOMAIN 4.2): a document with the very name; a phone with it where no document, birth date or sex
/// speaks against it.
bool is_certain(const Agreements& agreements);

/// A name that sounds or looks the same, one birth date, and one phone or home: a misspelt name, or a twin's.
bool is_misspelt_or_twin(const Agreements& agreements);

/// What becomes of a pair: certain, or likely enough and allowed to. `is_conflict`: both say who they are by documents of one type that differ (have_different_identities): at most a question for a human, where a slip
/// may explain it or phone and name agree. One document under two names is always such a question, however unlikely.
PairDecision decide(const Agreements& agreements, const LinkScore& score, bool is_conflict, const LinkThresholds& thresholds);

/// "document equal +21.3; name sound +9.8; prior -17.0": never a value.
std::string reasons_of(const Agreements& agreements, const LinkScore& score);

}  // namespace chayan::domain
