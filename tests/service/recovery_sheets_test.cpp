// SPDX-License-Identifier: Apache-2.0
#include "service/recovery_sheets.hpp"

#include "domain/site_code.hpp"

#include <catch2/catch.hpp>
#include <sodium.h>

#include <set>
#include <string>

using namespace chayan;
using namespace chayan::service;

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

key_bundle::RecoveryKey key_of(std::uint8_t seed) {
    crypto::Key bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(seed + 37 * i);
    auto key = key_bundle::RecoveryKey::parse(domain::encode_base32(bytes.data(), bytes.size()));
    REQUIRE(key);
    return *std::move(key);
}

std::string text_of(const recovery::Sheet& sheet, const char* between = "-") {
    std::string text;
    for (const auto& group : recovery::format(sheet)) text += (text.empty() ? "" : between) + group;
    return text;
}

std::string code_of(const auto& result) { return result ? "" : result.error().code; }

/// The groups that it is told are wrong.
std::set<std::string> wrong_in(const std::string& text) {
    const auto sheet = recovery::parse(text);
    std::set<std::string> wrong;
    if (!sheet)
        for (const auto& field : sheet.error().fields) wrong.insert(field.pointer);
    return wrong;
}

}  // namespace

TEST_CASE("two sheets together are the key, in either order and as people type; printed again they are the same") {
    const auto key = key_of(1);
    const auto one = text_of(recovery::sheet_of(key, 1)), two = text_of(recovery::sheet_of(key, 2), " ");
    CHECK(one == text_of(recovery::sheet_of(key, 1)));
    CHECK(one.size() == 15 * 5 + 14);
    std::string shouted = two;
    for (auto& c : shouted) c = c == '1' ? 'I' : c == '0' ? 'O' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string unparted;
    for (const char c : one)
        if (c != '-') unparted.push_back(c);
    for (const auto& first : {one, unparted + "\n"})
        for (const auto& second : {two, shouted}) {
            auto a = recovery::parse(first), b = recovery::parse(second);
            REQUIRE((a && b));
            CHECK((a->number() == 1 && b->number() == 2 && a->set() == b->set()));
            const auto joined = recovery::join(*b, *a);
            REQUIRE(joined);
            CHECK(joined->bytes() == key.bytes());
        }
    CHECK(recovery::looks_like_sheet(one));
    CHECK_FALSE(recovery::looks_like_sheet(domain::encode_base32(key.bytes().data(), 32)));
}

TEST_CASE("one sheet is not the key, and neither are two that are the same or of two keys") {
    const auto key = key_of(1), other = key_of(2);
    CHECK(recovery::sheet_of(key, 1).half() != key.bytes());
    CHECK(recovery::sheet_of(key, 2).half() != key.bytes());
    CHECK(recovery::sheet_of(key, 1).half() != recovery::sheet_of(key, 2).half());
    CHECK(code_of(recovery::join(recovery::sheet_of(key, 1), recovery::sheet_of(key, 1))) == "sheets_same");
    CHECK(code_of(recovery::join(recovery::sheet_of(key, 1), recovery::sheet_of(other, 2))) == "sheets_differ");
    std::string open_half(32, '\0');
    REQUIRE(crypto_scalarmult_base(reinterpret_cast<unsigned char*>(open_half.data()), key.bytes().data()) == 0);
    CHECK(recovery::opens(key, open_half));
    CHECK_FALSE(recovery::opens(other, open_half));
    CHECK_FALSE(recovery::opens(key, open_half.substr(1)));
}

TEST_CASE("every character that is wrong and every two that are swapped name their group, and it alone") {
    const auto sheet = recovery::sheet_of(key_of(3), 2);
    const auto text = text_of(sheet);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '-') continue;
        const auto group = std::to_string(at / 6 + 1);
        for (const char c : alphabet) {
            if (c == text[at]) continue;
            auto bad = text;
            bad[at] = c;
            INFO(at << ' ' << c);
            if (at / 6 != 0) CHECK(wrong_in(bad) == std::set{group});
            else CHECK(wrong_in(bad).contains(group));
        }
        for (std::size_t other = at + 1; other < (at / 6 + 1) * 6 - 1 && other < text.size(); ++other) {
            auto bad = text;
            std::swap(bad[at], bad[other]);
            if (bad != text) CHECK(wrong_in(bad).contains(group));
        }
    }
}

TEST_CASE("groups in another order, of the other sheet or of a wrong length are named, and what is no sheet is told so") {
    const auto key = key_of(4);
    const auto groups = recovery::format(recovery::sheet_of(key, 1)), others = recovery::format(recovery::sheet_of(key, 2));
    const auto with = [&](const std::function<void(std::vector<std::string>&)>& change) {
        std::vector<std::string> changed(groups.begin(), groups.end());
        change(changed);
        std::string text;
        for (const auto& group : changed) text += group + ' ';
        return text;
    };
    CHECK(wrong_in(with([](auto& all) { std::swap(all[4], all[9]); })) == std::set<std::string>{"5", "10"});
    CHECK(wrong_in(with([&](auto& all) { all[6] = others[6]; })) == std::set<std::string>{"7"});
    CHECK(wrong_in(with([](auto& all) { all[2].pop_back(); })) == std::set<std::string>{"3"});
    CHECK(wrong_in(with([](auto& all) { all[2].push_back('0'); })) == std::set<std::string>{"3"});
    CHECK(wrong_in(with([](auto& all) { all[2][1] = 'u'; })) == std::set<std::string>{"3"});
    CHECK(code_of(recovery::parse(with([](auto& all) { all.pop_back(); }))) == "sheet_malformed");
    for (const auto& text : {std::string(), std::string(74, '0'), std::string(76, '0'), std::string("hello")}) CHECK(code_of(recovery::parse(text)) == "sheet_malformed");
    const auto foreign = recovery::format(recovery::sheet_of(key_of(9), 1));
    CHECK(code_of(recovery::parse(with([&](auto& all) { all[3] = foreign[3]; }))) == "sheet_wrong");   // each group right, of two keys
}
