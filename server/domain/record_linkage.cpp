// SPDX-License-Identifier: Apache-2.0
#include "domain/record_linkage.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "domain/blocking.hpp"

namespace chayan::domain {
namespace {

using enum LinkField;
using enum Agreement;

constexpr std::size_t sampled_pairs = 1'000'000;
constexpr double kept_probability = 0.001;
/// Values of these are weighed by how frequent they are: 王伟 says less than 邸敬轩.
constexpr std::array weighed{name, given_name, surname, locality, postcode, region};

std::size_t index_of(LinkField field) { return static_cast<std::size_t>(field); }

class Counts {
public:
    explicit Counts(std::span<const Comparand> records) : records_(records.size()) {
        for (std::size_t field = 0; field < link_field_count; ++field)
            for (const auto& record : records)
                if (!record.folded[field].empty()) {
                    ++counts_[field][record.folded[field]];
                    ++given_[field];
                }
    }

    /// How likely two records that state the field state the same.
    double equal_rate(std::size_t field) const {
        double same = 0;
        for (const auto& [value, count] : counts_[field]) same += static_cast<double>(count) * static_cast<double>(count - 1);
        const auto given = static_cast<double>(given_[field]);
        return given < 2 ? 0 : same / (given * (given - 1));
    }

    Frequencies frequencies(const Comparand& record, const Agreements& agreements) const {
        Frequencies found{};
        for (const auto field : weighed) {
            const auto i = index_of(field);
            if (agreements[i] == equal) found[i] = static_cast<double>(counts_[i].at(record.folded[i])) / static_cast<double>(given_[i]);
        }
        return found;
    }

