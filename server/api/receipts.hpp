// SPDX-License-Identifier: Apache-2.0
// How an accepted scan is told. Any thread.
#pragma once

#include <optional>
#include <vector>

#include "api/answer.hpp"
#include "service/outings.hpp"
#include "service/words.hpp"

namespace chayan::api {

const char* verdict_word(service::Verdict verdict);
/// id, site, at, direction, repeated, voided where it is, flags, evidence, into an object that is open.
void write_receipt(JsonText& text, const service::ScanReceipt& receipt);
/// scans and verdict of one scan's people, into an object that is open.
void write_receipts(JsonText& text, const service::Ingest::Receipts& receipts);
/// 200 when everybody's scan was known, else 201.
int status_of(const service::ScanReceipt& receipt);
int status_of(const service::Ingest::Receipts& receipts);
/// {now,results:[{status,…}]}: each item's own number, and what the call alone would answer, or problem. `now` lets a phone correct its
/// clock, as a single call's 422 does.
void answer_results(Parts& parts, Call& call, const std::vector<kit::Result<service::Ingest::Receipts>>& results);
/// status, code, detail, now and pointer of an item that was refused, into an object that is open.
void write_refused(JsonText& text, const kit::Error& error, service::Language language, const std::string& now);
/// The same for a gate, where an item is one person; `outings` has a place for each item, or none at all.
void answer_results(Parts& parts, Call& call, const std::vector<kit::Result<service::ScanReceipt>>& results, const std::vector<std::optional<service::OutingWord>>& outings);

/// Puts the results of the readable items back among those that were refused in reading.
template <class Item, class Told>
std::vector<kit::Result<Told>> with_refused(const std::vector<kit::Result<Item>>& items, std::vector<kit::Result<Told>> results) {
    std::vector<kit::Result<Told>> all;
    std::size_t next = 0;
    for (const auto& item : items) {
        if (item) all.push_back(std::move(results[next++]));
        else all.emplace_back(item.error());
    }
    return all;
}

/// Write thread: where a rule of outings holds, whoever went out by their own phone went out too. A desk thread writes it down; nobody waits for it.
void note_outings(Parts& parts, const service::Ingest::Receipts& receipts);

}  // namespace chayan::api
