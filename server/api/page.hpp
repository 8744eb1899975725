// SPDX-License-Identifier: Apache-2.0
// A page of server/web for one call: its values, in the reader's language, and its answer. One response with style and script inside,
// so that the first paint needs no second request; their hashes stand in the Content-Security-Policy. One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/api.hpp"
#include "api/template.hpp"
#include "service/words.hpp"

namespace chayan::api {

// The files of server/web, embedded at build.
extern const std::string_view layout_text, head_text, person_fields_text, notice_text, register_text, pass_text, result_text, message_text, home_text,
    style_text, script_text, texts_text, shell_text;

/// That of ?lang=zh|en, else of Accept-Language.
service::Language language_of(const Call& call);

class Page {
public:
    /// The language is that of ?lang=zh|en, else of Accept-Language. Sets `path`, `action` (where forms go), `someone_else`, `other_language` and all texts.
    Page(const Parts& parts, const Call& call);

    service::Language language() const { return language_; }
    /// A text of texts.csv; each # in it becomes `number`. Requires: the key is there.
    std::string text(std::string_view key, std::string_view number = {}) const;
    void set(std::string_view name, std::string value);
    /// A part of the page with the values as they are now.
    std::string part(std::string_view html) const { return fill(html, values_); }
    /// The person's fields, the notice, and then the parts in order, as one page. Requires: the call was not answered before.
    void send(Call& call, int status, const std::vector<std::string_view>& parts, std::vector<http::Header> headers = {});

private:
    service::Language language_;
    Values values_;
};

/// Is there this text, in both languages? For tests: all keys.
std::vector<std::string> keys_of_texts();

}  // namespace chayan::api
