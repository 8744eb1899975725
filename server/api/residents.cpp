// SPDX-License-Identifier: Apache-2.0
// What residents call: a poster's code, registering, scanning, undoing.
#include "api/residents.hpp"

#include "api/answer.hpp"
#include "api/receipts.hpp"
#include "kit/limits.hpp"
#include "service/words.hpp"

namespace chayan::api {
namespace {

using kit::Errc;
using kit::Error;

domain::StatementFields read_statement_fields(Members& body) {
    domain::StatementFields fields;
    fields.name = body.text("name");
    if (auto document = body.object_if("document")) {
        fields.document_type = document->text("type");
        fields.document_number = document->text("number");
        fields.document_country = document->text_if("country").value_or("");
    }
    fields.phone = body.text_if("phone").value_or("");
    fields.birth_date = body.text_if("birth_date").value_or("");
    fields.sex = body.text_if("sex").value_or("");
    fields.division = body.text_if("division").value_or("");
    fields.address = body.text_if("address").value_or("");
    return fields;
}

service::ScanRequest read_scan(Members& body) {
    service::ScanRequest request;
    request.code = body.text("code");
    request.direction = body.text_if("direction");
    request.at = body.text_if("at");
    request.temperature = body.number_if("temperature");
    request.plate = body.text_if("plate");
    request.dependants = body.texts_if("dependants").value_or(std::vector<std::string>{});
    request.self = body.flag_if("self").value_or(true);
    return request;
}

/// One item of a batch: what is wrong with it is wrong with it alone.
kit::Result<service::ScanRequest> read_item(Document& document, Members given) {
    service::ScanRequest request;
    {
        Members item = std::move(given);
        request = read_scan(item);
    }
    if (auto status = document.take_status(); !status) return status.error();
    return request;
}

/// Nothing but white space, also Chinese keyboards' own.
bool is_blank(std::string_view text) {
    constexpr std::string_view wide = "\u3000";
    while (!text.empty()) {
        if (text.starts_with(wide)) text.remove_prefix(wide.size());
        else if (std::string_view(" \t\r\n").find(text[0]) != std::string_view::npos) text.remove_prefix(1);
        else return false;
    }
    return true;
}

}  // namespace

kit::Result<OpenedCode> open_code(Parts& parts, std::string_view text) {
    OpenedCode opened{parts.board.load()};
    const auto code = parts.vault.open_site_code(text);
    opened.site = code ? opened.directory->site(code->site) : nullptr;
    if (opened.site == nullptr || code->revision > opened.site->revision) return Error{Errc::not_found, "code_unknown"};
    const auto& site = *opened.site;
    if (site.closed) return Error{Errc::gone, "site_closed"};
    const auto now = parts.clock.now();
    const bool is_old = code->revision < site.revision && (!site.old_until || now >= *site.old_until);
    if (is_old) return Error{Errc::gone, "code_replaced"};
    const auto second = parts.zone.local_second(now);
    opened.is_open = (site.opens_s < 0 || second >= site.opens_s) && (site.closes_s < 0 || second < site.closes_s);
    opened.direction = code->direction;
    return opened;
}

http::Header credential_cookie(std::string_view credential) {
    return {"Set-Cookie", "__Host-chayan=" + std::string(credential) + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=" +
                              (credential.empty() ? "0" : "31536000")};
}

void show_code(Parts& parts, Call& call) {
    const auto opened = open_code(parts, call.parameters[0]);
    if (!opened) return refuse(parts, call, opened.error());
    const auto& site = *opened->site;
    JsonText text;
    text.begin_object().key("site").begin_object().member("ref", site.ref).member("name", site.name);
    text.member("category", domain::category_rules()[static_cast<std::size_t>(site.category)].word).member("address", site.address).end_object();
    text.member("direction", domain::word_of(opened->direction)).member("open", opened->is_open).member("now", domain::format_rfc3339(parts.clock.now()));
    text.member("notice_version", std::int64_t{notice_version}).end_object();
    answer(call, 200, text);
}

void add_registration(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    domain::StatementFields fields;
    std::optional<std::int64_t> notice;
    {
        Members body(*document);
        fields = read_statement_fields(body);
        notice = body.integer_if("notice_version");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (!notice) return refuse(parts, call, {Errc::invalid, "missing", {{"/notice_version", "missing"}}});
    if (*notice != notice_version) return refuse(parts, call, {Errc::conflict, "notice_changed"});
    auto statement = domain::parse_statement(fields, parts.zone.local_day(parts.clock.now()), true);
    if (!statement) return refuse(parts, call, statement.error());
    auto shared = call.shared_from_this();
    parts.registrar.register_resident(*std::move(statement), notice_version, [&parts, shared](kit::Result<std::string> credential) {
        if (!credential) return refuse(parts, *shared, credential.error());
        JsonText text;
        text.begin_object().member("credential", *credential).end_object();
        answer(*shared, 201, text, {credential_cookie(*credential)});
    });
}

void add_scan(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::ScanRequest scan;
    {
        Members body(*document);
        scan = read_scan(body);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    auto shared = call.shared_from_this();
    parts.ingest.scan(*shared->credential, scan, [&parts, shared](kit::Result<service::Ingest::Receipts> receipts) {
        if (!receipts) return refuse(parts, *shared, receipts.error());
        JsonText text;
        text.begin_object();
        write_receipts(text, *receipts);
        answer(*shared, status_of(*receipts), text.end_object());
        note_outings(parts, *receipts);
    });
}

void add_batch(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::vector<kit::Result<service::ScanRequest>> items;
    {
        Members body(*document);
        const auto holder = body.text_if("holder");
        auto list = body.objects("scans", kit::batch_count_max, "batch_too_large");
        if (auto status = document->status(); !status) return refuse(parts, call, status.error());
        // A page of before may still lie in the browser whose phone is somebody else's by now: what waits there is not theirs.
        if (holder && *holder != service::holder_mark(parts.vault, *call.credential)) return refuse(parts, call, {Errc::conflict, "holder_changed"});
        for (auto& given : list) items.push_back(read_item(*document, std::move(given)));
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    parts.throttle.charge(service::Bucket::credential_scans, call.credential->value, items.empty() ? 0 : items.size() - 1);
    std::vector<service::ScanRequest> requests;
    for (const auto& item : items)
        if (item) requests.push_back(*item);
    auto shared = call.shared_from_this();
    parts.ingest.batch(*shared->credential, requests, [&parts, shared, items](std::vector<kit::Result<service::Ingest::Receipts>> results) {
        const auto told = with_refused(items, std::move(results));
        answer_results(parts, *shared, told);
        for (const auto& receipts : told)
            if (receipts) note_outings(parts, *receipts);
    });
}

void void_scan(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string reason;
    {
        Members body(*document);
        reason = body.text("reason");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (is_blank(reason)) return refuse(parts, call, {Errc::invalid, "missing", {{"/reason", "missing"}}});
    std::variant<domain::RegistrationId, service::Caller> who;
    if (call.caller) who = *call.caller;
    else who = *call.credential;
    auto shared = call.shared_from_this();
    const auto index = parts.tracing.index();
    const auto* known = index ? index->get() : nullptr;
    parts.ingest.void_scan(who, *shared->reader, known, shared->parameters[0], reason, [&parts, shared](kit::Status status) {
        if (!status) return refuse(parts, *shared, status.error());
        JsonText text;
        answer(*shared, 200, text.begin_object().member("voided", true).end_object());
    });
}

}  // namespace chayan::api
