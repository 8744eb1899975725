// SPDX-License-Identifier: Apache-2.0
#include "service/totp.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;

namespace {

const std::string rfc_secret = "12345678901234567890";

}  // namespace

TEST_CASE("the codes are those of RFC 6238, appendix B") {
    // The RFC prints 8 digits; ours are the last 6 of them.
    const std::pair<std::int64_t, const char*> vectors[] = {{59, "287082"}, {1'111'111'109, "081804"}, {1'111'111'111, "050471"},
                                                            {1'234'567'890, "005924"}, {2'000'000'000, "279037"}, {20'000'000'000, "353130"}};
    for (const auto& [at, wanted] : vectors) {
        CAPTURE(at);
        CHECK(totp::code(rfc_secret, static_cast<std::uint64_t>(at / 30)) == wanted);
    }
}

TEST_CASE("a code serves now, one step before and one after, and never twice") {
    const domain::Instant now{1'234'567'890};
    const auto step = static_cast<std::uint64_t>(now.s / 30);
    for (const int away : {-1, 0, 1}) CHECK(totp::find_step(rfc_secret, totp::code(rfc_secret, step + static_cast<std::uint64_t>(away)), now, 0));
    for (const int away : {-2, 2}) CHECK_FALSE(totp::find_step(rfc_secret, totp::code(rfc_secret, step + static_cast<std::uint64_t>(away)), now, 0));
    CHECK(totp::find_step(rfc_secret, totp::code(rfc_secret, step), now, step - 1) == step);
    CHECK_FALSE(totp::find_step(rfc_secret, totp::code(rfc_secret, step), now, step));
    CHECK_FALSE(totp::find_step(rfc_secret, totp::code(rfc_secret, step - 1), now, step));
    for (const char* bad : {"", "00592", "0059240", "005925", "00592x"}) CHECK_FALSE(totp::find_step(rfc_secret, bad, now, 0));
}

TEST_CASE("secrets are of 20 bytes, differ, and are written in the base32 of RFC 4648") {
    CHECK(totp::make_secret().size() == 20);
    CHECK(totp::make_secret() != totp::make_secret());
    CHECK(totp::to_base32("") == "");
    CHECK(totp::to_base32("f") == "MY");
    CHECK(totp::to_base32("foobar") == "MZXW6YTBOI");
    CHECK(totp::to_base32(rfc_secret) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    CHECK(totp::uri("li", rfc_secret) == "otpauth://totp/Chayan:li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Chayan");
}
