// SPDX-License-Identifier: Apache-2.0
// Makes a data directory for tools/bench: sites and registered people, then a log of as many scans of the last 14 days as asked for, at
// sites of which few are much visited (Zipf), written through the store's own port, blinded and sealed by the vault. Prints a JSON
// object: seconds, and the bytes by which the database file grew.
//
//   bench_city people --data DIR --people N --sites N              DIR must be empty
//   bench_city scans --data DIR --people N --sites N --rows N      of what the first has made, while nothing runs on it
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/installation.hpp"
#include "bench_index_city.hpp"
#include "bench_people.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace {

using namespace chayan;

struct World {
    app::Place place;
    std::uint64_t people = 0, rows = 0;
    std::uint32_t sites = 0;
};

constexpr std::uint64_t rows_a_commit = 10'000;
constexpr std::int64_t days = 14;

void add_sites(storage::Connection& connection, const World& world, std::mt19937_64& random) {
    const domain::DivisionCode division{130'682'000'000ULL, 6};
    connection.sites().put(storage::DivisionRow{division, "定州市", std::nullopt});
    std::uniform_real_distribution<double> offset(-0.2, 0.2);
    for (std::uint32_t i = 1; i <= world.sites; ++i) {
        storage::SiteRow row;
        row.id = row.place = {i};
        row.ref = row.name = "S" + std::to_string(i);
        row.category = domain::Category::shop;
        row.division = division;
        row.longitude = 115.0 + offset(random);
        row.latitude = 38.5 + offset(random);
        row.stays.push_back({{0}, domain::Presence::venue, 1800, -1, -1});
        connection.sites().put(row);
    }
}

/// As service/registrar.cpp makes it. Who is registered first is person 1.
storage::RegistrationRow row_of(const service::Vault& vault, std::uint64_t number) {
    const auto statement = bench::person(number);
    storage::RegistrationRow row;
    row.id = row.holder = {number};
    row.person = {static_cast<std::uint32_t>(number)};
    row.at = {std::time(nullptr) - days * 86'400};
    row.notice_version = 1;
    row.name = vault.blind(service::BlindKind::name, domain::fold_name(statement.name));
    row.document = vault.blind(service::BlindKind::document, domain::document_key(*statement.document));
    row.phone = vault.blind(service::BlindKind::phone, statement.phone->e164);
    row.profile = vault.seal(service::SealKind::profile, service::associated_data(row), domain::encode_statement(statement));
    return row;
}

void add_people(storage::Store& store, const service::Vault& vault, const World& world) {
    for (std::uint64_t begin = 1; begin <= world.people; begin += rows_a_commit) {
        store.write([&](storage::Connection& connection) {
            for (auto id = begin; id < std::min(begin + rows_a_commit, world.people + 1); ++id) connection.registry().append(row_of(vault, id));
        });
    }
}

void add_scans(storage::Store& store, service::Vault& vault, const World& world, std::mt19937_64& random) {
    const std::int64_t end = std::time(nullptr) - 3600;
    const double step = static_cast<double>(days * 86'400) / static_cast<double>(std::max<std::uint64_t>(world.rows, 1));
    const auto sites = bench::sites_by_visits(world.sites);
    std::vector<storage::ScanRow> rows;
    for (std::uint64_t seq = 1; seq <= world.rows;) {
        rows.clear();
        for (; rows.size() < rows_a_commit && seq <= world.rows; ++seq) {
            const auto past = static_cast<std::int64_t>(static_cast<double>(world.rows - seq) * step);
            storage::ScanRow row;
            row.seq = {seq};
            row.site = {sites.draw(random)};
            row.at = {end - past};
            vault.seal(row, {{1 + random() % world.people}, {}});
            rows.push_back(row);
        }
        store.write([&](storage::Connection& connection) { connection.scans().append(rows); });
    }
}

std::uint64_t file_bytes(const World& world) { return std::filesystem::file_size(world.place.data + "/chayan.db"); }

void make(const std::string& what, const World& world) {
    if (what == "people") app::set_up(world.place);
    service::Vault vault(world.place.keys, app::find_key_zone(world.place, {}));
    const auto store = storage::sqlite::open({world.place.data, {}, 0});
    std::mt19937_64 random(20'200'200);
    const auto before = file_bytes(world);
    const auto began = std::chrono::steady_clock::now();
    if (what == "people") {
        store->write([&](storage::Connection& connection) { add_sites(connection, world, random); });
        add_people(*store, vault, world);
    } else {
        add_scans(*store, vault, world, random);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    store->checkpoint();
    std::printf("{\"seconds\":%.3f,\"grown_bytes\":%llu}\n", seconds, static_cast<unsigned long long>(file_bytes(world) - before));
}

World parse(int count, char** words) {
    World world;
    for (int i = 2; i + 1 < count; i += 2) {
        const std::string name = words[i];
        const std::string value = words[i + 1];
        if (name == "--data") world.place = {value, value + "/keys", 0};
        else if (name == "--people") world.people = std::stoull(value);
        else if (name == "--sites") world.sites = static_cast<std::uint32_t>(std::stoul(value));
        else if (name == "--rows") world.rows = std::stoull(value);
        else throw std::runtime_error("unknown option " + name);
    }
    if (world.place.data.empty() || world.people == 0 || world.sites == 0) throw std::runtime_error("--data, --people and --sites are needed");
    return world;
}

}  // namespace

int main(int count, char** words) {
    try {
        const std::string what = count > 1 ? words[1] : "";
        if (what != "people" && what != "scans") throw std::runtime_error("the command is one of: people scans");
        make(what, parse(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_city: %s\n", error.what());
        return 1;
    }
}
