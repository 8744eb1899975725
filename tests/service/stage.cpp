// SPDX-License-Identifier: Apache-2.0
#include "service/key_files.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>

#include <cstdio>

#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::service::testing {
namespace {

constexpr std::int64_t retention_days = 28;

std::unique_ptr<storage::Store> open_store(const Folder& folder) { return storage::sqlite::open({folder.path.string(), {}, 0}); }

std::string keys_of(const Folder& folder) {
    auto keys = (folder.path / "keys").string();
    if (!std::filesystem::exists(keys)) (void)key_files::create(keys);
    return keys;
}

/// Calls `ask` with a function that takes the answer, and waits for it. An answer that never comes throws.
template <class T>
T await(const std::function<void(std::function<void(T)>)>& ask) {
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    std::function<void(T)> done = [promise](T answer) { promise->set_value(std::move(answer)); };
    promise.reset();
    ask(std::exchange(done, nullptr));
    return future.get();
}

}  // namespace

Folder::Folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "chayan-service-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path = pattern;
}

Folder::~Folder() {
    std::error_code ignored;   // what stays behind is a temporary folder
    std::filesystem::remove_all(path, ignored);
}

void WatchedStore::write(const std::function<void(storage::Connection&)>& body) {
    kept_->write([&](storage::Connection& connection) {
        body(connection);
        if (fails && !is_spent_) throw storage::StoreError(kind, "told to fail");
    });
    ++commits;
}

Services::Services(const Folder& folder, const ManualClock& c, domain::TimeZone zone, ScanSettings settings)
    : clock(c), store(open_store(folder)), vault(keys_of(folder), zone), reader(store.reader()),
      board(std::make_shared<const Directory>(load_directory(*reader))), writer(store, vault, clock, board),
      ingest(writer, vault, clock, board, zone, settings), registrar(writer, vault), cases(writer, vault, clock),
      tracing(store, writer, vault, clock, board, cases, zone), imports(writer, vault, clock, board, ingest, retention_days),
      residents(writer, vault, clock, board, tracing, zone, retention_days), reviews(writer, vault, clock, board, tracing, staff) {}

Services::~Services() {
    if (!write_thread_.joinable()) return;
    write_thread_.request_stop();
    write_thread_.join();
}

void Services::start() {
    write_thread_ = std::jthread([this](const std::stop_token& stop) {
        try {
            writer.run(stop);
        } catch (const storage::StoreError&) {
            failed = true;
        }
    });
}

void Services::run_once() {
    std::stop_source stopped;
    stopped.request_stop();
    writer.run(stopped.get_token());
}

Access& Services::access() {
    if (!access_) {
        access_.emplace(writer, clock, vault, staff);
        access_->load(*reader);
    }
    return *access_;
}

Operators& Services::operators() {
    if (!operators_) operators_.emplace(writer, clock, vault, staff, access(), board);
    return *operators_;
}

Stage::Stage(ScanSettings settings) : settings_(settings) { restart(); }

void Stage::restart_stopped() {
    services_.reset();
    services_ = std::make_unique<Services>(folder, clock, zone(), settings_);
}

void Stage::restart() {
    restart_stopped();
    services_->start();
}

void Stage::divisions(const std::string& csv) {
    const auto report = services_->imports.divisions({}, csv, {});
    REQUIRE(report);
    REQUIRE(report->rejected.empty());
}

void Stage::sites(const std::string& csv) {
    const auto report = services_->imports.sites({}, csv, {});
    REQUIRE(report);
    REQUIRE(report->rejected.empty());
}

kit::Status Stage::write(std::function<kit::Status(WriteContext&)> apply) { return run_and_wait(services_->writer, std::move(apply)); }

domain::RegistrationId Stage::registered(const domain::StatementFields& fields) {
    const auto statement = domain::parse_statement(fields, zone().local_day(clock.now()), false);
    REQUIRE(statement);
    domain::RegistrationId registration;
    REQUIRE(write([&](WriteContext& context) -> kit::Status {
        registration = register_statement(context, services_->vault, *statement, {}).registration;
        return kit::Done{};
    }));
    return registration;
}

domain::PersonNo Stage::person_of(domain::RegistrationId registration) { return directory()->people->person_of(registration); }

domain::SiteId Stage::site(const std::string& ref) {
    const auto id = directory()->sites->find(ref);
    REQUIRE(id);
    return *id;
}

std::string Stage::code(const std::string& ref, domain::PosterDirection direction, int revision) {
    const auto* row = directory()->site(ref);
    REQUIRE(row != nullptr);
    return services_->vault.site_code({row->id, direction, revision < 0 ? row->revision : static_cast<std::uint8_t>(revision)});
}

