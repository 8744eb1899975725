// SPDX-License-Identifier: Apache-2.0
#include "domain/registration.hpp"

#include <array>
#include <utility>
#include <vector>

#include "kit/limits.hpp"

namespace chayan::domain {
namespace {

using kit::Error;
using kit::FieldError;

std::size_t count_chars(std::string_view utf8) {
    std::size_t count = 0;
    for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    return count;
}

bool has_control_character(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F) return true;
    return false;
}

/// Collects what is wrong while the fields are read one after another.
class Reading {
public:
    Reading(const StatementFields& fields, Day today) : fields_(fields), today_(today) {}

    void read_name() {
        auto name = parse_name(fields_.name);
        if (name) statement_.name = *std::move(name);
        else report("/name", name.error().code);
    }

    void read_document(bool required) {
        if (fields_.document_number.empty() && fields_.document_type.empty()) {
            if (required) report("/document", "document_missing");
            return;
        }
        const auto type = find_document_type(fields_.document_type);
        if (!type) return report("/document/type", "document_type_unknown");
        auto document = parse_document(*type, fields_.document_number, fields_.document_country, today_);
        if (document) {
            statement_.document = *std::move(document);
            return;
        }
        const auto& error = document.error();
        const bool of_country = !error.fields.empty() && error.fields[0].pointer == "/country";
        report(of_country ? "/document/country" : "/document/number", error.code);
    }

    void read_phone(bool required) {
        if (fields_.phone.empty()) {
            if (required) report("/phone", "phone_missing");
            return;
        }
        auto phone = parse_phone(fields_.phone);
        if (phone) statement_.phone = *std::move(phone);
        else report("/phone", phone.error().code);
    }

    void read_birth_date() {
        const auto by_document = statement_.document ? birth_date_of(*statement_.document) : std::nullopt;
        statement_.birth_date = by_document;
        if (fields_.birth_date.empty()) return;
        const auto stated = parse_date(fields_.birth_date);
        if (!stated) return report("/birth_date", "date_malformed");
        if (*stated > today_) return report("/birth_date", "date_future");
        if (by_document && *by_document != *stated) return report("/birth_date", "birth_date_contradicts");
        statement_.birth_date = stated;
    }

    void read_sex() {
        const auto by_document = statement_.document ? sex_of(*statement_.document) : Sex::unknown;
        statement_.sex = by_document;
        if (fields_.sex.empty()) return;
        Sex stated = Sex::unknown;
        if (fields_.sex == "male" || fields_.sex == "男") stated = Sex::male;
        else if (fields_.sex == "female" || fields_.sex == "女") stated = Sex::female;
        else return report("/sex", "sex_unknown");
        if (by_document != Sex::unknown && by_document != stated) return report("/sex", "sex_contradicts");
        statement_.sex = stated;
    }

    void read_division() {
        if (fields_.division.empty()) return;
        statement_.division = parse_division_code(fields_.division);
        if (!statement_.division) report("/division", "division_malformed");
    }

    void read_text(const std::string& from, std::string& to, const char* pointer, std::size_t chars_max = kit::address_chars_max) {
        if (count_chars(from) > chars_max) return report(pointer, "text_too_long");
        if (has_control_character(from)) return report(pointer, "text_characters");
        to = from;
    }

    Statement& statement() { return statement_; }

    kit::Result<Statement> finish() && {
        if (errors_.empty()) return std::move(statement_);
        return Error{kit::Errc::invalid, "registration_invalid", std::move(errors_)};
    }

private:
    void report(const char* pointer, const char* code) { errors_.push_back(FieldError{pointer, code}); }

    const StatementFields& fields_;
    Day today_;
    Statement statement_;
    std::vector<FieldError> errors_;
};

// The sealed form: tag byte, 4 bytes of length, the bytes. Tags are never reused.
enum class Tag : std::uint8_t {
    name = 1, document_type, document_number, document_country, phone, birth_date, sex, division, address, household, workplace, relation,
};

void put(std::string& out, Tag tag, std::string_view value) {
    if (value.empty()) return;
    out.push_back(static_cast<char>(tag));
    const auto size = static_cast<std::uint32_t>(value.size());
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>((size >> shift) & 0xFFU));
    out.append(value);
}

bool take(Statement& statement, Tag tag, std::string_view value) {
    const auto document = [&]() -> Document& {
        if (!statement.document) statement.document.emplace();
        return *statement.document;
    };
    switch (tag) {
        case Tag::name: statement.name.shown = value; return true;
        case Tag::document_type: {
            const auto type = find_document_type(value);
            if (type) document().type = *type;
            return type.has_value();
        }
        case Tag::document_number: document().number = value; return true;
        case Tag::document_country: document().country = value; return true;
        case Tag::phone: statement.phone = Phone{std::string(value)}; return true;
        case Tag::birth_date: statement.birth_date = parse_date(value); return statement.birth_date.has_value();
        case Tag::sex: statement.sex = value == "male" ? Sex::male : Sex::female; return true;
        case Tag::division: statement.division = parse_division_code(value); return statement.division.has_value();
        case Tag::address: statement.address = value; return true;
        case Tag::household: statement.household = value; return true;
        case Tag::workplace: statement.workplace = value; return true;
        case Tag::relation: statement.relation = value; return true;
    }
    return false;
}

}  // namespace

kit::Result<Statement> parse_statement(const StatementFields& fields, Day today, bool require_both) {
    Reading reading(fields, today);
    reading.read_name();
    reading.read_document(require_both);
    reading.read_phone(require_both);
    reading.read_birth_date();
    reading.read_sex();
    reading.read_division();
    reading.read_text(fields.address, reading.statement().address, "/address");
    reading.read_text(fields.household, reading.statement().household, "/household");
    reading.read_text(fields.workplace, reading.statement().workplace, "/workplace");
    reading.read_text(fields.relation, reading.statement().relation, "/relation", kit::relation_chars_max);
    return std::move(reading).finish();
}

std::string document_key(const Document& document) {
    return std::string(word_of(document.type)) + '\n' + document.number + '\n' + document.country;
}

std::string encode_statement(const Statement& statement) {
    std::string out;
    put(out, Tag::name, statement.name.shown);
    if (statement.document) {
        put(out, Tag::document_type, word_of(statement.document->type));
        put(out, Tag::document_number, statement.document->number);
        put(out, Tag::document_country, statement.document->country);
    }
    if (statement.phone) put(out, Tag::phone, statement.phone->e164);
    if (statement.birth_date) put(out, Tag::birth_date, format_date(*statement.birth_date));
    if (statement.sex != Sex::unknown) put(out, Tag::sex, statement.sex == Sex::male ? "male" : "female");
    if (statement.division) put(out, Tag::division, DivisionText(*statement.division));
    put(out, Tag::address, statement.address);
    put(out, Tag::household, statement.household);
    put(out, Tag::workplace, statement.workplace);
    put(out, Tag::relation, statement.relation);
    return out;
}

std::optional<Statement> decode_statement(std::string_view bytes) {
    Statement statement;
    while (!bytes.empty()) {
        if (bytes.size() < 5) return std::nullopt;
        std::uint32_t size = 0;
        for (std::size_t i = 1; i <= 4; ++i) size = (size << 8U) | static_cast<unsigned char>(bytes[i]);
        const auto tag = static_cast<Tag>(bytes[0]);
        bytes.remove_prefix(5);
        if (bytes.size() < size || !take(statement, tag, bytes.substr(0, size))) return std::nullopt;
        bytes.remove_prefix(size);
    }
    return statement;
}

}  // namespace chayan::domain
