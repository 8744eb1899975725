// SPDX-License-Identifier: Apache-2.0
// The services of tests/service/stage.hpp in a folder of ours: one process's worth of them, as long as this lives.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "service/audit.hpp"
#include "service/day_counts.hpp"
#include "service/retention.hpp"
#include "service/stage.hpp"

namespace chayan::crash {

/// A stage's folder that is ours, and is left as it is.
struct Borrowed {
    explicit Borrowed(const std::string& root) : own(lent.path) { lent.path = root; }
    ~Borrowed() { lent.path = own; }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    service::testing::Folder lent;
    std::filesystem::path own;
};

class Lodged {
public:
    static constexpr std::int64_t scan_days = 2;

    /// `up_s`: seconds that the machine has been running, read whenever somebody asks.
    Lodged(const std::string& root, const service::testing::ManualClock& clock, const std::int64_t& up_s)
        : folder_(root), services_(folder_.lent, clock, zone(), service::ScanSettings{120, scan_days}),
          audit_(services_.writer, clock, services_.vault, services_.staff, root + "/audit-checkpoints"),
          counts_(services_.writer, services_.vault, clock, services_.board, services_.tracing, zone(), scan_days),
          retention_(services_.store, services_.writer, services_.vault, clock, services_.tracing, zone(), scan_days, [&up_s] { return up_s; }) {
        services_.start();
        services_.tracing.load({});
    }
    static domain::TimeZone zone() { return domain::TimeZone::fixed(8 * 3600); }

    service::testing::Services* operator->() { return &services_; }
    /// What the house thread does each second.
    void tend() {
        services_.tracing.tend();
        counts_.keep(*services_.reader);
        retention_.step(*services_.reader);
        services_.store.checkpoint();
        audit_.keep_checkpoint(*services_.reader, /*now_due=*/true);
    }
    std::optional<kit::Result<service::Ingest::Receipts>> scan(domain::RegistrationId who, const service::ScanRequest& request) {
        return await<kit::Result<service::Ingest::Receipts>>([&](auto done) { services_.ingest.scan(who, request, std::move(done)); });
    }
    std::optional<kit::Status> void_scan(domain::RegistrationId who, const std::string& id) {
        const auto index = services_.tracing.index();
        return await<kit::Status>([&](auto done) {
            services_.ingest.void_scan(who, *services_.reader, index ? index->get() : nullptr, id, "mistaken", std::move(done));
        });
    }
    std::optional<domain::RegistrationId> registered(unsigned number) {
        const auto statement = domain::parse_statement(service::testing::someone(number), zone().local_day(services_.clock.now()), false);
        domain::RegistrationId registration;
        const auto status = service::run_and_wait(services_.writer, [&](service::WriteContext& context) -> kit::Status {
            registration = service::register_statement(context, services_.vault, *statement, {}).registration;
            return kit::Done{};
        });
        return status ? std::optional(registration) : std::nullopt;
    }
    std::string code(const std::string& ref) {
        const auto directory = services_.board.load();
        const auto* row = directory->site(ref);
        return row == nullptr ? std::string() : services_.vault.site_code({row->id, domain::PosterDirection::any, row->revision});
    }

private:
    /// Nothing when it was never answered.
    template <class T>
    static std::optional<T> await(const std::function<void(std::function<void(T)>)>& ask) {
        auto promise = std::make_shared<std::promise<T>>();
        auto future = promise->get_future();
        std::function<void(T)> done = [promise](T answer) { promise->set_value(std::move(answer)); };
        promise.reset();
        ask(std::exchange(done, nullptr));
        try {
            return future.get();
        } catch (const std::future_error&) {
            return std::nullopt;
        }
    }

    Borrowed folder_;
    service::testing::Services services_;
    service::AuditTrail audit_;
    service::DayCounts counts_;
    service::Retention retention_;
};

}  // namespace chayan::crash
