// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

constexpr std::size_t batch_rows = 4'096;

std::optional<Blind> blind_or_none(const Statement& statement, int column) {
    return statement.is_null(column) ? std::nullopt : std::optional(statement.bytes<16>(column));
}

RegistrationRow read_row(const Statement& statement) {
    RegistrationRow row;
    row.id.value = static_cast<std::uint64_t>(statement.integer(0));
    row.person.value = static_cast<std::uint32_t>(statement.integer(1));
    row.holder.value = static_cast<std::uint64_t>(statement.integer(2));
    row.origin = static_cast<Origin>(statement.integer(3));
    row.at.s = statement.integer(4);
    row.by.value = static_cast<std::uint32_t>(statement.integer(5));
    row.notice_version = static_cast<std::int32_t>(statement.integer(6));
    row.name = statement.bytes<16>(7);
    row.document = blind_or_none(statement, 8);
    row.phone = blind_or_none(statement, 9);
    row.profile = statement.text(10);
    row.is_correction = statement.integer(11) != 0;
    row.link_to.value = static_cast<std::uint64_t>(statement.integer(12));
    row.link_reason = statement.text(13);
    return row;
}

std::vector<RegistrationRow> select(Database& database, const char* sql, const Blind& key) {
    auto statement = database.statement(sql);
    statement.bind_blob(key);
    std::vector<RegistrationRow> rows;
    while (statement.step()) rows.push_back(read_row(statement));
    return rows;
}

using By = StatementQuery::By;

/// The last parameter is the registration after which it is looked for; where a person stands before it, within that person.
const char* next_by_id(By by) {
    if (by == By::document)
        return R"(SELECT id, person FROM registration INDEXED BY registration_by_document WHERE document = ? AND id > ? ORDER BY id LIMIT 1)";
    return R"(SELECT id, person FROM registration INDEXED BY registration_by_phone WHERE phone = ? AND name = ? AND id > ? ORDER BY id LIMIT 1)";
}

const char* next_of_person(By by) {
    if (by == By::document_and_name)
        return R"(SELECT id, person FROM registration INDEXED BY registration_by_document_and_name
            WHERE document = ? AND name = ? AND person = ? AND id > ? ORDER BY id LIMIT 1)";
    if (by == By::phone_and_name_alone)
        return R"(SELECT id, person FROM registration INDEXED BY registration_by_phone
            WHERE phone = ? AND name = ? AND (document IS NULL) = 1 AND person = ? AND id > ? ORDER BY id LIMIT 1)";
    return R"(SELECT id, person FROM registration INDEXED BY registration_by_phone
        WHERE phone = ? AND name = ? AND (document IS NULL) = 0 AND person = ? AND id > ? ORDER BY id LIMIT 1)";
}

/// One range of the index: SQLite does not seek by (person, id) at once.
const char* next_person(By by) {
    if (by == By::document_and_name)
        return R"(SELECT id, person FROM registration INDEXED BY registration_by_document_and_name
            WHERE document = ? AND name = ? AND person > ? ORDER BY person, id LIMIT 1)";
    if (by == By::phone_and_name_alone)
        return R"(SELECT id, person FROM registration INDEXED BY registration_by_phone
            WHERE phone = ? AND name = ? AND (document IS NULL) = 1 AND person > ? ORDER BY person, id LIMIT 1)";
    return R"(SELECT id, person FROM registration INDEXED BY registration_by_phone
        WHERE phone = ? AND name = ? AND (document IS NULL) = 0 AND person > ? ORDER BY person, id LIMIT 1)";
}

/// Two ranges of the index: SQLite reads all of them for "name <> ?".
constexpr const char* other_names[] = {
    R"(SELECT id, person FROM registration INDEXED BY registration_by_document_and_name WHERE document = ? AND name > ? LIMIT 1)",
    R"(SELECT id, person FROM registration INDEXED BY registration_by_document_and_name WHERE document = ? AND name < ? LIMIT 1)"};

std::optional<StatementPlace> read_place(Statement& statement) {
    if (!statement.step()) return std::nullopt;
    return StatementPlace{{static_cast<std::uint64_t>(statement.integer(0))}, {static_cast<std::uint32_t>(statement.integer(1))}};
}

/// Registrations as eight bytes each, big endian.
std::string pack(const std::vector<domain::RegistrationId>& registrations) {
    std::string bytes;
    for (const auto registration : registrations)
        for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>((registration.value >> shift) & 0xFFU));
    return bytes;
}

std::vector<domain::RegistrationId> unpack(const std::string& bytes) {
    std::vector<domain::RegistrationId> registrations;
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t value = 0;
        for (std::size_t b = 0; b < 8; ++b) value = (value << 8U) | static_cast<unsigned char>(bytes[i + b]);
        registrations.push_back({value});
    }
    return registrations;
}

