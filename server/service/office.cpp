// SPDX-License-Identifier: Apache-2.0
#include "service/office.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "domain/text.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/shown.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

struct Wanted {
    const char *word, *pointer;
    const std::optional<std::string>& value;
    std::size_t chars_max;
};

/// A semicolon parts one change from the next.
std::string in_detail(std::string text) {
    std::replace(text.begin(), text.end(), ';', ',');
    return text;
}

}  // namespace

OfficeWords Office::words() const {
    auto words = *board_.load()->office;
    if (!fixed_.name.empty()) words.name = fixed_.name;
    if (!fixed_.hotline.empty()) words.hotline = fixed_.hotline;
    if (!fixed_.filing.empty()) words.filing = fixed_.filing;
    return words;
}

kit::Result<OfficeWords> Office::change(const Caller& caller, const OfficeChange& change) {
    if (caller.scope.digits != 0) return Error{Errc::forbidden, "scope_outside"};
    auto fixed = fixed_;
    std::vector<storage::OfficeWord> changed;
    for (const auto& wanted : {Wanted{"name", "/name", change.name, kit::office_name_chars_max}, Wanted{"hotline", "/hotline", change.hotline, kit::hotline_chars_max},
                               Wanted{"filing", "/filing", change.filing, kit::filing_chars_max}}) {
        if (!wanted.value) continue;
        const auto trimmed = domain::to_half_width(*wanted.value);
        if (!trimmed) return kit::invalid_field(wanted.pointer, "text_malformed");
        if (!trimmed->empty())
            if (auto status = check_written(wanted.pointer, *wanted.value, wanted.chars_max); !status) return status.error();
        if (!member_of(fixed, wanted.word)->empty()) return Error{Errc::conflict, "office_fixed", {{wanted.pointer, "office_fixed"}}};
        changed.push_back({wanted.word, trimmed->empty() ? std::string() : *wanted.value});
    }
    auto status = run_and_wait(writer_, [by = caller.id, changed](WriteContext& context) -> kit::Status {
        auto words = *context.directory().office;
        std::string what;
        for (const auto& one : changed) {
            auto& held = *member_of(words, one.word);
            if (held == one.value) continue;   // no line for what has no effect
            what += (what.empty() ? "" : ";") + one.word + ' ' + in_detail(held) + " > " + in_detail(one.value);   // a false hotline is how people are cheated
            held = one.value;
            context.store().sites().put(one);
        }
        if (what.empty()) return kit::Done{};
        context.edit_directory().office = std::make_shared<const OfficeWords>(std::move(words));
        context.audit({by, "office_changed", {}, audit_detail({{"what", what}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return words();
}

}  // namespace chayan::service
