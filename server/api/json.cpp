// SPDX-License-Identifier: Apache-2.0
#include "api/json.hpp"

#include <cstdlib>
#include <algorithm>
#include <new>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>

#include "kit/check.hpp"
#include "kit/limits.hpp"

namespace chayan::api {
namespace {

namespace bj = boost::json;
using kit::Errc;
using kit::Error;

/// Builds a value and refuses a member that stands twice: Boost.JSON itself would keep the last.
struct Builder {
    constexpr static std::size_t max_object_size = kit::json_members_max;
    constexpr static std::size_t max_array_size = 100'000;
    constexpr static std::size_t max_key_size = 128;
    constexpr static std::size_t max_string_size = kit::question_body_bytes_max;

    bj::value_stack stack;
    std::vector<std::vector<std::string>> keys;
    std::string key;
    bool doubled = false;

    bool on_document_begin(bj::error_code&) { return true; }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_object_begin(bj::error_code&) {
        keys.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t count, bj::error_code&) {
        keys.pop_back();
        stack.push_object(count);
        return true;
    }
    bool on_array_begin(bj::error_code&) { return true; }
    bool on_array_end(std::size_t count, bj::error_code&) {
        stack.push_array(count);
        return true;
    }
    bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
        key.append(part.data(), part.size());
        stack.push_chars(part);
        return true;
    }
    bool on_key(bj::string_view part, std::size_t, bj::error_code& error) {
        key.append(part.data(), part.size());
        auto& known = keys.back();
        if (std::find(known.begin(), known.end(), key) != known.end()) {
            doubled = true;
            error = bj::error::syntax;
            return false;
        }
        known.push_back(std::exchange(key, {}));
        stack.push_key(part);
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_string(bj::string_view part, std::size_t, bj::error_code&) {
        stack.push_string(part);
        return true;
    }
    bool on_number_part(bj::string_view, bj::error_code&) { return true; }
    bool on_int64(std::int64_t number, bj::string_view, bj::error_code&) {
        stack.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code&) {
        stack.push_uint64(number);
        return true;
    }
    bool on_double(double number, bj::string_view, bj::error_code&) {
        stack.push_double(number);
        return true;
    }
    bool on_bool(bool flag, bj::error_code&) {
        stack.push_bool(flag);
        return true;
    }
    bool on_null(bj::error_code&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }
};

bool has_nul(const bj::value& value) {
    if (const auto* text = value.if_string()) return text->find('\0') != bj::string::npos;
    if (const auto* list = value.if_array()) return std::any_of(list->begin(), list->end(), has_nul);
    if (const auto* object = value.if_object())
        return std::any_of(object->begin(), object->end(), [](const auto& member) { return has_nul(member.value()); });
    return false;
}

/// "/scans/3/at" as seen from the item: "/at".
std::string within_item(const std::string& pointer) {
    const auto item = pointer.find('/', 1);
    const auto rest = item == std::string::npos ? item : pointer.find('/', item + 1);
    return rest == std::string::npos ? "/" : pointer.substr(rest);
}

}  // namespace

struct Document::State {
    bj::value top;
    std::vector<kit::FieldError> malformed, missing;   // the first of them
    bool is_short_of_memory = false;                   // so that something could not be noted

    void require_memory() const {
        if (is_short_of_memory) throw std::bad_alloc();
    }

    static void note(std::vector<kit::FieldError>& faults, std::string pointer, const char* code) {
        if (faults.size() < kit::json_faults_told_max) faults.push_back({std::move(pointer), code});
    }
};

struct Members::State {
    Document::State* document;
    const bj::object* object;   ///< null: stands for an object that is not there
    std::string pointer;
    std::vector<std::string_view> taken;

