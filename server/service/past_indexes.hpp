// SPDX-License-Identifier: Apache-2.0
// The contact index as known at a past moment, made when a question asks for it and kept for the questions that follow. Query threads, each with its
// own reader; blocks.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "domain/contact_index.hpp"
#include "kit/guarded.hpp"
#include "kit/result.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

/// RFC 3339, before the second `now`: of a second that is not over nobody knows yet what will have been received in it. Errors: trace_invalid with
/// time_malformed, known_at_ahead (422) at /known_at.
kit::Result<domain::Instant> parse_known_at(const std::string& text, domain::Instant now);

class PastIndexes {
public:
    explicit PastIndexes(Vault& vault) : vault_(vault) {}
    /// Before the first question: who lends threads.
    void lend(domain::RunParts run) { run_ = std::move(run); }

    /// `index`: with every scan received by `known_at`. Cost: of the moment that was asked for last nothing; of another one what the index costs at start,
    /// time and memory, one at a time. Error past_busy (503) while another one is made.
    kit::Result<std::shared_ptr<const domain::ContactIndex>> at(domain::Instant known_at, domain::Instant now, const domain::ContactIndex& index,
                                                                storage::Connection& reader);
    /// Gives back the memory of one that nobody has asked for since `since`.
    void forget(domain::Instant since);
    /// Waits for the one that is being made, and keeps none.
    void forget_all();

private:
    struct Kept {
        domain::Instant known_at;
        std::shared_ptr<const domain::ContactIndex> index;
        domain::Instant asked;
    };

    Vault& vault_;
    domain::RunParts run_ = domain::run_in_turn;
    std::mutex making_;
    kit::Guarded<std::optional<Kept>> kept_;
};

}  // namespace chayan::service
