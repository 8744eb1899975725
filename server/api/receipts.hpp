// SPDX-License-Identifier: Apache-2.0
// How an accepted scan is told. Any thread.
#pragma once

#include <vector>

#include "api/answer.hpp"

namespace chayan::api {

const char* verdict_word(service::Verdict verdict);
/// id, site, at, direction, repeated, flags, evidence, into an object that is open.
void write_receipt(JsonText& text, const service::ScanReceipt& receipt);
/// {results:[{status,…}]}: each item's own number, receipt or problem.
void answer_results(Call& call, const std::vector<kit::Result<service::ScanReceipt>>& results);

}  // namespace chayan::api
