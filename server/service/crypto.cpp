// SPDX-License-Identifier: Apache-2.0
#include "service/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>

#include <map>
#include <memory>

#include "kit/check.hpp"

namespace chayan::service::crypto {
namespace {

struct CipherFree {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct MacFree {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherFree>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, MacFree>;

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
// Keys of retention's days and one installation fit many times; a process that opens more starts again.
constexpr std::size_t cached_max = 512;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// A context that has its key already: setting one up costs more than the work.
EVP_CIPHER_CTX* ecb(const Key& key, bool encrypting) {
    thread_local std::map<std::pair<Key, bool>, Cipher> contexts;
    if (contexts.size() > cached_max) contexts.clear();
    auto& context = contexts[{key, encrypting}];
    if (!context) {
        context.reset(EVP_CIPHER_CTX_new());
        CHECK(context && EVP_CipherInit_ex(context.get(), EVP_aes_256_ecb(), nullptr, key.data(), nullptr, encrypting ? 1 : 0) == 1);
        CHECK(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
    }
    return context.get();
}

void run(const Key& key, bool encrypting, std::span<Block> blocks) {
    if (blocks.empty()) return;
    int written = 0;
    CHECK(EVP_CipherUpdate(ecb(key, encrypting), blocks[0].data(), &written, blocks[0].data(), static_cast<int>(blocks.size_bytes())) == 1);
    CHECK(static_cast<std::size_t>(written) == blocks.size_bytes());
}

}  // namespace

Key derive(const Key& master, std::string_view label) {
    EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    char digest[] = "SHA256";
    auto* secret = const_cast<std::uint8_t*>(master.data());
    auto* info = const_cast<char*>(label.data());
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, master.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, label.size()),
        OSSL_PARAM_construct_end(),
    };
    Key key;
    CHECK(EVP_KDF_derive(context, key.data(), key.size(), params) == 1);
    EVP_KDF_CTX_free(context);
    return key;
}

bool Mac::begins_with(std::span<const std::uint8_t> given) const {
    CHECK(!given.empty() && given.size() <= bytes_.size());
    return CRYPTO_memcmp(bytes_.data(), given.data(), given.size()) == 0;
}

Mac mac(const Key& key, std::string_view bytes) {
    thread_local std::map<Key, MacContext> contexts;
    if (contexts.size() > cached_max) contexts.clear();
    auto& context = contexts[key];
    if (!context) {
        EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        context.reset(EVP_MAC_CTX_new(algorithm));
        EVP_MAC_free(algorithm);
        char digest[] = "SHA256";
        const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
        CHECK(context && EVP_MAC_init(context.get(), key.data(), key.size(), params) == 1);
    } else {
        CHECK(EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1);  // the same key again, without hashing it again
    }
    std::array<std::uint8_t, 32> out;
    std::size_t written = 0;
    CHECK(EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) == 1);
    CHECK(EVP_MAC_final(context.get(), out.data(), &written, out.size()) == 1 && written == out.size());
    return Mac(out);
}

void encrypt(const Key& key, std::span<Block> blocks) { run(key, true, blocks); }
void decrypt(const Key& key, std::span<Block> blocks) { run(key, false, blocks); }

Block encrypt(const Key& key, const Block& block) {
    Block out = block;
    run(key, true, {&out, 1});
    return out;
}

Block decrypt(const Key& key, const Block& block) {
    Block out = block;
    run(key, false, {&out, 1});
    return out;
}

std::string seal(const Key& key, std::string_view associated, std::string_view text) {
    std::string out(nonce_bytes + text.size() + tag_bytes, '\0');
    CHECK(RAND_bytes(bytes_of(out), nonce_bytes) == 1);
    const Cipher context(EVP_CIPHER_CTX_new());
    int written = 0;
    CHECK(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(out)) == 1);
    CHECK(EVP_EncryptUpdate(context.get(), nullptr, &written, bytes_of(associated), static_cast<int>(associated.size())) == 1);
    CHECK(EVP_EncryptUpdate(context.get(), bytes_of(out) + nonce_bytes, &written, bytes_of(text), static_cast<int>(text.size())) == 1);
    CHECK(EVP_EncryptFinal_ex(context.get(), bytes_of(out) + nonce_bytes + text.size(), &written) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, bytes_of(out) + nonce_bytes + text.size()) == 1);
    return out;
}

std::optional<std::string> open(const Key& key, std::string_view associated, std::string_view sealed) {
    if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
    const auto size = sealed.size() - nonce_bytes - tag_bytes;
    std::string text(size, '\0');
    std::string tag(sealed.substr(nonce_bytes + size));
    const Cipher context(EVP_CIPHER_CTX_new());
    int written = 0;
    CHECK(context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(sealed)) == 1);
    CHECK(EVP_DecryptUpdate(context.get(), nullptr, &written, bytes_of(associated), static_cast<int>(associated.size())) == 1);
    CHECK(EVP_DecryptUpdate(context.get(), bytes_of(text), &written, bytes_of(sealed) + nonce_bytes, static_cast<int>(size)) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1);
    if (EVP_DecryptFinal_ex(context.get(), bytes_of(text) + size, &written) != 1) return std::nullopt;
    return text;
}

Key random_key() {
    Key key;
    CHECK(RAND_bytes(key.data(), static_cast<int>(key.size())) == 1);
    return key;
}

struct Sha256::State {
    struct Free {
        void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    CHECK(state_->context && EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) { CHECK(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1); }

std::array<std::uint8_t, 32> Sha256::finish() {
    std::array<std::uint8_t, 32> out;
    unsigned written = 0;
    CHECK(EVP_DigestFinal_ex(state_->context.get(), out.data(), &written) == 1 && written == out.size());
    return out;
}

struct StreamCipher::State {
    Cipher context{EVP_CIPHER_CTX_new()};
};

StreamCipher::StreamCipher(const Key& key) : state_(std::make_unique<State>()) {
    const Block first{};
    CHECK(state_->context && EVP_EncryptInit_ex(state_->context.get(), EVP_aes_256_ctr(), nullptr, key.data(), first.data()) == 1);
}
StreamCipher::StreamCipher(StreamCipher&&) noexcept = default;
StreamCipher& StreamCipher::operator=(StreamCipher&&) noexcept = default;
StreamCipher::~StreamCipher() = default;

void StreamCipher::apply(std::span<std::uint8_t> bytes) {
    if (bytes.empty()) return;
    int written = 0;
    CHECK(EVP_EncryptUpdate(state_->context.get(), bytes.data(), &written, bytes.data(), static_cast<int>(bytes.size())) == 1);
    CHECK(static_cast<std::size_t>(written) == bytes.size());
}

}  // namespace chayan::service::crypto
