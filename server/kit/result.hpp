// SPDX-License-Identifier: Apache-2.0
// Result<T>: the value, or an Error that a correct caller must expect. Exceptions are for what must not happen, CHECK
// for our own mistakes. Values; any thread. An Error never carries what a person typed: only names of fields and codes,
// so that whatever prints it can leak nothing. The words for a code stand in one place, service/words.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "kit/check.hpp"

namespace chayan::kit {

/// The kinds of refusal; each is one HTTP status (api/problem.cpp).
enum class Errc : std::uint8_t {
    malformed,        ///< 400 not readable
    unauthenticated,  ///< 401 who are you
    forbidden,        ///< 403 not yours to ask
    not_found,        ///< 404 not there, or outside your scope
    conflict,         ///< 409
    gone,             ///< 410 replaced, closed
    invalid,          ///< 422 readable but wrong
    too_often,        ///< 429
    busy,             ///< 503 try again
};

/// What is wrong with one field: `pointer` is a JSON pointer (RFC 6901) or a column's name, `code` a static string.
struct FieldError {
    std::string pointer;
    const char* code;
};

/// A refusal. `code` is stable, static and the key into the words.
struct Error {
    Errc kind;
    const char* code;
    std::vector<FieldError> fields{};
    std::uint32_t retry_after_s = 0;
};

inline Error invalid_field(std::string pointer, const char* code) {
    return Error{Errc::invalid, code, {FieldError{std::move(pointer), code}}};
}

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: a value is a Result
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: so is an error

    explicit operator bool() const { return state_.index() == 0; }
    /// Requires: holds a value.
    T& operator*() & { CHECK(*this); return std::get<0>(state_); }
    const T& operator*() const& { CHECK(*this); return std::get<0>(state_); }
    T&& operator*() && { CHECK(*this); return std::get<0>(std::move(state_)); }
    T* operator->() { return &**this; }
    const T* operator->() const { return &**this; }
    /// Requires: holds an error.
    const Error& error() const { CHECK(!*this); return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

/// Success without a value.
struct Done {};
using Status = Result<Done>;

}  // namespace chayan::kit
