// SPDX-License-Identifier: Apache-2.0
#include "service/question_text.hpp"

#include <charconv>
#include <utility>
#include <vector>

#include "kit/check.hpp"

namespace chayan::service {
namespace {

constexpr const char* kind_words[] = {"passages", "trajectory", "contacts", "places"};

/// Writes "name=value" lines; a value may have several parts.
class LineWriter {
public:
    void add(std::string_view name, std::initializer_list<std::string_view> parts) {
        text_.append(name).push_back('=');
        bool is_first = true;
        for (const auto part : parts) {
            if (!std::exchange(is_first, false)) text_.push_back('\t');
            escape(part);
        }
        text_.push_back('\n');
    }
    void add_if(std::string_view name, const std::optional<std::string>& value) {
        if (value) add(name, {*value});
    }
    void add_if(std::string_view name, const std::optional<std::int64_t>& value) {
        if (value) add(name, {std::to_string(*value)});
    }
    void add_all(std::string_view name, const std::vector<std::string>& values) {
        for (const auto& value : values) add(name, {value});
    }
    std::string take() { return std::move(text_); }

private:
    void escape(std::string_view part) {
        for (const char c : part) {
            if (c == '\\' || c == '\n' || c == '\t') text_.push_back('\\');
            text_.push_back(c == '\n' ? 'n' : c == '\t' ? 't' : c);
        }
    }
    std::string text_;
};

/// Reads them in order. What does not fit makes all of it unreadable.
class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {}
    /// The next line's parts if it has this name.
    std::optional<std::vector<std::string>> take(std::string_view name) {
        const auto end = rest_.find('\n');
        const bool fits = end != std::string_view::npos && end > name.size() && rest_.starts_with(name) && rest_[name.size()] == '=';
        if (!fits) return std::nullopt;
        auto parts = split(rest_.substr(name.size() + 1, end - name.size() - 1));
        rest_.remove_prefix(end + 1);
        return parts;
    }
    std::optional<std::string> text(std::string_view name) {
        auto parts = take(name);
        if (!parts) return std::nullopt;
        if (parts->size() != 1) is_good_ = false;
        return std::move(parts->front());
    }
    std::string needed(std::string_view name) {
        auto value = text(name);
        if (!value) is_good_ = false;
        return std::move(value).value_or("");
    }
    std::optional<std::int64_t> number(std::string_view name) {
        const auto value = text(name);
        if (!value) return std::nullopt;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
        if (error != std::errc{} || end != value->data() + value->size()) is_good_ = false;
        return number;
    }
    std::vector<std::string> all(std::string_view name) {
        std::vector<std::string> values;
        while (auto value = text(name)) values.push_back(*std::move(value));
        return values;
    }
    void spoil() { is_good_ = false; }
    bool is_read() const { return is_good_ && rest_.empty(); }

private:
    std::vector<std::string> split(std::string_view line) {
        std::vector<std::string> parts(1);
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '\t') parts.emplace_back();
            else if (line[i] != '\\') parts.back().push_back(line[i]);
            else if (++i == line.size()) is_good_ = false;
            else parts.back().push_back(line[i] == 'n' ? '\n' : line[i] == 't' ? '\t' : line[i]);
        }
        return parts;
    }
    std::string_view rest_;
    bool is_good_ = true;
};

void write_subjects(LineWriter& lines, const std::vector<TraceSubject>& subjects) {
    for (const auto& subject : subjects) {
        const auto name = subject.person ? "person" : subject.site ? "site" : "plate";
        const auto& who = subject.person ? subject.person : subject.site ? subject.site : subject.plate;
        lines.add(name, {who.value_or(""), subject.from.value_or(""), subject.to.value_or("")});
    }
}

std::vector<TraceSubject> read_subjects(LineReader& lines) {
    std::vector<TraceSubject> subjects;
    for (;;) {
        TraceSubject subject;
        std::optional<std::string>* members[] = {&subject.person, &subject.site, &subject.plate};
        constexpr const char* names[] = {"person", "site", "plate"};
        bool is_there = false;
        for (std::size_t i = 0; i < std::size(names) && !is_there; ++i) {
            auto parts = lines.take(names[i]);
            if (!parts) continue;
            is_there = true;
            if (parts->size() != 3) {
                lines.spoil();
                continue;
            }
            *members[i] = (*parts)[0];
            if (!(*parts)[1].empty()) subject.from = (*parts)[1];
            if (!(*parts)[2].empty()) subject.to = (*parts)[2];
        }
        if (!is_there) return subjects;
        subjects.push_back(std::move(subject));
    }
}

void write_body(LineWriter& lines, const SearchRequest&) { lines.add("people", {}); }

void write_body(LineWriter& lines, const PassagesQuestion& question) {
    lines.add("site", {question.site});
    lines.add("from", {question.from});
    lines.add("to", {question.to});
    lines.add_if("known_at", question.known_at);
}

void write_body(LineWriter& lines, const TrajectoryQuestion& question) {
    lines.add("person", {question.person});
    lines.add("from", {question.from});
    lines.add("to", {question.to});
    lines.add_if("known_at", question.known_at);
}

