// SPDX-License-Identifier: Apache-2.0
// The office's forms: uploaded once, filled by disclosures.
#include "api/answer.hpp"
#include "service/forms.hpp"

namespace chayan::api {
namespace {

void write_form(JsonText& text, const service::FormView& form) {
    text.begin_object().member("id", form.id).member("at", domain::format_rfc3339(form.at)).member("sheet", form.sheet);
    if (!form.title.empty()) text.member("title", form.title);
    text.member("header_row", std::int64_t{form.header_row}).key("columns").begin_array();
    for (const auto& column : form.columns) {
        text.begin_object().member("column", service::column_letters(column.index)).member("header", column.header).key("field");
        if (column.field) text.value(domain::word_of(*column.field));
        else text.null();
        text.end_object();
    }
    text.end_array();
}

}  // namespace

void list_forms(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("forms").begin_array();
    for (const auto& form : parts.forms.list(*call.reader)) {
        write_form(text, form);
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void add_form(Parts& parts, Call& call) {
    const auto form = parts.forms.add(*call.caller, call.request.body);
    if (!form) return refuse(parts, call, form.error());
    JsonText text;
    write_form(text, *form);
    text.key("left_out").begin_object().member("rows", std::int64_t{form->rows_left_out}).member("sheets", std::int64_t{form->sheets_left_out}).end_object();
    answer(call, 201, text.end_object());
}

void change_form(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::FormMapping mapping;
    {
        Members body(*document);
        for (auto& [column, field] : named_texts(body, "columns")) mapping[column] = std::move(field);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto form = parts.forms.change(*call.caller, call.parameters[0], mapping);
    if (!form) return refuse(parts, call, form.error());
    JsonText text;
    write_form(text, *form);
    answer(call, 200, text.end_object());
}

void remove_form(Parts& parts, Call& call) {
    if (auto status = parts.forms.remove(*call.caller, call.parameters[0]); !status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().end_object());
}

}  // namespace chayan::api
