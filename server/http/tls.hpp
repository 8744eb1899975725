// SPDX-License-Identifier: Apache-2.0
// The TLS rules of the product in one place: versions, suites, groups, tickets, certificates. Makes contexts; any
// thread. Never asks for a passphrase, never reads a key that others may read.
#pragma once

#include <openssl/types.h>

#include <array>
#include <memory>
#include <string>

#include "http/server.hpp"

namespace chayan::http {

/// The secret that seals session tickets; wiped when it goes.
class TicketKey {
public:
    /// From the file's 80 bytes (mode 0600 or stricter); random when `file` is empty. Throws std::runtime_error.
    explicit TicketKey(const std::string& file);
    ~TicketKey();
    TicketKey(const TicketKey&) = delete;
    TicketKey& operator=(const TicketKey&) = delete;
    const std::array<unsigned char, 80>& bytes() const { return bytes_; }

private:
    std::array<unsigned char, 80> bytes_{};
};

/// A server context with the pair in `files`: TLS 1.2 and 1.3, ECDHE with AEAD only, X25519 first, one ticket, no
/// renegotiation, no compression. Throws std::runtime_error with a sentence; the cause names files, never their content.
std::shared_ptr<SSL_CTX> make_tls_context(const TlsFiles& files, const TicketKey& ticket_key);

}  // namespace chayan::http