    /// How many records are expected to agree with this one as these two do, or better, by chance: in name, birth date and what is rarest besides (a village, a phone one
    /// digit off). 1 where nothing besides tells as much as one more has to (may_join).
    double namesakes(const Comparand& a, const Comparand& b, const Agreements& agreements, const LinkModel& model) const {
        constexpr double telling = 1.0 / 16;
        if (at(agreements, birth_date) != equal) return 1;
        const auto rate = [&](LinkField field) { return chance(std::max(share(a, field), share(b, field)), at(agreements, field), model.strangers[index_of(field)]); };
        double besides = 1;
        if (at(agreements, locality) <= near) besides = std::min(besides, rate(locality));
        if (at(agreements, postcode) == equal) besides = std::min(besides, rate(postcode));
        if (at(agreements, phone) == slip) besides = std::min(besides, model.strangers[index_of(phone)][static_cast<std::size_t>(slip)]);
        if (besides > telling) return 1;
        double expected = static_cast<double>(records_) * rate(birth_date) * besides;
        for (const auto field : {name, given_name, surname})
            if (at(agreements, field) != missing) expected *= rate(field);
        return expected;
    }

private:
    double share(const Comparand& record, LinkField field) const {
        const auto i = index_of(field);
        return record.folded[i].empty() ? 0 : static_cast<double>(counts_[i].at(record.folded[i])) / static_cast<double>(given_[i]);
    }
    /// A value so common has so many more that are nearly it as all values have on average.
    static double chance(double share, Agreement worst, const std::array<double, agreement_count>& rates) {
        const double better = std::accumulate(rates.begin(), rates.begin() + static_cast<std::ptrdiff_t>(worst) + 1, 0.0);
        return rates[0] > 0 ? share * better / rates[0] : better;
    }
    std::size_t records_ = 0;
    std::array<std::unordered_map<std::u32string_view, std::uint32_t>, link_field_count> counts_;
    std::array<std::uint64_t, link_field_count> given_{};
};

/// Pairs spread evenly over all pairs, always the same ones.
template <class Take>
void sample_pairs(std::size_t records, const Take& take) {
    const auto all = static_cast<double>(records) * static_cast<double>(records - 1) / 2;
    const bool take_all = all <= static_cast<double>(sampled_pairs);
    if (take_all) {
        for (std::size_t a = 0; a < records; ++a)
            for (std::size_t b = a + 1; b < records; ++b) take(a, b);
        return;
    }
    std::uint64_t state = 0x9E3779B97F4A7C15;   // splitmix64
    const auto next = [&state] {
        std::uint64_t z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EB;
        return z ^ (z >> 31U);
    };
    for (std::size_t i = 0; i < sampled_pairs; ++i) {
        const auto a = next() % records, b = next() % records;
        if (a != b) take(std::min(a, b), std::max(a, b));
    }
}

void make_shares(Rates& rates) {
    for (auto& of_field : rates) {
        const double sum = std::accumulate(of_field.begin(), of_field.end(), 0.0);
        for (auto& rate : of_field) rate = sum > 0 ? rate / sum : 0;
    }
}

bool share_surname(const Comparand& a, const Comparand& b) { return !a[name].empty() && !b[name].empty() && a[name].front() == b[name].front(); }

Marginals marginals_of(std::span<const Comparand> records, const Counts& counts, std::span<const Pattern> seen) {
    Marginals found;
    const auto size = static_cast<double>(records.size());
    found.pairs = std::max(size * (size - 1) / 2, 1.0);
    sample_pairs(records.size(), [&](std::size_t a, std::size_t b) {
        const auto agreements = compare(records[a], records[b]);
        const bool one_surname = share_surname(records[a], records[b]);
        for (std::size_t field = 0; field < link_field_count; ++field) {
            if (agreements[field] == missing) continue;
            found.all[field][static_cast<std::size_t>(agreements[field])] += 1;
            if (one_surname) found.of_one_surname[field][static_cast<std::size_t>(agreements[field])] += 1;
        }
    });
    // What occurs among the candidates occurs among all, though rarely: half a pair of those sampled.
    for (const auto& pattern : seen)
        for (std::size_t field = 0; field < link_field_count; ++field) {
            if (pattern.agreements[field] == missing) continue;
            const auto a = static_cast<std::size_t>(pattern.agreements[field]);
            found.all[field][a] = std::max(found.all[field][a], 0.5);
            found.of_one_surname[field][a] = std::max(found.of_one_surname[field][a], 0.5);
        }
    make_shares(found.all);
    make_shares(found.of_one_surname);
    for (std::size_t field = 0; field < link_field_count; ++field) {   // equal values can be counted, and rare ones are not met by chance
        const double rate = counts.equal_rate(field);
        const double rest = 1 - found.all[field][0];
        if (rate <= 0 || rest <= 0) continue;
        for (std::size_t a = 1; a < agreement_count; ++a) found.all[field][a] *= (1 - rate) / rest;
        found.all[field][0] = rate;
    }
    return found;
}

/// Clusters grow from the surest pair on, and are one person as long as nothing in them contradicts that.
class Clusters {
public:
    explicit Clusters(std::span<const Comparand> records) : records_(records), first_(records.size()), members_(records.size()), identity_(records.size()) {
        for (std::uint32_t i = 0; i < records.size(); ++i) {
            first_[i] = i;
            members_[i] = {i};
            if (records[i].is_identity_number) identity_[i] = i;
        }
    }

    std::uint32_t find(std::uint32_t record) const { return first_[record]; }
    bool has_identity(std::uint32_t record) const { return identity_[first_[record]].has_value(); }
    const std::vector<std::uint32_t>& members_with(std::uint32_t record) const { return members_[first_[record]]; }

    /// False, and nothing happens, when both hold different identity numbers, or when their members do not fit on the whole.
    template <class Weight>
    bool join(std::uint32_t a, std::uint32_t b, bool is_certain, const Weight& weight) {
        auto x = first_[a], y = first_[b];
        if (x == y) return true;
        if (identity_[x] && identity_[y] && have_different_identities(records_[*identity_[x]], records_[*identity_[y]])) return false;
        if (!is_certain && !fit(members_[x], members_[y], weight)) return false;
        if (y < x) std::swap(x, y);
        for (const auto member : members_[y]) first_[member] = x;
        members_[x].insert(members_[x].end(), members_[y].begin(), members_[y].end());
        members_[y].clear();
        if (!identity_[x]) identity_[x] = identity_[y];
        return true;
    }

private:
    template <class Weight>
    static bool fit(const std::vector<std::uint32_t>& x, const std::vector<std::uint32_t>& y, const Weight& weight) {
        if (x.size() == 1 && y.size() == 1) return true;
        constexpr std::size_t looked_at_max = 16;   // of each: whoever has more records has said enough
        constexpr double told_max = 15;             // one sure pair must not outvote all others
        double sum = 0;
        for (std::size_t i = 0; i < std::min(x.size(), looked_at_max); ++i)
            for (std::size_t j = 0; j < std::min(y.size(), looked_at_max); ++j) sum += std::clamp(weight(x[i], y[j]), -told_max, told_max);
        return sum > 0;
    }

