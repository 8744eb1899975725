// SPDX-License-Identifier: Apache-2.0
// Visits that no scan shows and somebody told of: whoever had no phone, a dinner at which nobody scanned. Pure; any thread.
#pragma once

#include <memory>
#include <vector>

#include "domain/contact_index.hpp"

namespace chayan::domain {

struct ToldVisit {
    PersonNo person;
    SiteId site;
    Interval span;     ///< 1 second to 24 hours
};

/// The index for one question that counts these visits like any other; no scan is cut by them, nor they by one. What is of nobody, or of a site that
/// the index does not know yet, is passed over. Cost: what is told, and the overlays of its places.
std::shared_ptr<const ContactIndex> with_told(const ContactIndex& index, const std::vector<ToldVisit>& told);

}  // namespace chayan::domain
