// SPDX-License-Identifier: Apache-2.0
// How many requests each endpoint has answered, by class of status; the rest under no endpoint. Numbers alone: a path that somebody sent is in
// none of them. Any thread, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "http/message.hpp"

namespace chayan::api {

class RouteTally : public std::enable_shared_from_this<RouteTally> {
public:
    static constexpr std::size_t classes = 5;   ///< 1xx to 5xx
    using Counts = std::array<std::uint64_t, classes>;

    explicit RouteTally(std::size_t routes) : cells_(routes + 1) {}
    /// `route` beyond the last: no endpoint.
    void count(std::size_t route, int status) noexcept;
    /// The reply, counted when it is sent.
    http::Reply counted(std::size_t route, http::Reply reply);
    /// By endpoint of the table, in order; last what found none.
    std::vector<Counts> counts() const;

private:
    std::vector<std::array<std::atomic<std::uint64_t>, classes>> cells_;
};

}  // namespace chayan::api
