// SPDX-License-Identifier: Apache-2.0
#include "town_records.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "town_csv.hpp"
#include "town_errors.hpp"
#include "town_hard_cases.hpp"
#include "town_people.hpp"
#include "town_record.hpp"
#include "town_sites.hpp"

namespace chayan::town {
namespace {

constexpr std::uint64_t of_copies = 43, of_order = 44;      // streams of chance
constexpr std::uint64_t records_at_hand = 100'000;          // some 600 bytes each
constexpr std::size_t phones_remembered = 64;               // heads whose phone may have been somebody else's before

/// How many records the people of a block have, before they are shuffled: 25 % one, 57.5 % two, the others three to five, two on average.
constexpr std::array<std::uint8_t, 40> copies_of_block{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
                                                       2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 5};

/// How many records each person has; asked person by person from 0 on.
class Copies {
public:
    explicit Copies(std::uint64_t seed) : seed_(seed) {}
    std::uint32_t of(std::uint32_t person) {
        const auto place = person % copies_of_block.size();
        if (place == 0) shuffle(person / copies_of_block.size());
        return block_[place];
    }

private:
    void shuffle(std::uint64_t block) {
        Chance chance{seed_, of_copies, block};
        block_ = copies_of_block;
        for (auto i = block_.size() - 1; i > 0; --i) std::swap(block_[i], block_[chance.below(i + 1)]);
    }
    std::uint64_t seed_;
    std::array<std::uint8_t, copies_of_block.size()> block_{};
};

/// A permutation of 0 to count - 1 without a table: four rounds of Feistel over the next even power of two, again until it fits.
class Order {
public:
    Order(std::uint64_t count, std::uint64_t seed) : count_(count), seed_(seed) {
        while ((1ULL << (2 * half_)) < count) ++half_;
    }
    std::uint64_t operator()(std::uint64_t place) const {
        do place = step(place);
        while (place >= count_);
        return place;
    }

private:
    std::uint64_t step(std::uint64_t place) const {
        const std::uint64_t mask = (1ULL << half_) - 1;
        auto left = place >> half_, right = place & mask;
        for (std::uint64_t round = 0; round < 4; ++round) {
            const auto mixed = Chance{seed_, of_order, round, right}.next() & mask;
            left = std::exchange(right, left ^ mixed);
        }
        return left << half_ | right;
    }
    std::uint64_t count_, seed_;
    unsigned half_ = 1;
};

/// Pairs of equal values.
std::uint64_t count_pairs(std::vector<std::uint64_t> values) {
    std::sort(values.begin(), values.end());
    std::uint64_t pairs = 0, run = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        run = values[i] == values[i - 1] ? run + 1 : 0;
        pairs += run;
    }
    return pairs;
}

/// A hash of its own: the same on every machine.
std::uint64_t hash_of(const Person& person) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const auto byte : person.name) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
    return Chance{hash, static_cast<std::uint64_t>(person.born.number)}.next();
}

/// The town, household by household, with its hard cases; each pass the same.
void pass_over(const Options& options, const Grid& grid, const Layout& layout,
               const std::function<void(const Household&, const std::vector<HardCase>&)>& meet) {
    Households households(options, grid, layout);
    HardCases hard_cases(options);
    while (auto household = households.next()) {
        const auto cases = hard_cases.put_into(*household);
        meet(*household, cases);
    }
}

std::string row_id(std::uint64_t place) {
    auto digits = std::to_string(place + 1);
    return digits.insert(0, 7 - std::min<std::size_t>(7, digits.size()), '0');
}

/// truth/people.csv and truth/hard_cases.csv; counts what it meets.
RecordCounts write_people(const Options& options, const Grid& grid, const Layout& layout) {
    CsvFile people(options.out + "/truth/people.csv", "person,name,document,phone,birth_date,sex,address,division,household");
    CsvFile cases(options.out + "/truth/hard_cases.csv", "case,person,other");
    RecordCounts counts;
    std::vector<std::uint64_t> names;
    names.reserve(options.people);
    Copies copies(options.seed);
    pass_over(options, grid, layout, [&](const Household& household, const std::vector<HardCase>& here) {
        for (const auto& person : household.people) {
            const auto record = true_record(household, person, grid);
            people.row({person.ref(), record.name, record.document, record.phone, record.birth_date, record.sex, record.address, record.division,
                        record.household});
            names.push_back(hash_of(person));
            counts.records += copies.of(person.number);
        }
        for (const auto& one : here) {
            cases.row({one.kind, one.person, one.other});
            if (one.kind == "name_and_birth_date") ++counts.alike_on_purpose;
        }
    });
    counts.people = people.rows();
    counts.hard_cases = cases.rows();
    counts.alike = count_pairs(std::move(names));
    people.close();
    cases.close();
    return counts;
}

/// Those of the records whose place in the file is from `first` on, as many as fit.
class Portion {
public:
    Portion(const Options& options, const Grid& grid, Mix& mix, std::uint64_t first, std::uint64_t count)
        : order_(count, options.seed), copies_(options.seed), copyist_(options, grid, mix), first_(first),
          slots_(std::min(records_at_hand, count - first)) {}
    void meet(const Household& household) {
        for (const auto& person : household.people)
            for (std::uint32_t copy = 0, count = copies_.of(person.number); copy < count; ++copy) {
                const auto place = order_(next_++);
                if (place >= first_ && place - first_ < slots_.size())
                    slots_[place - first_] = {person.ref(), copyist_.copy(household, person, copy, heads_)};
            }
        if (heads_.size() == phones_remembered) heads_.erase(heads_.begin());
        heads_.push_back(household.people[0].number);
    }
    void write(CsvFile& records, CsvFile& truth, CsvFile& edits) const {
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            const auto id = row_id(first_ + i);
            const auto& [person, copy] = slots_[i];
            const auto& record = copy.record;
            records.row({id, record.name, record.document, record.phone, record.birth_date, record.sex, record.address, record.division, record.household});
            truth.row({id, person});
            for (const auto error : copy.errors) edits.row({id, rate_of(error).word});
        }
    }

private:
    struct Slot {
        std::string person;
        Copy copy;
    };
    Order order_;
    Copies copies_;
    Copyist copyist_;
    std::uint64_t first_, next_ = 0;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> heads_;
};

}  // namespace

RecordCounts write_records(const Options& options, const Grid& grid) {
    const Layout layout(grid, options.people, options.seed);
    const auto counts = write_people(options, grid, layout);
    CsvFile records(options.out + "/records.csv", "id,name,document,phone,birth_date,sex,address,division,household");
    CsvFile truth(options.out + "/truth/records.csv", "id,person");
    CsvFile edits(options.out + "/truth/edits.csv", "id,error");
    Mix mix;
    for (std::uint64_t first = 0; first < counts.records; first += records_at_hand) {
        Portion portion(options, grid, mix, first, counts.records);
        pass_over(options, grid, layout, [&](const Household& household, const std::vector<HardCase>&) { portion.meet(household); });
        portion.write(records, truth, edits);
    }
    records.close();
    truth.close();
    edits.close();
    mix.write(options.out + "/truth/errors.csv");
    return counts;
}

}  // namespace chayan::town
