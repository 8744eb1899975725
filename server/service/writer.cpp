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
#include "service/write_batch.hpp"

namespace chayan::service {
namespace {

// Recent scans are a few dozen bytes each; forgetting costs a look-up for each, so it waits until it pays.
constexpr std::size_t recent_scans_max = 50'000;

struct ScanGroup {
    std::vector<ScanIntake> scans;
    Writer::ScansDone done;
};
using Item = std::variant<ScanGroup, Command>;

/// In the queue, since when.
struct Waiting {
    Item item;
    std::int64_t since_ns;
};

kit::Error busy(const char* code) { return {kit::Errc::busy, code, {}, kit::retry_after_s}; }

void refuse_for_space(Item& item) {
    if (auto* group = std::get_if<ScanGroup>(&item)) group->done(busy("disk_full"));
    else if (auto& command = std::get<Command>(item); command.done) command.done(busy("disk_full"));
}

/// What came of each item of a transaction, by kind, in order.
struct Results {
    std::vector<kit::Result<std::vector<ScanOutcome>>> outcomes;
    std::vector<kit::Status> statuses;
};

/// Whoever was forgotten since the scan was let in is nobody's any more, and has to register anew.
kit::Result<std::vector<ScanOutcome>> take_group(WriteContext& context, const ScanGroup& group) {
    const auto& people = *context.directory().people;
    for (const auto& scan : group.scans)
        if (people.person_of(scan.key.registration).is_none()) return kit::Error{kit::Errc::unauthenticated, "unauthenticated"};
    std::vector<ScanOutcome> outcomes;
    for (const auto& scan : group.scans) outcomes.push_back(context.take(scan));
    return outcomes;
}

Results take_items(WriteBatch& batch, const std::vector<Item>& items) {
    Results results;
    WriteContext& context = batch;
    for (const auto& item : items) {
        if (const auto* group = std::get_if<ScanGroup>(&item)) {
            results.outcomes.push_back(take_group(context, *group));
        } else {
            results.statuses.push_back(batch.apply(std::get<Command>(item).apply));
        }
    }
    return results;
}

void acknowledge(const std::vector<Item>& items, Results results) {
    auto outcomes = results.outcomes.begin();
    auto status = results.statuses.begin();
    for (const auto& item : items) {
        if (const auto* group = std::get_if<ScanGroup>(&item)) {
            group->done(std::move(*outcomes++));
        } else {
            const auto& command = std::get<Command>(item);
            if (command.done) command.done(*status);
            ++status;
        }
    }
}

}  // namespace

/// The write thread's books, and the queue in front of it.
class Writer::State {
public:
    State(storage::Store& st, Vault& va, const Clock& cl, DirectoryBoard& bo)
        : store(st), clock(cl), books(st, va, bo), log_at_start{books.numbers.scan} {}

    storage::Store& store;
    const Clock& clock;
    WriterBooks books;
    const domain::ScanSeq log_at_start;

    std::mutex mutex;          // guards the five below
    std::condition_variable_any wake;
    std::deque<Waiting> queue;
    std::size_t queued_scans = 0;
    std::size_t queued_weight = 0;   // of commands
    bool ending = false;

    std::atomic<const MonotonicClock*> shed_clock{nullptr};
    std::atomic<bool> full{false};
    std::atomic<std::int64_t> full_until_s{0};
    kit::Guarded<Facts> facts;
    kit::Guarded<std::shared_ptr<const domain::ContactIndex>> index;
    std::function<void(const Facts&)> told = [](const Facts&) {};
    std::vector<Item> unanswered;   // what is durable, or may be, and not answered yet: kept, so that unwinding tells nobody that it was refused

