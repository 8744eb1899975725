// SPDX-License-Identifier: Apache-2.0
// Measures who-is-who for tools/bench: statements registered one by one over a store that holds a roster already, by the service's own registrar and writer.
// Prints a JSON object a line.
//
//   bench_link --data DIR --statements FILE.csv --count N
//
// FILE has the columns of `tools/town records`; rows that no door would let in (a document that fails its check) are passed over. Each line of its input asks for
// one round over the next `count` of them; the end of its input ends it.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/installation.hpp"
#include "domain/csv.hpp"

namespace {

using namespace chayan;

struct Tally {
    std::uint64_t joined = 0, reviews = 0, candidates = 0;
};

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::vector<domain::Statement> read_statements(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    domain::CsvReader reader(text);
    const auto header = reader.next();
    const auto columns = header ? domain::find_columns(header->fields, {{{"name"}, true}, {{"document"}, true}, {{"phone"}, true}, {{"birth_date"}, true}, {{"sex"}, true},
                                                                        {{"address"}, true}, {{"division"}, true}, {{"household"}, true}})
                                : kit::Result<std::vector<int>>(kit::Error{kit::Errc::invalid, "csv_empty"});
    if (!columns) throw std::runtime_error(path + " has not the columns of tools/town records");
    std::vector<domain::Statement> statements;
    const domain::Day today{static_cast<std::int32_t>(app::SystemClock{}.now().s / 86'400)};
    while (const auto row = reader.next()) {
        if (row->fault != nullptr) continue;
        const auto value = [&](std::size_t column) { return row->fields[static_cast<std::size_t>((*columns)[column])]; };
        domain::StatementFields fields;
        fields.name = value(0);
        fields.document_number = value(1);
        fields.document_type = fields.document_number.empty() ? "" : "id";
        fields.phone = value(2);
        fields.birth_date = value(3);
        fields.sex = value(4);
        fields.address = value(5);
        fields.division = value(6);
        fields.household = value(7);
        if (auto statement = domain::parse_statement(fields, today, false)) statements.push_back(*std::move(statement));
    }
    return statements;
}

void run(const app::Place& place, const std::string& file, std::size_t count) {
    const auto statements = read_statements(file);
    app::Installation in(place, {});
    std::size_t next = 0;
    for (std::string asked; std::getline(std::cin, asked);) {
        if (next + count > statements.size()) throw std::runtime_error("there are no more statements");
        Tally tally;
        const auto before = in.board.load()->people->person_count();
        const auto cpu = cpu_seconds();
        for (std::size_t i = 0; i < count; i += 64) {   // as many as wait at once when it is busy
            const auto status = service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
                for (std::size_t j = i; j < std::min(i + 64, count); ++j) {
                    const auto registered = service::register_statement(context, in.vault, statements[next + j], {storage::Origin::guard, {}, 1});
                    tally.joined += registered.matched ? 1 : 0;
                    tally.reviews += registered.reviews;
                    tally.candidates += registered.candidates;
                }
                return kit::Done{};
            });
            if (!status) throw std::runtime_error("the writer refused");
        }
        next += count;
        std::printf("{\"what\":\"link\",\"count\":%zu,\"cpu_s\":%.4f,\"joined\":%llu,\"reviews\":%llu,\"candidates\":%llu,\"persons\":%u}\n", count, cpu_seconds() - cpu,
                    static_cast<unsigned long long>(tally.joined), static_cast<unsigned long long>(tally.reviews), static_cast<unsigned long long>(tally.candidates),
                    in.board.load()->people->person_count() - before);
        std::fflush(stdout);
    }
}

}  // namespace

int main(int count, char** words) {
    try {
        app::Place place;
        std::string file;
        std::size_t statements = 0;
        for (int i = 1; i + 1 < count; i += 2) {
            const std::string name = words[i], value = words[i + 1];
            if (name == "--data") place = {value, value + "/keys", 0};
            else if (name == "--statements") file = value;
            else if (name == "--count") statements = std::stoul(value);
            else throw std::runtime_error("unknown option " + name);
        }
        if (place.data.empty() || file.empty() || statements == 0) throw std::runtime_error("--data, --statements and --count are needed");
        run(place, file, statements);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_link: %s\n", error.what());
        return 1;
    }
}
