// SPDX-License-Identifier: Apache-2.0
#include "service/manifest.hpp"

#include <charconv>
#include <span>

namespace chayan::service {
namespace {

constexpr std::string_view schema_word = "schema ";

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// The numbers with their words, in the order of the lines.
template <class Census, class Use>
void for_each_number(Census& census, const Use& use) {
    use("schema", census.schema);
    use("scans", census.scans);
    use("voids", census.voids);
    use("registrations", census.registrations);
    use("sites", census.sites);
    use("operators", census.operators);
    use("cases", census.cases);
    use("audit", census.audit);
    use("audit_last", census.audit_last);
    use("last_scan", census.last.scan);
    use("last_registration", census.last.registration);
    use("last_person", census.last.person);
    use("last_person_event", census.last.person_event);
    use("last_vehicle", census.last.vehicle);
    use("last_site", census.last.site);
    use("last_operator", census.last.operator_id);
}

std::string in_hex(std::span<const std::uint8_t> bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        text.push_back(digits[byte >> 4U]);
        text.push_back(digits[byte & 15U]);
    }
    return text;
}

/// Takes lines from the front; good() is false once one was not what it should be.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}
    bool good() const { return good_; }
    bool at_end() const { return rest_.empty(); }
    bool is_next(std::string_view word) const { return rest_.starts_with(word); }
    /// The value of a line that begins with this word.
    std::string_view value(std::string_view word) {
        const auto line = rest_.substr(0, rest_.find('\n'));
        good_ = good_ && line.size() < rest_.size() && line.size() > word.size() && line.starts_with(word) && line[word.size()] == ' ';
        if (!good_) return {};
        rest_.remove_prefix(line.size() + 1);
        return line.substr(word.size() + 1);
    }
    std::uint64_t number(std::string_view word) {
        const auto found = number_of(value(word));
        good_ = good_ && found;
        return found.value_or(0);
    }
    void bytes(std::string_view word, std::span<std::uint8_t> out) {
        const auto text = value(word);
        good_ = good_ && text.size() == 2 * out.size();
        for (std::size_t i = 0; good_ && i < out.size(); ++i) {
            const auto [end, error] = std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, out[i], 16);
            good_ = error == std::errc{} && end == text.data() + 2 * i + 2;
        }
    }

private:
    std::string_view rest_;
    bool good_ = true;
};

}  // namespace

std::string format_manifest(const Manifest& manifest) {
    std::string text;
    const auto add = [&text](std::string_view word, const std::string& value) { text += std::string(word) + ' ' + value + '\n'; };
    for_each_number(manifest.census, [&](const char* word, std::uint64_t value) { add(word, std::to_string(value)); });
    add("audit_head", in_hex(manifest.census.audit_head));
    add("created", domain::format_rfc3339(manifest.created));
    add("time_zone", manifest.time_zone);
    if (manifest.scan_days > 0) add("scan_days", std::to_string(manifest.scan_days));
    for (const auto& [day, scans] : manifest.scans_by_day) add("day", domain::format_date(day) + ' ' + std::to_string(scans));
    return text;
}

std::optional<Manifest> parse_manifest(std::string_view text) {
    Manifest manifest;
    Lines lines(text);
    for_each_number(manifest.census, [&](const char* word, std::uint64_t& value) { value = lines.number(word); });
    lines.bytes("audit_head", manifest.census.audit_head);
    const auto created = domain::parse_rfc3339(lines.value("created"));
    if (!created) return std::nullopt;
    manifest.created = *created;
    manifest.time_zone = lines.value("time_zone");
    if (lines.is_next("scan_days")) manifest.scan_days = static_cast<std::int64_t>(lines.number("scan_days"));
    while (lines.good() && !lines.at_end()) {
        const auto value = lines.value("day");
        const auto day = domain::parse_date(value.substr(0, 10));
        const auto scans = value.size() > 11 && value[10] == ' ' ? number_of(value.substr(11)) : std::nullopt;
        if (!day || !scans) return std::nullopt;
        manifest.scans_by_day[*day] = *scans;
    }
    return lines.good() ? std::optional(std::move(manifest)) : std::nullopt;
}

std::optional<std::uint64_t> schema_of_manifest(std::string_view text) {
    if (!text.starts_with(schema_word)) return std::nullopt;
    text.remove_prefix(schema_word.size());
    return number_of(text.substr(0, text.find('\n')));
}

}  // namespace chayan::service
