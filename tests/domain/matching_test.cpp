// SPDX-License-Identifier: Apache-2.0
#include "domain/matching.hpp"

#include "domain/worlds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <numeric>

using namespace chayan::domain;

namespace {

/// Statements by their letters: "a" to "z"; "+" of their documents, and what they say of each other.
struct Said {
    std::map<char, std::uint32_t> documents;              ///< whoever is not named gives none
    std::vector<std::pair<const char*, double>> sure;   ///< two letters
    std::vector<const char*> apart;
    std::vector<const char*> held;              ///< together, by a human
};

std::vector<std::string> grouped(const std::string& letters, const Said& said) {
    const auto at = [&](char letter) { return letters.find(letter); };
    Ties ties(letters.size());
    std::vector<GroupMember> members(letters.size());
    for (std::size_t i = 0; i < letters.size(); ++i) {
        members[i].held_with = static_cast<std::uint32_t>(i);
        if (said.documents.contains(letters[i])) members[i].document = said.documents.at(letters[i]);
    }
    for (const auto& [pair, weight] : said.sure) ties.say(at(pair[0]), at(pair[1]), {true, false, weight});
    for (const auto* pair : said.apart) {
        auto tie = ties.between(at(pair[0]), at(pair[1]));
        tie.is_apart = true;
        ties.say(at(pair[0]), at(pair[1]), tie);
    }
    for (const auto* pair : said.held) members[at(pair[1])].held_with = members[at(pair[0])].held_with;
    const auto group_of = group_statements(ties, members);
    std::map<std::uint32_t, std::string> groups;
    for (std::size_t i = 0; i < letters.size(); ++i) groups[group_of[i]] += letters[i];
    std::vector<std::string> found;
    for (auto& [first, group] : groups) {
        std::sort(group.begin(), group.end());
        found.push_back(group);
    }
    std::sort(found.begin(), found.end());
    return found;
}

using Groups = std::vector<std::string>;

}  // namespace

TEST_CASE("whoever is surely of two who do not exclude each other makes one person of them") {
    CHECK(grouped("abc", {{}, {{"ac", 10}, {"bc", 10}}, {}, {}}) == Groups{"abc"});
    CHECK(grouped("abc", {{{'a', 1}, {'c', 1}}, {{"ac", 10}, {"bc", 10}}, {}, {}}) == Groups{"abc"});
    CHECK(grouped("ab", {{}, {}, {}, {}}) == Groups{"a", "b"});
}

TEST_CASE("whoever is surely of two who exclude each other is of the one that leads, else of neither") {
    CHECK(grouped("abc", {{{'a', 1}, {'b', 2}}, {{"ac", 14.9}, {"bc", 10}}, {"ab"}, {}}) == Groups{"a", "b", "c"});
    CHECK(grouped("abc", {{{'a', 1}, {'b', 2}}, {{"ac", 15}, {"bc", 10}}, {"ab"}, {}}) == Groups{"ac", "b"});
    CHECK(grouped("abcd", {{{'a', 1}, {'b', 2}}, {{"ac", 10}, {"bc", 10}, {"ad", 10}, {"bd", 10}, {"cd", 10}}, {"ab"}, {}}) == Groups{"a", "b", "cd"});
}

TEST_CASE("a chain that brings two together who exclude each other joins nobody, but for documents") {
    CHECK(grouped("abcd", {{{'a', 1}, {'d', 2}}, {{"ab", 10}, {"bc", 10}, {"cd", 10}}, {"ad"}, {}}) == Groups{"a", "b", "c", "d"});
    CHECK(grouped("abcde", {{{'a', 1}, {'e', 1}, {'d', 2}}, {{"ae", 30}, {"ab", 10}, {"bc", 10}, {"cd", 10}}, {"ad", "ed"}, {}}) == Groups{"ae", "b", "c", "d"});
}

TEST_CASE("one document under two names that are not surely one is two persons, and nobody joins both") {
    CHECK(grouped("ab", {{{'a', 1}, {'b', 1}}, {}, {}, {}}) == Groups{"a", "b"});
    CHECK(grouped("abc", {{{'a', 1}, {'b', 1}}, {{"ac", 10}, {"bc", 10}}, {}, {}}) == Groups{"a", "b", "c"});
    CHECK(grouped("abc", {{{'a', 1}, {'b', 1}, {'c', 1}}, {{"ac", 10}, {"bc", 10}}, {}, {}}) == Groups{"abc"});
}

