// SPDX-License-Identifier: Apache-2.0
#include "service/audit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/operators.hpp"
#include "storage/retention.hpp"

namespace chayan::service {
namespace {

constexpr std::uint32_t page = 1'000;
constexpr std::size_t checkpoint_bytes_max = 16U << 20U;   // a century of hours

std::string hex(const std::array<std::uint8_t, 32>& bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) text.append({digits[byte >> 4U], digits[byte & 15U]});
    return text;
}

/// What stands behind a checkpoint: only who has the keys can make one.
std::string signature(const Vault& vault, std::uint64_t seq, domain::Instant at, const std::array<std::uint8_t, 32>& chain) {
    storage::AuditRow row;
    row.seq = seq;
    row.at = at;
    row.action = "checkpoint";
    return hex(vault.chain(chain, row));
}

/// What makes an anchor one: nobody else can say that lines were removed and not lost.
std::array<std::uint8_t, 32> seal_of(const Vault& vault, const storage::AuditAnchor& anchor) {
    storage::AuditRow row;
    row.seq = anchor.seq;
    row.at = anchor.at;
    row.action = "anchor";
    row.detail = std::to_string(anchor.count);
    return vault.chain(anchor.chain, row);
}

std::string line_of(const Vault& vault, std::uint64_t seq, domain::Instant at, const std::array<std::uint8_t, 32>& chain) {
    return std::to_string(seq) + ' ' + std::to_string(at.s) + ' ' + hex(chain) + ' ' + signature(vault, seq, at, chain);
}

/// The first 63 bits of the head, for a line of the service's log: enough to catch a log that was cut or written anew.
std::uint64_t short_form(const std::array<std::uint8_t, 32>& chain) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = (number << 8U) | chain[i];
    return number >> 1U;
}

std::string read_file(const std::string& path) {
    std::string text;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return text;
    char buffer[4096];
    for (ssize_t count = 0; text.size() < checkpoint_bytes_max && (count = ::read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(count));
    ::close(fd);
    return text;
}

/// The lines as they were written, by the number of the audit line that they vouch for.
std::map<std::uint64_t, std::string> read_checkpoints(const std::string& path) {
    std::map<std::uint64_t, std::string> lines;
    const auto text = read_file(path);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        if (end == std::string::npos) break;   // torn by a crash
        std::uint64_t seq = 0;
        std::from_chars(text.data() + at, text.data() + end, seq);
        if (seq != 0) lines[seq] = text.substr(at, end - at);
        at = end + 1;
    }
    return lines;
}

/// Where the last whole line ends; what follows was torn by a crash. Nothing when the file can't be read.
std::optional<off_t> end_of_lines(int fd) {
    const off_t size = ::lseek(fd, 0, SEEK_END);
    char tail[4096];   // of any of ours the longest is 180 bytes
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(sizeof tail));
    const auto count = size < 0 ? -1 : ::pread(fd, tail, sizeof tail, from);
    if (count < 0) return std::nullopt;
    const auto last = std::string_view(tail, static_cast<std::size_t>(count)).rfind('\n');
    return last == std::string_view::npos ? from : from + static_cast<off_t>(last) + 1;
}

/// On a line of its own: joined to what a crash left, it would look like one that somebody changed, for ever.
bool append_whole(int fd, const std::string& text) {
    const auto end = end_of_lines(fd);
    if (!end || ::ftruncate(fd, *end) != 0) return false;
    if (::pwrite(fd, text.data(), text.size(), *end) == static_cast<ssize_t>(text.size())) return ::fdatasync(fd) == 0;
    (void)!::ftruncate(fd, *end);
    return false;
}

void append_line(const std::string& path, const std::string& line) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const bool good = fd >= 0 && append_whole(fd, line + '\n');
    if (fd >= 0) ::close(fd);
    if (!good) kit::log(kit::Level::warning, "checkpoint_not_written");   // the next one vouches for more
}

