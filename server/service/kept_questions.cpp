// SPDX-License-Identifier: Apache-2.0
#include "service/kept_questions.hpp"

#include <algorithm>

#include "kit/limits.hpp"
#include "service/crypto.hpp"

namespace chayan::service {
namespace {

/// Values with a tab between two, lines with an end each, hashed in pieces.
class Lines {
public:
    explicit Lines(const char* kind) { add(kind).end(); }
    Lines& add(std::string_view value) {
        if (!is_first_) text_.push_back('\t');
        is_first_ = false;
        text_.append(value);
        return *this;
    }
    Lines& add(domain::Instant at) { return add(domain::format_rfc3339(at)); }
    Lines& add(bool flag) { return add(flag ? std::string_view("true") : std::string_view("false")); }
    Lines& add(const char* word) { return add(std::string_view(word)); }
    Lines& add(const std::string& text) { return add(std::string_view(text)); }
    Lines& add(std::int64_t number) { return add(std::to_string(number)); }
    template <class T>
        requires std::is_integral_v<T>
    Lines& add(T number) { return add(static_cast<std::int64_t>(number)); }
    void end() {
        text_.push_back('\n');
        is_first_ = true;
        if (text_.size() < piece_bytes) return;
        hash_.add(text_);
        text_.clear();
    }
    Digest digest() {
        hash_.add(text_);
        return hash_.finish();
    }

private:
    static constexpr std::size_t piece_bytes = 64 * 1024;
    crypto::Sha256 hash_;
    std::string text_;
    bool is_first_ = true;
};

const std::string& ref_of(const storage::SiteRow* site) {
    static const std::string none;
    return site == nullptr ? none : site->ref;
}

std::string kinds_of(std::uint8_t bits) {
    constexpr const char* words[] = {"venue", "gate", "company"};
    std::vector<std::string> kinds;
    for (std::size_t i = 0; i < std::size(words); ++i)
        if ((bits >> i) & 1U) kinds.emplace_back(words[i]);
    return joined(kinds);
}

void put_number(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) out.push_back(static_cast<char>(number | 0x80U));
    out.push_back(static_cast<char>(number));
}

/// 64 bits, seven a byte, the lowest first.
std::optional<std::uint64_t> take_number(std::string_view& rest) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(rest.front());
        rest.remove_prefix(1);
        number |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) return number;
    }
    return std::nullopt;
}

/// What of a row never changes: a row's seals fit no other, and none but the one that was answered so.
std::string associated(const storage::QuestionRow& row) {
    std::string text(reinterpret_cast<const char*>(row.id.data()), row.id.size());
    text.append(reinterpret_cast<const char*>(row.key.data()), row.key.size());
    text.append(reinterpret_cast<const char*>(row.digest.data()), row.digest.size());
    for (const std::uint64_t number : {static_cast<std::uint64_t>(row.kind), std::uint64_t{row.by.value}, static_cast<std::uint64_t>(row.asked.s), row.count,
                                       std::uint64_t{row.is_complete}, std::uint64_t{row.has_people}})
        text += std::to_string(number) + ' ';
    return text + row.case_number;
}

/// Without the end of a window that nobody had said: else a preset asked twice would never be the same question.
std::string key_text(KeptQuestion kept) {
    auto* trace = kept.is_until_now ? std::get_if<TraceRequest>(&kept.question) : nullptr;
    if (trace != nullptr) trace->to.reset();
    return text_of(kept);
}

}  // namespace

std::string hex(const Digest& digest) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) text.append({digits[byte >> 4U], digits[byte & 15U]});
    return text;
}

AnswerSum sum_of(const std::vector<PassageView>& answer) {
    Lines lines("passages");
    for (const auto& row : answer) lines.add(row.person_id).add(row.first).add(row.last).add(row.scans).end();
    return {answer.size(), true, lines.digest()};
}

AnswerSum sum_of(const TrajectoryView& answer) {
    Lines lines("trajectory");
    lines.add(answer.person.id).end();
    for (const auto& visit : answer.visits) lines.add(ref_of(visit.site)).add(visit.begin).add(visit.end).add(domain::word_of(visit.ended_by)).end();
    for (const auto& scan : answer.scans)
        lines.add(scan.id).add(ref_of(scan.site)).add(scan.at).add(domain::word_of(scan.direction)).add(scan.repeated).add(scan.voided)
            .add(joined({scan.flags.begin(), scan.flags.end()})).add(scan.evidence).end();
    return {answer.scans.size(), true, lines.digest()};
}

AnswerSum sum_of(const TraceView& answer) {
    Lines lines("contacts");
    const auto& contacts = answer.answer.contacts;
    for (std::size_t i = 0; i < contacts.size(); ++i) {
        const auto& one = contacts[i];
        lines.add(answer.persons[i].id).add(one.degree).add(one.episode_count).add(kinds_of(one.kinds)).add(one.total_s).add(one.longest_s);
        lines.add(one.first).add(one.last).end();
    }
    std::vector<std::string> left_out;
    for (const auto count : answer.answer.left_out) left_out.push_back(std::to_string(count));
    lines.add(answer.answer.complete).add(joined(left_out)).end();
    return {contacts.size(), answer.answer.complete, lines.digest()};
}

