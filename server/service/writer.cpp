// SPDX-License-Identifier: Apache-2.0
#include "service/writer.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <variant>

#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/ingest.hpp"
#include "service/recent_scans.hpp"

namespace chayan::service {
namespace {

// Recent scans are a few dozen bytes each; forgetting costs a look-up for each, so it waits until it pays.
constexpr std::size_t recent_scans_max = 50'000;

struct ScanGroup {
    std::vector<ScanIntake> scans;
    Writer::ScansDone done;
};
using Item = std::variant<ScanGroup, Command>;

kit::Error busy(const char* code) { return {kit::Errc::busy, code, {}, kit::retry_after_s}; }

void refuse_for_space(Item& item) {
    if (auto* group = std::get_if<ScanGroup>(&item)) group->done(busy("disk_full"));
    else if (auto& command = std::get<Command>(item); command.done) command.done(busy("disk_full"));
}

}  // namespace

/// What the writer thread owns, and the queue in front of it.
class Writer::State {
public:
    State(storage::Store& st, Vault& va, const Clock& cl, DirectoryBoard& bo)
        : store(st), vault(va), clock(cl), board(bo), directory(*bo.load()) {
        const auto reader = store.reader();
        log_at_start = reader->scans().last();
        numbers.scan = log_at_start.value;
        numbers.registration = reader->registry().last_registration().value;
        numbers.person = reader->registry().last_person().value;
        numbers.vehicle = reader->registry().last_vehicle().value;
        if (const auto last = reader->audit().last()) {
            numbers.audit = last->seq;
            numbers.chain = last->chain;
        }
    }

    /// The last number of each kind that was given out.
    struct Numbers {
        std::uint64_t scan = 0, registration = 0, audit = 0;
        std::uint32_t person = 0, vehicle = 0;
        std::array<std::uint8_t, 32> chain{};
    };

    storage::Store& store;
    Vault& vault;
    const Clock& clock;
    DirectoryBoard& board;
    Directory directory;       // as of the last commit; the working copy inside a transaction
    Numbers numbers;
    RecentScans recent;
    std::unordered_map<std::string, domain::VehicleId> vehicles;   // by plate
    domain::ScanSeq log_at_start;

    std::mutex mutex;          // guards the four below
    std::condition_variable_any wake;
    std::deque<Item> queue;
    std::size_t queued_scans = 0;
    bool ending = false;

    std::atomic<bool> full{false};
    std::atomic<std::int64_t> full_until_s{0};
    kit::Guarded<Facts> facts;
    kit::Guarded<std::shared_ptr<const domain::ContactIndex>> index;
    std::vector<Item> unanswered;   // of a commit that failed nobody knows how: kept, so that unwinding answers nobody

    class Batch;

    std::vector<Item> take(const std::stop_token& stop) {
        std::unique_lock lock(mutex);
        wake.wait(lock, stop, [this] { return !queue.empty(); });
        std::vector<Item> items;
        std::size_t scans = 0;
        while (!queue.empty() && scans < kit::commit_scans_max) {
            if (const auto* group = std::get_if<ScanGroup>(&queue.front())) {
                scans += group->scans.size();
                queued_scans -= group->scans.size();
            } else {
                scans += 10;  // a command is worth some scans
            }
            items.push_back(std::move(queue.front()));
            queue.pop_front();
        }
        if (items.empty()) ending = true;
        return items;
    }
    void commit(std::vector<Item> items);
    /// One of `items` can't be written, and nothing of them was: each alone, so that the others do not suffer.
    void commit_each(std::vector<Item> items);
    /// On a full disk: takes the reserve again each second; until then only what may use it is left of `items`.
    void turn_away(std::vector<Item>& items);
    void fill_up(std::vector<Item> items);
};

/// One transaction: what it did, so that it can be published or taken back.
class Writer::State::Batch final : public WriteContext {
public:
    explicit Batch(State& state) : state_(state), now_(state.clock.now()), before_(state.numbers) {}

