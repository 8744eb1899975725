// SPDX-License-Identifier: Apache-2.0
// What residents are shown: each function fills one page of server/web and answers the call with it, in the reader's language. Any thread; a
// call is answered once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/page.hpp"
#include "api/residents.hpp"
#include "domain/registration.hpp"

namespace chayan::api {

/// What the phone said of whoever holds it and of their dependants; nothing when that is not known, or nobody has time to ask.
using Household = service::OwnView;

/// What a form says beside who is registered: who passes and how.
struct Tap {
    std::string direction, plate, at, temperature;
    bool self = true;                         ///< the holder passes too
    std::vector<std::string> dependants{};    ///< the ids of those who pass
    domain::StatementFields more{};           ///< somebody who becomes a dependant by this form
    bool adds_only = false;                   ///< and nobody passes yet

    bool has_more() const { return !more.name.empty() || !more.document_number.empty() || !more.birth_date.empty(); }
};

/// What is wrong with a form: with somebody's fields, or (`of_more`) with those of a dependant to be.
struct Fault {
    const kit::Error* error = nullptr;
    bool of_more = false;
};

/// A sentence, and a way back where trying again helps; else the way to type a code.
void send_message(Parts& parts, Call& call, const kit::Error& error, bool can_retry, std::vector<http::Header> headers = {});
/// The form of a first visit, with what was typed and what is wrong with it.
void send_register(Parts& parts, Call& call, const OpenedCode& opened, int status, const domain::StatementFields& fields, const Tap& tap, Fault fault);
/// One tap, for whoever holds the phone and those who are with them.
void send_pass(Parts& parts, Call& call, const OpenedCode& opened, int status, const Household& household, const Tap& tap, Fault fault,
               std::vector<http::Header> headers = {});
/// What a guard looks at: site, direction, time, the word of the day, masked names.
void send_result(Parts& parts, Call& call, const OpenedCode& opened, const service::Ingest::Receipts& receipts, const Household& household,
                 const Tap& tap, std::vector<http::Header> headers);
void send_undone(Parts& parts, Call& call);

struct HomeView {
    int status = 200;
    domain::StatementFields fields{};      ///< what was typed
    std::shared_ptr<const kit::Error> error{};   ///< what is wrong with it
    std::string code{}, known{}, done{};   ///< the code as typed; whose phone it is; what was done just now
    std::vector<http::Header> headers{};
};
void send_home(Parts& parts, Call& call, HomeView view);

}  // namespace chayan::api
