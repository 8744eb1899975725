// SPDX-License-Identifier: Apache-2.0
// Exact matching: which person a new registration belongs to. A false merge puts the wrong person under suspicion, so
// doubt makes a new person. Pure; any thread.
#pragma once

#include <span>
#include <vector>

#include "domain/ids.hpp"

namespace chayan::domain {

/// A person with a statement that shares a key with the new one.
struct Candidate {
    PersonNo person;
    bool same_document = false;        ///< type, number and country
    bool same_phone = false;
    bool name_agrees = false;          ///< folded names are equal
    bool person_has_document = false;  ///< any registration of that person has one
    RegistrationId statement{};        ///< which one
};

struct Placement {
    PersonNo person;                   ///< none: a new person
    std::vector<PersonNo> merged;      ///< persons that this registration shows to be the same human
    RegistrationId statement{};        ///< the one of `person` that shares the key
    bool fits_several = false;         ///< nobody, since several fit equally well: nothing but a human may choose
};

/// Rules (CONTRACT 5 and 6, DOMAIN 4): same document with an agreeing name is the same person. Same phone with an agreeing name is
/// the same person where one side has no document: a statement without one joins the only such candidate (one without a document before
/// others); a statement with one takes in a person without any. The same document under another name is a conflict: a person of
/// its own. Several persons that fit equally well are no match.
Placement match_exactly(bool has_document, std::span<const Candidate> candidates);

}  // namespace chayan::domain
