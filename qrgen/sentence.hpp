// SPDX-License-Identifier: Apache-2.0
// What is said to whoever prints, in Chinese and English, and how a thing that went wrong travels: an Outcome for what a row of a list may
// bring, a Failure for what ends the run. Values; any thread.
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <variant>

namespace chayan::qrgen {

enum class Tongue : unsigned char { zh, en };

/// One statement in both languages.
struct Sentence {
    std::string zh;
    std::string en;

    const std::string& in(Tongue tongue) const { return tongue == Tongue::zh ? zh : en; }
};

/// Ends the run: nothing stands under the final name. `exit_code` 1: it failed; 2: it was asked for wrongly.
class Failure : public std::exception {
public:
    explicit Failure(Sentence sentence, int exit_code = 1) : sentence_(std::move(sentence)), exit_code_(exit_code) {}
    const char* what() const noexcept override { return sentence_.en.c_str(); }
    const Sentence& sentence() const { return sentence_; }
    int exit_code() const { return exit_code_; }

private:
    Sentence sentence_;
    int exit_code_;
};

/// The value, or why there is none.
template <class T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: a value is an Outcome
    Outcome(Sentence reason) : state_(std::in_place_index<1>, std::move(reason)) {}  // NOLINT: so is a reason

    explicit operator bool() const { return state_.index() == 0; }
    /// Requires: holds a value (std::bad_variant_access otherwise).
    T& operator*() & { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    const T& operator*() const& { return std::get<0>(state_); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    /// Requires: holds none.
    const Sentence& reason() const { return std::get<1>(state_); }

private:
    std::variant<T, Sentence> state_;
};

}  // namespace chayan::qrgen
