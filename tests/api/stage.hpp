// SPDX-License-Identifier: Apache-2.0
// A stage for the calls: the real Api over real services, a store that holds one operator and session for each role and
// nothing else, and lanes that note what they were given instead of running it. One test's thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/api.hpp"
#include "service/throttle.hpp"
#include "storage/store.hpp"

namespace chayan::api::testing {

/// Where a temporary directory lives as long as this does.
struct Folder {
    Folder();
    ~Folder();
    std::filesystem::path path;
};

struct StoppedClock final : service::Clock {
    domain::Instant now() const override {
        if (broken) throw std::runtime_error("the clock is broken");
        return {1'600'000'000};
    }
    bool broken = false;
};

/// What came of a call.
struct Outcome {
    int status = 0;               ///< 0: no answer yet
    std::string code, body;       ///< the problem's code, or empty
    std::vector<http::Header> headers;
    Lane lane = Lane::io;         ///< to which the call was handed
    std::string turn;             ///< as whose it waits, where the queue is short; with a + where it is known who
    bool handed_over = false;     ///< it passed who may call, and waits in its lane
};

/// Who calls, and how they show it.
struct Visitor {
    std::string authorization, cookie, csrf_token, fetch_site{}, neighbourhood{};
};

class Stage {
public:
    explicit Stage(const service::ThrottleSettings& limits = {});
    ~Stage();

    Api& api();
    /// Handles a call that was admitted. Its body is `{`, which no handler can read, for POST and PATCH unless `body` is given.
    Outcome call(http::Method method, const std::string& path, const Visitor& visitor, const std::optional<std::string>& body = {},
                 std::vector<http::Header> query = {});
    /// A head as the server passes it on, with the media type of the endpoint.
    static http::Head head(http::Method method, const std::string& path, const char* media_type = "application/json");

    Visitor nobody() const { return {}; }
    Visitor resident() const;                          ///< by bearer
    Visitor resident_by_cookie() const;
    Visitor with(storage::Role role) const;            ///< by bearer
    Visitor with_cookie(storage::Role role) const;     ///< the cookie and its CSRF token
    /// The code on the poster of the only site, for either direction.
    std::string code() const;
    /// For limits on rate.
    void pass_s(std::int64_t seconds);
    /// From now on the lanes are full.
    void fill_lanes();
    /// From now on whoever asks for the time gets an exception.
    void break_clock();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::api::testing
