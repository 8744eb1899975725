// SPDX-License-Identifier: Apache-2.0
// The vault: the only holder of keys. MACs for posters and credentials, public ids, the sealed scan row, sealed text,
// blind indexes, the audit chain, passwords and random tokens. Keys are files in a directory of their own (0700, files 0600),
// never in the database. Any thread; contexts are cached for each thread (0.5 µs a MAC instead of 2).
//
// Keys: master.key (32 random bytes) gives every other key by HKDF-SHA-256 with a label, but for the scan rows: each local
// day has day/YYYY-MM-DD.key, random, so that destroying the file erases that day in every copy of the database.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.hpp"
#include "domain/registration.hpp"
#include "domain/scan.hpp"
#include "domain/site_code.hpp"
#include "domain/time.hpp"
#include "storage/rows.hpp"

namespace chayan::service {

/// What a blind index is over; each has a key of its own.
enum class BlindKind : std::uint8_t {
    document, phone, name, plate, roster_ref, session_token, csrf, subject, dependant, link_key, review, registration, question, form_header, daily_word, holder_mark, screen, card, roster_card,
    household, vehicle_check
};
/// What a sealed text is; each has a key of its own.
enum class SealKind : std::uint8_t {
    profile, plate, case_text, audit_detail, reason, otp, on_duty, question, found_people, mark_note, form, told_visit, ledger_text, alert, register_text, vehicle_check, report_note, camera,
    outing
};

/// Whose scan a row is, once opened.
struct OpenedScan {
    domain::RegistrationId registration;
    domain::VehicleId vehicle;
};

enum class DayKeys : std::uint8_t { there, destroyed };

class Vault {
public:
    /// Throws std::runtime_error with a sentence when a key is missing, has the wrong size, or its mode lets others read it.
    /// `zone` says which day's key a row is sealed with: once and for all the one pinned beside the keys (key_files.hpp).
    explicit Vault(const std::string& directory, domain::TimeZone zone);
    ~Vault();
    Vault(const Vault&) = delete;
    Vault& operator=(const Vault&) = delete;

    // Posters (CONTRACT 3).
    std::string site_code(const domain::SiteCode& code) const;
    /// Nothing for a forged or malformed code. Constant time in the MAC.
    std::optional<domain::SiteCode> open_site_code(std::string_view text) const;

    // Credentials: registration and MAC; verified without a store.
    std::string credential(domain::RegistrationId registration) const;
    std::optional<domain::RegistrationId> open_credential(std::string_view text) const;

    // Public ids. A scan's is its four values in one AES block: the same scan has the same id by construction.
    std::string scan_id(const domain::ScanKey& key) const;
    std::optional<domain::ScanKey> open_scan_id(std::string_view text) const;
    /// A keyed permutation of 60 bits: the order of public ids, and their text (12 characters) which sorts alike.
    std::uint64_t person_order(domain::PersonNo person) const;
    std::string person_id(domain::PersonNo person) const;
    std::optional<domain::PersonNo> open_person_id(std::string_view text) const;

    /// Fills row.sealed from all other columns. Makes and syncs the day's key file first when the day is new (throws
    /// StoreError when that fails: full, io, other). About 0.3 µs.
    void seal(storage::ScanRow& row, const OpenedScan& scan);
    /// One result for each row; nothing where a bit is wrong, the day's key is lost, or it was destroyed on purpose, which alone is
    /// counted in `erased`. Bulk: some 10 ns a row.
    std::vector<std::optional<OpenedScan>> open(std::span<const storage::ScanRow> rows, std::uint64_t* erased = nullptr);
    /// Days whose key is there, or was destroyed on purpose; ascending.
    std::vector<domain::Day> days(DayKeys which = DayKeys::there) const;
    /// For good: the file, leaving its mark, and here. Twice is once. Throws as seal.
    void destroy_day(domain::Day day);

    storage::Blind blind(BlindKind kind, std::string_view value) const;
    /// AES-256-GCM with a random nonce; `associated` is bound, not stored.
    storage::Bytes seal(SealKind kind, std::string_view associated, std::string_view text) const;
    std::optional<std::string> open(SealKind kind, std::string_view associated, std::string_view sealed) const;
    /// HMAC over the chain so far and the row's columns (chain itself excluded).
    std::array<std::uint8_t, 32> chain(const std::array<std::uint8_t, 32>& before, const storage::AuditRow& row) const;

    /// Argon2id, at least 46 MiB and one pass (SECURITY S35): blocks for some 50 ms. Never on an io thread.
    static std::string hash_password(const std::string& password);
    static bool verify_password(const std::string& hash, const std::string& password);
    /// 256 random bits in base32.
    static std::string random_token();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Was a password's hash made with other parameters than Vault::hash_password takes today?
bool is_outdated(const std::string& password_hash);

/// A dependant's public id: the registration's number and a MAC, good for nothing but being named by the phone that holds it.
std::string dependant_id(const Vault& vault, domain::RegistrationId dependant);
/// Nothing for a forged or malformed one. Constant time in the MAC.
std::optional<domain::RegistrationId> open_dependant_id(const Vault& vault, std::string_view text);

/// A statement's public id for staff, likewise: good for nothing but being named in a split.
std::string statement_id(const Vault& vault, domain::RegistrationId statement);
std::optional<domain::RegistrationId> open_statement_id(const Vault& vault, std::string_view text);

/// What tells a browser that two of its pages belong to one credential, so that a scan that waits in it never goes out under another's. Good for nothing else.
std::string holder_mark(const Vault& vault, domain::RegistrationId credential);

/// The columns of a registration that its sealed profile is bound to.
std::string associated_data(const storage::RegistrationRow& row);
/// What a registration says; nothing when it cannot be opened. Some 2 µs.
std::optional<domain::Statement> open_statement(const Vault& vault, const storage::RegistrationRow& row);

}  // namespace chayan::service
