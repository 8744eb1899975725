// SPDX-License-Identifier: Apache-2.0
#include "domain/matching.hpp"

#include <algorithm>

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

/// The only one; else nobody.
Placement only_of(const Persons& fits) {
    if (fits.size() == 1) return {fits[0].person, {}, fits[0].statement};
    Placement nobody;
    nobody.fits_several = fits.size() > 1;
    return nobody;
}

}  // namespace

Placement match_exactly(bool has_document, std::span<const Candidate> candidates) {
    const Fits fits = sort_out(candidates);
    if (!has_document) return only_of(fits.by_phone_without_document.empty() ? fits.by_phone_with_document : fits.by_phone_without_document);
    // Of two with this document a human who split them knew more than the rule: joining either would be a guess.
    if (fits.by_document.empty()) return only_of(fits.by_phone_without_document);
    auto placement = only_of(fits.by_document);
    if (!placement.fits_several && fits.by_phone_without_document.size() == 1) placement.merged.push_back(fits.by_phone_without_document[0].person);
    return placement;
}

}  // namespace chayan::domain
