// SPDX-License-Identifier: Apache-2.0
#include "service/vault.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "kit/check.hpp"
#include "kit/guarded.hpp"
#include "service/crypto.hpp"
#include "service/day_key_end.hpp"
#include "service/key_files.hpp"

namespace chayan::service {
namespace {

using crypto::Block;
using crypto::Key;

// Order is part of the installation: labels name keys for ever.
// SECURITY S35: 46 MiB and one pass at least (OWASP's cheat sheet: 19 MiB and two).
constexpr unsigned long long hash_passes = 2;
constexpr std::size_t hash_bytes = 46U << 20U;
constexpr const char* blind_labels[] = {"blind document", "blind phone", "blind name", "blind plate", "blind roster ref",
                                        "blind session token", "blind csrf", "blind subject", "blind dependant",
                                        "blind link key", "blind review", "blind registration", "blind question", "blind form header", "blind daily word", "blind holder mark",
                                        "blind screen", "blind card", "blind roster card", "blind household", "blind vehicle check"};
constexpr const char* seal_labels[] = {"seal profile", "seal plate", "seal case", "seal audit", "seal reason", "seal otp",
                                       "seal on duty", "seal question", "seal found people", "seal mark note", "seal form", "seal told visit",
                                       "seal ledger", "seal alert", "seal register", "seal vehicle check", "seal report", "seal camera", "seal outing"};
static_assert(std::size(blind_labels) == static_cast<std::size_t>(BlindKind::vehicle_check) + 1 && std::size(seal_labels) == static_cast<std::size_t>(SealKind::outing) + 1);
constexpr std::size_t credential_mac_bytes = 16;
constexpr std::size_t credential_bytes = 5 + credential_mac_bytes;
constexpr std::uint64_t half_mask = (1ULL << 30U) - 1;

void put_big_endian(std::uint8_t* out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * (bytes - 1 - i)));
}
std::uint64_t get_big_endian(const std::uint8_t* in, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = (value << 8U) | in[i];
    return value;
}

/// All columns of a scan row but the sealed one, in 128 bits: 38 of seq, 24 site, 32 at, 34 the rest.
Block tweak_of(const storage::ScanRow& row) {
    const auto delay = static_cast<std::uint64_t>(std::clamp<std::int64_t>(row.delay_s + 120, 0, (1 << 22) - 1));
    const auto temperature = row.temperature_dc == 0 ? 0U : static_cast<std::uint64_t>(row.temperature_dc - 339) & 0x7FU;
    const std::uint64_t rest = (static_cast<std::uint64_t>(row.direction) << 32U) | (static_cast<std::uint64_t>(row.source) << 29U) |
                               (temperature << 22U) | delay;
    const auto at = static_cast<std::uint64_t>(row.at.s) & 0xFFFFFFFFU;
    const std::uint64_t high = (row.seq.value << 26U) | (static_cast<std::uint64_t>(row.site.value) << 2U) | (at >> 30U);
    const std::uint64_t low = ((at & 0x3FFFFFFFU) << 34U) | (rest & 0x3FFFFFFFFU);
    Block tweak;
    put_big_endian(tweak.data(), high, 8);
    put_big_endian(tweak.data() + 8, low, 8);
    return tweak;
}

struct DayKey {
    DayKey() = default;
    ~DayKey() { OPENSSL_cleanse(this, sizeof *this); }
    DayKey(const DayKey&) = delete;
    DayKey& operator=(const DayKey&) = delete;
    Key data{}, tweak{};
};

/// Wipes `bytes`: nowhere but in the vault is a key held.
std::shared_ptr<const DayKey> key_of(key_files::DayKeyBytes& bytes) {
    auto key = std::make_shared<DayKey>();
    std::memcpy(key->data.data(), bytes.data(), 32);
    std::memcpy(key->tweak.data(), bytes.data() + 32, 32);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return key;
}

}  // namespace

struct Vault::State {
    State(const std::string& dir, domain::TimeZone z) : directory(dir), zone(std::move(z)) {}

