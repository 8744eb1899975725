// SPDX-License-Identifier: Apache-2.0
#include "domain/camera.hpp"

#include <algorithm>

#include "domain/text.hpp"
#include "kit/limits.hpp"

namespace chayan::domain {
namespace {

constexpr std::string_view scheme = "https://", rfc3339_place = "{at}", unix_place = "{unix}";

/// What an address may hold as it stands (RFC 3986), braces apart.
bool may_stand(char c) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_plain || std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

bool is_host(std::string_view authority) {
    const auto is_part = [](char c) { return may_stand(c) && std::string_view("@!$&'()*+,;=%").find(c) == std::string_view::npos; };
    return !authority.empty() && authority.front() != ':' && std::all_of(authority.begin(), authority.end(), is_part);
}

/// Everything behind the host: at least one place, and no brace that is none.
bool is_good_rest(std::string_view rest) {
    std::size_t places = 0;
    while (!rest.empty()) {
        const auto place = rest.starts_with(rfc3339_place) ? rfc3339_place : rest.starts_with(unix_place) ? unix_place : std::string_view{};
        if (place.empty() && !may_stand(rest.front())) return false;
        places += place.empty() ? 0U : 1U;
        rest.remove_prefix(std::max<std::size_t>(place.size(), 1));
    }
    return places > 0;
}

}  // namespace

kit::Result<std::string> parse_camera_template(std::string_view text) {
    const auto wrong = kit::invalid_field("/template", "camera_template");
    auto plain = to_half_width(text);
    if (!plain || plain->size() > kit::camera_template_chars_max || !plain->starts_with(scheme)) return wrong;
    const auto behind = std::string_view(*plain).substr(scheme.size());
    const auto authority = behind.substr(0, behind.find_first_of("/?#"));
    if (!is_host(authority) || !is_good_rest(behind.substr(authority.size()))) return wrong;
    return *std::move(plain);
}

std::string playback_address(std::string_view good_template, Instant at) {
    std::string address;
    for (auto rest = good_template; !rest.empty();) {
        const bool is_rfc3339 = rest.starts_with(rfc3339_place);
        if (!is_rfc3339 && !rest.starts_with(unix_place)) {
            address += rest.front();
            rest.remove_prefix(1);
            continue;
        }
        address += is_rfc3339 ? format_rfc3339(at) : std::to_string(at.s);
        rest.remove_prefix(is_rfc3339 ? rfc3339_place.size() : unix_place.size());
    }
    return address;
}

}  // namespace chayan::domain