void write_body(LineWriter& lines, const TraceRequest& request) {
    write_subjects(lines, request.index);
    lines.add_if("preset", request.preset);
    if (request.anchor) lines.add_if("onset", request.anchor->onset);
    if (request.anchor) lines.add_if("sample", request.anchor->sample);
    lines.add_if("from", request.from);
    lines.add_if("to", request.to);
    lines.add_if("known_at", request.known_at);
    lines.add("direction", {request.direction});
    lines.add("degree", {std::to_string(request.degree)});
    lines.add_if("linger_s", request.linger_s);
    lines.add_if("min_overlap_s", request.min_overlap_s);
    lines.add_if("accumulate", request.accumulate);
    if (request.categories) lines.add("categories", {std::to_string(request.categories->size())});   // none at all is not what a preset says
    lines.add_all("category", request.categories.value_or(std::vector<std::string>{}));
    lines.add_all("division", request.divisions);
    lines.add_all("of_site", request.sites);
    lines.add_all("evidence", request.evidence);
    lines.add_all("without_flags", request.without_flags);
    lines.add_if("identity", request.identity);
    lines.add_if("crowd_half", request.crowd_half);
    lines.add_if("limit", request.limit);
    if (request.explain) lines.add("explain", {"1"});
}

void write_body(LineWriter& lines, const SharedPlacesRequest& request) {
    write_subjects(lines, request.index);
    lines.add_if("from", request.from);
    lines.add_if("to", request.to);
    lines.add_if("known_at", request.known_at);
    lines.add_all("category", request.categories);
    lines.add_if("limit", request.limit);
}

TraceRequest read_trace(LineReader& lines) {
    TraceRequest request;
    request.index = read_subjects(lines);
    request.preset = lines.text("preset");
    TraceAnchor anchor{lines.text("onset"), lines.text("sample")};
    if (anchor.onset || anchor.sample) request.anchor = std::move(anchor);
    request.from = lines.text("from");
    request.to = lines.text("to");
    request.known_at = lines.text("known_at");
    request.direction = lines.needed("direction");
    const auto degree = lines.number("degree");
    if (!degree) lines.spoil();
    request.degree = degree.value_or(1);
    request.linger_s = lines.number("linger_s");
    request.min_overlap_s = lines.number("min_overlap_s");
    request.accumulate = lines.text("accumulate");
    const auto count = lines.number("categories");
    auto categories = lines.all("category");
    if (categories.size() != static_cast<std::size_t>(count.value_or(0))) lines.spoil();
    if (count) request.categories = std::move(categories);
    request.divisions = lines.all("division");
    request.sites = lines.all("of_site");
    request.evidence = lines.all("evidence");
    request.without_flags = lines.all("without_flags");
    request.identity = lines.text("identity");
    request.crowd_half = lines.number("crowd_half");
    request.limit = lines.number("limit");
    request.explain = lines.text("explain").has_value();
    return request;
}

SharedPlacesRequest read_shared_places(LineReader& lines) {
    SharedPlacesRequest request;
    request.index = read_subjects(lines);
    request.from = lines.text("from");
    request.to = lines.text("to");
    request.known_at = lines.text("known_at");
    request.categories = lines.all("category");
    request.limit = lines.number("limit");
    return request;
}

Question read_body(LineReader& lines, std::string_view kind) {
    if (kind == kind_words[0]) {
        auto site = lines.needed("site"), from = lines.needed("from"), to = lines.needed("to");
        return PassagesQuestion{std::move(site), {}, std::move(from), std::move(to), lines.text("known_at")};
    }
    if (kind == kind_words[1]) {
        auto person = lines.needed("person"), from = lines.needed("from"), to = lines.needed("to");
        return TrajectoryQuestion{std::move(person), {}, std::move(from), std::move(to), lines.text("known_at")};
    }
    if (kind == kind_words[2]) return read_trace(lines);
    if (kind != kind_words[3]) lines.spoil();
    return read_shared_places(lines);
}

}  // namespace

storage::QuestionKind kind_of(const KeptQuestion& kept) {
    CHECK(!std::holds_alternative<SearchRequest>(kept.question));
    return static_cast<storage::QuestionKind>(kept.question.index() - 1);
}

const char* word_of(storage::QuestionKind kind) { return kind_words[static_cast<std::size_t>(kind)]; }

std::string text_of(const KeptQuestion& kept) {
    LineWriter lines;
    lines.add("kind", {word_of(kind_of(kept))});
    if (kept.is_until_now) lines.add("until_now", {"1"});
    std::visit([&](const auto& question) { write_body(lines, question); }, kept.question);
    return lines.take();
}

std::optional<KeptQuestion> read_question_text(std::string_view text) {
    LineReader lines(text);
    const auto kind = lines.needed("kind");
    const bool is_until_now = lines.text("until_now").has_value();
    KeptQuestion kept{read_body(lines, kind), is_until_now};
    return lines.is_read() ? std::optional(std::move(kept)) : std::nullopt;
}

void set_case(Question& question, const std::string& case_number) {
    std::visit([&](auto& one) { one.case_number = case_number; }, question);
}

}  // namespace chayan::service
