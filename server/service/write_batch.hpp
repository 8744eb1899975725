// SPDX-License-Identifier: Apache-2.0
// One transaction of the writer: numbers what comes in, seals it, stores it, and remembers what it did, so that it can be
// published after the commit or taken back without one. Write thread only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "service/recent_scans.hpp"
#include "service/watch.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// What the write thread owns from one transaction to the next.
struct WriterBooks {
    /// Reads the sequences and the audit head.
    WriterBooks(storage::Store& store, Vault& vault, DirectoryBoard& board);

    /// The last number of each kind that was given out.
    struct Numbers {
        std::uint64_t scan = 0, registration = 0, audit = 0;
        std::uint32_t person = 0, vehicle = 0;
        std::array<std::uint8_t, 32> chain{};
    };

    Vault& vault;
    DirectoryBoard& board;
    Directory directory;       // as of the last commit; the working copy inside a transaction
    Numbers numbers;
    RecentScans recent;
    std::unordered_map<std::string, domain::VehicleId> vehicles;   // by plate
    Watch watch;
    std::int16_t fever_from_dc = kit::fever_dc_min;
};

class WriteBatch final : public WriteContext {
public:
    WriteBatch(WriterBooks& books, domain::Instant now) : books_(books), now_(now), before_(books.numbers) {}

    /// Everything below is for this connection's transaction.
    void begin(storage::Connection& connection) { connection_ = &connection; }
    /// In a savepoint of its own; when refused, it has done nothing.
    kit::Status apply(const std::function<kit::Status(WriteContext&)>& body);
    /// What is to be done once for all that was taken. Call before the commit.
    void finish();
    /// After the commit: publishes the directory when it changed; what the index must know.
    Facts publish();
    /// Without one: as if nothing had been.
    void take_back();

private:
    /// Hands what was taken to the store.
    void flush();
    // What commands and groups of scans see of it: a WriteContext.
    storage::Connection& store() override { return *connection_; }
    domain::Instant now() const override { return now_; }
    const Directory& directory() const override { return books_.directory; }
    Directory& edit_directory() override;
    domain::People& edit_people() override;
    domain::Sites& edit_sites() override;
    void audit(AuditEntry entry) override;
    domain::RegistrationId next_registration() override { return {++books_.numbers.registration}; }
    domain::PersonNo next_person() override { return {++books_.numbers.person}; }
    void touch(domain::PersonNo person) override { facts_.touched.push_back(person); }
    bool void_scan(const domain::ScanKey& key) override;
    ScanOutcome take(const ScanIntake& intake) override;
    bool is_scanned(domain::RegistrationId registration, domain::Instant since) const override { return books_.recent.is_scanned(registration, since); }

    domain::ScanKey key_of(const ScanIntake& intake) const;
    std::vector<domain::Scan> earlier_than(const domain::ScanKey& key, bool of_phone) const;
    domain::VehicleId vehicle_of(const std::string& plate);
    void compare(const domain::ScanKey& key, const ScanIntake& intake, ScanOutcome& outcome);
    void compare_registered();
    void note_fever(const domain::ScanKey& key, const ScanIntake& intake);

    WriterBooks& books_;
    domain::Instant now_;
    WriterBooks::Numbers before_;
    storage::Connection* connection_ = nullptr;
    std::vector<storage::ScanRow> rows_;
    std::vector<std::pair<domain::ScanSeq, domain::OperatorId>> staff_;
    Facts facts_;
    std::shared_ptr<domain::People> people_;
    std::shared_ptr<domain::Sites> sites_;
    std::uint64_t edits_ = 0;
    bool edited_ = false;
};

}  // namespace chayan::service