    std::string directory;
    domain::TimeZone zone;
    Key code, credential, scan_id, person_id, audit;
    Key blind[std::size(blind_labels)];
    Key seal[std::size(seal_labels)];
    kit::Guarded<std::map<std::int32_t, std::shared_ptr<const DayKey>>> days;
    kit::Guarded<std::set<domain::Day>> destroyed;

    std::shared_ptr<const DayKey> find_day(domain::Day day) {
        return days.with([&](auto& known) -> std::shared_ptr<const DayKey> {
            const auto found = known.find(day.number);
            return found == known.end() ? nullptr : found->second;
        });
    }
    std::mutex making;   // the house thread makes the next day's key while the writer may need it too
    std::shared_ptr<const DayKey> make_day(domain::Day day) {
        std::lock_guard lock(making);
        if (auto made = find_day(day)) return made;
        auto bytes = key_files::make_day_key(directory, day);
        auto key = key_of(bytes);
        days.with([&](auto& known) { known[day.number] = key; });
        return key;
    }
    /// One round function of the person permutation.
    std::uint64_t round(std::uint64_t half, unsigned number) const {
        Block block{};
        block[0] = static_cast<std::uint8_t>(number);
        put_big_endian(block.data() + 8, half, 8);
        const auto mixed = crypto::encrypt(person_id, block);
        return get_big_endian(mixed.data(), 8) & half_mask;
    }
};

Vault::Vault(const std::string& directory, domain::TimeZone zone) : state_(std::make_unique<State>(directory, std::move(zone))) {
    const Key master = key_files::load_master(directory);
    state_->code = crypto::derive(master, "site code");
    state_->credential = crypto::derive(master, "credential");
    state_->scan_id = crypto::derive(master, "scan id");
    state_->person_id = crypto::derive(master, "person id");
    state_->audit = crypto::derive(master, "audit chain");
    for (std::size_t i = 0; i < std::size(blind_labels); ++i) state_->blind[i] = crypto::derive(master, blind_labels[i]);
    for (std::size_t i = 0; i < std::size(seal_labels); ++i) state_->seal[i] = crypto::derive(master, seal_labels[i]);
    state_->destroyed.store(key_files::destroyed_days(directory));
    const auto gone = days(DayKeys::destroyed);
    for (auto& [day, bytes] : key_files::load_day_keys(directory)) {
        if (std::binary_search(gone.begin(), gone.end(), day)) continue;   // an end came in between: whoever destroys goes on
        state_->days.with([&, number = day.number](auto& known) { known[number] = key_of(bytes); });
    }
}

Vault::~Vault() = default;

std::string Vault::site_code(const domain::SiteCode& code) const {
    const auto packed = domain::pack(code);
    const auto full = crypto::mac(state_->code, {reinterpret_cast<const char*>(packed.data()), packed.size()});
    domain::SiteCodeMac mac;
    std::copy_n(full.bytes().begin(), mac.size(), mac.begin());
    return domain::format_site_code(code, mac);
}

std::optional<domain::SiteCode> Vault::open_site_code(std::string_view text) const {
    const auto read = domain::parse_site_code(text);
    if (!read) return std::nullopt;
    const auto packed = domain::pack(read->code);
    const auto full = crypto::mac(state_->code, {reinterpret_cast<const char*>(packed.data()), packed.size()});
    if (!full.begins_with(read->mac)) return std::nullopt;
    return read->code;
}

std::string Vault::credential(domain::RegistrationId registration) const {
    std::array<std::uint8_t, credential_bytes> bytes;
    put_big_endian(bytes.data(), registration.value, 5);
    const auto full = crypto::mac(state_->credential, {reinterpret_cast<const char*>(bytes.data()), 5});
    std::copy_n(full.bytes().begin(), credential_mac_bytes, bytes.begin() + 5);
    return "c1" + domain::encode_base32(bytes.data(), bytes.size());
}

