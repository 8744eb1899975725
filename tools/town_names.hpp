// SPDX-License-Identifier: Apache-2.0
// What the people of the synthetic town are called: surnames about as frequent as in Hebei, given names in the fashion of the years
// of birth, and a few names with a dot. Two who share sex, fashion and birth date share their name about as often as in life. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "domain/document.hpp"
#include "town_chance.hpp"

namespace chayan::town {

/// By when somebody was named.
enum class Fashion : std::uint8_t { old, middle, recent };

std::string surname_by(Chance& chance);

/// One character or, far more often, two.
std::string given_by(domain::Sex sex, Fashion fashion, Chance& chance);
/// One of those characters.
std::string sign_by(domain::Sex sex, Fashion fashion, Chance& chance);

/// A name of Uyghur form, the own one and the father's, with a dot between: no surname runs in the family.
std::string dotted_by(domain::Sex sex, Chance& chance);

}  // namespace chayan::town
