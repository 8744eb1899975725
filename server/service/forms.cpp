// SPDX-License-Identifier: Apache-2.0
#include "service/forms.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>

#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/crypto.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using Id = std::array<std::uint8_t, 8>;

constexpr std::size_t form_weight = 200;   // of the writer: a megabyte in one row takes as long as so many scans

std::string text_of(const Id& id) {
    std::string text;
    for (const auto byte : id) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", byte);
        text += two;
    }
    return text;
}

std::optional<Id> parse_id(const std::string& text) {
    Id id{};
    if (text.size() != 2 * id.size()) return std::nullopt;
    for (std::size_t i = 0; i < id.size(); ++i) {
        const auto* at = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(at, at + 2, id[i], 16);
        if (error != std::errc{} || end != at + 2) return std::nullopt;
    }
    return text_of(id) == text ? std::optional(id) : std::nullopt;
}

Id random_id() {
    const auto key = crypto::random_key();
    Id id{};
    std::copy_n(key.begin(), id.size(), id.begin());
    return id;
}

/// The header row as two are compared.
std::string header_of(const BlankForm& form) {
    std::string text;
    for (const auto& column : form.columns) text += column_letters(column.index) + '=' + domain::folded_header(column.header) + '\n';
    return text;
}

/// "B=name;C=".
std::string words_of(const std::vector<FormColumn>& columns) {
    std::string text;
    for (const auto& column : columns) text += (text.empty() ? "" : ";") + column_letters(column.index) + '=' + (column.field ? domain::word_of(*column.field) : "");
    return text;
}

/// Sets what `words` say; a word that is none any more says nothing.
void apply_words(std::string_view words, std::vector<FormColumn>& columns) {
    while (!words.empty()) {
        const auto one = words.substr(0, words.find(';'));
        const auto equals = one.find('=');
        const auto index = column_of(one.substr(0, equals));
        const auto column = std::find_if(columns.begin(), columns.end(), [&](const FormColumn& held) { return index && held.index == *index; });
        if (column != columns.end() && equals != std::string_view::npos) column->field = domain::find_form_field(one.substr(equals + 1));
        words.remove_prefix(std::min(words.size(), one.size() + 1));
    }
}

// What a form's head says, as bytes: each text behind its length.
void put(std::string& bytes, std::string_view text) {
    bytes += std::to_string(text.size()) + ':';
    bytes += text;
}
std::string take(std::string_view& bytes) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), size);
    const auto begin = static_cast<std::size_t>(end - bytes.data()) + 1;
    if (error != std::errc{} || begin > bytes.size() || size > bytes.size() - begin) throw std::runtime_error("a form can't be read");
    auto text = std::string(bytes.substr(begin, size));
    bytes.remove_prefix(begin + size);
    return text;
}

std::string head_of(const FormView& view) {
    std::string bytes;
    put(bytes, view.title);
    put(bytes, view.sheet);
    put(bytes, std::to_string(view.header_row));
    for (const auto& column : view.columns) {
        put(bytes, column_letters(column.index));
        put(bytes, column.header);
    }
    return bytes;
}

void read_head(std::string_view bytes, FormView& view) {
    view.title = take(bytes);
    view.sheet = take(bytes);
    view.header_row = static_cast<unsigned>(std::stoul(take(bytes)));
    while (!bytes.empty()) {
        const auto index = column_of(take(bytes));
        view.columns.push_back({index.value_or(0), take(bytes), std::nullopt});
    }
}

Error unknown() { return {Errc::not_found, "form_unknown"}; }

Error wrong_column(const std::string& letters, const char* code) {
    const bool is_column = column_of(letters).has_value();   // else it may be anything, and is not told
    return {Errc::invalid, code, {{is_column ? "/columns/" + letters : "/columns", code}}};
}

kit::Status change_columns(const FormMapping& mapping, std::vector<FormColumn>& columns) {
    for (const auto& [letters, word] : mapping) {
        const auto index = column_of(letters);
        const auto column = std::find_if(columns.begin(), columns.end(), [&](const FormColumn& held) { return index && held.index == *index; });
        if (column == columns.end()) return wrong_column(letters, "form_column_unknown");
        const auto field = word ? domain::find_form_field(*word) : std::nullopt;
        if (word && !field) return wrong_column(letters, "form_field_unknown");
        column->field = field;
    }
    return kit::Done{};
}

}  // namespace