std::optional<domain::RegistrationId> Vault::open_credential(std::string_view text) const {
    std::array<std::uint8_t, credential_bytes> bytes;
    if (!text.starts_with("c1") || !domain::decode_base32(text.substr(2), bytes.data(), bytes.size())) return std::nullopt;
    const auto full = crypto::mac(state_->credential, {reinterpret_cast<const char*>(bytes.data()), 5});
    if (!full.begins_with({bytes.data() + 5, credential_mac_bytes})) return std::nullopt;
    return domain::RegistrationId{get_big_endian(bytes.data(), 5)};
}

std::string Vault::scan_id(const domain::ScanKey& key) const {
    Block block{};  // 40 bits registration, 32 at, 24 site, 8 direction, 24 zero bits that opening checks
    put_big_endian(block.data(), key.registration.value, 5);
    put_big_endian(block.data() + 5, static_cast<std::uint64_t>(key.at.s) & 0xFFFFFFFFU, 4);
    put_big_endian(block.data() + 9, key.site.value, 3);
    block[12] = static_cast<std::uint8_t>(key.direction);
    const auto sealed = crypto::encrypt(state_->scan_id, block);
    return domain::encode_base32(sealed.data(), sealed.size());
}

std::optional<domain::ScanKey> Vault::open_scan_id(std::string_view text) const {
    Block block;
    if (!domain::decode_base32(text, block.data(), block.size())) return std::nullopt;
    const auto plain = crypto::decrypt(state_->scan_id, block);
    if (plain[12] > 2 || plain[13] != 0 || plain[14] != 0 || plain[15] != 0) return std::nullopt;
    domain::ScanKey key;
    key.registration.value = get_big_endian(plain.data(), 5);
    key.at.s = static_cast<std::int64_t>(get_big_endian(plain.data() + 5, 4));
    key.site.value = static_cast<std::uint32_t>(get_big_endian(plain.data() + 9, 3));
    key.direction = static_cast<domain::Direction>(plain[12]);
    return key;
}

std::uint64_t Vault::person_order(domain::PersonNo person) const {
    std::uint64_t left = 0;
    std::uint64_t right = person.value;
    for (unsigned number = 0; number < 4; ++number) {
        const auto next = left ^ state_->round(right, number);
        left = right;
        right = next;
    }
    return (left << 30U) | right;
}

std::string Vault::person_id(domain::PersonNo person) const {
    std::array<std::uint8_t, 8> bytes;
    put_big_endian(bytes.data(), person_order(person) << 4U, 8);
    return domain::encode_base32(bytes.data(), bytes.size()).substr(0, 12);
}

std::optional<domain::PersonNo> Vault::open_person_id(std::string_view text) const {
    std::array<std::uint8_t, 8> bytes;
    if (text.size() != 12 || !domain::decode_base32(std::string(text) + "0", bytes.data(), bytes.size())) return std::nullopt;
    const auto order = get_big_endian(bytes.data(), 8) >> 4U;
    std::uint64_t left = order >> 30U;
    std::uint64_t right = order & half_mask;
    for (unsigned number = 4; number-- > 0;) {
        const auto before = right ^ state_->round(left, number);
        right = left;
        left = before;
    }
    if (left != 0 || right == 0) return std::nullopt;
    return domain::PersonNo{static_cast<std::uint32_t>(right)};
}

void Vault::seal(storage::ScanRow& row, const OpenedScan& scan) {
    const auto day = state_->zone.local_day(row.at);
    auto key = state_->find_day(day);
    if (!key) key = state_->make_day(day);
    const auto mask = crypto::encrypt(key->tweak, tweak_of(row));
    Block block{};
    put_big_endian(block.data(), scan.registration.value, 5);
    put_big_endian(block.data() + 5, scan.vehicle.value, 4);
    for (std::size_t i = 0; i < block.size(); ++i) block[i] ^= mask[i];
    block = crypto::encrypt(key->data, block);
    for (std::size_t i = 0; i < block.size(); ++i) row.sealed[i] = block[i] ^ mask[i];
}

