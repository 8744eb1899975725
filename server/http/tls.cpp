// SPDX-License-Identifier: Apache-2.0
#include "http/tls.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace chayan::http {
namespace {

constexpr long ticket_lifetime_s = 24L * 3600;  // a resident scans a few times a day

// AES-128 before AES-256: its SHA-256 makes a handshake cheaper, and it is not the weak place of this design.
constexpr const char* suites_13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* suites_12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";

[[noreturn]] void fail(const std::string& sentence) {
    const auto code = ERR_peek_last_error();
    const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    ERR_clear_error();
    throw std::runtime_error(reason != nullptr ? sentence + " (" + reason + ")" : sentence);
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// Opens a file that only its owner may read.
File open_secret(const std::string& path) {
    File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (!file) throw std::runtime_error("cannot read " + path);
    struct stat state {};
    if (fstat(fileno(file.get()), &state) != 0) throw std::runtime_error("cannot read " + path);
    if ((state.st_mode & 077) != 0) {
        throw std::runtime_error(path + " may be read by others than its owner: chmod 600 it and consider it stolen");
    }
    return file;
}

int no_passphrase(char*, int, int, void*) { return 0; }

void use_pair(SSL_CTX* context, const TlsFiles& files) {
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate_chain.c_str()) != 1) {
        fail("no usable certificate in " + files.certificate_chain);
    }
    const auto file = open_secret(files.private_key);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_PrivateKey(file.get(), nullptr, &no_passphrase, nullptr), &EVP_PKEY_free);
    if (!key) fail("no usable private key in " + files.private_key);
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
        fail("the private key in " + files.private_key + " does not belong to the certificate");
    }
    // The comparison above is of public halves; a flipped bit in the private one would show at each handshake, and to phones alone.
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> pair(EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free);
    constexpr int not_known = -2;   // for a kind of key that OpenSSL can't check
    const int result = pair ? EVP_PKEY_pairwise_check(pair.get()) : 0;
    if (result != 1 && result != not_known) {
        fail("the private key in " + files.private_key + " is damaged; put back a copy, or remove it and the certificate if the service made them itself");
    }
}

/// HTTP/1.1 when the client offers it; a client that offers only others goes on without, as one that knows no ALPN.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned int size, void*) {
    static constexpr unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* chosen = nullptr;
    const int result = SSL_select_next_proto(&chosen, out_size, ours, sizeof ours, offered, size);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void set_tickets(SSL_CTX* context, const TicketKey& ticket_key) {
    auto key = ticket_key.bytes();
    // Sealed tickets only: a session cache in memory is a lock that all io threads share.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, ticket_lifetime_s);
    const bool done = SSL_CTX_set_num_tickets(context, 1) == 1 &&
                      SSL_CTX_set_tlsext_ticket_keys(context, key.data(), static_cast<long>(key.size())) == 1;
    OPENSSL_cleanse(key.data(), key.size());
    if (!done) fail("OpenSSL refuses the ticket key");
}

}  // namespace

TicketKey::TicketKey(const std::string& file) {
    if (file.empty()) {
        if (RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) != 1) fail("no randomness for the ticket key");
        return;
    }
    const auto source = open_secret(file);
    if (std::fread(bytes_.data(), 1, bytes_.size(), source.get()) != bytes_.size()) {
        throw std::runtime_error(file + " does not hold a ticket key of 80 bytes");
    }
}

TicketKey::~TicketKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::shared_ptr<SSL_CTX> make_tls_context(const TlsFiles& files, const TicketKey& ticket_key) {
    const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    if (!context) fail("OpenSSL cannot make a TLS context");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                           SSL_OP_PRIORITIZE_CHACHA | SSL_OP_SINGLE_ECDH_USE);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    char groups[] = "X25519:P-256";   // OpenSSL's macro takes no constant
    const bool done = SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_ciphersuites(context.get(), suites_13) == 1 &&
                      SSL_CTX_set_cipher_list(context.get(), suites_12) == 1 &&
                      SSL_CTX_set1_groups_list(context.get(), groups) == 1;
    if (!done) fail("OpenSSL refuses the TLS settings");
    SSL_CTX_set_alpn_select_cb(context.get(), &select_protocol, nullptr);
    set_tickets(context.get(), ticket_key);
    use_pair(context.get(), files);
    return context;
}

}  // namespace chayan::http
