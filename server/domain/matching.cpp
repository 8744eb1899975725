// SPDX-License-Identifier: Apache-2.0
#include "domain/matching.hpp"

#include <algorithm>

namespace chayan::domain {
namespace {

void add_once(std::vector<PersonNo>& persons, PersonNo person) {
    if (std::find(persons.begin(), persons.end(), person) == persons.end()) persons.push_back(person);
}

struct Fits {
    std::vector<PersonNo> by_document;
    std::vector<PersonNo> by_phone_without_document;
    std::vector<PersonNo> by_phone_with_document;
};

Fits sort_out(std::span<const Candidate> candidates) {
    Fits fits;
    for (const auto& candidate : candidates) {
        if (!candidate.name_agrees) continue;
        if (candidate.same_document) {
            add_once(fits.by_document, candidate.person);
        } else if (candidate.same_phone) {
            add_once(candidate.person_has_document ? fits.by_phone_with_document : fits.by_phone_without_document,
                     candidate.person);
        }
    }
    return fits;
}

}  // namespace

Placement match_exactly(bool has_document, std::span<const Candidate> candidates) {
    Fits fits = sort_out(candidates);
    if (has_document) {
        // A human who split two persons with this document knew more than the rule: joining either would be a guess.
        if (fits.by_document.size() > 1) return {};
        const bool one_without = fits.by_phone_without_document.size() == 1;
        if (fits.by_document.size() == 1) {
            return {fits.by_document[0], one_without ? fits.by_phone_without_document : std::vector<PersonNo>{}};
        }
        return one_without ? Placement{fits.by_phone_without_document[0], {}} : Placement{};
    }
    if (fits.by_phone_without_document.size() == 1) return {fits.by_phone_without_document[0], {}};
    if (fits.by_phone_without_document.empty() && fits.by_phone_with_document.size() == 1)
        return {fits.by_phone_with_document[0], {}};
    return {};
}

}  // namespace chayan::domain
