// SPDX-License-Identifier: Apache-2.0
#include "app/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>

#include "kit/check.hpp"
#include "service/key_file_io.hpp"

namespace chayan::app {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<FILE, int (*)(FILE*)>;

/// What OpenSSL writes, as text.
std::string pem_of(const std::function<int(BIO*)>& write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    CHECK(memory && write(memory.get()) == 1);
    char* text = nullptr;
    const auto count = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(count)};
}

void add_extension(X509* certificate, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/// As many random bits as authorities have to give (CA/Browser Forum: 64 at least), and positive.
void set_serial(X509* certificate) {
    std::array<unsigned char, 16> bytes{};
    CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3FU) | 0x40U);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), &BN_free);
    CHECK(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

/// Seconds since 1970; nothing for a time that is none.
std::optional<domain::Instant> moment_of(const ASN1_TIME* time) {
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> epoch(ASN1_TIME_set(nullptr, 0), &ASN1_TIME_free);
    int days = 0;
    int seconds = 0;
    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return std::nullopt;
    return domain::Instant{std::int64_t{days} * 86'400 + seconds};
}

std::string text_of_address(const ASN1_OCTET_STRING* address) {
    char text[INET6_ADDRSTRLEN] = {};
    const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
    if (family == AF_INET6 && ASN1_STRING_length(address) != 16) return {};
    return ::inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof text) == nullptr ? std::string() : std::string(text);
}

std::vector<std::string> names_of(const X509* certificate) {
    std::vector<std::string> names;
    auto* const list = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
        const auto* const name = sk_GENERAL_NAME_value(list, i);
        if (name->type == GEN_DNS)
            names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)), static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        if (name->type == GEN_IPADD) names.push_back(text_of_address(name->d.iPAddress));
    }
    GENERAL_NAMES_free(list);
    return names;
}

}  // namespace

std::optional<service::Machine::Certificate> read_certificate(const std::string& certificate_path) {
    const File file(std::fopen(certificate_path.c_str(), "re"), &std::fclose);
    if (!file) return std::nullopt;
    const Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), &X509_free);
    if (!certificate) return std::nullopt;
    const auto not_after = moment_of(X509_get0_notAfter(certificate.get()));
    if (!not_after) return std::nullopt;
    const bool is_self_signed = X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_issuer_name(certificate.get())) == 0;
    return service::Machine::Certificate{*not_after, is_self_signed, names_of(certificate.get())};
}

void make_certificate(const std::string& certificate_path, const std::string& key_path) {
    char curve[] = "P-256";   // OpenSSL's macro takes no constant
    const Key key(EVP_EC_gen(curve), &EVP_PKEY_free);
    const Certificate certificate(X509_new(), &X509_free);
    CHECK(key && certificate && X509_set_version(certificate.get(), 2) == 1);
    set_serial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3650L * 86'400);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const auto* text = reinterpret_cast<const unsigned char*>("localhost");
    CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
    CHECK(X509_set_issuer_name(certificate.get(), name) == 1 && X509_set_pubkey(certificate.get(), key.get()) == 1);
    add_extension(certificate.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
    // The key last: where it is the pair is whole, and a start makes no other.
    service::key_files::write_key(certificate_path, pem_of([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); }));
    service::key_files::write_key(key_path, pem_of([&](BIO* to) { return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); }));
}

std::string ticket_key(const std::string& keys) {
    const auto path = keys + "/tls-tickets.key";
    if (std::filesystem::exists(path)) return path;
    std::string bytes(80, '\0');
    CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) == 1);
    service::key_files::write_key(path, bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return path;
}

}  // namespace chayan::app
