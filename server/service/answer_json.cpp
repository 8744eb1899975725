// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kit/limits.hpp"
#include "service/answer_text.hpp"

namespace chayan::service {
namespace {

void add_text(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            out += "\\u00";
            out.push_back(digits[byte >> 4U]);
            out.push_back(digits[byte & 15U]);
            continue;
        }
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    out.push_back('"');
}

void add_objects(std::string& out, const std::vector<Column>& columns, const std::vector<Row>& rows);
enum class Head : bool { is_absent, is_there };

template <class List, class Add>
void add_list(std::string& out, const List& list, const Add& add) {
    out.push_back('[');
    for (const auto& item : list) {
        if (&item != list.data()) out.push_back(',');
        add(item);
    }
    out.push_back(']');
}

void add_value(std::string& out, const std::vector<Column>& columns, const Cell& cell) {
    if (const auto* text = cell.get_if<std::string>()) add_text(out, *text);
    else if (const auto* number = cell.get_if<std::int64_t>()) out += std::to_string(*number);
    else if (const auto* share = cell.get_if<double>()) out += rounded(*share);
    else if (const auto* flag = cell.get_if<bool>()) out += *flag ? "true" : "false";
    else if (const auto* at = cell.get_if<domain::Instant>()) add_text(out, domain::format_rfc3339(*at));
    else if (const auto* texts = cell.get_if<std::vector<std::string>>()) add_list(out, *texts, [&](const auto& one) { add_text(out, one); });
    else if (const auto* numbers = cell.get_if<std::vector<std::int64_t>>()) add_list(out, *numbers, [&](auto one) { out += std::to_string(one); });
    else if (const auto* rows = cell.get_if<std::vector<Row>>()) add_objects(out, columns, *rows);
}

/// Writes members into an object that is open: commas, and the braces of what dots name. What is not there is left out.
class MemberWriter {
public:
    explicit MemberWriter(std::string& out) : out_(out) {}
    void add(std::string_view name, const std::vector<Column>& columns, const Cell& cell) {
        if (cell.get_if<std::monostate>() != nullptr) return;
        const auto dot = name.rfind('.');
        const auto path = dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot + 1);
        leave(path);
        enter(path);
        separate();
        add_text(out_, name.substr(path.size()));
        out_.push_back(':');
        add_value(out_, columns, cell);
    }
    void finish() { leave({}); }

private:
    /// Closes the objects that `path` is not in. Paths end in a dot.
    void leave(std::string_view path) {
        while (!path.starts_with(open_)) {
            out_.push_back('}');
            open_.pop_back();
            const auto dot = open_.rfind('.');
            open_.resize(dot == std::string::npos ? 0 : dot + 1);
        }
    }
    void enter(std::string_view path) {
        while (open_.size() < path.size()) {
            const auto dot = path.find('.', open_.size());
            separate();
            add_text(out_, path.substr(open_.size(), dot - open_.size()));
            out_ += ":{";
            open_ = path.substr(0, dot + 1);
        }
    }
    void separate() {
        const char last = out_.empty() ? '{' : out_.back();
        if (last != '{') out_.push_back(',');
    }
    std::string& out_;
    std::string open_;
};

/// With a head before it, without what stands there.
void add_object(std::string& out, const std::vector<Column>& columns, const Row& row, Head head) {
    out.push_back('{');
    MemberWriter members(out);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const bool is_said = columns[i].is_in_head && head == Head::is_there;
        if (!is_said) members.add(columns[i].name, columns[i].columns, row[i]);
    }
    members.finish();
    out.push_back('}');
}

void add_objects(std::string& out, const std::vector<Column>& columns, const std::vector<Row>& rows) {
    add_list(out, rows, [&](const Row& row) { add_object(out, columns, row, Head::is_there); });
}

void add_part(std::string& out, const AnswerPart& part) {
    out.push_back('[');
    bool is_first = true;
    const auto status = for_each_row(part, [] { return true; }, [&](const Row& row) -> kit::Status {
        if (!is_first) out.push_back(',');
        is_first = false;
        add_object(out, part.columns, row, Head::is_there);
        return kit::Done{};
    });
    CHECK(status);
    out.push_back(']');
}

}  // namespace

std::string json_document(const AnswerTable& table) {
    std::string out = "{";
    const auto add_all = [&](const NamedCells& cells) {
        MemberWriter members(out);
        for (const auto& [name, cell] : cells) members.add(name, {}, cell);
        members.finish();
    };
    add_all(table.head);
    for (const auto& part : table.parts) {
        if (part.is_detail) continue;
        if (out.size() > 1) out.push_back(',');
        add_text(out, part.name);
        out.push_back(':');
        add_part(out, part);
    }
    add_all(table.tail);
    return out + '}';
}

kit::Status write_ndjson(const AnswerPart& part, const Wanted& wanted, const PutBytes& put) {
    std::string out;
    const auto status = for_each_row(part, wanted, [&](const Row& row) -> kit::Status {
        add_object(out, part.columns, row, Head::is_absent);
        out.push_back('\n');
        if (out.size() < kit::answer_piece_bytes) return kit::Done{};
        auto taken = put(out);
        out.clear();
        return taken;
    });
    return status && !out.empty() ? put(out) : status;
}

}  // namespace chayan::service
