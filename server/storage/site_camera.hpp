// SPDX-License-Identifier: Apache-2.0
// The port of sites' cameras: where the recording of a moment is looked at. Part of a Connection (store.hpp), whose rules hold here. The address comes sealed: whoever
// reads a copy of the store must not learn where a recorder answers.
#pragma once

#include <optional>
#include <vector>

#include "storage/rows.hpp"

namespace chayan::storage {

struct CameraRow {
    domain::SiteId site;
    Bytes sealed;                       ///< the template of its playback's address
    friend bool operator==(const CameraRow&, const CameraRow&) = default;
};

class CameraBook {
public:
    virtual ~CameraBook() = default;
    virtual void put(const CameraRow& row) = 0;            ///< Writes. Adds or replaces by site.
    virtual bool remove(domain::SiteId site) = 0;          ///< Writes. False when there was none.
    virtual std::optional<CameraRow> find(domain::SiteId site) = 0;
    virtual std::vector<CameraRow> cameras() = 0;          ///< by site
};

}  // namespace chayan::storage