kit::Result<ScanReceipt> Stage::scan(domain::RegistrationId who, const ScanRequest& request) {
    auto all = scan_all(who, request);
    if (!all) return all.error();
    return all->front();
}

kit::Result<Ingest::Receipts> Stage::scan_all(domain::RegistrationId who, const ScanRequest& request) {
    return await<kit::Result<Ingest::Receipts>>([&](auto done) { services_->ingest.scan(who, request, std::move(done)); });
}

kit::Result<ScanReceipt> Stage::scan(domain::RegistrationId who, const std::string& ref, const std::string& direction,
                                     std::optional<domain::Instant> at) {
    ScanRequest request;
    request.code = code(ref);
    request.direction = direction;
    if (at) request.at = text_of(*at);
    return scan(who, request);
}

std::vector<kit::Result<ScanReceipt>> Stage::batch(domain::RegistrationId who, const std::vector<ScanRequest>& requests) {
    std::vector<kit::Result<ScanReceipt>> firsts;
    for (auto& all : batch_all(who, requests)) {
        if (all) firsts.emplace_back(all->front());
        else firsts.emplace_back(all.error());
    }
    return firsts;
}

std::vector<kit::Result<Ingest::Receipts>> Stage::batch_all(domain::RegistrationId who, const std::vector<ScanRequest>& requests) {
    return await<std::vector<kit::Result<Ingest::Receipts>>>([&](auto done) { services_->ingest.batch(who, requests, std::move(done)); });
}

std::vector<kit::Result<ScanReceipt>> Stage::gate(const Caller& caller, const std::vector<GateRequest>& requests) {
    return await<std::vector<kit::Result<ScanReceipt>>>([&](auto done) { services_->ingest.gate(caller, reader(), requests, std::move(done)); });
}

kit::Status Stage::void_scan(std::variant<domain::RegistrationId, Caller> who, const std::string& id) {
    const auto index = services_->tracing.index();   // none while the log is being read
    return await<kit::Status>([&](auto done) {
        services_->ingest.void_scan(who, reader(), index ? index->get() : nullptr, id, "mistaken", std::move(done));
    });
}

std::vector<domain::Scan> Stage::log() {
    std::vector<domain::Scan> scans;
    reader().scans().read({}, {~0ULL >> 1U}, [&](std::span<const storage::ScanRow> rows) {
        const auto opened = services_->vault.open(rows);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            REQUIRE(opened[i]);
            domain::Scan scan;
            static_cast<domain::ScanKey&>(scan) = {opened[i]->registration, rows[i].site, rows[i].at, rows[i].direction};
            scan.source = rows[i].source;
            scan.vehicle = opened[i]->vehicle;
            scan.delay_s = rows[i].delay_s;
            scan.temperature_dc = rows[i].temperature_dc;
            scans.push_back(scan);
        }
        return true;
    });
    return scans;
}

std::string name_of(unsigned number) {
    constexpr const char* surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "吴"};
    constexpr const char* first[] = {"建", "国", "文", "秀", "玉", "金", "海", "春", "志", "永"};
    constexpr const char* second[] = {"华", "英", "兰", "珍", "生", "梅", "荣", "霞", "强", "成"};
    return std::string(surnames[number % 8]) + first[number / 8 % 10] + second[number / 80 % 10];
}

domain::StatementFields someone(unsigned number) {
    char digits[32];
    // The last digit of the sequence is odd: a man.
    std::snprintf(digits, sizeof digits, "130682%04u01%02u%03u", 1950 + number / 14'000, 1 + number / 490 % 28, number % 490 * 2 + 1);
    domain::StatementFields fields;
    fields.name = name_of(number);
    fields.document_type = "id";
    fields.document_number = digits;
    fields.document_number += *domain::id_check_character(digits);
    char phone[16];
    std::snprintf(phone, sizeof phone, "142%08u", number);
    fields.phone = phone;
    return fields;
}

domain::StatementFields without_document(domain::StatementFields fields) {
    fields.document_type.clear();
    fields.document_number.clear();
    return fields;
}

domain::StatementFields without_phone(domain::StatementFields fields) {
    fields.phone.clear();
    return fields;
}

Caller operator_of(storage::Role role, std::uint32_t id) {
    Caller caller;
    caller.id = {id};
    caller.roles = static_cast<std::uint8_t>(role);
    caller.confirmed = true;
    return caller;
}

std::string text_of(domain::Instant at) { return domain::format_rfc3339(at); }

}  // namespace chayan::service::testing
