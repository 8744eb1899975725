// SPDX-License-Identifier: Apache-2.0
// What residents are shown: each function fills one page of server/web and answers the call with it, in the reader's language. Any thread; a
// call is answered once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/page.hpp"
#include "api/residents.hpp"
#include "domain/registration.hpp"

namespace chayan::api {

/// What the phone said last of whoever holds it; none when that is not known, or nobody has time to ask.
using OwnStatement = std::optional<domain::Statement>;

/// A sentence, and a way back where trying again helps; else the way to type a code.
void send_message(Parts& parts, Call& call, const kit::Error& error, bool can_retry, std::vector<http::Header> headers = {});
/// The form of a first visit, with what was typed and what is wrong with it.
void send_register(Parts& parts, Call& call, const OpenedCode& opened, int status, const domain::StatementFields& fields, const kit::Error* error);
/// One tap, for whoever holds the phone.
void send_pass(Parts& parts, Call& call, const OpenedCode& opened, const OwnStatement& own);
/// What a guard looks at: site, direction, time, the masked name.
void send_result(Parts& parts, Call& call, const OpenedCode& opened, const service::ScanReceipt& receipt, const OwnStatement& own,
                 std::vector<http::Header> headers);
void send_undone(Parts& parts, Call& call);

struct HomeView {
    int status = 200;
    domain::StatementFields fields{};      ///< what was typed
    const kit::Error* error = nullptr;     ///< what is wrong with it
    std::string code{}, known{}, done{};   ///< the code as typed; whose phone it is; what was done just now
    std::vector<http::Header> headers{};
};
void send_home(Parts& parts, Call& call, HomeView view);

}  // namespace chayan::api
