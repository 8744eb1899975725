// SPDX-License-Identifier: Apache-2.0
#include "api/template.hpp"

#include "kit/check.hpp"

namespace chayan::api {
namespace {

class Filler {
public:
    Filler(std::string_view html, const Values& values, const Values& texts) : rest_(html), values_(values), texts_(texts) { out_.reserve(html.size() * 2); }

    std::string run() {
        section({}, true);
        CHECK(rest_.empty());
        return std::move(out_);
    }

private:
    std::string_view value(std::string_view name) const {
        const bool is_text = name.starts_with("t.");
        const auto& known = is_text ? texts_ : values_;
        const auto found = known.find(is_text ? name.substr(2) : name);
        return found == known.end() ? std::string_view{} : std::string_view(found->second);
    }

    /// What lies before `mark`, which is passed over.
    std::string_view take_until(std::string_view mark) {
        const auto at = rest_.find(mark);
        CHECK(at != std::string_view::npos);
        const auto taken = rest_.substr(0, at);
        rest_.remove_prefix(at + mark.size());
        return taken;
    }

    /// As far as the end of the section `name`; of the whole when it is empty.
    void section(std::string_view name, bool is_shown) {
        while (!rest_.empty()) {
            const auto at = rest_.find("{{");
            if (is_shown) out_.append(rest_.substr(0, at));
            if (at == std::string_view::npos) {
                rest_ = {};
                break;
            }
            rest_.remove_prefix(at + 2);
            if (rest_.starts_with('{')) {
                rest_.remove_prefix(1);
                const auto raw = value(take_until("}}}"));
                if (is_shown) out_.append(raw);
                continue;
            }
            const auto tag = take_until("}}");
            CHECK(!tag.empty());
            const auto word = tag.substr(1);
            if (tag[0] == '!') continue;
            if (tag[0] == '/') {
                CHECK(word == name);
                return;
            }
            if (tag[0] == '#') section(word, is_shown && !value(word).empty());
            else if (tag[0] == '^') section(word, is_shown && value(word).empty());
            else if (is_shown) out_.append(escape_html(value(tag)));
        }
        CHECK(name.empty());
    }

    std::string_view rest_;
    const Values& values_;
    const Values& texts_;
    std::string out_;
};

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            case '\x01': break;   // no character of HTML, and FixedParts' mark
            default: out.push_back(c);
        }
    }
    return out;
}

std::string fill(std::string_view html, const Values& values, const Values& texts) { return Filler(html, values, texts).run(); }

}  // namespace chayan::api
