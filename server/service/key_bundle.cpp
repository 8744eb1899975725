// SPDX-License-Identifier: Apache-2.0
#include "service/key_bundle.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <utility>

#include "domain/site_code.hpp"
#include "kit/check.hpp"
#include "kit/limits.hpp"

namespace chayan::service::key_bundle {
namespace {

using kit::Errc;
using kit::Error;

constexpr std::string_view magic{"chayan keys\r\n\0\0\0", 16};
constexpr std::uint32_t format = 1;
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t heading_bytes = magic.size() + 4 + 16 + crypto_box_PUBLICKEYBYTES;

Error refuse(const char* code) { return {Errc::conflict, code}; }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// Text that holds keys: wiped at the end.
struct Secret {
    Secret() = default;
    ~Secret() { sodium_memzero(text.data(), text.size()); }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    std::string text;
};

std::string hash_of(std::string_view text) {
    std::string digest(hash_bytes, '\0');
    CHECK(EVP_Digest(text.data(), text.size(), bytes_of(digest), nullptr, EVP_sha256(), nullptr) == 1);
    return digest;
}

void put(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}
void put_text(std::string& out, std::string_view text) {
    put(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

/// Takes from the front; what is too short gives nothing, once and for all.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}
    bool good() const { return good_; }
    bool at_end() const { return rest_.empty(); }
    std::string_view bytes(std::size_t count) {
        good_ = good_ && rest_.size() >= count;
        if (!good_) return {};
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::uint32_t number() {
        std::uint32_t value = 0;
        for (const char byte : bytes(4)) value = (value << 8U) | static_cast<unsigned char>(byte);
        return value;
    }
    template <std::size_t n>
    void into(std::array<std::uint8_t, n>& out) {
        const auto taken = bytes(n);
        std::copy(taken.begin(), taken.end(), out.begin());
    }
    std::string_view text() { return bytes(number()); }

private:
    std::string_view rest_;
    bool good_ = true;
};

struct Opened {
    backup_file::Id backup{};
    std::string_view open_half, sealed;
};

/// magic | format | id | open half of the recovery key | sealed box | SHA-256 of all before, so that damage is not taken for a wrong key.
kit::Result<Opened> read_heading(std::string_view text) {
    const auto begin = text.substr(0, magic.size());
    if (begin != magic.substr(0, begin.size())) return refuse("keys_foreign");
    if (text.size() < heading_bytes + crypto_box_SEALBYTES + hash_bytes) return refuse("keys_damaged");
    const auto checked = text.substr(0, text.size() - hash_bytes);
    if (text.substr(checked.size()) != hash_of(checked)) return refuse("keys_damaged");
    Reader reader(checked.substr(magic.size()));
    if (reader.number() != format) return refuse("keys_newer");
    Opened opened;
    reader.into(opened.backup);
    opened.open_half = reader.bytes(crypto_box_PUBLICKEYBYTES);
    opened.sealed = checked.substr(heading_bytes);
    return opened;
}

std::optional<Bundle> parse(std::string_view text) {
    Reader reader(text);
    Bundle bundle;
    reader.into(bundle.backup);
    reader.into(bundle.file);
    for (auto count = reader.number(); reader.good() && count > 0; --count) {
        const std::string name(reader.text());
        bundle.keys[name] = reader.text();
    }
    return reader.good() && reader.at_end() && bundle.keys.contains("master.key") ? std::optional(std::move(bundle)) : std::nullopt;
}

}  // namespace

kit::Result<RecoveryKey> RecoveryKey::parse(std::string_view text) {
    Secret plain;
    plain.text.reserve(64);
    for (char c : text) {
        if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == 'o') c = '0';
        if (c == 'i' || c == 'l') c = '1';
        if (plain.text.size() == 63) break;   // too long already
        plain.text.push_back(c);
    }
    RecoveryKey key;
    if (!domain::decode_base32(plain.text, key.bytes_.data(), key.bytes_.size())) return Error{Errc::invalid, "recovery_key_malformed"};
    return key;
}

RecoveryKey::RecoveryKey(RecoveryKey&& other) noexcept : bytes_(other.bytes_) { sodium_memzero(other.bytes_.data(), other.bytes_.size()); }
RecoveryKey& RecoveryKey::operator=(RecoveryKey&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}
RecoveryKey::~RecoveryKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string seal(const Bundle& bundle) {
    CHECK(sodium_init() >= 0);
    const auto& open_half = bundle.keys.at("recovery.pub");
    CHECK(open_half.size() == crypto_box_PUBLICKEYBYTES);
    Secret plain;
    plain.text.reserve(kit::key_folder_bytes_max);   // grown, it would leave copies behind
    plain.text.append(bundle.backup.begin(), bundle.backup.end());
    plain.text.append(bundle.file.begin(), bundle.file.end());
    put(plain.text, static_cast<std::uint32_t>(bundle.keys.size()));
    for (const auto& [name, bytes] : bundle.keys) {
        put_text(plain.text, name);
        put_text(plain.text, bytes);
    }
    std::string out(magic);
    put(out, format);
    out.append(bundle.backup.begin(), bundle.backup.end());
    out += open_half;
    std::string sealed(plain.text.size() + crypto_box_SEALBYTES, '\0');
    CHECK(crypto_box_seal(bytes_of(sealed), bytes_of(std::string_view(plain.text)), plain.text.size(), bytes_of(std::string_view(open_half))) == 0);
    out += sealed;
    return out + hash_of(out);
}

kit::Result<std::string> read_text(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return refuse("keys_missing");
    (void)::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    std::string text(kit::key_folder_bytes_max + 1, '\0');   // one more than any of ours has
    std::size_t size = 0;
    ssize_t more = 1;
    for (; size < text.size() && more > 0; size += more > 0 ? static_cast<std::size_t>(more) : 0) more = ::read(fd, text.data() + size, text.size() - size);
    if (fd >= 0) ::close(fd);
    if (more < 0) throw std::runtime_error(path + ": cannot read the file; check its permissions");
    text.resize(size);
    return text;
}

kit::Result<backup_file::Id> read_id(std::string_view text) {
    const auto opened = read_heading(text);
    if (!opened) return opened.error();
    return opened->backup;
}

kit::Result<Bundle> open(std::string_view text, const RecoveryKey& recovery) {
    CHECK(sodium_init() >= 0);
    const auto opened = read_heading(text);
    if (!opened) return opened.error();
    std::string open_half(crypto_box_PUBLICKEYBYTES, '\0');
    const bool fits = crypto_scalarmult_base(bytes_of(open_half), recovery.bytes().data()) == 0 && open_half == opened->open_half;
    if (!fits) return refuse("recovery_key_wrong");
    Secret plain;
    plain.text.resize(opened->sealed.size() - crypto_box_SEALBYTES);
    if (crypto_box_seal_open(bytes_of(plain.text), bytes_of(opened->sealed), opened->sealed.size(), bytes_of(std::string_view(open_half)),
                             recovery.bytes().data()) != 0)
        return refuse("keys_damaged");
    auto bundle = parse(plain.text);
    if (!bundle || bundle->backup != opened->backup) return refuse("keys_damaged");
    return *std::move(bundle);
}

domain::Day first_kept_day(const domain::TimeZone& zone, domain::Instant now, std::int64_t scan_days) {
    return {zone.local_day(now).number - static_cast<std::int32_t>(scan_days) - 1};
}

}  // namespace chayan::service::key_bundle
