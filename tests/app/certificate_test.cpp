// SPDX-License-Identifier: Apache-2.0
#include "app/certificate.hpp"

#include "app/folder.hpp"

#include <catch2/catch.hpp>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;

namespace {

template <class T, void (*Free)(T*)>
struct Freer {
    void operator()(T* value) const { Free(value); }
};
using Certificate = std::unique_ptr<X509, Freer<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using Text = std::unique_ptr<BIO, Freer<BIO, BIO_free_all>>;

struct Pair {
    explicit Pair(const Folder& folder) {
        make_certificate(folder.at("c.pem"), folder.at("k.pem"));
        const auto c = folder.read("c.pem"), k = folder.read("k.pem");
        const Text certificate_text(BIO_new_mem_buf(c.data(), static_cast<int>(c.size()))), key_text(BIO_new_mem_buf(k.data(), static_cast<int>(k.size())));
        certificate.reset(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
        key.reset(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
        REQUIRE(certificate);
        REQUIRE(key);
    }
    Certificate certificate;
    Key key;
};

}  // namespace

TEST_CASE("the first certificate fits its key, names this machine alone, and is no authority") {
    const Folder folder;
    const Pair pair(folder);
    X509* certificate = pair.certificate.get();
    CHECK(X509_check_private_key(certificate, pair.key.get()) == 1);
    CHECK(X509_verify(certificate, pair.key.get()) == 1);
    CHECK(EVP_PKEY_get_bits(pair.key.get()) == 256);
    CHECK(EVP_PKEY_is_a(pair.key.get(), "EC"));
    CHECK(X509_check_host(certificate, "localhost", 0, 0, nullptr) == 1);
    CHECK(X509_check_ip_asc(certificate, "127.0.0.1", 0) == 1);
    CHECK(X509_check_ip_asc(certificate, "::1", 0) == 1);
    CHECK(X509_check_host(certificate, "example.org", 0, 0, nullptr) == 0);
    CHECK(X509_check_ca(certificate) == 0);
    CHECK(X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0);
    int days = 0, seconds = 0;
    REQUIRE(ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) == 1);
    CHECK(days >= 3'649);
    CHECK(days <= 3'650);
    const auto* serial = X509_get0_serialNumber(certificate);
    CHECK(ASN1_STRING_length(serial) == 16);   // random bits: who makes many can't tell them apart by chance
    CHECK(ASN1_STRING_type(serial) == V_ASN1_INTEGER);   // and positive
}

TEST_CASE("both files are for their owner alone, and two are never the same") {
    const Folder folder, other;
    const Pair first(folder), second(other);
    CHECK(folder.mode("k.pem") == 0600);
    CHECK(folder.mode("c.pem") == 0600);
    CHECK(folder.read("k.pem") != other.read("k.pem"));
    CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(first.certificate.get()), X509_get0_serialNumber(second.certificate.get())) != 0);
}

TEST_CASE("a certificate that cannot be written is told with its path") {
    const Folder folder;
    CHECK_THROWS_WITH(make_certificate(folder.at("c.pem"), folder.at("none/k.pem")), Contains("check the folder's permissions") && Contains("none/k.pem"));
}
