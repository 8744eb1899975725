// SPDX-License-Identifier: Apache-2.0
// Where a workbook is put together: in memory, without a name. The library does not tell when its temporary files run out of room,
// so the room is looked at before, and the finished file is read once from end to end. One query thread each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/answer_text.hpp"

namespace chayan::service {

class XlsxScratch {
public:
    /// Error scratch_short (503) unless `folder` lies in memory and has room for `bytes`.
    static kit::Result<XlsxScratch> open(const std::string& folder, std::uint64_t bytes);
    XlsxScratch(XlsxScratch&& other) noexcept;
    XlsxScratch& operator=(XlsxScratch&&) = delete;
    ~XlsxScratch();

    /// A path to the nameless file that holds the workbook.
    std::string path() const;
    /// Whether sheet n holds exactly rows[n] rows and ends as it must. Inflates all of it.
    bool is_whole(const std::vector<std::uint64_t>& rows) const;
    /// Hands on the whole file.
    kit::Status hand_on(const PutBytes& put) const;

private:
    explicit XlsxScratch(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace chayan::service