TEST_CASE("what a human holds together or parts is so, whatever the statements say") {
    CHECK(grouped("ab", {{{'a', 1}, {'b', 2}}, {}, {"ab"}, {"ab"}}) == Groups{"ab"});
    CHECK(grouped("abc", {{{'a', 1}, {'b', 1}, {'c', 1}}, {{"ab", 30}, {"ac", 30}, {"bc", 30}}, {"ab"}, {}}) == Groups{"a", "b", "c"});   // whoever fits both is neither
    CHECK(grouped("abcd", {{{'a', 1}, {'b', 1}, {'c', 1}, {'d', 1}}, {{"ab", 30}, {"ac", 30}, {"bc", 30}, {"ad", 30}, {"bd", 30}, {"cd", 30}}, {"ab"}, {"ad"}}) ==
          Groups{"ad", "b", "c"});
}

TEST_CASE("a document that a human holds together with another is no reason to keep its own statement apart") {
    // a gave one document and b another, and a human said that they are one: c says again what a said.
    const Said said{{{'a', 1}, {'b', 2}, {'c', 1}}, {{"ac", 20}}, {"ab", "bc"}, {"ab"}};
    CHECK(grouped("abc", said) == Groups{"abc"});
    CHECK(grouped("cba", said) == Groups{"abc"});
    // d gives the other one under a name that is not theirs: nothing ties it to anybody.
    CHECK(grouped("abcd", {{{'a', 1}, {'b', 2}, {'c', 1}, {'d', 2}}, {{"ac", 20}}, {"ab", "bc", "ad", "cd"}, {"ab"}}) == Groups{"abc", "d"});
    // Without a human's word two documents are two people.
    CHECK(grouped("abc", {{{'a', 1}, {'b', 2}, {'c', 1}}, {{"ac", 20}, {"ab", 10}}, {"ab", "bc"}, {}}) == Groups{"ac", "b"});
}

TEST_CASE("whatever statements say, their order changes no group, and no group holds two who exclude each other") {
    const auto seed = static_cast<std::uint64_t>(Catch::rngSeed());
    CAPTURE(seed);
    worlds::Random random(seed);
    for (int world = 0; world < 2'000; ++world) {
        const auto count = 2 + random.below(9);
        Ties ties(count);
        std::vector<GroupMember> members(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            members[i].held_with = i;
            if (random.below(2) == 0) members[i].document = random.below(3);
        }
        for (std::uint32_t a = 0; a < count; ++a)
            for (std::uint32_t b = a + 1; b < count; ++b) {
                const bool are_two = members[a].document && members[b].document && members[a].document != members[b].document;
                ties.say(a, b, {!are_two && random.below(3) == 0, are_two || (members[a].document != members[b].document && random.below(8) == 0), 4.0 * random.below(4)});
            }
        const auto group_of = group_statements(ties, members);
        std::vector<std::uint32_t> order(count);
        std::iota(order.begin(), order.end(), 0U);
        for (std::size_t n = count; n > 1; --n) std::swap(order[n - 1], order[random.below(static_cast<std::uint32_t>(n))]);
        Ties shuffled(count);
        std::vector<GroupMember> of_shuffled(count);
        for (std::uint32_t a = 0; a < count; ++a) {
            of_shuffled[a] = members[order[a]];
            for (std::uint32_t b = 0; b < count; ++b)
                if (a != b) shuffled.say(a, b, ties.between(order[a], order[b]));
        }
        const auto group_of_shuffled = group_statements(shuffled, of_shuffled);
        CAPTURE(world);
        for (std::uint32_t a = 0; a < count; ++a)
            for (std::uint32_t b = a + 1; b < count; ++b) {
                REQUIRE((group_of_shuffled[a] == group_of_shuffled[b]) == (group_of[order[a]] == group_of[order[b]]));
                const bool is_document = members[a].document && members[a].document == members[b].document;
                if (group_of[a] == group_of[b] && !is_document) REQUIRE_FALSE(ties.between(a, b).is_apart);
            }
    }
}
