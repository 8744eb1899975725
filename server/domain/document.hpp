// SPDX-License-Identifier: Apache-2.0
// Identity documents: what a number must look like, and its one stored form. Sources: GB 11643-1999 (resident identity
// number, ISO 7064 MOD 11-2), and the types of DOMAIN 1: residence permits of Hong Kong, Macao and Taiwan (GB 11643
// pattern, regions 81-83), permits to the mainland, the foreigners' permanent residence card of 2017 and of 2023,
// passports. Pure; any thread. A document has no output operator: it can't reach a log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::domain {

enum class DocumentType : std::uint8_t { id = 1, passport, hkmo, tw, fpr, other };

/// "id", "passport", "hkmo", "tw", "fpr", "other"; nothing for another word.
std::optional<DocumentType> find_document_type(std::string_view word);
const char* word_of(DocumentType type);

/// Normalised: half-width upper case without spaces and hyphens. Two are the same document when all three are equal.
struct Document {
    DocumentType type = DocumentType::id;
    std::string number;
    std::string country;  ///< ISO 3166 alpha-3, upper case; empty for the types that China issues
    friend bool operator==(const Document&, const Document&) = default;
};

enum class Sex : std::uint8_t { unknown = 0, male, female };

/// Normalises once (full width to half width; lower-case x; spaces and hyphens around and between dropped) and then
/// judges by the type. A 15-digit number becomes its 18-digit form, except with a sequence of 996 to 999, which marked
/// people born in 18xx: "document_date", since to guess the century would make someone else's number of it. A region that is not in today's table passes as long
/// as the province exists (abolished codes stay valid for life). Errors (code at "/number" or "/country"):
/// "document_empty", "document_length" , "document_characters", "document_region", "document_date", "document_future",
/// "document_age" (over 130 years), "document_checksum", "document_rounded" (spreadsheet damage such as 4.40524E+17),
/// "document_format" (types other than id), "country_malformed". Digits of other scripts and letters that only look like
/// X are refused. `today` bounds birth dates. Cost: about a microsecond.
kit::Result<Document> parse_document(DocumentType type, std::string_view number, std::string_view country, Day today);

/// The check character of GB 11643 for 17 digits; nothing unless all are digits.
std::optional<char> id_check_character(std::string_view seventeen_digits);

/// Birth date and sex that a valid number of type id (or a 2023 fpr) carries.
std::optional<Day> birth_date_of(const Document& document);
Sex sex_of(const Document& document);

/// 130682********001X: the first 6 and last 4 of 18; for shorter ones the first 1 and last 2 stay ("E******78").
std::string mask_document_number(std::string_view number);

}  // namespace chayan::domain