    std::int64_t now_ns() const {
        const auto* watch = shed_clock.load();
        return watch == nullptr ? 0 : watch->now_ns();
    }
    /// What may be written next; `shed` is too old for that. Nothing at all: the end.
    std::vector<Item> take(const std::stop_token& stop, std::vector<Item>& shed) {
        std::unique_lock lock(mutex);
        wake.wait(lock, stop, [this] { return !queue.empty(); });
        std::vector<Item> items;
        std::size_t scans = 0;
        const auto now = now_ns();
        const bool is_too_much = queued_scans + queued_weight > kit::commit_scans_max;
        while (!queue.empty() && scans < kit::commit_scans_max) {
            auto& [item, since_ns] = queue.front();
            bool is_shed = false;
            if (const auto* group = std::get_if<ScanGroup>(&item)) {
                is_shed = is_too_much && now - since_ns > wait_ns_max;
                scans += is_shed ? 0 : group->scans.size();
                queued_scans -= group->scans.size();
            } else {
                const auto weight = std::get<Command>(item).weight;
                scans += weight;
                queued_weight -= weight;
            }
            (is_shed ? shed : items).push_back(std::move(item));
            queue.pop_front();
        }
        if (items.empty() && shed.empty()) ending = true;
        return items;
    }
    void commit(std::vector<Item> items);
    /// One of `items` can't be written, and nothing of them was: each alone, so that the others do not suffer.
    void commit_each(std::vector<Item> items);
    /// On a full disk: takes the reserve again each second; until then only what may use it is left of `items`.
    void turn_away(std::vector<Item>& items);
    void fill_up(std::vector<Item> items);
};

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
    books.recent.set_index(index.load(), recent_scans_max);
    WriteBatch batch(books, clock.now());
    Results results;
    try {
        store.write([&](storage::Connection& connection) {
            batch.begin(connection);
            results = take_items(batch, items);
            batch.finish();
        });
    } catch (const storage::StoreError& error) {
        using Kind = storage::StoreError::Kind;
        if (error.kind() != Kind::full && error.kind() != Kind::other) {  // nobody knows what is durable: fail-stop
            unanswered = std::move(items);
            throw;
        }
        batch.take_back();
        if (error.kind() == Kind::full) return fill_up(std::move(items));
        return commit_each(std::move(items));
    } catch (const std::exception&) {  // of a command, before the commit: all is rolled back
        batch.take_back();
        return commit_each(std::move(items));
    }
    unanswered = std::move(items);   // durable: whatever fails from here on, for want of memory, ends the process
    const auto fresh = batch.publish();
    told(fresh);
    facts.with([&fresh, &books = books](Facts& facts_so_far) {
        facts_so_far.directory = books.board.load();
        facts_so_far.scans.insert(facts_so_far.scans.end(), fresh.scans.begin(), fresh.scans.end());
        facts_so_far.voids.insert(facts_so_far.voids.end(), fresh.voids.begin(), fresh.voids.end());
        facts_so_far.touched.insert(facts_so_far.touched.end(), fresh.touched.begin(), fresh.touched.end());
        facts_so_far.directory_changed |= fresh.directory_changed;
    });
    acknowledge(unanswered, std::move(results));
    unanswered.clear();
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

Writer::Writer(storage::Store& store, Vault& vault, const Clock& clock, DirectoryBoard& board, std::int16_t fever_from_dc)
    : state_(std::make_unique<State>(store, vault, clock, board)) {
    state_->books.fever_from_dc = fever_from_dc;
}
Writer::~Writer() = default;

bool Writer::submit_scans(std::vector<ScanIntake> scans, ScansDone done) {
    auto& state = *state_;
    if (state.full && state.clock.now().s < state.full_until_s) return false;
    const auto now = state.now_ns();
    std::lock_guard lock(state.mutex);
    if (state.ending || state.queued_scans + scans.size() > kit::queue_scans_max) return false;
    if (!state.queue.empty() && now - state.queue.front().since_ns > wait_ns_max) return false;
    const auto count = scans.size();
    state.queue.push_back({ScanGroup{std::move(scans), std::move(done)}, now});
    state.queued_scans += count;   // after it: what finds no memory to wait in takes no room
    if (state.queue.size() == 1) state.wake.notify_one();
    return true;
}

bool Writer::submit(Command command) {
    auto& state = *state_;
    const auto now = state.now_ns();
    std::lock_guard lock(state.mutex);
    if (state.ending || state.queued_weight + command.weight > kit::queue_scans_max) return false;
    const auto weight = command.weight;
    state.queue.push_back({std::move(command), now});
    state.queued_weight += weight;
    if (state.queue.size() == 1) state.wake.notify_one();
    return true;
}

void Writer::shed_by(const MonotonicClock& clock) { state_->shed_clock = &clock; }
void Writer::on_commit(std::function<void(const Facts&)> told) { state_->told = std::move(told); }

void Writer::run(const std::stop_token& stop) {
    for (;;) {
        std::vector<Item> shed;
        auto items = state_->take(stop, shed);
        if (items.empty() && shed.empty()) return;
        for (auto& item : shed) std::get<ScanGroup>(item).done(busy("busy"));   // at once: whoever waits for what is written waits for a commit yet
        if (!items.empty()) state_->commit(std::move(items));
    }
}

Facts Writer::take_facts() {
    return state_->facts.with([](Facts& facts) { return std::exchange(facts, Facts{}); });
}

void Writer::know(std::shared_ptr<const domain::ContactIndex> index) { state_->index.store(std::move(index)); }
domain::ScanSeq Writer::log_at_start() const { return state_->log_at_start; }
bool Writer::is_full() const { return state_->full; }
std::size_t Writer::waiting() const {
    const std::lock_guard lock(state_->mutex);
    return state_->queued_scans + state_->queued_weight;
}

kit::Status run_and_wait(Writer& writer, std::function<kit::Status(WriteContext&)> apply, bool may_use_reserve, std::size_t weight) {
    auto promise = std::make_shared<std::promise<kit::Status>>();
    auto future = promise->get_future();
    Command command{std::move(apply), [promise](const kit::Status& status) { promise->set_value(status); }, may_use_reserve, weight};
    promise.reset();  // only the command holds it: a command that is dropped breaks the promise
    if (!writer.submit(std::move(command))) return busy("busy");
    try {
        return future.get();
    } catch (const std::future_error&) {
        return busy("busy");
    }
}

}  // namespace chayan::service
