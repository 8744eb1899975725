// SPDX-License-Identifier: Apache-2.0
// The one JSON codec: strict reading (SECURITY S26: an object, depth and members bounded, no member twice or unknown, no
// coercion) and writing. Any thread; values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/result.hpp"

namespace chayan::api {

/// A parsed body and what was wrong in reading it.
class Document {
public:
    /// Error malformed_body (400) unless it is one JSON object in UTF-8 within the limits; duplicate_member (400).
    static kit::Result<Document> parse(std::string_view body);
    Document(Document&&) noexcept;
    ~Document();
    struct State;
    State& state() { return *state_; }
    /// After everything was read: unknown members and wrong types are malformed (400); missing ones are invalid (422).
    kit::Status status() const;
    /// As status() with pointers as seen from the item, and forgets what was wrong: for items of a batch, each on its own.
    kit::Status take_status();

private:
    explicit Document(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The pointer to a member that somebody typed. A name is told when it is a word of ours by its looks: up to 32 letters and
/// underscores; else the pointer ends at the object, for a name may be anything, also somebody's number.
std::string pointer_to(std::string_view object, std::string_view name);

class Members;
using NamedTexts = std::vector<std::pair<std::string, std::optional<std::string>>>;
/// A required member: an object of texts or nulls whose names are the sender's choice.
NamedTexts named_texts(Members& body, const char* name);

/// Takes members out of one object by name; what nobody took when it goes is an unknown member.
class Members {
public:
    /// The top of the document, which must outlive it.
    explicit Members(Document& document);
    Members(Members&&) noexcept;
    ~Members();

    std::string text(const char* name);                            ///< required
    std::optional<std::string> text_if(const char* name);
    std::optional<double> number_if(const char* name);
    std::optional<std::int64_t> integer_if(const char* name);
    std::optional<bool> flag_if(const char* name);
    bool is_true(const char* name);                                ///< takes the member only if it is
    bool is_null(const char* name);                                ///< likewise
    std::optional<Members> object_if(const char* name);
    Members object(const char* name);                              ///< required
    /// Required. With more than `count_max` the body is invalid (422) by the code `too_many`, and none of them is read.
    std::vector<Members> objects(const char* name, std::size_t count_max = SIZE_MAX, const char* too_many = "");
    std::vector<Members> objects_if(const char* name);
    std::optional<std::vector<std::string>> texts_if(const char* name);

private:
    friend NamedTexts named_texts(Members& body, const char* name);
    struct State;
    explicit Members(std::unique_ptr<State> state);
    friend class Document;
    std::unique_ptr<State> state_;
};

/// Writes JSON text: begin, members in order, end. Commas are its business.
class JsonText {
public:
    JsonText& begin_object() { return open('{'); }
    JsonText& end_object() { return close('}'); }
    JsonText& begin_array() { return open('['); }
    JsonText& end_array() { return close(']'); }
    JsonText& key(std::string_view name);
    JsonText& value(std::string_view text);
    JsonText& value(const char* text) { return value(std::string_view(text)); }
    JsonText& value(std::int64_t number);
    JsonText& value(double number);   ///< the shortest that reads back the same. Requires: finite
    JsonText& value(bool flag);
    JsonText& tenths(std::int64_t number);   ///< 373 as 37.3
    JsonText& null();
    template <class T>
    JsonText& member(std::string_view name, const T& v) {
        return key(name).value(v);
    }
    std::string take() { return std::move(out_); }

private:
    JsonText& open(char bracket);
    JsonText& close(char bracket);
    void separate();
    std::string out_;
    bool needs_comma_ = false;
};

}  // namespace chayan::api
