// SPDX-License-Identifier: Apache-2.0
#include "app/certificate_watch.hpp"

#include "app/certificate.hpp"
#include "app/folder.hpp"

#include <catch2/catch.hpp>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;

namespace {

struct Hands final : service::Clock {
    domain::Instant at{1'780'000'000};
    domain::Instant now() const override { return at; }
};

/// A pair that is in use, and whoever replaces it.
struct Stage {
    void make() const { make_certificate(files.certificate_chain, files.private_key); }
    /// Two looks: a file that changed must have lain still since the one before.
    void pass_two_looks() {
        for (int i = 0; i < 2; ++i) {
            hands.at = hands.at + 60;
            watch.tend();
        }
    }
    void set_time_before_end(std::int64_t seconds) {
        hands.at = read_certificate(files.certificate_chain)->not_after - seconds;
        watch.tend();
    }
    /// Another certificate for the same key, with that end.
    void end_at(domain::Instant end) const {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> key_file(std::fopen(files.private_key.c_str(), "r"), &std::fclose);
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
        REQUIRE(key);
        ASN1_TIME_set(X509_getm_notBefore(certificate.get()), 0);
        ASN1_TIME_set(X509_getm_notAfter(certificate.get()), end.s);
        X509_set_pubkey(certificate.get(), key.get());
        REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(files.certificate_chain.c_str(), "w"), &std::fclose);
        REQUIRE(PEM_write_X509(file.get(), certificate.get()) == 1);
    }
    Folder folder;
    http::TlsFiles files{folder.at("c.pem"), folder.at("k.pem"), {}};
    Hands hands;
    int swaps = (make(), 0);
    std::string refusal;
    CertificateWatch watch{files, hands, [this](const http::TlsFiles&) {
        ++swaps;
        return refusal;
    }};
};

/// What the log said meanwhile; it goes to the descriptor, not to a stream.
struct Heard {
    Heard() : kept_(::dup(2)), file_(std::tmpfile()) { ::dup2(::fileno(file_), 2); }
    ~Heard() {
        ::dup2(kept_, 2);
        ::close(kept_);
        std::fclose(file_);
    }
    Heard(const Heard&) = delete;
    Heard& operator=(const Heard&) = delete;
    std::string take() {
        std::string text(8192, '\0');
        std::rewind(file_);
        text.resize(std::fread(text.data(), 1, text.size(), file_));
        std::rewind(file_);
        (void)!::ftruncate(::fileno(file_), 0);
        return text;
    }

private:
    int kept_;
    std::FILE* file_;
};

}  // namespace

TEST_CASE("a pair that was replaced is taken up once it has lain still for a look, and once only") {
    Stage stage;
    stage.pass_two_looks();
    CHECK(stage.swaps == 0);
    stage.make();
    stage.hands.at = stage.hands.at + 59;
    stage.watch.tend();
    CHECK(stage.swaps == 0);
    stage.hands.at = stage.hands.at + 1;   // sees that it changed: the other file may be under way
    stage.watch.tend();
    CHECK(stage.swaps == 0);
    stage.hands.at = stage.hands.at + 59;
    stage.watch.tend();
    CHECK(stage.swaps == 0);
    stage.hands.at = stage.hands.at + 1;
    stage.watch.tend();
    CHECK(stage.swaps == 1);
    stage.pass_two_looks();
    CHECK(stage.swaps == 1);
}

TEST_CASE("a pair that can't be used changes nothing, is not tried each minute, and is tried when it changes, were it its mode only") {
    Stage stage;
    const auto before = stage.watch.in_use()->not_after;
    stage.refusal = "k.pem may be read by others";
    stage.make();
    stage.pass_two_looks();
    stage.pass_two_looks();
    CHECK(stage.swaps == 1);
    CHECK_FALSE(stage.watch.is_whole());
    CHECK(stage.watch.in_use()->not_after == before);
    stage.refusal.clear();
    std::filesystem::permissions(stage.files.private_key, std::filesystem::perms::owner_read);
    stage.pass_two_looks();
    CHECK(stage.swaps == 2);
    CHECK(stage.watch.is_whole());
}

TEST_CASE("whoever asks has it looked at at once, changed or not, and is told why not") {
    Stage stage;
    CHECK(stage.watch.reload().empty());
    CHECK(stage.swaps == 1);
    stage.refusal = "the private key does not belong to the certificate";
    CHECK(stage.watch.reload() == stage.refusal);
    std::filesystem::remove(stage.files.private_key);
    stage.refusal = "cannot read";
    CHECK(stage.watch.reload() == "cannot read");
    stage.pass_two_looks();
    CHECK(stage.swaps == 3);
}

TEST_CASE("a certificate past its end does not replace one that is not") {
    Stage stage;
    const auto end = stage.watch.in_use()->not_after;
    stage.end_at(stage.hands.at);
    CHECK_THAT(stage.watch.reload(), Contains("past its end"));
    CHECK(stage.swaps == 0);
    CHECK(stage.watch.in_use()->not_after == end);
    stage.end_at(stage.hands.at + 1);
    CHECK(stage.watch.reload().empty());
    CHECK(stage.swaps == 1);
    stage.hands.at = stage.hands.at + 1;   // the one in use is over too
    stage.end_at(stage.hands.at - 1);
    CHECK(stage.watch.reload().empty());
    CHECK(stage.swaps == 2);
}

TEST_CASE("the end of a certificate is told 21, 7 and 1 days before it and at it, each once") {
    Stage stage;
    Heard heard;
    constexpr std::int64_t day = 86'400;
    const auto told_at = [&](std::int64_t before_end) {
        stage.set_time_before_end(before_end);
        return heard.take();
    };
    CHECK(told_at(21 * day + 60).empty());
    CHECK_THAT(told_at(21 * day), Contains("certificate_ends_soon") && Contains(R"("days":21)") && Contains("warning"));
    CHECK(told_at(20 * day).empty());
    CHECK(told_at(7 * day + 60).empty());
    CHECK_THAT(told_at(7 * day), Contains(R"("days":7)"));
    CHECK(told_at(day + 60).empty());
    CHECK_THAT(told_at(day), Contains(R"("days":1)") && Contains("error"));
    CHECK(told_at(60).empty());
    CHECK_THAT(told_at(0), Contains("certificate_over"));
    CHECK(told_at(-day).empty());
    CHECK(stage.watch.reload().empty());
    CHECK_THAT(heard.take(), Contains("certificate_taken_up") && Contains("certificate_over"));   // it still is
}

TEST_CASE("a clock that is set back does not put off the next look") {
    Stage stage;
    stage.watch.tend();
    stage.hands.at = stage.hands.at - 100'000;
    stage.make();
    stage.watch.tend();
    stage.pass_two_looks();
    CHECK(stage.swaps == 1);
}
