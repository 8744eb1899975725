// SPDX-License-Identifier: Apache-2.0
#include "domain/matching.hpp"

#include <algorithm>
#include <utility>

namespace chayan::domain {
namespace {

struct Fit {
    PersonNo person;
    RegistrationId statement;
};
using Persons = std::vector<Fit>;

void add_once(Persons& persons, const Candidate& candidate) {
    const auto is_known = [&](const Fit& fit) { return fit.person == candidate.person; };
    if (std::none_of(persons.begin(), persons.end(), is_known)) persons.push_back({candidate.person, candidate.statement});
}

struct Fits {
    Persons by_document;
    Persons by_phone_without_document;
    Persons by_phone_with_document;
};

Fits sort_out(std::span<const Candidate> candidates) {
    Fits fits;
    for (const auto& candidate : candidates) {
        if (!candidate.name_agrees) continue;
        if (candidate.same_document) add_once(fits.by_document, candidate);
        else if (candidate.same_phone) add_once(candidate.person_has_document ? fits.by_phone_with_document : fits.by_phone_without_document, candidate);
    }
    return fits;
}

Placement join(const Fit& fit, std::vector<PersonNo> merged = {}) { return {fit.person, std::move(merged), fit.statement}; }

}  // namespace

Placement match_exactly(bool has_document, std::span<const Candidate> candidates) {
    const Fits fits = sort_out(candidates);
    if (has_document) {
        // A human who split two persons with this document knew more than the rule: joining either would be a guess.
        if (fits.by_document.size() > 1) return {};
        const bool one_without = fits.by_phone_without_document.size() == 1;
        if (fits.by_document.size() == 1) {
            return join(fits.by_document[0], one_without ? std::vector{fits.by_phone_without_document[0].person} : std::vector<PersonNo>{});
        }
        return one_without ? join(fits.by_phone_without_document[0]) : Placement{};
    }
    if (fits.by_phone_without_document.size() == 1) return join(fits.by_phone_without_document[0]);
    if (fits.by_phone_without_document.empty() && fits.by_phone_with_document.size() == 1)
        return join(fits.by_phone_with_document[0]);
    return {};
}

}  // namespace chayan::domain
