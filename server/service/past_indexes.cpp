// SPDX-License-Identifier: Apache-2.0
#include "service/past_indexes.hpp"

#include <utility>

#include "domain/past_index.hpp"
#include "service/directory.hpp"

namespace chayan::service {
namespace {

/// The four values of every scan that was voided later.
std::vector<domain::ScanKey> voided_since(storage::Connection& reader, Vault& vault, domain::Instant moment) {
    std::vector<domain::ScanKey> keys;
    for (const auto& row : reader.scans().voids()) {
        if (row.at <= moment) continue;
        reader.scans().read({row.scan.value - 1}, row.scan, [&](std::span<const storage::ScanRow> rows) {
            const auto opened = vault.open(rows);
            for (std::size_t i = 0; i < rows.size(); ++i)
                if (opened[i]) keys.push_back({opened[i]->registration, rows[i].site, rows[i].at, rows[i].direction});
            return true;
        });
    }
    return keys;
}

}  // namespace

kit::Result<domain::Instant> parse_known_at(const std::string& text, domain::Instant now) {
    const auto wrong = [](const char* code) { return kit::Error{kit::Errc::invalid, "trace_invalid", {{"/known_at", code}}}; };
    const auto moment = domain::parse_rfc3339(text);
    if (!moment) return wrong("time_malformed");
    if (*moment >= now) return wrong("known_at_ahead");
    return *moment;
}

kit::Result<std::shared_ptr<const domain::ContactIndex>> PastIndexes::at(domain::Instant known_at, domain::Instant now, const domain::ContactIndex& index,
                                                                         storage::Connection& reader) {
    const auto find_kept = [&] {
        return kept_.with([&](auto& kept) -> std::shared_ptr<const domain::ContactIndex> {
            if (!kept || kept->known_at != known_at) return nullptr;
            kept->asked = now;
            return kept->index;
        });
    };
    if (auto kept = find_kept()) return kept;
    std::unique_lock lock(making_, std::try_to_lock);
    if (!lock) return kit::Error{kit::Errc::busy, "past_busy", {}, 15};
    if (auto kept = find_kept()) return kept;
    kept_.store(std::nullopt);   // never two besides the one of now
    auto people = std::make_shared<const domain::People>(load_people(reader, known_at));
    auto made = domain::as_known_at(index, {known_at, std::move(people), voided_since(reader, vault_, known_at)}, run_);
    kept_.store(Kept{known_at, made, now});
    return made;
}

void PastIndexes::forget(domain::Instant since) {
    const auto given_back = kept_.with([since](auto& kept) { return kept && kept->asked < since ? std::exchange(kept, std::nullopt) : std::nullopt; });
}

void PastIndexes::forget_all() {
    std::lock_guard lock(making_);
    kept_.store(std::nullopt);
}

}  // namespace chayan::service
