// SPDX-License-Identifier: Apache-2.0
// Power cuts: a world lives on a recorded folder; then, for many moments of that life, what a disk would have left of the folder is laid out anew and
// the world looks at it. The next life begins on one of those remains, so that cuts fall into recoveries as well.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "crash/recorder.hpp"

namespace chayan::crash {

/// What somebody was told before the power went, in order.
using Told = std::vector<std::uint64_t>;

class World {
public:
    virtual ~World() = default;
    /// Works in `root`, and says `recorder.told(number)` after each thing that it promised somebody. What is in `root` is what a cut left.
    virtual void live(const std::string& root, Recorder& recorder, std::mt19937_64& chance) = 0;
    /// What is wrong with the remains, in words; empty: nothing. May change them.
    virtual std::string examine(const std::string& root, const Told& told) = 0;
    /// The next life begins on remains of which everything before was told, or found without having been told.
    virtual void go_on(const std::string&, const Told&) {}
};

struct Figures {
    std::uint64_t cuts = 0, operations = 0, wrong = 0;
    std::string first_wrong;   ///< how to see it again, and what it was
    void operator+=(const Figures& more);
};

struct Plan {
    std::uint64_t seed = 1;
    int lives = 3;
    std::uint64_t cuts_each = 20;   ///< in each life
    bool stops_when_wrong = true;
};

/// As many lives and cuts as planned, from `start` on. Throws std::logic_error when something was written past the recorder.
Figures cut(World& world, const Image& start, const Plan& plan);

/// How many cuts are wanted in all: `usual`, or a share of CHAYAN_CUTS, which counts for all tests together.
std::uint64_t budget(std::uint64_t usual, double share);
/// CHAYAN_SEED, or the same each time.
std::uint64_t first_seed();
/// Prints what was done, for whoever writes figures down.
void tell(const char* what, const Figures& figures);

/// Two folders in memory: one to live in and one to look at remains.
struct Ground {
    Ground();
    ~Ground();
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;
    std::string path, life, remains;
};

}  // namespace chayan::crash
