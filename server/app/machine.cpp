// SPDX-License-Identifier: Apache-2.0
#include "app/machine.hpp"

#include <sys/timex.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <utility>

#include "app/poster_program.hpp"

namespace chayan::app {
namespace {

/// As the kernel knows from whoever sets it; nothing where it does not say (a container may not ask).
std::optional<bool> find_clock_state() {
    ::timex asked{};
    const int state = ::adjtimex(&asked);   // with no mode it changes nothing
    if (state < 0) return std::nullopt;
    return state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
}

/// The lines of `print_config`, one after another: the same keys in the same order, whatever their values.
std::vector<service::Setting> lines_of(const Config& config) {
    std::vector<service::Setting> found;
    std::istringstream text(print_config(config));
    std::string section;
    for (std::string line; std::getline(text, line);) {
        const auto equals = line.find(" = ");
        if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
        else if (equals != std::string::npos) found.push_back({section, line.substr(0, equals), line.substr(equals + 3), {}});
    }
    return found;
}

}  // namespace

service::Machine look_at_machine(const Place& place, std::optional<service::Machine::Certificate> certificate) {
    service::Machine machine;
    std::error_code error;
    const auto space = std::filesystem::space(place.data, error);
    if (!error) {
        machine.disk_free_bytes = space.available;
        machine.disk_bytes = space.capacity;
    }
    machine.certificate = std::move(certificate);
    machine.is_clock_synchronised = find_clock_state();
    machine.prints_posters = has_poster_program();
    return machine;
}

std::vector<service::Setting> settings_of(const Config& config) {
    auto settings = lines_of(config);
    const auto standard = lines_of(Config{});
    for (std::size_t i = 0; i < settings.size(); ++i) settings[i].standard = standard.at(i).value;
    return settings;
}

}  // namespace chayan::app
