// SPDX-License-Identifier: Apache-2.0
// What is shown of a person: masked, as every question is answered, or some fields in full, as a reveal or a disclosure asks. Whether
// that may be is the caller's to decide and to write down. Any thread with its own reader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/people.hpp"
#include "kit/result.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

/// What of a person can be told in full. But for the first three they are told in full or not at all; birth is birth date and sex, division the code of where the home is.
enum class PersonField : std::uint8_t { name, document, phone, address, workplace, birth, division };

/// The fields that are told in full.
struct Shown {
    std::uint8_t bits = 0;
    static const Shown masked, in_full;

    bool has(PersonField field) const { return ((bits >> static_cast<unsigned>(field)) & 1U) != 0; }
    bool is_masked() const { return bits == 0; }
    friend bool operator==(Shown, Shown) = default;
};
inline constexpr Shown Shown::masked{0};
inline constexpr Shown Shown::in_full{127};

/// "name", "document", "phone", "address", "workplace", "birth", "division". Errors: missing, field_unknown (422), with their pointer.
kit::Result<Shown> parse_fields(const std::vector<std::string>& words);
/// "name, phone".
std::string words_of(Shown how);

/// What somebody has to write in words before people are shown in full. Errors: missing, text_too_long, text_malformed (422).
kit::Status check_written(const char* pointer, const std::string& text, std::size_t chars_max);

/// What is known and may be told; the rest is empty.
struct MaskedPerson {
    std::string id, name, document_type, document_number, phone, address, workplace;
    std::string birth_date{}, sex{};   ///< YYYY-MM-DD; male, female
    std::string division{};            ///< its code
};
MaskedPerson shown(storage::Connection& connection, const Vault& vault, const domain::People& people, domain::PersonNo person, Shown how);
MaskedPerson masked(storage::Connection& connection, const Vault& vault, const domain::People& people, domain::PersonNo person);

}  // namespace chayan::service
