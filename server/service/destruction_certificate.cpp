// SPDX-License-Identifier: Apache-2.0
#include "service/destruction_certificate.hpp"

#include <sodium.h>

#include <span>

#include "kit/check.hpp"
#include "service/crypto.hpp"

namespace chayan::service {
namespace {

std::string in_hex(std::span<const std::uint8_t> bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) text.append({digits[byte >> 4U], digits[byte & 15U]});
    return text;
}

/// Of words of ours: nothing in them has to be escaped.
std::string quoted(const std::string& text) { return '"' + text + '"'; }
std::string member(const char* name, const std::string& value) { return quoted(name) + ':' + value; }
std::string member(const char* name, std::uint64_t value) { return member(name, std::to_string(value)); }
std::string day_text(const std::optional<domain::Day>& day) { return day ? quoted(domain::format_date(*day)) : "null"; }

}  // namespace

std::string count_text(const Remains& remains) {
    const auto& held = remains.census;
    std::string counts = member("scans", held.scans) + ',' + member("voids", held.voids) + ',' + member("registrations", held.registrations) + ',' +
                         member("sites", held.sites) + ',' + member("operators", held.operators) + ',' + member("cases", held.cases) + ',' +
                         member("audit_lines", held.audit);
    std::string days = member("first", day_text(remains.first_day)) + ',' + member("last", day_text(remains.last_day)) + ',' + member("keys", remains.day_keys) + ',' +
                       member("forgotten_before", remains.days_forgotten) + ',' + member("scans_forgotten_before", remains.scans_forgotten);
    return member("what", quoted("chayan sunset")) + ',' + member("version", quoted(remains.version)) + ',' + member("begun", quoted(domain::format_rfc3339(remains.begun))) + ',' +
           member("time_zone", quoted(remains.time_zone)) + ',' + member("counts", '{' + counts + '}') + ',' + member("days", '{' + days + '}') + ',' +
           member("key_files", remains.key_files) + ',' + member("audit_head", quoted(in_hex(held.audit_head)));
}

Certificate certify(const std::string& counts, domain::Instant finished) {
    CHECK(sodium_init() >= 0);
    const auto statement = '{' + counts + ',' + member("finished", quoted(domain::format_rfc3339(finished))) + '}';
    std::uint8_t open_half[crypto_sign_PUBLICKEYBYTES], secret_half[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
    CHECK(crypto_sign_keypair(open_half, secret_half) == 0);
    CHECK(crypto_sign_detached(signature, nullptr, reinterpret_cast<const unsigned char*>(statement.data()), statement.size(), secret_half) == 0);
    sodium_memzero(secret_half, sizeof secret_half);
    crypto::Sha256 hash;
    hash.add(statement);
    Certificate certificate;
    certificate.json = '{' + member("statement", statement) + ',' + member("public_key", quoted(in_hex(open_half))) + ',' + member("signature", quoted(in_hex(signature))) + "}\n";
    std::string told;   // a line for each member
    int depth = 0;
    for (const char c : statement) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (c == ',' && depth == 1) told += "\n  ";
        else if (c != '"') told += c;
    }
    certificate.page =
        "查验：数据销毁证明\nChayan: certificate of destruction\n\n"
        "本系统已关停。下列数据的全部密钥已覆写并删除，数据在任何副本中都不能再读出。\n"
        "This service was closed down. All keys of the data below were overwritten and removed: nothing of it can be read any more, in any copy.\n\n"
        "  " + told + "\n\n"
        "备份的 FILE.keys 和纸上的恢复密钥不在本机，请另行销毁；两者同时存在时备份仍可打开。\n"
        "The FILE.keys of backups and the recovery key on paper are elsewhere: destroy them as well. Whoever has both can still open a backup.\n\n"
        "sunset.json 中 statement 的 SHA-256 / SHA-256 of the statement in sunset.json:\n  " + in_hex(hash.finish()) + "\n"
        "签名公钥（Ed25519）/ public key:\n  " + in_hex(open_half) + "\n签名 / signature:\n  " + in_hex(signature) + "\n";
    return certificate;
}

}  // namespace chayan::service