kit::Result<FormView> Forms::add(const Caller& caller, std::string_view xlsx) {
    const auto form = read_form(xlsx);
    if (!form) return form.error();
    FormView view{{}, clock_.now(), form->title, form->sheet, form->header_row, form->columns, form->rows_left_out, form->sheets_left_out};
    storage::FormRow row;
    row.id = random_id();
    view.id = text_of(row.id);
    row.at = view.at;
    row.by = caller.id;
    row.header = vault_.blind(BlindKind::form_header, header_of(*form));
    row.sealed = vault_.seal(SealKind::form, view.id + "/head", head_of(view));
    const auto file = blank_file(*form, row.at);
    const bool is_long = std::any_of(form->columns.begin(), form->columns.end(), [](const FormColumn& column) { return column.header.size() > kit::form_header_bytes_max; });
    if (is_long || file.size() > kit::form_kept_bytes_max) return Error{Errc::invalid, "form_too_large"};
    row.file = vault_.seal(SealKind::form, view.id + "/file", file);
    const auto columns = std::make_shared<std::vector<FormColumn>>(view.columns);
    const auto status = run_and_wait(writer_, [row = std::move(row), columns, id = view.id](WriteContext& context) mutable -> kit::Status {
        auto& forms = context.store().forms();
        if (forms.count() >= kit::forms_max) return Error{Errc::conflict, "forms_full"};
        if (const auto known = forms.mapping(row.header)) apply_words(*known, *columns);
        row.columns = words_of(*columns);
        forms.put(row);
        forms.put_mapping(row.header, row.at, row.columns);
        context.audit({row.by, "form_added", {}, audit_detail({{"form", id}})});
        return kit::Done{};
    }, false, form_weight);
    if (!status) return status.error();
    view.columns = *columns;
    return view;
}

std::vector<FormView> Forms::list(storage::Connection& reader) const {
    std::vector<FormView> views;
    for (const auto& row : reader.forms().forms())
        if (auto view = view_of(row)) views.push_back(*std::move(view));
    return views;
}

kit::Result<FormView> Forms::change(const Caller& caller, const std::string& id, const FormMapping& mapping) {
    const auto known = parse_id(id);
    if (!known) return unknown();
    const auto changed = std::make_shared<FormView>();
    const auto status = run_and_wait(writer_, [this, by = caller.id, known = *known, mapping, changed](WriteContext& context) -> kit::Status {
        auto& forms = context.store().forms();
        auto row = forms.find(known);
        auto view = row ? view_of(*row) : std::nullopt;
        if (!view) return unknown();
        if (auto done = change_columns(mapping, view->columns); !done) return done;
        row->columns = words_of(view->columns);
        forms.put(*row);
        forms.put_mapping(row->header, context.now(), row->columns);
        context.audit({by, "form_changed", {}, audit_detail({{"form", view->id}, {"columns", row->columns}})});
        *changed = *std::move(view);
        return kit::Done{};
    }, false, form_weight);
    if (!status) return status.error();
    return *std::move(changed);
}

kit::Status Forms::remove(const Caller& caller, const std::string& id) {
    const auto known = parse_id(id);
    if (!known) return unknown();
    return run_and_wait(writer_, [by = caller.id, known = *known, id](WriteContext& context) -> kit::Status {
        if (!context.store().forms().remove(known)) return unknown();
        context.audit({by, "form_removed", {}, audit_detail({{"form", id}})});
        return kit::Done{};
    });
}

kit::Result<BlankForm> Forms::find(storage::Connection& reader, const std::string& id) const {
    const auto known = parse_id(id);
    const auto row = known ? reader.forms().find(*known) : std::nullopt;
    if (!row) return unknown();
    const auto file = vault_.open(SealKind::form, id + "/file", row->file);
    auto form = file ? read_form(*file) : kit::Result<BlankForm>(unknown());
    if (!form) throw std::runtime_error("a form can't be opened");
    apply_words(row->columns, form->columns);
    return form;
}

std::optional<FormView> Forms::view_of(const storage::FormRow& row) const {
    FormView view;
    view.id = text_of(row.id);
    view.at = row.at;
    const auto head = vault_.open(SealKind::form, view.id + "/head", row.sealed);
    if (!head) return std::nullopt;
    read_head(*head, view);
    apply_words(row.columns, view.columns);
    return view;
}

}  // namespace chayan::service
