// SPDX-License-Identifier: Apache-2.0
// The house thread: reads the log at start, then keeps the index and the files in order, and runs errands that may take minutes (a
// backup), one at a time.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

#include "app/certificate_watch.hpp"
#include "app/installation.hpp"
#include "app/nightly_backup.hpp"

namespace chayan::app {

class House {
public:
    /// May block, and must look at the token now and then. What it throws is its own to catch.
    using Errand = std::function<void(const std::stop_token&)>;

    /// `accept_loss`: so many damaged scan rows may be left out of answers.
    House(Installation& installation, std::uint64_t accept_loss, CertificateWatch& certificate, NightlyBackup* nightly = nullptr)
        : in_(installation), certificate_(certificate), nightly_(nightly), accept_loss_(accept_loss) {}
    /// Any thread. False: another errand waits already.
    bool post(Errand errand);
    /// Until stopped. Ends the process when the index can't be kept: without it nothing can be asked, and a supervisor starts us anew.
    void run(const std::stop_token& stop);

private:
    /// Makes tomorrow's key: else the first scan of the day makes it inside its transaction, and may find no space or handle for it.
    void make_key_ahead();

    Installation& in_;
    CertificateWatch& certificate_;
    NightlyBackup* const nightly_;   ///< null: none
    const std::uint64_t accept_loss_;
    domain::Instant next_key_{};
    std::mutex mutex_;
    std::condition_variable_any wake_;
    Errand errand_;
};

}  // namespace chayan::app