    void run(storage::Connection& connection, std::vector<Item>& items) {
        connection_ = &connection;
        for (auto& item : items) {
            if (auto* group = std::get_if<ScanGroup>(&item)) {
                auto& outcomes = outcomes_.emplace_back();
                for (const auto& scan : group->scans) outcomes.push_back(take(scan));
            } else {
                apply(std::get<Command>(item));
            }
        }
        flush();
    }

    void apply(Command& command) {
        flush();
        const auto numbers = state_.numbers;
        const auto edits = edits_;
        kit::Status status = kit::Done{};
        const bool kept = connection_->attempt([&] {
            status = command.apply(*this);
            if (status) flush();
            return static_cast<bool>(status);
        });
        if (!kept) {
            CHECK(edits_ == edits);  // a command must refuse before it edits
            state_.numbers = numbers;
        }
        statuses_.push_back(status);
    }

    void publish(std::vector<Item>& items) {
        if (edited_) state_.board.store(std::make_shared<const Directory>(state_.directory));
        state_.facts.with([&](Facts& facts) {
            facts.scans.insert(facts.scans.end(), facts_.scans.begin(), facts_.scans.end());
            facts.voids.insert(facts.voids.end(), facts_.voids.begin(), facts_.voids.end());
            facts.touched.insert(facts.touched.end(), facts_.touched.begin(), facts_.touched.end());
            facts.directory_changed |= edited_;
        });
        std::size_t group_number = 0;
        std::size_t status_number = 0;
        for (auto& item : items) {
            if (auto* group = std::get_if<ScanGroup>(&item)) group->done(std::move(outcomes_[group_number++]));
            else if (auto& command = std::get<Command>(item); command.done) command.done(statuses_[status_number++]);
            else ++status_number;
        }
    }

    void take_back() {
        for (const auto& key : facts_.voids) state_.recent.set_voided(key, false);
        for (const auto& scan : facts_.scans) state_.recent.remove(scan);
        state_.numbers = before_;
        state_.vehicles.clear();
        if (edited_) state_.directory = *state_.board.load();
    }

    storage::Connection& store() override { return *connection_; }
    domain::Instant now() const override { return now_; }
    const Directory& directory() const override { return state_.directory; }
    Directory& edit_directory() override {
        edited_ = true;
        ++edits_;
        return state_.directory;
    }
    domain::People& edit_people() override {
        if (!people_) {
            people_ = std::make_shared<domain::People>(*state_.directory.people);
            edit_directory().people = people_;
        }
        ++edits_;
        return *people_;
    }
    domain::Sites& edit_sites() override {
        if (!sites_) {
            sites_ = std::make_shared<domain::Sites>(*state_.directory.sites);
            edit_directory().sites = sites_;
        }
        ++edits_;
        return *sites_;
    }
    void audit(AuditEntry entry) override {
        storage::AuditRow row;
        row.seq = ++state_.numbers.audit;
        row.at = now_;
        row.by = entry.by;
        row.action = entry.action;
        row.case_number = std::move(entry.case_number);
        if (!entry.detail.empty()) row.detail = state_.vault.seal(SealKind::audit_detail, std::to_string(row.seq), entry.detail);
        state_.numbers.chain = row.chain = state_.vault.chain(state_.numbers.chain, row);
        connection_->audit().append(row);
    }
    domain::RegistrationId next_registration() override { return {++state_.numbers.registration}; }
    domain::PersonNo next_person() override { return {++state_.numbers.person}; }
    void touch(domain::PersonNo person) override { facts_.touched.push_back(person); }
    void void_scan(const domain::ScanKey& key) override {
        const auto known = state_.recent.find(key);
        CHECK(known);
        if (known->voided) return;
        state_.recent.set_voided(key, true);
        facts_.voids.push_back(key);
        ++edits_;
    }
    ScanOutcome take(const ScanIntake& intake) override;

private:
    domain::VehicleId vehicle_of(const std::string& plate);
    void flush() {
        if (rows_.empty()) return;
        connection_->scans().append(rows_);
        for (const auto& [seq, by] : staff_) connection_->scans().append_staff(seq, by);
        rows_.clear();
        staff_.clear();
    }

