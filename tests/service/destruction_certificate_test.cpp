// SPDX-License-Identifier: Apache-2.0
// What is left of an installation that was closed down is signed, and says what it was told.
#include "service/destruction_certificate.hpp"

#include <openssl/evp.h>

#include <catch2/catch.hpp>

#include <memory>

using namespace chayan;
using namespace chayan::service;

namespace {

Remains town() {
    Remains remains{"0.1.0", "Asia/Shanghai", {1'580'688'000}, {}, domain::parse_date("2020-01-20"), domain::parse_date("2020-02-03"), 12, 3, 456, 20};
    remains.census.scans = 1'234;
    remains.census.registrations = 77;
    return remains;
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto begin = text.find(before) + before.size();
    return text.substr(begin, text.find(after, begin) - begin);
}

std::string from_hex(const std::string& text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

/// By another library than the one that signed.
bool is_signed(const std::string& json, std::string statement) {
    if (statement.empty()) statement = between(json, "\"statement\":", ",\"public_key\"");
    const auto key = from_hex(between(json, "\"public_key\":\"", "\"")), signature = from_hex(between(json, "\"signature\":\"", "\""));
    const auto bytes = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> open_half(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(key), key.size()), EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    REQUIRE(open_half);
    REQUIRE(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, open_half.get()) == 1);
    return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(statement), statement.size()) == 1;
}

}  // namespace

TEST_CASE("a certificate of destruction is signed, and another statement is not") {
    const auto certificate = certify(count_text(town()), {1'580'688'060});
    CHECK(is_signed(certificate.json, {}));
    auto other = between(certificate.json, "\"statement\":", ",\"public_key\"");
    other.replace(other.find("1234"), 4, "1235");
    CHECK(!is_signed(certificate.json, other));
    CHECK(certify(count_text(town()), {1'580'688'060}).json != certificate.json);   // the key is made for one and kept by nobody
}

TEST_CASE("a certificate says how much of each kind there was, of which days, and what is still to be destroyed elsewhere") {
    const auto [json, page] = certify(count_text(town()), {1'580'688'060});
    CHECK(between(json, "\"statement\":", ",\"public_key\"") ==
          R"({"what":"chayan sunset","version":"0.1.0","begun":"2020-02-03T00:00:00Z","time_zone":"Asia/Shanghai",)"
          R"("counts":{"scans":1234,"voids":0,"registrations":77,"sites":0,"operators":0,"cases":0,"audit_lines":0},)"
          R"("days":{"first":"2020-01-20","last":"2020-02-03","keys":12,"forgotten_before":3,"scans_forgotten_before":456},"key_files":20,)"
          R"("audit_head":")" + std::string(64, '0') + R"(","finished":"2020-02-03T00:01:00Z"})");
    for (const char* words : {"数据销毁证明", "certificate of destruction", "scans:1234", "first:2020-01-20", "FILE.keys", "恢复密钥"}) CHECK(page.find(words) != std::string::npos);
    CHECK(count_text({}).find("\"first\":null,\"last\":null") != std::string::npos);
}
