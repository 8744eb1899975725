// SPDX-License-Identifier: Apache-2.0
#include "service/camera_desk.hpp"

#include "domain/camera.hpp"
#include "domain/text.hpp"
#include "service/audit.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

std::string bond_of(domain::SiteId site) { return "site " + std::to_string(site.value); }

}  // namespace

std::optional<std::string> open_camera(const Vault& vault, const storage::CameraRow& row) { return vault.open(SealKind::camera, bond_of(row.site), row.sealed); }

kit::Result<std::string> CameraDesk::set(const Caller& caller, const std::string& ref, const std::string& text) {
    const auto is_removed = domain::to_half_width(text).value_or("x").empty();
    const auto good = is_removed ? kit::Result<std::string>(std::string()) : domain::parse_camera_template(text);
    if (!good) return good.error();
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto* site = caller.find_site(context.directory(), ref);
        if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
        auto& book = context.store().cameras();
        if (is_removed) {
            if (!book.remove(site->id)) return kit::Done{};   // no line for what has no effect
        } else {
            book.put({site->id, vault_.seal(SealKind::camera, bond_of(site->id), *good)});
        }
        context.audit({caller.id, is_removed ? "camera_removed" : "camera_set", {}, audit_detail({{"site", ref}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return *good;
}

kit::Result<std::string> CameraDesk::find(const Caller& caller, storage::Connection& reader, const std::string& ref) const {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    const auto row = reader.cameras().find(site->id);
    return row ? open_camera(vault_, *row).value_or("") : std::string();
}

kit::Result<std::string> CameraDesk::playback(const Caller& caller, storage::Connection& reader, const std::string& ref, const std::string& case_number, const std::string& at) {
    if (auto status = tracing_.may_ask(caller, reader, case_number, "playback_asked"); !status) return status.error();
    const auto write_down = [&](const char* action, std::string detail) {
        return run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
            context.audit({caller.id, action, case_number, detail});
            return kit::Done{};
        }, /*may_use_reserve=*/true);
    };
    const auto found = find(caller, reader, ref);
    if (!found) {
        const auto status = write_down("question_outside", audit_detail({{"what", "playback_asked"}}));
        return status ? found.error() : status.error();
    }
    if (found->empty()) return Error{Errc::not_found, "camera_none"};
    const auto moment = domain::parse_rfc3339(at);
    if (!moment) return kit::invalid_field("/at", "time_malformed");
    if (*moment > clock_.now()) return kit::invalid_field("/at", "camera_future");
    if (auto status = write_down("playback_asked", audit_detail({{"site", ref}, {"at", domain::format_rfc3339(*moment)}})); !status) return status.error();
    return domain::playback_address(*found, *moment);
}

}  // namespace chayan::service
