// SPDX-License-Identifier: Apache-2.0
// A blocking TLS client that sends whatever bytes a test wants, and a certificate made on the spot. Tests only.
#pragma once

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "http/server.hpp"

namespace chayan::http {

/// A self-signed P-256 pair in a folder that goes with it.
class Certificate {
public:
    explicit Certificate(const std::string& name) {
        char pattern[] = "/tmp/chayan_http_test_XXXXXX";
        folder_ = mkdtemp(pattern);
        files = {folder_ + "/cert.pem", folder_ + "/key.pem", ""};
        char curve[] = "P-256";   // OpenSSL's macro takes no constant
        std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen(curve), &EVP_PKEY_free);
        std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), &X509_free);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        X509_set_pubkey(made.get(), key.get());
        X509_NAME* const subject = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(made.get(), subject);
        X509_sign(made.get(), key.get(), EVP_sha256());
        write(files.certificate_chain, [&](std::FILE* file) { PEM_write_X509(file, made.get()); });
        write(files.private_key, [&](std::FILE* file) { PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }
    ~Certificate() { std::filesystem::remove_all(folder_); }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    template <class F>
    static void write(const std::string& path, F&& use) {
        std::FILE* const file = std::fopen(path.c_str(), "wb");
        use(file);
        std::fclose(file);
        chmod(path.c_str(), 0600);
    }
    std::string path(const std::string& name) const { return folder_ + "/" + name; }

    TlsFiles files;

private:
    std::string folder_;
};

struct ClientOptions {
    int version_max = TLS1_3_VERSION;
    int version_min = TLS1_VERSION;
    const char* ciphers = nullptr;       ///< of TLS 1.2
    SSL_SESSION* session = nullptr;
    int receive_buffer = 0;
    const char* from = nullptr;          ///< an address of this machine
};

class TlsClient {
public:
    explicit TlsClient(std::uint16_t port, const ClientOptions& options = {})
        : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        SSL_CTX_set_min_proto_version(context_.get(), options.version_min);
        SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
        SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT);
        SSL_CTX_set_security_level(context_.get(), 0);
        if (options.ciphers != nullptr) SSL_CTX_set_cipher_list(context_.get(), options.ciphers);
        if (options.receive_buffer > 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof(int));
        const timeval limit{20, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        sockaddr_in here{};
        here.sin_family = AF_INET;
        if (options.from != nullptr && (::inet_pton(AF_INET, options.from, &here.sin_addr) != 1 ||
                                        ::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0))
            throw std::runtime_error("no such address here");
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("connection refused");
        ssl.reset(SSL_new(context_.get()));
        if (options.session != nullptr) SSL_set_session(ssl.get(), options.session);
        SSL_set_fd(ssl.get(), fd);
        is_connected = SSL_connect(ssl.get()) == 1;
        ERR_clear_error();
    }
    ~TlsClient() {
        ssl.reset();
        ::close(fd);
    }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    void send(const std::string& bytes) { SSL_write(ssl.get(), bytes.data(), static_cast<int>(bytes.size())); }

    /// What the server sends until it closes, or until `enough` is in it.
    std::string read_until(const std::string& enough) {
        std::string all;
        char buffer[16384];
        while (enough.empty() || all.find(enough) == std::string::npos) {
            const int n = SSL_read(ssl.get(), buffer, sizeof buffer);
            if (n <= 0) break;
            all.append(buffer, static_cast<std::size_t>(n));
        }
        return all;
    }
    std::string read_all() { return read_until(""); }
    std::string ask(const std::string& bytes, const std::string& enough = "") {
        send(bytes);
        return read_until(enough);
    }
    std::string name_of_server() {
        char name[64] = "";
        X509* const certificate = SSL_get0_peer_certificate(ssl.get());
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
        return name;
    }

private:
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;

public:
    int fd;
    std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, &SSL_free};
    bool is_connected = false;
};

}  // namespace chayan::http