std::vector<std::optional<OpenedScan>> Vault::open(std::span<const storage::ScanRow> rows, std::uint64_t* erased) {
    std::vector<std::optional<OpenedScan>> opened(rows.size());
    std::vector<Block> masks;
    std::vector<Block> blocks;
    std::size_t start = 0;
    while (start < rows.size()) {
        // Rows of one local day lie together but for midnight and offline queues: open each run at once.
        const auto day = state_->zone.local_day(rows[start].at);
        std::size_t stop = start + 1;
        while (stop < rows.size() && state_->zone.local_day(rows[stop].at) == day) ++stop;
        if (const auto key = state_->find_day(day)) {
            masks.resize(stop - start);
            blocks.resize(stop - start);
            for (std::size_t i = start; i < stop; ++i) masks[i - start] = tweak_of(rows[i]);
            crypto::encrypt(key->tweak, masks);
            for (std::size_t i = start; i < stop; ++i)
                for (std::size_t b = 0; b < 16; ++b) blocks[i - start][b] = rows[i].sealed[b] ^ masks[i - start][b];
            crypto::decrypt(key->data, blocks);
            for (std::size_t i = start; i < stop; ++i) {
                auto& block = blocks[i - start];
                for (std::size_t b = 0; b < 16; ++b) block[b] ^= masks[i - start][b];
                if (get_big_endian(block.data() + 9, 7) != 0) continue;
                opened[i] = OpenedScan{{get_big_endian(block.data(), 5)},
                                       {static_cast<std::uint32_t>(get_big_endian(block.data() + 5, 4))}};
            }
        } else if (erased != nullptr && state_->destroyed.with([day](const auto& days) { return days.contains(day); })) {
            *erased += stop - start;
        }
        start = stop;
    }
    return opened;
}

std::vector<domain::Day> Vault::days(DayKeys which) const {
    if (which == DayKeys::destroyed) return state_->destroyed.with([](const auto& days) { return std::vector<domain::Day>(days.begin(), days.end()); });
    return state_->days.with([](auto& known) {
        std::vector<domain::Day> all;
        for (const auto& [number, key] : known) all.push_back({number});
        return all;
    });
}

void Vault::destroy_day(domain::Day day) {
    std::lock_guard lock(state_->making);
    key_files::destroy_day_key(state_->directory, day);
    state_->destroyed.with([day](auto& days) { days.insert(day); });
    state_->days.with([day](auto& known) { known.erase(day.number); });   // wiped by whoever reads with it last
}

storage::Blind Vault::blind(BlindKind kind, std::string_view value) const {
    const auto full = crypto::mac(state_->blind[static_cast<std::size_t>(kind)], value);
    storage::Blind blind;
    std::copy_n(full.bytes().begin(), blind.size(), blind.begin());
    return blind;
}

storage::Bytes Vault::seal(SealKind kind, std::string_view associated, std::string_view text) const {
    return crypto::seal(state_->seal[static_cast<std::size_t>(kind)], associated, text);
}

std::optional<std::string> Vault::open(SealKind kind, std::string_view associated, std::string_view sealed) const {
    return crypto::open(state_->seal[static_cast<std::size_t>(kind)], associated, sealed);
}

std::array<std::uint8_t, 32> Vault::chain(const std::array<std::uint8_t, 32>& before, const storage::AuditRow& row) const {
    std::string bytes(reinterpret_cast<const char*>(before.data()), before.size());
    const auto add = [&bytes](std::uint64_t number) {
        std::uint8_t eight[8];
        put_big_endian(eight, number, 8);
        bytes.append(reinterpret_cast<const char*>(eight), 8);
    };
    const auto add_text = [&](std::string_view text) {
        add(text.size());
        bytes.append(text);
    };
    add(row.seq);
    add(static_cast<std::uint64_t>(row.at.s));
    add(row.by.value);
    add_text(row.action);
    add_text(row.case_number);
    add_text(row.detail);
    return crypto::mac(state_->audit, bytes).bytes();
}

std::string Vault::hash_password(const std::string& password) {
    CHECK(sodium_init() >= 0);
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(hash, password.data(), password.size(), hash_passes, hash_bytes) != 0) throw std::bad_alloc();
    return hash;
}