    State& state_;
    domain::Instant now_;
    Numbers before_;
    storage::Connection* connection_ = nullptr;
    std::vector<storage::ScanRow> rows_;
    std::vector<std::pair<domain::ScanSeq, domain::OperatorId>> staff_;
    Facts facts_;
    std::vector<std::vector<ScanOutcome>> outcomes_;
    std::vector<kit::Status> statuses_;
    std::shared_ptr<domain::People> people_;
    std::shared_ptr<domain::Sites> sites_;
    std::uint64_t edits_ = 0;
    bool edited_ = false;
};

domain::VehicleId Writer::State::Batch::vehicle_of(const std::string& plate) {
    if (plate.empty()) return {};
    if (const auto known = state_.vehicles.find(plate); known != state_.vehicles.end()) return known->second;
    const auto blind = state_.vault.blind(BlindKind::plate, plate);
    const auto stored = connection_->registry().vehicle(blind);
    domain::VehicleId id = stored ? stored->id : domain::VehicleId{++state_.numbers.vehicle};
    if (!stored) {
        connection_->registry().append(
            storage::VehicleRow{id, blind, state_.vault.seal(SealKind::plate, std::to_string(id.value), plate)});
    }
    if (state_.vehicles.size() > recent_scans_max) state_.vehicles.clear();
    state_.vehicles.emplace(plate, id);
    return id;
}

ScanOutcome Writer::State::Batch::take(const ScanIntake& intake) {
    ScanOutcome outcome;
    const auto& people = *state_.directory.people;
    const auto person = people.person_of(intake.key.registration);
    const auto known = state_.recent.find(intake.key);
    outcome.known = known.has_value();
    outcome.voided = known && known->voided;
    outcome.source = known ? known->source : intake.source;
    outcome.delay_s = known ? known->delay_s : static_cast<std::int32_t>(intake.received - intake.key.at);
    const auto& sites = *state_.directory.sites;
    const auto earlier = state_.recent.scans(people, person, intake.key.at - kit::travel_s_max, intake.key.at);
    outcome.repeated = !outcome.voided && is_repeat(intake.key, earlier, sites);
    outcome.travelled_fast = has_travelled_fast(intake.key, earlier, sites);
    outcome.burst = is_burst(intake.key, earlier);
    if (known) return outcome;

    domain::Scan scan;
    static_cast<domain::ScanKey&>(scan) = intake.key;
    scan.source = outcome.source;
    scan.temperature_dc = intake.temperature_dc;
    scan.delay_s = outcome.delay_s;
    scan.vehicle = vehicle_of(intake.plate);
    storage::ScanRow row{{++state_.numbers.scan}, scan.site, scan.at, scan.direction, scan.source, scan.temperature_dc, scan.delay_s, {}};
    state_.vault.seal(row, {scan.registration, scan.vehicle});
    rows_.push_back(row);
    if (!intake.by.is_none()) staff_.emplace_back(row.seq, intake.by);
    state_.recent.add(scan);
    facts_.scans.push_back(scan);
    ++edits_;
    return outcome;
}

void Writer::State::turn_away(std::vector<Item>& items) {
    if (!full) return;
    if (clock.now().s >= full_until_s) {
        if (store.keep_reserve()) {
            full = false;
            return;
        }
        full_until_s = clock.now().s + 1;
    }
    std::vector<Item> kept;
    for (auto& item : items) {
        const auto* command = std::get_if<Command>(&item);
        if (command != nullptr && command->may_use_reserve) kept.push_back(std::move(item));
        else refuse_for_space(item);
    }
    items = std::move(kept);
}

/// Nothing of `items` was stored. What may use the reserve is tried once more with it.
void Writer::State::fill_up(std::vector<Item> items) {
    full_until_s = clock.now().s + 1;
    if (!full.exchange(true)) {
        kit::log(kit::Level::error, "disk_full");
        store.spend_reserve();
        return commit(std::move(items));
    }
    for (auto& item : items) refuse_for_space(item);
}

void Writer::State::commit(std::vector<Item> items) {
    turn_away(items);
    if (items.empty()) return;
    recent.set_index(index.load(), recent_scans_max);
    Batch batch(*this);
    try {
        store.write([&](storage::Connection& connection) { batch.run(connection, items); });
    } catch (const storage::StoreError& error) {
        batch.take_back();
        if (error.kind() == storage::StoreError::Kind::full) return fill_up(std::move(items));
        if (error.kind() != storage::StoreError::Kind::other) {  // nobody knows what is durable: fail-stop
            unanswered = std::move(items);
            throw;
        }
        return commit_each(std::move(items));
    } catch (const std::exception&) {  // of a command, before the commit: all is rolled back
        batch.take_back();
        return commit_each(std::move(items));
    }
    batch.publish(items);
}

void Writer::State::commit_each(std::vector<Item> items) {
    if (items.size() == 1) {
        kit::log(kit::Level::error, "write_failed");
        return;  // its done is destroyed uncalled: 500
    }
    for (auto& item : items) {
        std::vector<Item> one;
        one.push_back(std::move(item));
        commit(std::move(one));
    }
}

Writer::Writer(storage::Store& store, Vault& vault, const Clock& clock, DirectoryBoard& board)
    : state_(std::make_unique<State>(store, vault, clock, board)) {}
Writer::~Writer() = default;

bool Writer::submit_scans(std::vector<ScanIntake> scans, ScansDone done) {
    auto& state = *state_;
    if (state.full && state.clock.now().s < state.full_until_s) return false;
    std::lock_guard lock(state.mutex);
    if (state.ending || state.queued_scans + scans.size() > kit::queue_scans_max) return false;
    state.queued_scans += scans.size();
    state.queue.emplace_back(ScanGroup{std::move(scans), std::move(done)});
    if (state.queue.size() == 1) state.wake.notify_one();
    return true;
}

bool Writer::submit(Command command) {
    auto& state = *state_;
    std::lock_guard lock(state.mutex);
    if (state.ending || state.queue.size() > kit::queue_scans_max) return false;
    state.queue.emplace_back(std::move(command));
    if (state.queue.size() == 1) state.wake.notify_one();
    return true;
}

void Writer::run(const std::stop_token& stop) {
    for (;;) {
        auto items = state_->take(stop);
        if (items.empty()) return;
        state_->commit(std::move(items));
    }
}

Facts Writer::take_facts() {
    return state_->facts.with([](Facts& facts) { return std::exchange(facts, Facts{}); });
}

void Writer::know(std::shared_ptr<const domain::ContactIndex> index) { state_->index.store(std::move(index)); }
domain::ScanSeq Writer::log_at_start() const { return state_->log_at_start; }
bool Writer::is_full() const { return state_->full; }

kit::Status run_and_wait(Writer& writer, std::function<kit::Status(WriteContext&)> apply, bool may_use_reserve) {
    auto promise = std::make_shared<std::promise<kit::Status>>();
    auto future = promise->get_future();
    Command command{std::move(apply), [promise](const kit::Status& status) { promise->set_value(status); }, may_use_reserve};
    promise.reset();  // only the command holds it: a command that is dropped breaks the promise
    if (!writer.submit(std::move(command))) return busy("busy");
    try {
        return future.get();
    } catch (const std::future_error&) {
        return busy("busy");
    }
}

}  // namespace chayan::service
