// SPDX-License-Identifier: Apache-2.0
#include "domain/csv.hpp"
#include "kit/limits.hpp"
#include "service/answer_text.hpp"

namespace chayan::service {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void add_quoted(std::string& out, std::string_view text) {
    const auto safe = domain::defuse_formula(printable(text));
    out.push_back('"');
    for (const char c : safe) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    out.push_back('"');
}

void add_cell(std::string& out, const Cell& cell) {
    if (const auto* text = cell.get_if<std::string>()) add_quoted(out, *text);
    else if (const auto* number = cell.get_if<std::int64_t>()) out += std::to_string(*number);
    else if (const auto* share = cell.get_if<double>()) out += rounded(*share);
    else if (const auto* flag = cell.get_if<bool>()) out += *flag ? "true" : "false";
    else if (const auto* at = cell.get_if<domain::Instant>()) add_quoted(out, domain::format_rfc3339(*at));
    else if (const auto* texts = cell.get_if<std::vector<std::string>>()) add_quoted(out, joined(*texts));
}

}  // namespace

kit::Status write_csv(const AnswerPart& part, const Wanted& wanted, const PutBytes& put) {
    std::string out(byte_order_mark);
    const auto add_row = [&](const auto& add) {
        bool is_first = true;
        for (std::size_t i = 0; i < part.columns.size(); ++i) {
            if (part.columns[i].kind == ColumnKind::rows) continue;   // a part of its own
            if (!is_first) out.push_back(',');
            is_first = false;
            add(i);
        }
        out += "\r\n";
    };
    add_row([&](std::size_t i) { out += part.columns[i].name; });   // ours: letters, dots and underscores
    const auto status = for_each_row(part, wanted, [&](const Row& row) -> kit::Status {
        add_row([&](std::size_t i) { add_cell(out, row[i]); });
        if (out.size() < kit::answer_piece_bytes) return kit::Done{};
        auto taken = put(out);
        out.clear();
        return taken;
    });
    return status && !out.empty() ? put(out) : status;
}

}  // namespace chayan::service