    std::span<const Comparand> records_;
    std::vector<std::uint32_t> first_;
    std::vector<std::vector<std::uint32_t>> members_;
    std::vector<std::optional<std::uint32_t>> identity_;   // of a cluster: the record that says its identity number
};

/// By weight, the surest first, which is the same in whatever order records came.
std::vector<std::size_t> in_order(const std::vector<LinkedPair>& pairs, PairDecision decision) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < pairs.size(); ++i)
        if (pairs[i].decision == decision) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return pairs[x].score.weight > pairs[y].score.weight; });
    return order;
}

/// What two clusters agree in, each field by the records of either that agree best in it: one record has the birth date, another the address.
Agreements pooled(std::span<const Comparand> records, const std::vector<std::uint32_t>& x, const std::vector<std::uint32_t>& y) {
    constexpr std::size_t looked_at_max = 8;
    Agreements best;
    best.fill(missing);
    for (std::size_t i = 0; i < std::min(x.size(), looked_at_max); ++i)
        for (std::size_t j = 0; j < std::min(y.size(), looked_at_max); ++j) {
            const auto one = compare(records[x[i]], records[y[j]]);
            for (std::size_t field = 0; field < link_field_count; ++field) best[field] = std::min(best[field], one[field]);
        }
    return best;
}

/// No question that is answered already, and of two clusters one: whoever answers it has answered the others.
void ask_once(Linkage& linkage) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> best;
    const auto clusters = [&](const LinkedPair& pair) { return std::minmax(linkage.cluster_of[pair.a], linkage.cluster_of[pair.b]); };
    for (const auto& pair : linkage.pairs) {
        if (pair.decision != PairDecision::review) continue;
        const auto [place, is_new] = best.try_emplace(clusters(pair), pair.score.weight);
        if (!is_new) place->second = std::max(place->second, pair.score.weight);
    }
    std::erase_if(linkage.pairs, [&](const LinkedPair& pair) {
        if (pair.decision != PairDecision::review) return false;
        const auto two = clusters(pair);
        if (two.first == two.second || best.at(two) > pair.score.weight) return true;
        best.at(two) = std::numeric_limits<double>::infinity();   // of equally good ones the first
        return false;
    });
}

/// All pairs that blocking found, compared, and the model learned from them; kept are those that are likely or to be asked about.
void weigh_candidates(Linkage& linkage, std::span<const Comparand> records, const Counts& counts, const LinkThresholds& thresholds, const LinkProgress& progress) {
    const auto candidates = find_candidates(records, block_max);
    linkage.candidates = candidates.pairs.size();
    linkage.too_common = candidates.too_common;
    progress(0.2);
    std::map<Agreements, double> counted;
    std::vector<Agreements> compared;
    compared.reserve(candidates.pairs.size());
    for (const auto& [a, b] : candidates.pairs) {
        compared.push_back(compare(records[a], records[b]));
        counted[compared.back()] += 1;
    }
    progress(0.5);
    std::vector<Pattern> patterns;
    for (const auto& [agreements, pairs] : counted) patterns.push_back({agreements, pairs});
    linkage.model = estimate(patterns, marginals_of(records, counts, patterns));
    progress(0.7);
    for (std::size_t i = 0; i < candidates.pairs.size(); ++i) {
        const auto [a, b] = candidates.pairs[i];
        LinkedPair pair{a, b, PairDecision::reject, compared[i], score(linkage.model, compared[i], counts.frequencies(records[a], compared[i]))};
        pair.score.namesakes = counts.namesakes(records[a], records[b], compared[i], linkage.model);
        pair.decision = decide(pair.agreements, pair.score, have_different_identities(records[a], records[b]), thresholds);
        if (pair.decision == PairDecision::reject && pair.score.probability() < kept_probability) continue;
        linkage.pairs.push_back(pair);
    }
}

