// SPDX-License-Identifier: Apache-2.0
// What a page's form sends: application/x-www-form-urlencoded, read strictly as JSON bodies are. Values; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "kit/result.hpp"

namespace chayan::api {

/// Is `word` one of `words`, with spaces between?
bool has_word(std::string_view words, std::string_view word);

class Form {
public:
    /// Errors: malformed_form (a broken %XX, no UTF-8), duplicate_member, unknown_member (400). `known`: names with spaces between.
    static kit::Result<Form> parse(std::string_view body, std::string_view known);
    /// Empty when it is not there.
    std::string text(std::string_view name) const;
    bool has(std::string_view name) const { return fields_.find(name) != fields_.end(); }

private:
    std::map<std::string, std::string, std::less<>> fields_;
};

}  // namespace chayan::api
