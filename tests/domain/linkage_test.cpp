// SPDX-License-Identifier: Apache-2.0
#include "domain/linkage.hpp"

#include "domain/link_weights.hpp"
#include "domain/worlds.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>

using namespace chayan::domain;
using enum LinkField;
using Agreement::equal, Agreement::sound, Agreement::alike, Agreement::slip, Agreement::near, Agreement::part, Agreement::differs, Agreement::missing;   // close is a function of C

namespace {

constexpr std::size_t index_of(LinkField field) { return static_cast<std::size_t>(field); }

Agreements agreeing(std::initializer_list<std::pair<LinkField, Agreement>> said) {
    Agreements agreements;
    agreements.fill(missing);
    for (const auto& [field, how] : said) agreements[index_of(field)] = how;
    return agreements;
}

double weight(const Agreements& agreements, std::size_t records = 100'000) { return score(default_weights(records), agreements, {}).weight; }

double beside(const Agreements& agreements) { return score(default_weights(100'000), agreements, {}).beside; }

}  // namespace

TEST_CASE("EM finds again the rates that pairs were drawn by, without being told which are one person") {
    // Three fields of two agreements each; what blocking finds are all pairs here.
    const std::array<LinkField, 3> fields{name, birth_date, document};
    const std::array<double, 3> of_person{0.95, 0.9, 0.97}, of_strangers{0.01, 0.003, 0.0005};
    const double pairs = 1e6, persons = 5'000;
    std::vector<Pattern> patterns;
    Marginals marginals;
    marginals.pairs = pairs;
    for (unsigned bits = 0; bits < 8; ++bits) {
        Pattern pattern{agreeing({}), 0};
        double as_person = persons, as_strangers = pairs - persons;
        for (std::size_t f = 0; f < fields.size(); ++f) {
            const bool agrees = ((bits >> f) & 1U) != 0;
            pattern.agreements[index_of(fields[f])] = agrees ? equal : differs;
            as_person *= agrees ? of_person[f] : 1 - of_person[f];
            as_strangers *= agrees ? of_strangers[f] : 1 - of_strangers[f];
        }
        pattern.pairs = as_person + as_strangers;
        patterns.push_back(pattern);
        for (const auto field : fields) marginals.all[index_of(field)][static_cast<std::size_t>(pattern.agreements[index_of(field)])] += pattern.pairs / pairs;
    }
    marginals.of_one_surname = marginals.all;
    const auto model = estimate(patterns, marginals);
    CHECK(model.of_person * pairs == Approx(persons).epsilon(0.05));
    for (std::size_t f = 0; f < fields.size(); ++f) {
        CHECK(model.person[index_of(fields[f])][0] == Approx(of_person[f]).margin(0.02));
        CHECK(model.strangers[index_of(fields[f])][0] == Approx(of_strangers[f]).epsilon(0.1));
    }
}

TEST_CASE("EM tells who lives together from who is one person, though both share a phone and a home") {
    // One person agrees in all; two of a household in phone and address alone; strangers in nothing.
    const std::array<LinkField, 4> fields{name, birth_date, phone, address};
    const std::array<std::array<double, 4>, 3> rates{{{0.95, 0.95, 0.9, 0.9}, {0.002, 0.0005, 0.9, 0.9}, {0.002, 0.0005, 0.0001, 0.0002}}};
    const double pairs = 1e7;
    const std::array<double, 3> of_class{4'000, 20'000, pairs - 24'000};
    std::vector<Pattern> patterns;
    Marginals marginals;
    marginals.pairs = pairs;
    for (unsigned bits = 0; bits < 16; ++bits) {
        Pattern pattern{agreeing({}), 0};
        for (std::size_t f = 0; f < fields.size(); ++f) pattern.agreements[index_of(fields[f])] = ((bits >> f) & 1U) != 0 ? equal : differs;
        for (std::size_t c = 0; c < rates.size(); ++c) {
            double share = of_class[c];
            for (std::size_t f = 0; f < fields.size(); ++f) share *= ((bits >> f) & 1U) != 0 ? rates[c][f] : 1 - rates[c][f];
            pattern.pairs += share;
        }
        patterns.push_back(pattern);
        for (const auto field : fields) marginals.all[index_of(field)][static_cast<std::size_t>(pattern.agreements[index_of(field)])] += pattern.pairs / pairs;
    }
    marginals.of_one_surname = marginals.all;
    const auto model = estimate(patterns, marginals);
    CHECK(model.of_person * pairs == Approx(of_class[0]).epsilon(0.1));
    CHECK(model.of_household * pairs == Approx(of_class[1]).epsilon(0.1));
    const auto of = [&](Agreement how_name, Agreement how_birth) {
        return score(model, agreeing({{name, how_name}, {birth_date, how_birth}, {phone, equal}, {address, equal}}), {});
    };
    CHECK(of(differs, differs).probability() < 0.01);
    CHECK(of(differs, differs).against_household);
    CHECK(of(equal, equal).probability() > 0.99);
}

TEST_CASE("a table of two that are one has weights that are numbers") {
    Marginals marginals;
    marginals.pairs = 1;
    const std::vector<Pattern> patterns{{agreeing({{name, equal}, {document, equal}}), 1}};
    for (const auto field : {name, document}) marginals.all[index_of(field)][0] = marginals.of_one_surname[index_of(field)][0] = 1;
    const auto found = score(estimate(patterns, marginals), patterns[0].agreements, {});
    CHECK(std::isfinite(found.weight));
    CHECK(decide(patterns[0].agreements, found, false, {}) == PairDecision::link);   // nothing was learned, and the rule needs nothing
}

TEST_CASE("a model's rates add up to one in every field of every class") {
    const auto model = default_weights(100'000);
    for (const auto* rates : {&model.person, &model.household, &model.strangers})
        for (const auto& of_field : *rates) {
            const double sum = std::accumulate(of_field.begin(), of_field.end(), 0.0);
            CHECK((sum == 0 || std::abs(sum - 1) < 0.001));
        }
}

TEST_CASE("weights are written and read again, for a table of any size, and nothing else is read") {
    const auto model = default_weights(50'000);
    const auto text = write_weights(model, 50'001);
    const auto again = read_weights(text, 50'000);
    REQUIRE(again);
    CHECK(again->of_person == Approx(model.of_person));
    CHECK(again->person[index_of(name)][0] == Approx(model.person[index_of(name)][0]).epsilon(1e-4));
    CHECK(default_weights(100'000).of_person == Approx(model.of_person / 2));
    CHECK(default_weights(100'000).of_household == Approx(model.of_household / 2));
    CHECK(default_weights(0).of_person == default_weights(1'000).of_person);
    CHECK_FALSE(read_weights("", 10));
    CHECK_FALSE(read_weights("field,agreement,person,household,strangers\n", 10));
    CHECK_FALSE(read_weights(text + "name,nearly,0,0,0\n", 10));
    CHECK_FALSE(read_weights(text + "name,near,0.5,0,0\n", 10));
    CHECK_FALSE(read_weights(text + "name,near,-0.5,0,0\n", 10));
}

TEST_CASE("a pair's weight is the prior and the parts, and its probability follows") {
    const auto agreements = agreeing({{name, equal}, {phone, equal}, {sex, differs}});
    const auto found = score(default_weights(100'000), agreements, {});
    CHECK(found.weight == Approx(std::accumulate(found.parts.begin(), found.parts.end(), found.prior)));
    CHECK(found.parts[index_of(document)] == 0);
    CHECK(found.parts[index_of(sex)] < 0);
    CHECK(found.probability() == Approx(1 / (1 + std::exp2(-found.weight))));
}

TEST_CASE("better agreement weighs more, a larger table makes everybody less likely, and a rare name says more than a common one") {
    for (const auto& [better, worse] : {std::pair(equal, sound), {sound, part}, {alike, part}, {part, differs}}) {
        CAPTURE(word_of(better), word_of(worse));
        CHECK(weight(agreeing({{name, better}, {birth_date, equal}})) > weight(agreeing({{name, worse}, {birth_date, equal}})));
    }
    CHECK(weight(agreeing({{document, equal}})) > weight(agreeing({{document, slip}})));
    CHECK(weight(agreeing({{document, slip}})) > weight(agreeing({{document, differs}})));
    const auto named = agreeing({{name, equal}, {birth_date, equal}});
    CHECK(weight(named, 1'200'000) < weight(named, 10'000));
    Frequencies common{}, rare{};
    common[index_of(name)] = 2e-4;
    rare[index_of(name)] = 1e-6;
    CHECK(score(default_weights(100'000), named, rare).weight > score(default_weights(100'000), named, common).weight + 3);
}

TEST_CASE("who shares phone, home and surname is a household, not one person") {
    const auto household = agreeing({{name, part}, {birth_date, differs}, {phone, equal}, {address, equal}, {locality, equal}, {sex, differs}});
    const auto found = score(default_weights(1'200'000), household, {});
    CHECK(found.against_household);
    CHECK(found.probability() < 0.001);
    CHECK(score(default_weights(1'200'000), agreeing({{name, equal}, {document, equal}}), {}).probability() > 0.999);
}

TEST_CASE("a phone, a name, or a name with a birth date alone never make one person of two") {
    CHECK_FALSE(may_join(agreeing({{phone, equal}}), beside(agreeing({{phone, equal}}))));
    CHECK_FALSE(may_join(agreeing({{name, equal}}), beside(agreeing({{name, equal}}))));
    CHECK_FALSE(may_join(agreeing({{name, equal}, {birth_date, equal}}), beside(agreeing({{name, equal}, {birth_date, equal}}))));
    CHECK_FALSE(may_join(agreeing({{name, equal}, {birth_date, equal}, {sex, equal}}), beside(agreeing({{name, equal}, {birth_date, equal}, {sex, equal}}))));
    CHECK_FALSE(may_join(agreeing({{given_name, equal}, {surname, equal}, {birth_date, equal}}), beside(agreeing({{given_name, equal}, {surname, equal}, {birth_date, equal}}))));
    CHECK_FALSE(may_join(agreeing({{document, equal}}), beside(agreeing({{document, equal}}))));
    CHECK_FALSE(may_join(agreeing({{document, equal}, {name, part}}), beside(agreeing({{document, equal}, {name, part}}))));
    CHECK_FALSE(may_join(agreeing({{phone, equal}, {name, part}, {birth_date, differs}}), beside(agreeing({{phone, equal}, {name, part}, {birth_date, differs}}))));
    CHECK_FALSE(may_join(agreeing({{birth_date, equal}, {phone, equal}, {address, equal}}), beside(agreeing({{birth_date, equal}, {phone, equal}, {address, equal}}))));   // twins
    CHECK(may_join(agreeing({{document, equal}, {name, equal}}), beside(agreeing({{document, equal}, {name, equal}}))));
    CHECK(may_join(agreeing({{document, equal}, {name, sound}}), beside(agreeing({{document, equal}, {name, sound}}))));
    CHECK(may_join(agreeing({{phone, equal}, {name, equal}}), beside(agreeing({{phone, equal}, {name, equal}}))));
    CHECK(may_join(agreeing({{name, equal}, {birth_date, equal}, {address, equal}}), beside(agreeing({{name, equal}, {birth_date, equal}, {address, equal}}))));
    CHECK_FALSE(may_join(agreeing({{name, equal}, {birth_date, equal}, {phone, slip}}), beside(agreeing({{name, equal}, {birth_date, equal}, {phone, slip}}))));
}

TEST_CASE("one document under two names is asked about, two documents only where a slip or phone and name may explain them") {
    const auto decided = [](const Agreements& agreements, bool is_conflict) {
        return decide(agreements, score(default_weights(100'000), agreements, {}), is_conflict, {});
    };
    CHECK(decided(agreeing({{document, equal}, {name, equal}}), false) == PairDecision::link);
    CHECK(decided(agreeing({{document, equal}, {name, differs}}), false) == PairDecision::review);
    CHECK(decided(agreeing({{document, equal}, {name, part}, {phone, equal}}), false) == PairDecision::review);
    CHECK(decided(agreeing({{document, differs}, {name, equal}, {phone, equal}}), true) == PairDecision::review);
    CHECK(decided(agreeing({{document, near}, {name, equal}, {address, equal}}), true) == PairDecision::review);
    CHECK(decided(agreeing({{document, near}, {name, part}, {birth_date, equal}, {phone, equal}, {address, equal}}), true) == PairDecision::reject);   // twins
    CHECK(decided(agreeing({{document, differs}, {name, equal}, {birth_date, equal}, {locality, equal}}), true) == PairDecision::reject);
    CHECK(decided(agreeing({{name, differs}, {phone, differs}}), false) == PairDecision::reject);
}

TEST_CASE("what is certain needs the very name, and a phone nothing that speaks against it") {
    CHECK(is_certain(agreeing({{document, equal}, {name, equal}})));
    CHECK_FALSE(is_certain(agreeing({{document, equal}, {name, alike}})));
    CHECK(is_certain(agreeing({{phone, equal}, {name, equal}})));
    CHECK_FALSE(is_certain(agreeing({{phone, equal}, {name, equal}, {birth_date, differs}})));
    CHECK_FALSE(is_certain(agreeing({{phone, equal}, {name, equal}, {sex, differs}})));
    CHECK_FALSE(is_certain(agreeing({{phone, equal}, {name, equal}, {document, differs}})));
}

TEST_CASE("siblings and namesakes are not joined: a name that only sounds the same, and a village with a phone that differs") {
    const auto joins = [](const Agreements& agreements) { return may_join(agreements, beside(agreements)); };
    CHECK_FALSE(joins(agreeing({{name, sound}, {birth_date, equal}, {phone, equal}, {address, equal}})));
    CHECK_FALSE(joins(agreeing({{name, alike}, {phone, equal}, {address, equal}})));
    CHECK_FALSE(joins(agreeing({{name, equal}, {birth_date, equal}, {locality, equal}, {phone, differs}})));
    CHECK_FALSE(joins(agreeing({{name, equal}, {birth_date, equal}, {postcode, equal}})));
    CHECK(joins(agreeing({{name, equal}, {birth_date, equal}, {locality, equal}})));
    CHECK(joins(agreeing({{document, slip}, {name, sound}})));
}

TEST_CASE("a lunar birth date does not part whom a phone and the name bring together, and is no birth date that agrees") {
    CHECK_FALSE(contradict(agreeing({{birth_date, Agreement::close}})));
    CHECK(contradict(agreeing({{birth_date, near}})));
    CHECK(is_certain(agreeing({{phone, equal}, {name, equal}, {birth_date, Agreement::close}})));
    const auto in_a_village = agreeing({{name, equal}, {birth_date, Agreement::close}, {locality, equal}});
    CHECK_FALSE(may_join(in_a_village, beside(in_a_village)));
}

TEST_CASE("a phone that differs is forgiven where nobody else is expected to have that name, birth date and village, and nowhere that was not counted") {
    const auto agreements = agreeing({{name, equal}, {birth_date, equal}, {locality, equal}, {phone, differs}});
    const auto decided = [](const Agreements& of, double namesakes) {
        auto found = score(default_weights(100'000), of, {});
        if (namesakes > 0) found.namesakes = namesakes;
        return decide(of, found, false, {});
    };
    CHECK(decided(agreements, 0) == PairDecision::review);   // as in a running service
    CHECK(decided(agreements, 1.1e-5) == PairDecision::review);
    CHECK(decided(agreements, 0.9e-5) == PairDecision::link);
    for (const auto& [field, how] : {std::pair(name, sound), {birth_date, slip}, {sex, differs}, {document, differs}}) {
        auto other = agreements;
        other[index_of(field)] = how;
        CAPTURE(word_of(field));
        CHECK(decided(other, 1e-9) != PairDecision::link);
    }
}

TEST_CASE("a name that sounds or looks the same is misspelt or a twin's where birth date and phone or home are one, and no document or sex tells") {
    const auto whole = agreeing({{name, sound}, {birth_date, equal}, {phone, equal}});
    CHECK(is_misspelt_or_twin(whole));
    CHECK(is_misspelt_or_twin(agreeing({{name, alike}, {birth_date, equal}, {household, equal}})));
    CHECK_FALSE(is_misspelt_or_twin(agreeing({{name, sound}, {birth_date, equal}, {locality, equal}})));
    for (const auto& [field, how] : {std::pair(name, part), {name, equal}, {birth_date, slip}, {phone, differs}, {document, equal}, {document, differs}, {sex, differs}}) {
        auto other = whole;
        other[index_of(field)] = how;
        CAPTURE(word_of(field), word_of(how));
        CHECK_FALSE(is_misspelt_or_twin(other));
    }
}

TEST_CASE("at one home the very given name tells as much as the whole, where a surname is not said") {
    const auto joins = [](const Agreements& agreements) { return may_join(agreements, beside(agreements)); };
    CHECK(joins(agreeing({{given_name, equal}, {address, equal}})));
    CHECK(joins(agreeing({{given_name, Agreement::crossed}, {street, near}})));
    CHECK_FALSE(joins(agreeing({{given_name, near}, {address, equal}})));   // siblings
    CHECK_FALSE(joins(agreeing({{given_name, equal}, {surname, differs}, {address, equal}})));
    CHECK_FALSE(joins(agreeing({{given_name, equal}, {address, part}})));
    CHECK_FALSE(joins(agreeing({{given_name, equal}, {phone, equal}})));
    CHECK_FALSE(joins(agreeing({{surname, equal}, {address, equal}})));
}

TEST_CASE("EM takes some of those who share a home for twins, whatever strangers' birth dates do") {
    Marginals marginals;
    marginals.pairs = 1e6;
    const std::vector<Pattern> patterns{{agreeing({{birth_date, equal}}), 2'000}, {agreeing({{birth_date, differs}}), 1e6 - 2'000}};
    marginals.all[index_of(birth_date)][0] = marginals.of_one_surname[index_of(birth_date)][0] = 3e-5;
    marginals.all[index_of(birth_date)][static_cast<std::size_t>(differs)] = marginals.of_one_surname[index_of(birth_date)][static_cast<std::size_t>(differs)] = 1 - 3e-5;
    const auto model = estimate(patterns, marginals);
    const auto& household = model.household[index_of(birth_date)];
    CHECK((household[0] > 0.0019 && household[0] < 0.0022));
    CHECK(std::accumulate(household.begin(), household.end(), 0.0) == Approx(1));
}

TEST_CASE("two of one home with one birth date may be twins, so that another name makes them no question") {
    const auto siblings = agreeing({{name, part}, {birth_date, equal}, {sex, equal}, {address, equal}, {phone, equal}});
    const auto found = score(default_weights(100'000), siblings, {});
    CHECK(found.against_household);
    CHECK(decide(siblings, found, false, {}) == PairDecision::reject);
}

TEST_CASE("reasons name fields, agreements and weights, the weightiest first, and never a value") {
    const auto agreements = agreeing({{sex, equal}, {document, equal}, {name, equal}});
    const auto text = reasons_of(agreements, score(default_weights(100'000), agreements, {}));
    CHECK(text.starts_with("rule: document and name; document equal +"));
    CHECK(text.find("name equal +") != std::string::npos);
    CHECK(text.find("sex equal +") != std::string::npos);
    CHECK(text.find("prior against strangers -") != std::string::npos);
    CHECK(text.find("phone") == std::string::npos);
}
