// SPDX-License-Identifier: Apache-2.0
#include "api/receipts.hpp"

#include "service/words.hpp"

namespace chayan::api {

const char* verdict_word(service::Verdict verdict) {
    constexpr const char* words[] = {"pass", "see_staff", "call", "stop"};
    return words[static_cast<std::size_t>(verdict)];
}

void write_receipt(JsonText& text, const service::ScanReceipt& receipt) {
    text.member("id", receipt.id).member("site", receipt.site).member("at", domain::format_rfc3339(receipt.at));
    text.member("direction", domain::word_of(receipt.direction)).member("repeated", receipt.repeated);
    text.key("flags").begin_array();
    for (const auto* flag : receipt.flags) text.value(flag);
    text.end_array().member("evidence", receipt.evidence);
}

void answer_results(Parts& parts, Call& call, const std::vector<kit::Result<service::ScanReceipt>>& results) {
    const auto language = service::preferred_language(call.request.accept_language);
    JsonText text;
    const auto now = domain::format_rfc3339(parts.clock.now());
    text.begin_object().member("now", now).key("results").begin_array();
    for (const auto& result : results) {
        text.begin_object();
        if (result) {
            text.member("status", std::int64_t{result->known ? 200 : 201});
            write_receipt(text, *result);
            text.member("verdict", verdict_word(result->verdict));
        } else {
            const auto& error = result.error();
            const auto* code = error.fields.empty() ? error.code : error.fields[0].code;
            text.member("status", std::int64_t{status_of(error.kind)}).member("code", code).member("detail", service::sentence(code, language));
            if (error.kind == kit::Errc::invalid) text.member("now", now);
            if (!error.fields.empty()) text.member("pointer", error.fields[0].pointer);
        }
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

}  // namespace chayan::api
