// SPDX-License-Identifier: Apache-2.0
#include "crash/cuts.hpp"

#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace chayan::crash {
namespace {

/// What one life did, and where it is cut.
struct Life {
    std::vector<Op> ops;
    std::vector<std::size_t> moments;   // after so many operations, ascending
};

Life record(World& world, const Image& start, const Ground& ground, const Plan& plan, std::mt19937_64& chance) {
    Life life;
    {
        Recorder recorder(ground.life, start);
        world.live(ground.life, recorder, chance);
        life.ops = recorder.stop();
    }
    Disk all(start);
    for (const auto& op : life.ops) all.apply(op);
    if (all.seen() != Image::of(ground.life)) throw std::logic_error("something was written that the recorder did not see");
    for (std::uint64_t n = 0; n < plan.cuts_each; ++n) life.moments.push_back(chance() % (life.ops.size() + 1));
    std::sort(life.moments.begin(), life.moments.end());
    return life;
}

}  // namespace

void Figures::operator+=(const Figures& more) {
    cuts += more.cuts;
    operations += more.operations;
    wrong += more.wrong;
    if (first_wrong.empty()) first_wrong = more.first_wrong;
}

Figures cut(World& world, const Image& start, const Plan& plan) {
    const Ground ground;
    std::mt19937_64 chance(plan.seed);
    Figures figures;
    Image image = start;
    for (int number = 0; number < plan.lives; ++number) {
        const auto life = record(world, image, ground, plan, chance);
        figures.operations += life.ops.size();
        Disk disk(image);
        Told told;
        const auto kept = chance() % std::max<std::size_t>(life.moments.size(), 1);   // where the next life begins
        Image next = image;
        Told told_next;
        std::size_t done = 0;
        for (std::size_t n = 0; n < life.moments.size(); ++n) {
            for (; done < life.moments[n]; ++done) {
                disk.apply(life.ops[done]);
                if (life.ops[done].kind == Op::Kind::told) told.push_back(life.ops[done].number);
            }
            const auto left = disk.survivor(chance);
            left.put(ground.remains);
            ++figures.cuts;
            if (const auto wrong = world.examine(ground.remains, told); !wrong.empty()) {
                ++figures.wrong;
                if (figures.first_wrong.empty())
                    figures.first_wrong = "seed " + std::to_string(plan.seed) + ", life " + std::to_string(number) + ", after " + std::to_string(done) + " of " +
                                          std::to_string(life.ops.size()) + " operations: " + wrong;
                if (plan.stops_when_wrong) return figures;
            }
            if (n == kept) {
                next = left;
                told_next = told;
            }
        }
        if (number + 1 == plan.lives) break;
        image = std::move(next);
        image.put(ground.remains);
        world.go_on(ground.remains, told_next);
    }
    return figures;
}

std::uint64_t budget(std::uint64_t usual, double share) {
    const char* wanted = ::getenv("CHAYAN_CUTS");
    return wanted == nullptr ? usual : std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::stod(wanted) * share));
}

std::uint64_t first_seed() {
    const char* seed = ::getenv("CHAYAN_SEED");
    return seed == nullptr ? 1 : std::stoull(seed);
}

void tell(const char* what, const Figures& figures) {
    std::printf("%s: %llu cuts after some of %llu operations, %llu wrong\n", what, static_cast<unsigned long long>(figures.cuts),
                static_cast<unsigned long long>(figures.operations), static_cast<unsigned long long>(figures.wrong));
    std::fflush(stdout);
}

Ground::Ground() {
    std::string pattern = "/dev/shm/chayan-crash-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder in memory");
    path = pattern;
    life = path + "/life";
    remains = path + "/remains";
}

Ground::~Ground() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

}  // namespace chayan::crash
