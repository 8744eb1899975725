// SPDX-License-Identifier: Apache-2.0
// The tables of what is stored hold together.
#include "domain/stored_data.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace chayan::domain;

TEST_CASE("each column that is stored is of a kind that is described, and each kind has columns") {
    std::set<std::string> kinds, used;
    for (const auto& kind : stored_kinds()) {
        CHECK(kinds.insert(kind.word).second);
        CHECK((kind.level >= 1 && kind.level <= 4));
        const std::set<std::string> rules{"scan_days", "people", "roster", "desk_days", "audit_days", "service"};
        CHECK(rules.contains(kind.retention));
        for (const auto* words : {&kind.name, &kind.purpose, &kind.basis}) CHECK((!words->zh.empty() && !words->en.empty()));
        CHECK(!kind.calls.empty());
    }
    std::set<std::string> columns;
    for (const auto& column : stored_columns()) {
        CHECK(columns.insert(column.table + '.' + column.column).second);
        CHECK(kinds.contains(column.kind));
        used.insert(column.kind);
    }
    CHECK(used == kinds);
}

TEST_CASE("what names somebody is never said to be plain where it is sealed") {
    const auto form = [](const char* table, const char* name) {
        const auto& all = stored_columns();
        const auto found = std::find_if(all.begin(), all.end(), [&](const StoredColumn& one) { return one.table == table && one.column == name; });
        return found == all.end() ? '?' : found->form;
    };
    CHECK(form("registration", "profile") == 's');
    CHECK(form("registration", "phone") == 'b');
    CHECK(form("scan", "sealed") == 's');
    CHECK(form("ledger_entry", "registration") == 'i');
}
