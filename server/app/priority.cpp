// SPDX-License-Identifier: Apache-2.0
#include "app/priority.hpp"

#include <linux/sched/types.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace chayan::app {

void give_way() {
    // On Linux both are a thread's own (sched_setattr(2)). Who waits for a core, waits for the slice of whoever has it: a short one, which kernels
    // before 6.12 pass over. Nothing is lost where it can't be set.
    ::sched_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.sched_policy = SCHED_BATCH;
    attributes.sched_nice = 10;
    attributes.sched_runtime = 100'000;   // ns
    (void)::syscall(SYS_sched_setattr, 0, &attributes, 0U);
}

}  // namespace chayan::app
