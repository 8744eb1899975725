// SPDX-License-Identifier: Apache-2.0
// What the load driver says to a Chayan and checks in its answers: registering invented residents, scanning, by call and by page, and
// asking for acknowledged scans once more. Every answer's status and body are judged. One thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "load_client.hpp"

namespace chayan::load {

/// The same request every time; only the status counts.
class PlainScript final : public Script {
public:
    PlainScript(std::string host, std::string path, int expected) : host_(std::move(host)), path_(std::move(path)), expected_(expected) {}
    void write(std::size_t number, std::string& request) override;
    Judgement read(std::size_t, int status, std::string_view) override { return judge(status, status == expected_); }

private:
    std::string host_, path_;
    int expected_;
};

/// Registers people number `first`, `first` + 1, …; the credentials of those who were, in order, become the lines of a file.
class RegisterScript final : public Script {
public:
    RegisterScript(std::string host, std::size_t first, std::size_t count) : host_(std::move(host)), first_(first), credentials_(count) {}
    void write(std::size_t number, std::string& request) override;
    Judgement read(std::size_t number, int status, std::string_view body) override;
    void save(const std::string& path) const;

private:
    std::string host_;
    std::size_t first_;
    std::vector<std::string> credentials_;
};

/// One scan for each resident in turn, then again from the top at their next site: now, at a site of the list, so that no
/// scan repeats another's four values soon. `expected` 201: the body must be that scan's receipt, and 200 is right too, for one
/// that is known already. Else only the status counts.
class ScanScript final : public Script {
public:
    struct Source {
        std::vector<std::string> credentials, codes;
        std::size_t first = 0;      ///< scans made before: where in the turn to go on
    };
    /// `acknowledged`: where each acknowledged scan becomes a line for AgainScript; may be null.
    ScanScript(std::string host, Source source, int expected, std::FILE* acknowledged)
        : host_(std::move(host)), source_(std::move(source)), expected_(expected), acknowledged_(acknowledged) {}
    void write(std::size_t number, std::string& request) override;
    Judgement read(std::size_t number, int status, std::string_view body) override;

private:
    std::string host_;
    Source source_;
    int expected_;
    std::FILE* acknowledged_;
    std::vector<std::int64_t> seconds_;     // by number: `at` as it was sent
    std::string body_of(std::size_t number) const;
};

/// A resident's browser at a gate: opens the page of the next site (`taps` false), or sends its form. Only the status counts; a tap of the same second
/// again is 200.
class PageScript final : public Script {
public:
    /// `coding`: what Accept-Encoding says; may be empty.
    PageScript(std::string host, ScanScript::Source source, bool taps, std::string coding)
        : host_(std::move(host)), source_(std::move(source)), taps_(taps), coding_(std::move(coding)) {}
    void write(std::size_t number, std::string& request) override;
    Judgement read(std::size_t, int status, std::string_view) override { return judge(status, status == 200 || (taps_ && status == 201)); }

private:
    std::string host_;
    ScanScript::Source source_;
    bool taps_;
    std::string coding_;
};

/// Sends what was acknowledged again: a scan that is kept is answered 200 with the id that it had. Any other answer says that it
/// is lost, but for one that sheds: that says nothing.
class AgainScript final : public Script {
public:
    AgainScript(std::string host, std::vector<std::string> lines) : host_(std::move(host)), lines_(std::move(lines)), is_told_(lines_.size()) {}
    void write(std::size_t number, std::string& request) override;
    Judgement read(std::size_t number, int status, std::string_view body) override;
    /// The lines of which no answer has told anything: shed, or the connection ended first.
    std::vector<std::string> untold() const;

private:
    std::string host_;
    std::vector<std::string> lines_;        // credential TAB body TAB id
    std::vector<bool> is_told_;
};

/// Throws std::runtime_error when the file cannot be read or is empty.
std::vector<std::string> lines_of(const std::string& path);

}  // namespace chayan::load
