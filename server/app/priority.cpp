// SPDX-License-Identifier: Apache-2.0
#include "app/priority.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace chayan::app {
namespace {

/// sched_setattr(2) in its first version; the C library of Debian 12 has none, and the kernel's header does not go with its own.
struct SchedAttributes {
    std::uint32_t size = sizeof(SchedAttributes);
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};
static_assert(sizeof(SchedAttributes) == 48);

}  // namespace

void give_way() {
    // On Linux both are a thread's own (sched_setattr(2)). Who waits for a core, waits for the slice of whoever has it: a short one, which kernels
    // before 6.12 pass over. Nothing is lost where it can't be set.
    SchedAttributes attributes;
    attributes.policy = SCHED_BATCH;
    attributes.nice = 10;
    attributes.runtime_ns = 100'000;
    (void)::syscall(SYS_sched_setattr, 0, &attributes, 0U);
}

}  // namespace chayan::app
