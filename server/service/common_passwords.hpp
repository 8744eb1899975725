// SPDX-License-Identifier: Apache-2.0
// What is tried first when somebody guesses a password (SECURITY S36). The list is that of John the Ripper (Debian's john-data, some 3,500 that
// were seen most often), with what is common here. Hardly any has twelve characters: where that many are asked for, people put two of them
// together, or add a year. So it is pieces that are looked for. Any thread.
#pragma once

#include <string_view>

namespace chayan::service {

/// Is it made of at most two of these, or of one and two characters besides: a common password, the login, a row of characters (1234, aaaa,
/// dcba), up to four digits? Or is it the
/// login with less than six characters around it? Case and signs are passed over, and what is said over again counts once. Cost: a look-up
/// for each pair of places, under a millisecond for the longest password.
bool is_guessed_first(std::string_view password, std::string_view login);

}  // namespace chayan::service
