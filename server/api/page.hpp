// SPDX-License-Identifier: Apache-2.0
// A page of server/web for one call: its values, in the reader's language, and its answer. One response with style and script inside,
// so that the first paint needs no second request; their hashes stand in the Content-Security-Policy. One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/api.hpp"
#include "api/fixed_parts.hpp"
#include "api/template.hpp"
#include "service/words.hpp"

namespace chayan::api {

// The files of server/web, embedded at build.
extern const std::string_view top_text, layout_text, foot_text, end_text, head_text, unsent_text, person_fields_text, household_fields_text, kept_text, notice_text,
    register_text, pass_text, result_text, message_text, home_text, style_text, script_text, texts_text, shell_text;

/// That of ?lang=zh|en, else what the reader chose last (a cookie), else of Accept-Language.
service::Language language_of(const Call& call);

/// How a Content-Security-Policy names a text that may stand inside a page.
std::string policy_digest(std::string_view text);

class Page {
public:
    /// Sets `path`, `action` (where forms go), `someone_else`, `lang_fixed`, `now`, `second`, `holder`, `notice_version`, whom to call, and the marks of fixed parts.
    Page(const Parts& parts, const Call& call);

    service::Language language() const { return reading_.language; }
    /// A text of texts.csv; each # in it becomes `number`, each % becomes `way`. Requires: the key is there.
    std::string text(std::string_view key, std::string_view number = {}, std::string_view way = {}) const;
    /// The text `key`_`kind`, or where there is none that of `key`.
    std::string text_for(std::string_view key, std::string_view kind) const;
    void set(std::string_view name, std::string value);
    /// A part of the page with the values as they are now.
    std::string part(std::string_view html) const;
    /// The parts in order, as one page, compressed where the reader takes it. Requires: the call was not answered before.
    void send(Call& call, int status, const std::vector<std::string_view>& parts, std::vector<http::Header> headers = {});

private:
    std::shared_ptr<const FixedParts> fixed_;
    Reading reading_;
    Values values_;
    std::vector<http::Header> chosen_;   ///< what the reader chose by this call, to be remembered
};

/// What a dependant may be to whoever holds the phone, and the types of documents, as options.
std::string relation_options(service::Language language, std::string_view chosen);
std::string document_options(service::Language language, std::string_view chosen);

/// Is there this text, in both languages? For tests: all keys.
std::vector<std::string> keys_of_texts();

}  // namespace chayan::api
