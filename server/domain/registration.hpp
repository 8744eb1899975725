// SPDX-License-Identifier: Apache-2.0
// A registration: one statement of who someone is, checked and normalised once, and the bytes in which it is sealed.
// Pure; any thread. No output operator: it can't reach a log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/division.hpp"
#include "domain/document.hpp"
#include "domain/name.hpp"
#include "domain/phone.hpp"
#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::domain {

/// As somebody typed it; empty means not given.
struct StatementFields {
    std::string name;
    std::string document_type, document_number, document_country;
    std::string phone;
    std::string birth_date;
    std::string sex;         ///< "male", "female", 男, 女
    std::string division;
    std::string address;
    std::string household, workplace;   ///< rosters only
    std::string relation;    ///< dependants only: what they are to whoever holds the phone, in free words
};

struct Statement {
    Name name;
    std::optional<Document> document;
    std::optional<Phone> phone;
    std::optional<Day> birth_date;   ///< as stated, or as the document says
    Sex sex = Sex::unknown;
    std::optional<DivisionCode> division;
    std::string address, household, workplace, relation;
};

/// All that is wrong, each with its JSON pointer ("/name", "/document/number", "/phone", …) and code; Error code
/// "registration_invalid". A name is always needed; document and phone only when `require_both`.
/// A birth date or sex that contradicts the document is "birth_date_contradicts" / "sex_contradicts". `today` bounds dates.
kit::Result<Statement> parse_statement(const StatementFields& fields, Day today, bool require_both);

/// One string that is equal for equal documents: what blind indexes are made of.
std::string document_key(const Document& document);

/// The statement as bytes, and back. decode: nothing when the bytes are not of this form.
std::string encode_statement(const Statement& statement);
std::optional<Statement> decode_statement(std::string_view bytes);

}  // namespace chayan::domain
