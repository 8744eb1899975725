// SPDX-License-Identifier: Apache-2.0
// The Unix socket in the data directory: commands that need the running server ask it there. Its mode is 0600: whoever may
// read the data directory may administer. One request a connection, lines of text.
#pragma once

#include <stop_token>
#include <string>

#include "service/operators.hpp"

namespace chayan::app {

/// Asks the server of this data directory; the error's code, or empty when done. Throws with a sentence when nobody answers.
std::string ask_server(const std::string& data, const service::NewOperator& wanted);

/// Answers until stopped; blocks.
class Control {
public:
    Control(const std::string& data, service::Operators& operators);
    ~Control();
    void run(const std::stop_token& stop);

private:
    std::string path_;
    service::Operators& operators_;
    int fd_ = -1;
};

}  // namespace chayan::app
