// SPDX-License-Identifier: Apache-2.0
#include "api/receipts.hpp"

#include <algorithm>

#include "kit/log.hpp"
#include "service/outings.hpp"
#include "service/words.hpp"

namespace chayan::api {

const char* verdict_word(service::Verdict verdict) {
    constexpr const char* words[] = {"pass", "see_staff", "call", "stop"};
    return words[static_cast<std::size_t>(verdict)];
}

void write_receipt(JsonText& text, const service::ScanReceipt& receipt) {
    text.member("id", receipt.id).member("site", receipt.site).member("at", domain::format_rfc3339(receipt.at));
    text.member("direction", domain::word_of(receipt.direction)).member("repeated", receipt.repeated);
    if (receipt.voided) text.member("voided", true);
    text.key("flags").begin_array();
    for (const auto flag : receipt.flags) text.value(flag);
    text.end_array().member("evidence", receipt.evidence);
}

void write_receipts(JsonText& text, const service::Ingest::Receipts& receipts) {
    auto verdict = service::Verdict::pass;
    text.key("scans").begin_array();
    for (const auto& receipt : receipts) {
        text.begin_object();
        write_receipt(text, receipt);
        text.end_object();
        verdict = std::max(verdict, receipt.verdict);   // whoever is with somebody who must see staff sees them too
    }
    text.end_array().member("verdict", verdict_word(verdict));
}

int status_of(const service::Ingest::Receipts& receipts) {
    const bool is_retry = std::all_of(receipts.begin(), receipts.end(), [](const auto& receipt) { return receipt.known; });
    return is_retry ? 200 : 201;
}

int status_of(const service::ScanReceipt& receipt) { return receipt.known ? 200 : 201; }

namespace {

/// An item's own scan stands in it as it always has; those of everybody in it, the dependants too, stand in `scans`.
void write(JsonText& text, const service::Ingest::Receipts& receipts) {
    if (!receipts.empty()) write_receipt(text, receipts.front());
    write_receipts(text, receipts);
}
void write(JsonText& text, const service::ScanReceipt& receipt) {
    write_receipt(text, receipt);
    text.member("verdict", verdict_word(receipt.verdict));
    if (!receipt.ledger) return;
    const bool is_isolated = receipt.ledger->record != 0;
    text.key("ledger").begin_object().member(is_isolated ? "isolation" : "entry", std::to_string(is_isolated ? receipt.ledger->record : receipt.ledger->entry)).member("measure", domain::word_of(receipt.ledger->state.measure));
    text.member("until", domain::format_rfc3339(receipt.ledger->state.until)).end_object();
}

}  // namespace

void write_refused(JsonText& text, const kit::Error& error, service::Language language, const std::string& now) {
    const auto* code = error.fields.empty() ? error.code : error.fields[0].code;
    text.member("status", std::int64_t{status_of(error.kind)}).member("code", code);
    text.member("detail", error.fields.empty() ? service::sentence(error, language) : std::string(service::sentence(code, language)));
    if (error.kind == kit::Errc::invalid) text.member("now", now);
    if (!error.fields.empty()) text.member("pointer", error.fields[0].pointer);
}

namespace {

void write(JsonText& text, const service::OutingWord& outing) {
    text.key("outing").begin_object().member("allowed", outing.is_allowed);
    if (outing.used) text.key("used").begin_object().member("at", domain::format_rfc3339(*outing.used)).member("name", outing.name).end_object();
    text.end_object();
}

/// `write_more(text, i)`: what else the i-th item says.
template <class Told>
void answer_all(Parts& parts, Call& call, const std::vector<kit::Result<Told>>& results, const auto& write_more) {
    const auto language = service::preferred_language(call.request.accept_language);
    JsonText text;
    const auto now = domain::format_rfc3339(parts.clock.now());
    text.begin_object().member("now", now).key("results").begin_array();
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto& result = results[i];
        text.begin_object();
        if (result) {
            text.member("status", std::int64_t{status_of(*result)});
            write(text, *result);
            write_more(text, i);
        } else {
            write_refused(text, result.error(), language, now);
        }
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

}  // namespace

void answer_results(Parts& parts, Call& call, const std::vector<kit::Result<service::Ingest::Receipts>>& results) {
    answer_all(parts, call, results, [](JsonText&, std::size_t) {});
}
void answer_results(Parts& parts, Call& call, const std::vector<kit::Result<service::ScanReceipt>>& results, const std::vector<std::optional<service::OutingWord>>& outings) {
    answer_all(parts, call, results, [&](JsonText& text, std::size_t i) {
        if (i < outings.size() && outings[i]) write(text, *outings[i]);
    });
}

void note_outings(Parts& parts, const service::Ingest::Receipts& receipts) {
    const bool goes_out = std::any_of(receipts.begin(), receipts.end(), [&](const auto& receipt) { return parts.outings.concerns(receipt); });
    if (!goes_out) return;
    const auto told = std::make_shared<const std::vector<kit::Result<service::ScanReceipt>>>(receipts.begin(), receipts.end());
    const bool is_posted = parts.desk([&parts, told](storage::Connection& reader) {
        try {
            (void)parts.outings.words(reader, *told);
        } catch (const std::exception&) {
            kit::log(kit::Level::error, "outings_failed", {});
        }
    });
    if (!is_posted) kit::log(kit::Level::warning, "outings_failed", {});
}

}  // namespace chayan::api
