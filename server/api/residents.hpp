// SPDX-License-Identifier: Apache-2.0
// What the calls of residents and their pages share. Any thread.
#pragma once

#include <memory>
#include <string_view>

#include "api/api.hpp"

namespace chayan::api {

inline constexpr std::int32_t notice_version = 2;   ///< of the privacy notice; raised when its words change

/// The site of a poster's code.
struct OpenedCode {
    std::shared_ptr<const service::Directory> directory;   ///< keeps the site's row alive
    const storage::SiteRow* site = nullptr;
    domain::PosterDirection direction = domain::PosterDirection::any;
    bool is_open = true;                                   ///< by its hours, now
    std::string shown_at{};                                ///< RFC 3339: when a page was opened by what a screen showed; its form sends that back, for the digits change sooner than a form is filled in
};
/// Never asks the store. Errors: code_unknown (404), site_closed, code_replaced (410).
kit::Result<OpenedCode> open_code(Parts& parts, std::string_view code);

/// The cookie that keeps a credential for a year; none takes it away.
http::Header credential_cookie(std::string_view credential);

}  // namespace chayan::api