AnswerSum sum_of(const SharedPlacesView& answer, const std::function<std::string(domain::PersonNo)>& person_id) {
    Lines lines("places");
    for (const auto& place : answer.answer.places) {
        std::vector<std::string> persons;
        for (const auto person : place.cases) persons.push_back(person_id(person));
        lines.add(ref_of(answer.directory->site(place.place))).add(place.span.from).add(place.span.to).add(persons.size()).add(joined(persons)).add(place.others);
        lines.add(rounded(place.expected)).add(rounded(place.lift())).add(rounded(place.by_chance)).end();
    }
    const bool is_complete = answer.answer.left_out == 0;
    lines.add(is_complete).add(answer.answer.left_out).end();
    return {answer.answer.places.size(), is_complete, lines.digest()};
}

std::string people_text(FoundPeople people) {
    std::sort(people.begin(), people.end());
    std::string text;
    std::uint64_t first = 0;
    for (const auto& statements : people) {
        CHECK(!statements.empty());
        // How far the first is from the one before; its lowest bit says whether there are more.
        put_number(text, (statements.front().value - first) << 1U | (statements.size() > 1 ? 1U : 0U));
        first = statements.front().value;
        if (statements.size() == 1) continue;
        put_number(text, statements.size() - 1);
        for (std::size_t i = 1; i < statements.size(); ++i) put_number(text, statements[i].value - statements[i - 1].value);
    }
    return text;
}

std::optional<FoundPeople> read_people_text(std::string_view text) {
    FoundPeople people;
    std::uint64_t first = 0;
    while (!text.empty()) {
        const auto step = take_number(text);
        if (!step) return std::nullopt;
        first += *step >> 1U;
        people.push_back({{first}});
        if ((*step & 1U) == 0) continue;
        const auto more = take_number(text);
        if (!more || *more > text.size()) return std::nullopt;
        for (std::uint64_t i = 0; i < *more; ++i) {
            const auto next = take_number(text);
            if (!next) return std::nullopt;
            people.back().push_back({people.back().back().value + *next});
        }
    }
    return people;
}

std::optional<FoundPeople> found_people(const domain::People& people, const domain::TraceAnswer& answer) {
    if (answer.contacts.size() > kit::kept_people_max) return std::nullopt;
    FoundPeople found;
    for (const auto& contact : answer.contacts)
        if (const auto& statements = people.registrations_of(contact.person); !statements.empty()) found.push_back(statements);
    return found;
}

storage::QuestionRow kept_row(const Vault& vault, domain::OperatorId by, domain::Instant now, const KeptQuestion& kept, const AnswerSum& sum,
                              std::optional<FoundPeople> people) {
    storage::QuestionRow row;
    row.id = vault.blind(BlindKind::question, Vault::random_token());
    row.case_number = case_of(kept.question);
    row.kind = kind_of(kept);
    row.key = vault.blind(BlindKind::question, row.case_number + '\n' + key_text(kept));
    row.by = by;
    row.asked = row.asked_last = now;
    row.count = sum.count;
    row.is_complete = sum.is_complete;
    row.digest = sum.digest;
    row.has_people = people.has_value();
    row.question = vault.seal(SealKind::question, associated(row), text_of(kept));
    if (people) row.people = vault.seal(SealKind::found_people, associated(row), people_text(*std::move(people)));
    return row;
}

void keep(WriteContext& context, const storage::QuestionRow& row) {
    auto& desk = context.store().desk();
    const auto known = desk.latest_question(row.case_number, row.key);
    if (known && known->digest == row.digest) return desk.ask_again(known->id, row.asked);
    desk.append(row);
    desk.keep_questions(row.case_number, kit::case_questions_max, kit::case_questions_bytes_max);
}

std::size_t weight_of(const storage::QuestionRow& row) {
    constexpr std::size_t scan_bytes = 64;
    return std::min(kit::command_scans + (row.question.size() + row.people.size()) / scan_bytes, kit::commit_scans_max);
}

std::optional<KeptQuestion> open_question(const Vault& vault, const storage::QuestionRow& row) {
    const auto text = vault.open(SealKind::question, associated(row), row.question);
    auto kept = text ? read_question_text(*text) : std::nullopt;
    if (kept) set_case(kept->question, row.case_number);
    return kept;
}

std::optional<FoundPeople> open_people(const Vault& vault, const storage::QuestionRow& row) {
    const auto text = vault.open(SealKind::found_people, associated(row), row.people);
    return text ? read_people_text(*text) : std::nullopt;
}

}  // namespace chayan::service