bool is_outdated(const std::string& password_hash) { return crypto_pwhash_str_needs_rehash(password_hash.c_str(), hash_passes, hash_bytes) != 0; }

bool Vault::verify_password(const std::string& hash, const std::string& password) {
    CHECK(sodium_init() >= 0);
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string Vault::random_token() {
    std::array<std::uint8_t, 32> bytes;
    CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    return domain::encode_base32(bytes.data(), bytes.size());
}

namespace {

/// A registration's number and a MAC of its kind, after two characters that say which kind.
std::string numbered_id(const Vault& vault, BlindKind kind, const char* prefix, domain::RegistrationId registration) {
    std::array<std::uint8_t, credential_bytes> bytes;
    put_big_endian(bytes.data(), registration.value, 5);
    const auto mac = vault.blind(kind, {reinterpret_cast<const char*>(bytes.data()), 5});
    static_assert(sizeof mac == credential_mac_bytes);
    std::copy(mac.begin(), mac.end(), bytes.begin() + 5);
    return prefix + domain::encode_base32(bytes.data(), bytes.size());
}

std::optional<domain::RegistrationId> open_numbered_id(const Vault& vault, BlindKind kind, std::string_view prefix, std::string_view text) {
    std::array<std::uint8_t, credential_bytes> bytes;
    if (!text.starts_with(prefix) || !domain::decode_base32(text.substr(prefix.size()), bytes.data(), bytes.size())) return std::nullopt;
    const auto mac = vault.blind(kind, {reinterpret_cast<const char*>(bytes.data()), 5});
    if (CRYPTO_memcmp(mac.data(), bytes.data() + 5, mac.size()) != 0) return std::nullopt;
    return domain::RegistrationId{get_big_endian(bytes.data(), 5)};
}

}  // namespace

std::string dependant_id(const Vault& vault, domain::RegistrationId dependant) { return numbered_id(vault, BlindKind::dependant, "d1", dependant); }
std::optional<domain::RegistrationId> open_dependant_id(const Vault& vault, std::string_view text) {
    return open_numbered_id(vault, BlindKind::dependant, "d1", text);
}

std::string statement_id(const Vault& vault, domain::RegistrationId statement) { return numbered_id(vault, BlindKind::registration, "s1", statement); }
std::optional<domain::RegistrationId> open_statement_id(const Vault& vault, std::string_view text) {
    return open_numbered_id(vault, BlindKind::registration, "s1", text);
}

std::string holder_mark(const Vault& vault, domain::RegistrationId credential) {
    std::array<std::uint8_t, 5> bytes;
    put_big_endian(bytes.data(), credential.value, 5);
    const auto mac = vault.blind(BlindKind::holder_mark, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return domain::encode_base32(mac.data(), 10);
}

std::string associated_data(const storage::RegistrationRow& row) {
    std::string bytes;
    const auto add = [&bytes](std::uint64_t number) {
        std::uint8_t eight[8];
        put_big_endian(eight, number, 8);
        bytes.append(reinterpret_cast<const char*>(eight), 8);
    };
    const auto add_blind = [&](const std::optional<storage::Blind>& blind) {
        bytes.push_back(blind ? '\1' : '\0');
        if (blind) bytes.append(reinterpret_cast<const char*>(blind->data()), blind->size());
    };
    add(row.id.value);
    add(row.person.value);
    add(row.holder.value);
    add(static_cast<std::uint64_t>(row.origin));
    add(static_cast<std::uint64_t>(row.at.s));
    add(row.by.value);
    add(static_cast<std::uint64_t>(row.notice_version));
    add_blind(row.name);
    add_blind(row.document);
    add_blind(row.phone);
    if (row.is_correction) add(1);   // only then, so that what was sealed before there were any still opens
    return bytes;
}

std::optional<domain::Statement> open_statement(const Vault& vault, const storage::RegistrationRow& row) {
    const auto bytes = vault.open(SealKind::profile, associated_data(row), row.profile);
    return bytes ? domain::decode_statement(*bytes) : std::nullopt;
}

}  // namespace chayan::service