PersonEvent read_event(const Statement& statement) {
    PersonEvent event;
    event.seq = static_cast<std::uint64_t>(statement.integer(0));
    event.kind = static_cast<PersonEventKind>(statement.integer(1));
    event.from.value = static_cast<std::uint32_t>(statement.integer(2));
    event.into.value = static_cast<std::uint32_t>(statement.integer(3));
    event.registrations = unpack(statement.text(4));
    event.at.s = statement.integer(5);
    event.by.value = static_cast<std::uint32_t>(statement.integer(6));
    event.reason = statement.text(7);
    event.upto.value = static_cast<std::uint64_t>(statement.integer(8));
    return event;
}

std::uint64_t largest(Database& database, const char* sql) {
    auto statement = database.statement(sql);
    CHECK(statement.step());
    return static_cast<std::uint64_t>(statement.integer(0));
}

}  // namespace

std::uint64_t last_person_event(Database& database) {
    return largest(database,
                   "SELECT max(ifnull((SELECT max(seq) FROM person_event), 0), ifnull((SELECT floor FROM sequence WHERE name = 'person_event'), 0))");
}

void SqliteRegistry::append(const RegistrationRow& row) {
    CHECK(database_.is_writing());
    static constexpr const char* sql = R"(INSERT INTO registration
        (id, person, holder, origin, at, by, notice_version, name, document, phone, profile, is_correction, link_to, link_reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
    auto statement = database_.statement(sql);
    statement.bind(row.id.value).bind(row.person.value).bind(row.holder.value).bind(static_cast<int>(row.origin)).bind(row.at.s)
        .bind(row.by.value).bind(row.notice_version).bind_blob(row.name);
    if (row.document) statement.bind_blob(*row.document);
    else statement.bind_null();
    if (row.phone) statement.bind_blob(*row.phone);
    else statement.bind_null();
    statement.bind_blob(row.profile).bind(row.is_correction ? 1 : 0).bind(row.link_to.value).bind_text(row.link_reason).run();
    reached_.registration = row.id.value;
}

std::uint64_t SqliteRegistry::append(const PersonEvent& event) {
    CHECK(database_.is_writing());
    static constexpr const char* sql = R"(INSERT INTO person_event (seq, kind, from_person, into_person, registrations, at, by, reason, upto)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))";
    const auto registrations = pack(event.registrations);
    const auto seq = last_person_event(database_) + 1;
    auto statement = database_.statement(sql);
    statement.bind(seq).bind(static_cast<int>(event.kind)).bind(event.from.value).bind(event.into.value).bind_blob(registrations).bind(event.at.s)
        .bind(event.by.value).bind_blob(event.reason).bind(event.upto.value).run();
    return seq;
}

void SqliteRegistry::append(const VehicleRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO vehicle (id, plate, sealed) VALUES (?, ?, ?)");
    statement.bind(row.id.value).bind_blob(row.plate).bind_blob(row.sealed).run();
}

void SqliteRegistry::put_roster_ref(const Blind& ref, domain::RegistrationId registration) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO roster_ref (ref, registration) VALUES (?, ?)");
    statement.bind_blob(ref).bind(registration.value).run();
}

void SqliteRegistry::revoke(const Revocation& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR IGNORE INTO revoked_credential (registration, at, erase) VALUES (?, ?, ?)");
    statement.bind(row.registration.value).bind(row.at.s).bind(row.erase ? 1 : 0).run();
}

std::optional<RegistrationRow> SqliteRegistry::registration(domain::RegistrationId id) {
    static constexpr const char* sql = R"(SELECT id, person, holder, origin, at, by, notice_version, name, document, phone, profile, is_correction, link_to, link_reason
        FROM registration WHERE id = ?)";
    auto statement = database_.statement(sql);
    statement.bind(id.value);
    if (!statement.step()) return std::nullopt;
    return read_row(statement);
}

std::vector<RegistrationRow> SqliteRegistry::with_document(const Blind& document) {
    return select(database_, R"(SELECT id, person, holder, origin, at, by, notice_version, name, document, phone, profile, is_correction, link_to, link_reason
        FROM registration WHERE document = ? ORDER BY id)", document);
}

std::vector<RegistrationRow> SqliteRegistry::with_phone(const Blind& phone) {
    return select(database_, R"(SELECT id, person, holder, origin, at, by, notice_version, name, document, phone, profile, is_correction, link_to, link_reason
        FROM registration WHERE phone = ? ORDER BY id)", phone);
}

std::vector<RegistrationRow> SqliteRegistry::with_name(const Blind& name) {
    return select(database_, R"(SELECT id, person, holder, origin, at, by, notice_version, name, document, phone, profile, is_correction, link_to, link_reason
        FROM registration WHERE name = ? ORDER BY id)", name);
}

std::optional<StatementPlace> SqliteRegistry::next_statement(const StatementQuery& query, const StatementPlace& after) {
    if (query.by == By::document || query.by == By::phone_and_name) {
        auto statement = database_.statement(next_by_id(query.by));
        statement.bind_blob(query.key);
        if (query.by == By::phone_and_name) statement.bind_blob(query.name);
        statement.bind(after.registration.value);
        return read_place(statement);
    }
    if (query.by == By::document_not_name) {
        for (const auto* sql : other_names) {
            auto statement = database_.statement(sql);
            statement.bind_blob(query.key).bind_blob(query.name);
            if (const auto place = read_place(statement)) return place;
        }
        return std::nullopt;
    }
    auto statement = database_.statement(after.registration.is_none() ? next_person(query.by) : next_of_person(query.by));
    statement.bind_blob(query.key).bind_blob(query.name).bind(after.person.value);
    if (!after.registration.is_none()) statement.bind(after.registration.value);
    return read_place(statement);
}

