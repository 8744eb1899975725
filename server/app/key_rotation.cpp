// SPDX-License-Identifier: Apache-2.0
#include "app/key_rotation.hpp"

#include <exception>
#include <memory>

#include "app/staging.hpp"
#include "service/key_wrapping.hpp"

namespace chayan::app {

kit::Status rotate_keys(Installation& in, const Place& place, const std::string& where) {
    service::key_files::begin_rotation(place.keys, where);
    const auto noted = service::run_and_wait(*in.writer, [](service::WriteContext& context) -> kit::Status {
        context.audit({{}, "keys_rotated", {}, {}});
        return kit::Done{};
    }, true);
    if (!noted) return noted;
    (void)service::key_files::finish_rotation(place.keys);
    return kit::Done{};
}

kit::Status run_rotation(const Place& place, const Config& config, const std::string& where) {
    const auto path = where.empty() ? where : plain_path(where);
    std::unique_ptr<DirectoryLock> lock;
    if (!DirectoryLock::try_lock(place.data, lock)) return ask_server(place.data, "rotate", {path});
    set_up(place);
    Installation in(place, config);
    return rotate_keys(in, place, path);
}

Control::Handler rotation_handler(Installation& in, const Place& place) {
    return [&in, place](const std::vector<std::string>& arguments, const std::shared_ptr<Peer>& peer) {
        if (arguments.size() != 1) return peer->fail("rotate takes one path");
        try {
            peer->answer(rotate_keys(in, place, arguments[0]));
        } catch (const std::exception& error) {
            peer->fail(error.what());
        }
    };
}

}  // namespace chayan::app