/// When a checkpoint says that it was noted.
domain::Instant moment_of(const std::string& checkpoint) {
    const auto first = checkpoint.find(' ');
    std::int64_t at = 0;
    if (first != std::string::npos) std::from_chars(checkpoint.data() + first + 1, checkpoint.data() + checkpoint.size(), at);
    return {at};
}

/// Does the checkpoint tell of this line as it is? Its moment is its own.
bool vouches(const Vault& vault, const std::string& checkpoint, std::uint64_t seq, const std::array<std::uint8_t, 32>& chain) {
    return checkpoint == line_of(vault, seq, moment_of(checkpoint), chain);
}

/// A filter as it was read.
struct Wanted {
    std::optional<domain::OperatorId> by;
    domain::Instant from{INT64_MIN}, to{INT64_MAX};

    kit::Status read(const AuditFilter& filter) {
        using kit::invalid_field;
        if (!filter.action.empty() && !is_audit_action(filter.action)) return invalid_field("/action", "audit_action_unknown");
        for (const auto& [text, pointer, bound] : {std::tuple{&filter.from, "/from", &from}, {&filter.to, "/to", &to}}) {
            if (text->empty()) continue;
            const auto moment = domain::parse_rfc3339(*text);
            if (!moment) return invalid_field(pointer, "time_malformed");
            *bound = *moment;
        }
        return from < to ? kit::Status(kit::Done{}) : invalid_field("/to", "window_empty");
    }
    bool has(const storage::AuditRow& row, const AuditFilter& filter) const {
        return from <= row.at && row.at < to && (!by || row.by == *by) && (filter.action.empty() || row.action == filter.action) &&
               (filter.case_number.empty() || row.case_number == filter.case_number);
    }
};

}  // namespace

storage::AuditAnchor anchor_after(const Vault& vault, const storage::AuditRow& last, std::uint64_t removed) {
    storage::AuditAnchor anchor{last.seq, last.at, removed, last.chain, {}};
    anchor.seal = seal_of(vault, anchor);
    return anchor;
}

AuditVerdict verify_audit(storage::Connection& reader, const Vault& vault, const std::string& checkpoint_file) {
    const auto checkpoints = read_checkpoints(checkpoint_file);
    AuditVerdict verdict;
    std::array<std::uint8_t, 32> chain{};
    std::uint64_t next = 1;
    if (const auto anchor = reader.retention().audit_anchor()) {
        const auto checkpoint = checkpoints.find(anchor->seq);
        if (anchor->seal != seal_of(vault, *anchor) || (checkpoint != checkpoints.end() && !vouches(vault, checkpoint->second, anchor->seq, anchor->chain))) {
            verdict.first_bad = next;
            return verdict;
        }
        chain = anchor->chain;
        next = anchor->seq + 1;
        verdict.removed = anchor->count;
        verdict.removed_to = anchor->at;
    }
    for (;;) {
        const auto rows = reader.audit().read(next, page);
        if (rows.empty()) break;
        for (const auto& row : rows) {
            chain = vault.chain(chain, row);
            const bool follows = row.seq == next || (row.seq > next && row.action == "restored");   // a restore skips numbers
            const auto checkpoint = checkpoints.find(row.seq);
            const bool holds = follows && chain == row.chain && (checkpoint == checkpoints.end() || vouches(vault, checkpoint->second, row.seq, chain));
            if (!holds) {
                verdict.first_bad = next;
                return verdict;
            }
            next = row.seq + 1;
            ++verdict.count;
        }
    }
    // Lines that a checkpoint tells of and that are not there any more: the end was cut off.
    if (!checkpoints.empty() && checkpoints.rbegin()->first >= next) verdict.first_bad = next;
    return verdict;
}

