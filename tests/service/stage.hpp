// SPDX-License-Identifier: Apache-2.0
// A stage for the services: the real ones over the real SQLite store in a temporary folder, with a clock that stands until
// it is set, a store that can be made to fail, and calls that wait for their answer. Everybody on it is invented.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "service/access.hpp"
#include "service/desk.hpp"
#include "service/imports.hpp"
#include "service/ingest.hpp"
#include "service/operators.hpp"
#include "service/registrar.hpp"
#include "service/residents.hpp"
#include "service/reviews.hpp"
#include "service/tracing.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"
#include "storage/store.hpp"

namespace chayan::service::testing {

/// Monday 2026-02-02 08:00:00 in Shanghai.
inline constexpr domain::Instant morning{1'769'990'400};

/// A temporary folder, as long as this lives.
struct Folder {
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

struct ManualClock final : Clock {
    domain::Instant now() const override { return {s}; }
    void set(domain::Instant at) { s = at.s; }
    void pass(std::int64_t seconds) { s += seconds; }
    std::atomic<std::int64_t> s{morning.s};
};

/// The real store, counted, and failing when told so: after everything of a group was written, and before it is committed.
class WatchedStore final : public storage::Store {
public:
    explicit WatchedStore(std::unique_ptr<storage::Store> kept) : kept_(std::move(kept)) {}
    void write(const std::function<void(storage::Connection&)>& body) override;
    std::unique_ptr<storage::Connection> reader() override { return kept_->reader(); }
    void checkpoint() override { kept_->checkpoint(); }
    bool cut_log() override { return kept_->cut_log(); }
    std::optional<storage::Census> copy_to(const std::string& path, const GoOn& go_on) override { return kept_->copy_to(path, go_on); }
    void spend_reserve() override { is_spent_ = has_reserve.load(); }
    bool keep_reserve() override {
        if (!fails) is_spent_ = false;
        return !fails;
    }
    std::vector<std::string> check() override { return kept_->check(); }

    std::atomic<int> commits{0};
    std::atomic<bool> fails{false};
    std::atomic<bool> has_reserve{false};   ///< it does not fail once its reserve is spent
    std::atomic<storage::StoreError::Kind> kind{storage::StoreError::Kind::io};

private:
    std::unique_ptr<storage::Store> kept_;
    std::atomic<bool> is_spent_{false};
};

/// One process's services over the folder. The writer runs from `start` to the end of it.
struct Services {
    Services(const Folder& folder, const ManualClock& clock, domain::TimeZone zone, ScanSettings settings);
    ~Services();
    void start();
    /// Does what waits on the calling thread, then the writer is over. Throws what the writer throws.
    void run_once();
    Access& access();   ///< made when it is first asked for: it costs an Argon2
    Operators& operators();

    const ManualClock& clock;
    WatchedStore store;
    Vault vault;
    std::unique_ptr<storage::Connection> reader;
    DirectoryBoard board;
    Writer writer;
    Staff staff;
    Ingest ingest;
    Registrar registrar;
    CaseDesk cases;
    Tracing tracing;
    Imports imports;
    Residents residents;
    Reviews reviews;
    std::atomic<bool> failed{false};   ///< the writer ended because the store must not go on

private:
    std::optional<Access> access_;
    std::optional<Operators> operators_;
    std::jthread write_thread_;
};

class Stage {
public:
    explicit Stage(ScanSettings settings = {});
    Services* operator->() { return services_.get(); }
    /// As after a stop and a start: everything that is not on the disk is forgotten.
    void restart();
    /// The same, with a writer that does not run yet.
    void restart_stopped();
    domain::TimeZone zone() const { return domain::TimeZone::fixed(8 * 3600); }
    storage::Connection& reader() { return *services_->reader; }
    std::shared_ptr<const Directory> directory() { return services_->board.load(); }

    /// Imports a table; every row must be taken.
    void divisions(const std::string& csv);
    void sites(const std::string& csv);
    /// A registration as a phone makes it, with the number that its credential names.
    domain::RegistrationId registered(const domain::StatementFields& fields);
    domain::PersonNo person_of(domain::RegistrationId registration);
    domain::SiteId site(const std::string& ref);
    std::string code(const std::string& ref, domain::PosterDirection direction = domain::PosterDirection::any, int revision = -1);

    /// Does `apply` as a command.
    kit::Status write(std::function<kit::Status(WriteContext&)> apply);
    kit::Result<ScanReceipt> scan(domain::RegistrationId who, const ScanRequest& request);
    kit::Result<ScanReceipt> scan(domain::RegistrationId who, const std::string& ref, const std::string& direction,
                                  std::optional<domain::Instant> at = {});
    kit::Result<Ingest::Receipts> scan_all(domain::RegistrationId who, const ScanRequest& request);
    /// Of each item the first person.
    std::vector<kit::Result<ScanReceipt>> batch(domain::RegistrationId who, const std::vector<ScanRequest>& requests);
    std::vector<kit::Result<Ingest::Receipts>> batch_all(domain::RegistrationId who, const std::vector<ScanRequest>& requests);
    std::vector<kit::Result<ScanReceipt>> gate(const Caller& caller, const std::vector<GateRequest>& requests);
    kit::Status void_scan(std::variant<domain::RegistrationId, Caller> who, const std::string& id);
    /// All scans in the log, opened.
    std::vector<domain::Scan> log();

    Folder folder;
    ManualClock clock;

private:
    ScanSettings settings_;
    std::unique_ptr<Services> services_;
};

/// The number-th invented person: a name, an identity number of region 130682 and a phone of 142.
domain::StatementFields someone(unsigned number);
/// The same without a document, or without a phone.
domain::StatementFields without_document(domain::StatementFields fields);
domain::StatementFields without_phone(domain::StatementFields fields);
std::string name_of(unsigned number);

/// An operator of everywhere who needs no session.
Caller operator_of(storage::Role role, std::uint32_t id = 7);
std::string text_of(domain::Instant at);
/// The code of a refusal; of its first field when it has one. Empty when it is none.
template <class T>
std::string refusal(const kit::Result<T>& result) {
    if (result) return {};
    return result.error().fields.empty() ? result.error().code : result.error().fields[0].code;
}

}  // namespace chayan::service::testing
