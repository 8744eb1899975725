// SPDX-License-Identifier: Apache-2.0
#include "crash/scarcity.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "kit/check.hpp"

namespace chayan::crash {
namespace {

struct State {
    bool is_on = false, is_for_ever = false, has_struck = false;
    std::uint64_t left = 0, count = 0;
};
constinit thread_local State state;

bool is_refused() {
    if (!state.is_on) return false;
    ++state.count;
    if (state.has_struck) return state.is_for_ever;
    if (--state.left > 0) return false;
    state.has_struck = true;
    return true;
}

sqlite3_mem_methods plain;
void* sqlite_malloc(int bytes) { return is_refused() ? nullptr : plain.xMalloc(bytes); }
void* sqlite_realloc(void* old, int bytes) { return is_refused() ? nullptr : plain.xRealloc(old, bytes); }

/// Before anybody opens a database.
const bool is_sqlite_counted = [] {
    CHECK(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) == SQLITE_OK);
    auto counted = plain;
    counted.xMalloc = sqlite_malloc;
    counted.xRealloc = sqlite_realloc;
    CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &counted) == SQLITE_OK);
    return true;
}();

void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
    if (is_refused()) return nullptr;
    if (alignment <= alignof(std::max_align_t)) return std::malloc(bytes == 0 ? 1 : bytes);
    return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
    void* const memory = allocate(bytes, alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

Scarcity::Scarcity(std::uint64_t nth, Lasts lasts) {
    CHECK(is_sqlite_counted && !state.is_on && nth > 0);
    state = {true, lasts == Lasts::for_ever, false, nth, 0};
}
Scarcity::~Scarcity() { end(); }
bool Scarcity::has_struck() const { return state.has_struck; }
std::uint64_t Scarcity::allocations() const { return state.count; }
void Scarcity::end() { state.is_on = false; }

}  // namespace chayan::crash

using chayan::crash::allocate;
using chayan::crash::allocate_or_throw;

constexpr std::size_t plainly = alignof(std::max_align_t);
void* operator new(std::size_t bytes) { return allocate_or_throw(bytes, plainly); }
void* operator new[](std::size_t bytes) { return allocate_or_throw(bytes, plainly); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, plainly); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, plainly); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return allocate_or_throw(bytes, static_cast<std::size_t>(alignment)); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return allocate_or_throw(bytes, static_cast<std::size_t>(alignment)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