std::optional<domain::RegistrationId> SqliteRegistry::roster_ref(const Blind& ref) {
    auto statement = database_.statement("SELECT registration FROM roster_ref WHERE ref = ?");
    statement.bind_blob(ref);
    if (!statement.step()) return std::nullopt;
    return domain::RegistrationId{static_cast<std::uint64_t>(statement.integer(0))};
}

std::optional<VehicleRow> SqliteRegistry::vehicle(const Blind& plate) {
    auto statement = database_.statement("SELECT id, sealed FROM vehicle WHERE plate = ?");
    statement.bind_blob(plate);
    if (!statement.step()) return std::nullopt;
    return VehicleRow{{static_cast<std::uint32_t>(statement.integer(0))}, plate, statement.text(1)};
}

void SqliteRegistry::read_vehicles(const std::function<void(const VehicleRow&)>& take) {
    auto statement = database_.statement("SELECT id, plate, sealed FROM vehicle ORDER BY id");
    while (statement.step()) take({{static_cast<std::uint32_t>(statement.integer(0))}, statement.bytes<16>(1), statement.text(2)});
}

void SqliteRegistry::read_placements(const std::function<void(std::span<const Placement>)>& take) {
    auto statement = database_.statement("SELECT id, person, holder, is_correction * at, document IS NOT NULL, at FROM registration ORDER BY id");
    std::vector<Placement> rows;
    while (statement.step()) {
        rows.push_back({{static_cast<std::uint64_t>(statement.integer(0))}, {static_cast<std::uint32_t>(statement.integer(1))},
                        {static_cast<std::uint64_t>(statement.integer(2))}, {statement.integer(3)}, statement.integer(4) != 0, {statement.integer(5)}});
        if (rows.size() < batch_rows) continue;
        take(rows);
        rows.clear();
    }
    if (!rows.empty()) take(rows);
}

void SqliteRegistry::read_registrations(const std::function<void(std::span<const RegistrationRow>)>& take) {
    static constexpr const char* sql = R"(SELECT id, person, holder, origin, at, by, notice_version, name, document, phone, profile, is_correction, link_to, link_reason
        FROM registration ORDER BY id)";
    auto statement = database_.statement(sql);
    std::vector<RegistrationRow> rows;
    while (statement.step()) {
        rows.push_back(read_row(statement));
        if (rows.size() < batch_rows) continue;
        take(rows);
        rows.clear();
    }
    if (!rows.empty()) take(rows);
}

std::vector<PersonEvent> SqliteRegistry::person_events() {
    static constexpr const char* sql = R"(SELECT seq, kind, from_person, into_person, registrations, at, by, reason, upto FROM person_event ORDER BY seq)";
    auto statement = database_.statement(sql);
    std::vector<PersonEvent> events;
    while (statement.step()) events.push_back(read_event(statement));
    return events;
}

std::optional<PersonEvent> SqliteRegistry::person_event(std::uint64_t seq) {
    static constexpr const char* sql = R"(SELECT seq, kind, from_person, into_person, registrations, at, by, reason, upto FROM person_event WHERE seq = ?)";
    auto statement = database_.statement(sql);
    statement.bind(seq);
    if (!statement.step()) return std::nullopt;
    return read_event(statement);
}

std::vector<Revocation> SqliteRegistry::revocations() {
    auto statement = database_.statement("SELECT registration, at, erase FROM revoked_credential ORDER BY registration");
    std::vector<Revocation> rows;
    while (statement.step()) {
        rows.push_back({{static_cast<std::uint64_t>(statement.integer(0))}, {statement.integer(1)}, statement.integer(2) != 0});
    }
    return rows;
}

domain::RegistrationId SqliteRegistry::last_registration() {
    return {largest(database_, "SELECT max(ifnull((SELECT max(id) FROM registration), 0), ifnull((SELECT floor FROM sequence WHERE name = 'registration'), 0))")};
}

domain::PersonNo SqliteRegistry::last_person() {
    return {static_cast<std::uint32_t>(largest(database_, R"(SELECT max(ifnull((SELECT max(person) FROM registration), 0),
        ifnull((SELECT max(into_person) FROM person_event), 0), ifnull((SELECT floor FROM sequence WHERE name = 'person'), 0)))"))};
}

domain::VehicleId SqliteRegistry::last_vehicle() {
    return {static_cast<std::uint32_t>(largest(database_, "SELECT max(ifnull((SELECT max(id) FROM vehicle), 0), ifnull((SELECT floor FROM sequence WHERE name = 'vehicle'), 0))"))};
}

}  // namespace chayan::storage::sqlite
