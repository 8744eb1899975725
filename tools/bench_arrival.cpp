// SPDX-License-Identifier: Apache-2.0
// Registers labelled records one by one, in an order drawn by a seed, by the service's own registrar and writer: who came to be one person, and who is asked about, as
// tools/link_score.py judges them. Prints a JSON object.
//
//   bench_arrival --data DIR --records FILE.csv --seed N --clusters OUT.csv --pairs OUT.csv [--refused skip|blank]
//
// FILE is records.csv of `tools/town records`, DIR an empty folder. Each record is a row of a roster, the only door that asks neither for a document nor for a phone.
// What the door refuses (a document that fails its check, a birth date that is none) is left blank and the row tried again, as whoever enters it would; with `skip` the
// record stays a person of its own.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/installation.hpp"
#include "domain/csv.hpp"

namespace {

using namespace chayan;

struct Options {
    app::Place place;
    std::string records, clusters, pairs;
    std::uint64_t seed = 1;
    bool leaves_blank = true;
};

struct Arrival {
    std::string id;
    domain::StatementFields fields;
    domain::RegistrationId registration;   // none: refused
};

struct Tally {
    std::uint64_t blank = 0, refused = 0, reviews = 0, candidates = 0;
};

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::vector<Arrival> read_records(const Options& options) {
    std::ifstream in(options.records, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    domain::CsvReader reader(text);
    const auto header = reader.next();
    const auto columns = header ? domain::find_columns(header->fields, {{{"id"}, true}, {{"name"}, true}, {{"document"}, true}, {{"phone"}, true}, {{"birth_date"}, true},
                                                                        {{"sex"}, true}, {{"address"}, true}, {{"division"}, true}, {{"household"}, true}})
                                : kit::Result<std::vector<int>>(kit::Error{kit::Errc::invalid, "csv_empty"});
    if (!columns) throw std::runtime_error(options.records + " has not the columns of tools/town records");
    std::vector<Arrival> arrivals;
    while (const auto row = reader.next()) {
        if (row->fault != nullptr) throw std::runtime_error(options.records + " has a row that is none");
        const auto value = [&](std::size_t column) { return row->fields[static_cast<std::size_t>((*columns)[column])]; };
        domain::StatementFields fields;
        fields.name = value(1);
        fields.document_number = value(2);
        fields.document_type = fields.document_number.empty() ? "" : "id";
        fields.phone = value(3);
        fields.birth_date = value(4);
        fields.sex = value(5);
        fields.address = value(6);
        fields.division = value(7);
        fields.household = value(8);
        arrivals.push_back({value(0), std::move(fields), {}});
    }
    std::shuffle(arrivals.begin(), arrivals.end(), std::mt19937_64(options.seed));
    return arrivals;
}

void leave_blank(domain::StatementFields& fields, const kit::Error& error) {
    for (const auto& fault : error.fields) {
        if (fault.pointer.starts_with("/document")) fields.document_number = fields.document_type = "";
        else if (fault.pointer == "/phone") fields.phone.clear();
        else if (fault.pointer == "/birth_date") fields.birth_date.clear();
        else if (fault.pointer == "/sex") fields.sex.clear();
        else if (fault.pointer == "/division") fields.division.clear();
        else if (fault.pointer == "/address") fields.address.clear();
    }
}

void register_one(service::WriteContext& context, service::Vault& vault, const Options& options, Arrival& arrival, Tally& tally) {
    const domain::Day today{static_cast<std::int32_t>(context.now().s / 86'400) + 1};
    auto statement = domain::parse_statement(arrival.fields, today, false);
    if (!statement && options.leaves_blank) {
        ++tally.blank;
        leave_blank(arrival.fields, statement.error());
        statement = domain::parse_statement(arrival.fields, today, false);
    }
    if (!statement) {
        ++tally.refused;
        return;
    }
    const auto registered = service::register_statement(context, vault, *statement, {storage::Origin::roster, {}, 0});
    arrival.registration = registered.registration;
    tally.reviews += registered.reviews;
    tally.candidates += registered.candidates;
}

/// One command each, as different people come.
Tally register_all(const Options& options, app::Installation& in, std::vector<Arrival>& arrivals) {
    Tally tally;
    constexpr std::size_t at_once = 64;   // in a transaction, as when it is busy
    for (std::size_t i = 0; i < arrivals.size(); i += at_once) {
        const auto status = service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
            for (std::size_t j = i; j < std::min(i + at_once, arrivals.size()); ++j) register_one(context, in.vault, options, arrivals[j], tally);
            return kit::Done{};
        });
        if (!status) throw std::runtime_error("the writer refused");
    }
    return tally;
}

void write_results(const Options& options, app::Installation& in, const std::vector<Arrival>& arrivals) {
    const auto people = in.board.load()->people;
    std::vector<std::string> id_of(people->registration_count() + 1);
    std::ofstream clusters(options.clusters, std::ios::binary), pairs(options.pairs, std::ios::binary);
    clusters << "id,cluster\n";
    for (const auto& arrival : arrivals) {
        const auto& one = arrival.registration;
        if (!one.is_none()) id_of.at(one.value) = arrival.id;
        clusters << arrival.id << ',' << (one.is_none() ? arrival.id : std::to_string(people->person_of(one).value)) << '\n';
    }
    pairs << "a,b,decision,weight,reasons\n";
    const auto reader = in.store->reader();
    for (const auto& row : reader->links().reviews(storage::ReviewState::open))
        pairs << id_of.at(row.a.value) << ',' << id_of.at(row.b.value) << ",review," << row.weight << ",\"" << row.reasons << "\"\n";
    if (!clusters.flush() || !pairs.flush()) throw std::runtime_error("the results cannot be written");
}

void run(const Options& options) {
    app::set_up(options.place);
    auto arrivals = read_records(options);
    app::Installation in(options.place, {});
    const auto cpu = cpu_seconds();
    const auto tally = register_all(options, in, arrivals);
    const auto cpu_s = cpu_seconds() - cpu;
    write_results(options, in, arrivals);
    std::printf("{\"what\":\"arrival\",\"records\":%zu,\"blank\":%llu,\"refused\":%llu,\"reviews\":%llu,\"candidates\":%llu,\"cpu_s\":%.2f}\n", arrivals.size(),
                static_cast<unsigned long long>(tally.blank), static_cast<unsigned long long>(tally.refused), static_cast<unsigned long long>(tally.reviews),
                static_cast<unsigned long long>(tally.candidates), cpu_s);
}

Options parse(int count, char** words) {
    Options options;
    for (int i = 1; i < count; i += 2) {
        const std::string name = words[i];
        if (i + 1 == count) throw std::runtime_error(name + " needs a value");
        const std::string value = words[i + 1];
        if (name == "--data") options.place = {value, value + "/keys", 0};
        else if (name == "--records") options.records = value;
        else if (name == "--seed") options.seed = std::stoull(value);
        else if (name == "--clusters") options.clusters = value;
        else if (name == "--pairs") options.pairs = value;
        else if (name == "--refused" && (value == "skip" || value == "blank")) options.leaves_blank = value == "blank";
        else throw std::runtime_error("unknown option " + name + " " + value);
    }
    if (options.place.data.empty() || options.records.empty() || options.clusters.empty() || options.pairs.empty())
        throw std::runtime_error("--data, --records, --clusters and --pairs are needed");
    return options;
}

}  // namespace

int main(int count, char** words) {
    try {
        run(parse(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_arrival: %s\n", error.what());
        return 1;
    }
}
