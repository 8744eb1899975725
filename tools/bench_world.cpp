// SPDX-License-Identifier: Apache-2.0
#include "bench_world.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <random>

#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::bench {
namespace {

constexpr std::uint64_t rows_a_commit = 10'000;
constexpr std::int64_t days = 14;

storage::Blind blind_of(std::mt19937_64& random) {
    storage::Blind blind;
    const std::uint64_t halves[] = {random(), random()};
    std::memcpy(blind.data(), halves, blind.size());
    return blind;
}

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

void add_people(storage::Store& store, const World& world, std::mt19937_64& random) {
    for (std::uint64_t begin = 1; begin <= world.people; begin += rows_a_commit) {
        store.write([&](storage::Connection& connection) {
            for (auto id = begin; id < std::min(begin + rows_a_commit, world.people + 1); ++id) {
                storage::RegistrationRow row;
                row.id = row.holder = {id};
                row.person = {static_cast<std::uint32_t>(id)};
                row.notice_version = 1;
                row.name = blind_of(random);
                row.document = blind_of(random);
                row.profile.assign(120, 'x');   // as long as a sealed one; nobody opens it here
                connection.registry().append(row);
            }
        });
    }
}

void add_scans(storage::Store& store, service::Vault& vault, const World& world, std::mt19937_64& random) {
    const std::int64_t end = std::time(nullptr) - 3600;
    const double step = static_cast<double>(days * 86'400) / static_cast<double>(std::max<std::uint64_t>(world.rows, 1));
    std::vector<storage::ScanRow> rows;
    for (std::uint64_t seq = 1; seq <= world.rows;) {
        rows.clear();
        for (; rows.size() < rows_a_commit && seq <= world.rows; ++seq) {
            const auto past = static_cast<std::int64_t>(static_cast<double>(world.rows - seq) * step);
            storage::ScanRow row;
            row.seq = {seq};
            row.site = {static_cast<std::uint32_t>(1 + random() % world.sites)};
            row.at = {end - past};
            vault.seal(row, {{1 + random() % world.people}, {}});
            rows.push_back(row);
        }
        store.write([&](storage::Connection& connection) { connection.scans().append(rows); });
    }
}

}  // namespace

std::uint64_t file_bytes(const app::Place& place, const std::string& suffix) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(place.data + "/chayan.db" + suffix, missing);
    return missing ? 0 : size;
}

Filled fill(const app::Place& place, const World& world) {
    app::set_up(place);
    const auto zone = *domain::TimeZone::find("Asia/Shanghai");
    service::Vault vault(place.keys, zone);
    const auto store = storage::sqlite::open({place.data, {}, 0});
    std::mt19937_64 random(20'200'200);
    store->write([&](storage::Connection& connection) { add_sites(connection, world, random); });
    add_people(*store, world, random);
    store->checkpoint();
    const auto before = file_bytes(place, "");
    const auto began = std::chrono::steady_clock::now();
    add_scans(*store, vault, world, random);
    Filled filled;
    filled.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    store->checkpoint();
    filled.file_bytes = file_bytes(place, "") - before;
    return filled;
}

}  // namespace chayan::bench