/// One document under the very name is one person, however many say so: more than blocking would compare.
template <class Weight>
void join_documents(Clusters& clusters, std::span<const Comparand> records, const Weight& weight) {
    std::map<std::pair<std::u32string_view, std::u32string_view>, std::uint32_t> first;
    for (std::uint32_t i = 0; i < records.size(); ++i) {
        if (records[i][document].empty() || records[i][name].empty()) continue;
        const auto [place, is_new] = first.try_emplace(std::pair<std::u32string_view, std::u32string_view>(records[i][document], records[i][name]), i);
        if (!is_new) clusters.join(place->second, i, true, weight);
    }
}

/// How many of those born in the same ten years have no identity number in the table: of children often nobody writes it down.
class Undocumented {
public:
    Undocumented(std::span<const Comparand> records, const Clusters& clusters) {
        for (std::uint32_t i = 0; i < records.size(); ++i) {
            if (clusters.find(i) != i || records[i][birth_date].empty()) continue;
            auto& [people, without] = of_decade_[decade(records[i])];
            ++people;
            without += clusters.has_identity(i) ? 0U : 1U;
        }
    }
    double share(const Comparand& record) const {
        const auto found = of_decade_.find(decade(record));
        return found == of_decade_.end() ? 1 : (found->second.second + 1.0) / (found->second.first + 1.0);
    }

private:
    static std::u32string_view decade(const Comparand& record) { return std::u32string_view(record[birth_date]).substr(0, 3); }
    std::map<std::u32string_view, std::pair<std::uint32_t, std::uint32_t>> of_decade_;
};

/// A name written once, with nobody's number, where its like has one: a twin of that name would have a number too, but for so many as have none.
bool is_misspelt(const LinkedPair& pair, const Agreements& agreements, std::span<const Comparand> records, const Clusters& clusters, const LinkModel& model,
                 const Undocumented& undocumented, const LinkThresholds& thresholds) {
    // Two people of a hundred have a twin, and few twins are named so that both answer when one is called.
    constexpr double twins = 0.02, named_alike = 0.05;
    const auto once = clusters.has_identity(pair.a) ? pair.b : pair.a;
    const bool has_one = clusters.has_identity(pair.a) != clusters.has_identity(pair.b) && clusters.members_with(once).size() == 1;
    if (!has_one || !records[once].is_grown_up || !is_misspelt_or_twin(agreements)) return false;
    const auto& rates = model.person[index_of(name)];
    const double misspelt = rates[static_cast<std::size_t>(sound)] + rates[static_cast<std::size_t>(alike)];
    const double twin = twins * named_alike * undocumented.share(records[once]);
    return twin <= (1 - thresholds.link) * misspelt;
}

void join_clusters(Linkage& linkage, std::span<const Comparand> records, const Counts& counts, const LinkThresholds& thresholds) {
    Clusters clusters(records);
    const auto weight = [&](std::uint32_t x, std::uint32_t y) {
        const auto agreements = compare(records[x], records[y]);
        return score(linkage.model, agreements, counts.frequencies(records[x], agreements)).weight;
    };
    join_documents(clusters, records, weight);
    for (const auto i : in_order(linkage.pairs, PairDecision::link))
        if (!clusters.join(linkage.pairs[i].a, linkage.pairs[i].b, is_certain(linkage.pairs[i].agreements), weight)) linkage.pairs[i].decision = PairDecision::review;
    const Undocumented undocumented(records, clusters);
    for (const auto i : in_order(linkage.pairs, PairDecision::review)) {   // what no two records say, all of them together may
        auto& pair = linkage.pairs[i];
        const auto agreements = pooled(records, clusters.members_with(pair.a), clusters.members_with(pair.b));
        const auto whole = score(linkage.model, agreements, counts.frequencies(records[pair.a], pair.agreements));
        const bool is_conflict = have_different_identities(records[pair.a], records[pair.b]);
        const bool is_one = decide(agreements, whole, is_conflict, thresholds) == PairDecision::link ||
                            (whole.probability() >= thresholds.link && is_misspelt(pair, agreements, records, clusters, linkage.model, undocumented, thresholds));
        if (!is_one || !clusters.join(pair.a, pair.b, false, weight)) continue;
        pair.agreements = agreements;
        pair.score = whole;
        pair.decision = PairDecision::link;
    }
    linkage.cluster_of.resize(records.size());
    for (std::uint32_t i = 0; i < records.size(); ++i) linkage.cluster_of[i] = clusters.find(i);
}