AuditTrail::AuditTrail(Writer& writer, const Clock& clock, Vault& vault, Staff& staff, std::string checkpoint_file)
    : writer_(writer), clock_(clock), vault_(vault), staff_(staff), checkpoint_file_(std::move(checkpoint_file)) {
    const auto known = read_checkpoints(checkpoint_file_);
    if (!known.empty()) noted_->store({known.rbegin()->first, moment_of(known.rbegin()->second)});
}

AuditLine AuditTrail::line_for(const storage::AuditRow& row, Language language) {
    const auto by = staff_.login_of(row.by);
    const auto detail = row.detail.empty() ? std::string{}
                                           : vault_.open(SealKind::audit_detail, std::to_string(row.seq), row.detail).value_or("?");
    return {row.seq, row.at, by, row.action, row.case_number, audit_sentence(by, row, detail, language)};
}

kit::Result<AuditPage> AuditTrail::lines(const Caller& caller, storage::Connection& reader, std::uint64_t before, std::size_t count, const AuditFilter& filter,
                                         Language language) {
    Wanted wanted;
    if (auto status = wanted.read(filter); !status) return status.error();
    AuditPage told;
    if (!filter.by.empty()) {
        const auto named = staff_.book.with([&](const StaffBook& book) { return book.find(filter.by); });
        if (!named) return told;
        wanted.by = named->id;
    }
    const auto is_inside = [&](const storage::AuditRow& row) {
        const auto scope = staff_.scope_of(row.by);
        return caller.scope.digits == 0 || (scope.digits != 0 && domain::is_within(scope, caller.scope));
    };
    constexpr std::uint64_t newest = INT64_MAX;
    std::size_t looked = 0;
    auto rows = reader.audit().read_back(before == 0 ? newest : std::min(before, newest), page);
    for (; !rows.empty(); rows = reader.audit().read_back(rows.back().seq, page)) {
        for (const auto& row : rows) {
            const bool is_wanted = wanted.has(row, filter) && is_inside(row);
            if ((is_wanted && told.lines.size() == count) || looked++ == kit::audit_looked_max) {
                told.next = row.seq + 1;
                return told;
            }
            told.looked_to = row.at;
            if (is_wanted) told.lines.push_back(line_for(row, language));
        }
    }
    return told;
}

kit::Result<AuditVerdict> AuditTrail::verify(const Caller& caller, storage::Connection& reader) {
    auto status = run_and_wait(writer_, [by = caller.id](WriteContext& context) -> kit::Status {
        context.audit({by, "audit_verified", {}, {}});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return verify_audit(reader, vault_, checkpoint_file_);
}

std::vector<AccessLine> AuditTrail::about(storage::Connection& reader, const std::vector<domain::RegistrationId>& registrations) {
    std::vector<AccessLine> lines;
    for (const auto registration : registrations) {
        const auto subject = vault_.blind(BlindKind::subject, std::to_string(registration.value));
        for (const auto& row : reader.audit().about(subject, kit::access_report_max))
            lines.push_back({row.seq, row.at, row.action, staff_.scope_of(row.by), registration});
    }
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.seq > b.seq; });
    if (lines.size() > kit::access_report_max) lines.resize(kit::access_report_max);
    return lines;
}

void AuditTrail::keep_checkpoint(storage::Connection& reader, bool now_due) {
    const auto now = clock_.now();
    const auto last = reader.audit().last();
    const auto noted = noted_->load();
    if (!last || last->seq <= noted.seq) return;
    const bool is_due = now_due || now - noted_at_ >= kit::checkpoint_s || last->seq - noted.seq >= kit::checkpoint_lines;
    if (!is_due) return;
    append_line(checkpoint_file_, line_of(vault_, last->seq, now, last->chain));
    kit::log(kit::Level::info, "audit_checkpoint", {{"seq", static_cast<std::int64_t>(last->seq)},
                                                    {"chain", static_cast<std::int64_t>(short_form(last->chain))}});
    noted_->store({last->seq, now});
    noted_at_ = now;
}

}  // namespace chayan::service