    const bj::value* take(const char* name) {
        taken.emplace_back(name);
        return object == nullptr ? nullptr : object->if_contains(name);
    }
    std::string at(std::string_view name) const { return pointer + "/" + std::string(name); }
    void wrong_type(const char* name) { document->note(document->malformed, at(name), "wrong_type"); }
    void miss(const char* name) {
        if (object != nullptr) document->note(document->missing, at(name), "missing");
    }
};

Document::Document(std::unique_ptr<State> state) : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document::~Document() = default;

kit::Result<Document> Document::parse(std::string_view body) {
    bj::parse_options options;
    options.max_depth = kit::json_depth_max;
    bj::basic_parser<Builder> parser(options);
    parser.handler().stack.reset();
    bj::error_code error;
    const auto read = parser.write_some(false, body.data(), body.size(), error);
    if (parser.handler().doubled) return Error{Errc::malformed, "duplicate_member"};
    if (error || read != body.size()) return Error{Errc::malformed, "malformed_body"};
    auto state = std::make_unique<State>();
    state->top = parser.handler().stack.release();
    if (!state->top.is_object() || has_nul(state->top)) return Error{Errc::malformed, "malformed_body"};
    return Document(std::move(state));
}

kit::Status Document::status() const {
    state_->require_memory();
    if (!state_->malformed.empty()) return Error{Errc::malformed, state_->malformed[0].code, state_->malformed};
    if (!state_->missing.empty()) return Error{Errc::invalid, state_->missing[0].code, state_->missing};
    return kit::Done{};
}

kit::Status Document::take_status() {
    for (auto* faults : {&state_->malformed, &state_->missing})
        for (auto& fault : *faults) fault.pointer = within_item(fault.pointer);
    auto taken = status();
    state_->malformed.clear();
    state_->missing.clear();
    return taken;
}

std::string pointer_to(std::string_view object, std::string_view name) {
    constexpr std::size_t chars_max = 32;
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const bool is_told = !name.empty() && name.size() <= chars_max && std::all_of(name.begin(), name.end(), is_plain);
    if (is_told) return std::string(object) + "/" + std::string(name);
    return object.empty() ? "/" : std::string(object);
}

Members::Members(std::unique_ptr<State> state) : state_(std::move(state)) {}
Members::Members(Document& document)
    : state_(std::make_unique<State>(State{&document.state(), &document.state().top.as_object(), {}, {}})) {}
Members::Members(Members&&) noexcept = default;

Members::~Members() {
    if (!state_ || state_->object == nullptr) return;
    try {
        for (const auto& member : *state_->object) {
            const std::string_view name(member.key().data(), member.key().size());
            if (std::find(state_->taken.begin(), state_->taken.end(), name) == state_->taken.end())
                state_->document->note(state_->document->malformed, pointer_to(state_->pointer, name), "unknown_member");
        }
    } catch (const std::bad_alloc&) {   // a destructor throws nothing: whoever asks for the status is told
        state_->document->is_short_of_memory = true;
    }
}

std::optional<std::string> Members::text_if(const char* name) {
    const auto* value = state_->take(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* text = value->if_string()) return std::string(text->data(), text->size());
    state_->wrong_type(name);
    return std::nullopt;
}

std::string Members::text(const char* name) {
    const bool is_there = state_->object != nullptr && state_->object->contains(name);
    auto text = text_if(name);
    if (!is_there) state_->miss(name);
    return std::move(text).value_or("");
}

std::optional<double> Members::number_if(const char* name) {
    const auto* value = state_->take(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) return value->to_number<double>();
    state_->wrong_type(name);
    return std::nullopt;
}

std::optional<std::int64_t> Members::integer_if(const char* name) {
    const auto* value = state_->take(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_int64()) return value->get_int64();
    state_->wrong_type(name);
    return std::nullopt;
}

std::optional<bool> Members::flag_if(const char* name) {
    const auto* value = state_->take(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_bool()) return value->get_bool();
    state_->wrong_type(name);
    return std::nullopt;
}

bool Members::is_true(const char* name) {
    const auto* value = state_->object == nullptr ? nullptr : state_->object->if_contains(name);
    if (value == nullptr || !value->is_bool() || !value->get_bool()) return false;
    state_->take(name);
    return true;
}

bool Members::is_null(const char* name) {
    const auto* value = state_->object == nullptr ? nullptr : state_->object->if_contains(name);
    if (value == nullptr || !value->is_null()) return false;
    state_->take(name);
    return true;
}

std::optional<Members> Members::object_if(const char* name) {
    const auto* value = state_->take(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* object = value->if_object())
        return Members(std::make_unique<State>(State{state_->document, object, state_->at(name), {}}));
    state_->wrong_type(name);
    return std::nullopt;
}

Members Members::object(const char* name) {
    const bool is_there = state_->object != nullptr && state_->object->contains(name);
    if (auto found = object_if(name)) return std::move(*found);
    if (!is_there) state_->miss(name);
    return Members(std::make_unique<State>(State{state_->document, nullptr, state_->at(name), {}}));
}

std::vector<Members> Members::objects_if(const char* name) {
    std::vector<Members> found;
    const auto* value = state_->take(name);
    if (value == nullptr) return found;
    const auto* list = value->if_array();
    if (list == nullptr) {
        state_->wrong_type(name);
        return found;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto pointer = state_->at(name) + "/" + std::to_string(i);
        if (const auto* object = (*list)[i].if_object())
            found.push_back(Members(std::make_unique<State>(State{state_->document, object, pointer, {}})));
        else state_->document->note(state_->document->malformed, pointer, "wrong_type");
    }
    return found;
}

std::vector<Members> Members::objects(const char* name, std::size_t count_max, const char* too_many) {
    const auto* value = state_->object == nullptr ? nullptr : state_->object->if_contains(name);
    if (value == nullptr) state_->miss(name);
    const auto* list = value == nullptr ? nullptr : value->if_array();
    if (list == nullptr || list->size() <= count_max) return objects_if(name);
    state_->taken.emplace_back(name);
    state_->document->note(state_->document->missing, state_->at(name), too_many);
    return {};
}

NamedTexts named_texts(Members& body, const char* name) {
    NamedTexts found;
    auto& state = *body.state_;
    const auto* value = state.take(name);
    if (value == nullptr) {
        state.miss(name);
        return found;
    }
    const auto* object = value->if_object();
    if (object == nullptr) {
        state.wrong_type(name);
        return found;
    }
    for (const auto& member : *object) {
        const auto* text = member.value().if_string();
        if (text == nullptr && !member.value().is_null()) state.wrong_type(name);
        found.emplace_back(std::string(member.key()), text == nullptr ? std::nullopt : std::optional(std::string(text->data(), text->size())));
    }
    return found;
}

std::optional<std::vector<std::string>> Members::texts_if(const char* name) {
    const auto* value = state_->take(name);
    if (value == nullptr) return std::nullopt;
    const auto* list = value->if_array();
    if (list == nullptr) {
        state_->wrong_type(name);
        return std::nullopt;
    }
    std::vector<std::string> found;
    for (const auto& item : *list) {
        if (const auto* text = item.if_string()) found.emplace_back(text->data(), text->size());
        else state_->wrong_type(name);
    }
    return found;
}

void JsonText::separate() {
    if (needs_comma_) out_.push_back(',');
    needs_comma_ = true;
}

JsonText& JsonText::open(char bracket) {
    separate();
    out_.push_back(bracket);
    needs_comma_ = false;
    return *this;
}

JsonText& JsonText::close(char bracket) {
    out_.push_back(bracket);
    needs_comma_ = true;
    return *this;
}

JsonText& JsonText::key(std::string_view name) {
    value(name);
    out_.push_back(':');
    needs_comma_ = false;
    return *this;
}

JsonText& JsonText::value(std::string_view text) {
    separate();
    out_.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out_.push_back('\\');
            out_.push_back(c);
        } else if (byte < 0x20) {
            constexpr char digits[] = "0123456789abcdef";
            out_ += "\\u00";
            out_.push_back(digits[byte >> 4U]);
            out_.push_back(digits[byte & 15U]);
        } else {
            out_.push_back(c);
        }
    }
    out_.push_back('"');
    return *this;
}

JsonText& JsonText::value(double number) {
    separate();
    char digits[32];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
    CHECK(error == std::errc{} && std::isfinite(number));
    out_.append(digits, end);
    return *this;
}

JsonText& JsonText::value(std::int64_t number) {
    separate();
    out_ += std::to_string(number);
    return *this;
}

JsonText& JsonText::tenths(std::int64_t number) {
    separate();
    out_ += (number < 0 ? "-" : "") + std::to_string(std::abs(number) / 10) + '.' + std::to_string(std::abs(number) % 10);
    return *this;
}

JsonText& JsonText::value(bool flag) {
    separate();
    out_ += flag ? "true" : "false";
    return *this;
}

JsonText& JsonText::null() {
    separate();
    out_ += "null";
    return *this;
}

}  // namespace chayan::api
