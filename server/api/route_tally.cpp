// SPDX-License-Identifier: Apache-2.0
#include "api/route_tally.hpp"

#include <algorithm>
#include <utility>

namespace chayan::api {
namespace {

/// Between a handler and the reply.
class CountedSink final : public http::ReplySink {
public:
    CountedSink(std::shared_ptr<RouteTally> tally, std::size_t route, http::Reply reply) : tally_(std::move(tally)), route_(route), reply_(std::move(reply)) {}
    void send(http::Response response) noexcept override {
        tally_->count(route_, response.status);
        reply_(std::move(response));
    }
    bool is_wanted() const noexcept override { return reply_.is_wanted(); }

private:
    const std::shared_ptr<RouteTally> tally_;
    const std::size_t route_;
    http::Reply reply_;
};

}  // namespace

void RouteTally::count(std::size_t route, int status) noexcept {
    auto& cell = cells_[std::min(route, cells_.size() - 1)];
    cell[static_cast<std::size_t>(std::clamp(status / 100, 1, static_cast<int>(classes)) - 1)].fetch_add(1, std::memory_order_relaxed);
}

http::Reply RouteTally::counted(std::size_t route, http::Reply reply) {
    return http::Reply(std::make_shared<CountedSink>(shared_from_this(), route, std::move(reply)));
}

std::vector<RouteTally::Counts> RouteTally::counts() const {
    std::vector<Counts> found(cells_.size());
    for (std::size_t route = 0; route < cells_.size(); ++route)
        for (std::size_t kind = 0; kind < classes; ++kind) found[route][kind] = cells_[route][kind].load(std::memory_order_relaxed);
    return found;
}

}  // namespace chayan::api
