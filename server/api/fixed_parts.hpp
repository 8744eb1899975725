// SPDX-License-Identifier: Apache-2.0
// What the pages of residents have in common: parts that are the same for everybody who reads a language, filled in and compressed once, so that a page
// costs only what is its own. In the text of a page each stands as a mark, a byte that no text may hold, until the page is sent. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/gzip.hpp"
#include "api/template.hpp"
#include "service/words.hpp"

namespace chayan::service {
struct OfficeWords;
}

namespace chayan::api {

/// server/web/texts.csv in one language.
const Values& texts_in(service::Language language);
/// "zh-CN", "en".
const char* tag_of(service::Language language);

enum class FixedPart : std::uint8_t { notice, person_fields, household_fields, kept, unsent };

/// How a reader reads.
struct Reading {
    service::Language language = service::Language::zh;
    bool is_large = false;   ///< the elder view
    bool is_known = false;   ///< has a credential
};

class FixedParts {
public:
    FixedParts(const service::OfficeWords& words, std::int64_t scan_days);
    /// Stands for the part in a page's text.
    static std::string mark_of(FixedPart part) { return {mark, static_cast<char>('0' + static_cast<int>(part))}; }
    /// What a page begins with and ends with around `text`, and the parts that it marks. Requires: both outlive what is returned.
    std::vector<Piece> pieces(const Reading& reading, std::string_view text) const;
    /// What a page with these values has to say of whom to call, for the parts that are not fixed.
    const Values& installation() const { return installation_; }

private:
    static constexpr char mark = '\x01';   // escape_html drops it from what people typed
    Values installation_;
    std::array<std::array<Deflated, 5>, 2> parts_;   // by language, then by part
    std::array<Deflated, 4> tops_;                   // by language and size
    std::array<Deflated, 8> feet_;                   // and by whether the reader is known
    Deflated end_;
};

}  // namespace chayan::api