/// From positions in the order of content to those in which the records came: `came` says which record stands there, `position` as which one it was compared.
void rename(Linkage& linkage, const std::vector<std::uint32_t>& came, const std::vector<std::uint32_t>& position) {
    constexpr auto none = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> first(linkage.cluster_of.size(), none), record(linkage.cluster_of.size(), none), cluster_of(came.size());
    for (std::size_t i = 0; i < came.size(); ++i) {
        auto& of_cluster = first[linkage.cluster_of[position[i]]];
        of_cluster = std::min(of_cluster, came[i]);
        record[position[i]] = std::min(record[position[i]], came[i]);
    }
    for (std::size_t i = 0; i < came.size(); ++i) cluster_of[came[i]] = first[linkage.cluster_of[position[i]]];
    linkage.cluster_of = std::move(cluster_of);
    for (auto& pair : linkage.pairs) std::tie(pair.a, pair.b) = std::pair(std::min(record[pair.a], record[pair.b]), std::max(record[pair.a], record[pair.b]));
    std::sort(linkage.pairs.begin(), linkage.pairs.end(), [](const LinkedPair& x, const LinkedPair& y) { return std::pair(x.a, x.b) < std::pair(y.a, y.b); });
}

}  // namespace

CommonValues drop_common(std::vector<Comparand>& records, LinkField field) {
    constexpr std::size_t names_few = 3;
    std::unordered_map<std::u32string, std::size_t> counts;
    std::map<std::u32string_view, std::set<std::u32string_view>> names;   // of each document
    const auto i = index_of(field);
    for (const auto& record : records) {
        if (record.folded[i].empty()) continue;
        ++counts[record.folded[i]];
        if (field == document) names[record.folded[i]].insert(record[name]);
    }
    for (const auto& [value, of] : names)
        if (of.size() <= names_few) counts[std::u32string(value)] = 1;
    CommonValues dropped;
    for (const auto& [value, count] : counts) {
        if (count <= block_max) continue;
        ++dropped.values;
        dropped.records += count;
    }
    if (dropped.values == 0) return dropped;
    for (auto& record : records) {
        if (record.folded[i].empty() || counts.at(record.folded[i]) <= block_max) continue;
        record.folded[i].clear();
        if (field == document) record.is_identity_number = false;
    }
    return dropped;
}

Linkage link_records(std::vector<Comparand> records, const LinkThresholds& thresholds, const LinkProgress& progress) {
    // Of equal weights the first goes first: by content, so that the order in which records came decides nothing.
    std::vector<std::uint32_t> came(records.size());
    std::iota(came.begin(), came.end(), 0U);
    std::stable_sort(came.begin(), came.end(), [&](std::uint32_t x, std::uint32_t y) { return records[x].folded < records[y].folded; });
    // Whoever says all the same, and enough, is compared with others once.
    std::vector<Comparand> sorted;
    std::vector<std::uint32_t> position;   // in `sorted`, of each in that order
    sorted.reserve(records.size());
    for (const auto i : came) {
        const bool is_again = !sorted.empty() && sorted.back().folded == records[i].folded && may_join(compare(records[i], records[i]), 0);
        if (!is_again) sorted.push_back(std::move(records[i]));
        position.push_back(static_cast<std::uint32_t>(sorted.size() - 1));
    }
    records.clear();

    Linkage linkage;
    const Counts counts(sorted);
    weigh_candidates(linkage, sorted, counts, thresholds, progress);
    join_clusters(linkage, sorted, counts, thresholds);
    ask_once(linkage);
    rename(linkage, came, position);
    progress(1);
    return linkage;
}

}  // namespace chayan::domain
