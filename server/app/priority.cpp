// SPDX-License-Identifier: Apache-2.0
#include "app/priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace chayan::app {

void give_way() {
    // On Linux a nice value is a thread's (setpriority(2), "C library/kernel differences"). Nothing is lost where it can't be set.
    constexpr int nice = 10;
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
}

}  // namespace chayan::app
