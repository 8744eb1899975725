// SPDX-License-Identifier: Apache-2.0
// Reading a tracer's question: words to values, each field judged. Query and desk threads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/trace.hpp"
#include "kit/result.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

/// The question with nothing left to its preset: whatever was given stands, the rest is the preset's, and a window that was not given
/// goes from so many days before the anchor to so many after it, or to the end of the second `now`. Without a preset the contract's defaults.
/// Errors: trace_invalid with fields: preset_unknown, anchor_kind, anchor_ahead, missing, time_malformed, window_empty.
kit::Result<TraceRequest> spelt_out(TraceRequest request, domain::Instant now);

/// Everything but the index, divisions and sites. Errors: trace_invalid with fields, unbounded (422).
kit::Result<domain::TraceQuestion> read_question(const TraceRequest& request, domain::Interval window);

/// The windows, categories and limit; the persons of its cases are still none, in the order of the index. Errors: trace_invalid with fields (422).
kit::Result<domain::SharedPlacesQuestion> read_shared_places(const SharedPlacesRequest& request);

/// Divisions and sites into the question. Errors: trace_invalid with fields (422); site_unknown (404, also outside the scope).
kit::Status read_places(const TraceRequest& request, const Directory& directory, const Caller& caller, domain::TraceQuestion& question);

/// Does the caller's scope reach this person: registered in it, or seen at a site of it? Cost: the person's scans and profiles.
bool may_ask_about(const Caller& caller, const domain::ContactIndex& index, storage::Connection& reader, const Vault& vault, domain::PersonNo person);

/// What the audit log says of whom a question is about: ids, refs; never a plate.
std::string words_of(const std::vector<TraceSubject>& subjects);
std::vector<domain::PersonNo> index_persons(const domain::TraceQuestion& question);
/// The phones that are told of a look at these persons: a phone whose statements alone name one. By their holders, or for whoever is a
/// dependant and nothing else by the oldest of those statements. Whose a document is that
/// others name too nobody knows until staff have seen it, and a look must not be told to whoever typed it (SECURITY T17).
std::vector<domain::RegistrationId> phones_told(const domain::People& people, const std::vector<domain::PersonNo>& persons);

/// Says which of the index the error is about: /index/N.
kit::Error at_index(kit::Error error, std::size_t number);

/// One index subject; nothing for a plate that was never seen. Errors: trace_invalid, person_unknown, site_unknown.
kit::Result<std::optional<domain::IndexSubject>> read_subject(
    const TraceSubject& subject, domain::Interval window, const Directory& directory, const Caller& caller, storage::Connection& reader,
    const Vault& vault, const std::function<std::optional<domain::PersonNo>(const std::string&)>& find_person);

/// People who fit all that was given, ascending. Errors: search_empty, search_too_many, and those of registrations.
kit::Result<std::vector<domain::PersonNo>> find_people(const domain::ContactIndex& index, storage::Connection& reader, const Vault& vault,
                                                       domain::Day today, const SearchRequest& request);

}  // namespace chayan::service
