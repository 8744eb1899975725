// SPDX-License-Identifier: Apache-2.0
// Power cuts under the services: phones that scan, retry and take back, days that are counted and forgotten, keys that are made and destroyed, the audit
// log and its checkpoints. What was acknowledged is there exactly once, what got no answer at most once, what was refused never; and `check` is clean.
#include <filesystem>
#include <map>
#include <set>

#include "app/installation.hpp"
#include "crash/cuts.hpp"
#include "crash/lodged.hpp"
#include "service/key_files.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using crash::Figures;
using crash::Lodged;
using crash::Told;

namespace {

constexpr unsigned people_count = 4;
constexpr const char* refs[] = {"A", "B"};
constexpr std::int64_t day_s = 86'400;

using Row = std::tuple<std::uint64_t, std::uint32_t, std::int64_t, int>;   // registration, site, second, direction
Row row_of(const domain::ScanKey& key) { return {key.registration.value, key.site.value, key.at.s, static_cast<int>(key.direction)}; }

/// What is in a folder, opened with its keys.
struct Log {
    explicit Log(Lodged& lodged) {
        const auto voided = lodged->reader->scans().voids();
        lodged->reader->scans().read({}, {~0ULL >> 1U}, [&](std::span<const storage::ScanRow> rows) {
            const auto opened = lodged->vault.open(rows);
            for (std::size_t i = 0; i < rows.size(); ++i) {
                if (!opened[i]) continue;   // of a day that is forgotten; `check` tells of any other
                const auto row = row_of({opened[i]->registration, rows[i].site, rows[i].at, rows[i].direction});
                ++count[row];
                for (const auto& one : voided)
                    if (one.scan == rows[i].seq) voids.insert(row);
            }
            return true;
        });
    }
    std::map<Row, int> count;
    std::set<Row> voids;
};

/// A few people at two gates, and days that pass.
class Town final : public crash::World {
public:
    crash::Image begin() {
        const crash::Ground ground;
        std::filesystem::create_directories(ground.life + "/reserve");   // a folder: so that no file of 20 MB is made there
        {
            Lodged lodged(ground.life, clock_, up_);
            REQUIRE(lodged->imports.divisions({}, "code,name,parent\n130682,定州市,\n", {}));
            REQUIRE(lodged->imports.sites({}, "ref,name,category,division\nA,东门,village,130682\nB,西门,traffic,130682\n", {}));
            for (unsigned n = 0; n < people_count; ++n) people_.push_back(*lodged.registered(n));
        }
        return crash::Image::of(ground.life);
    }

    void live(const std::string& root, crash::Recorder& recorder, std::mt19937_64& chance) override {
        Lodged lodged(root, clock_, up_);
        for (int step = 0; step < 30; ++step) {
            const auto what = chance() % 12;
            if (what == 0) next_day(lodged);
            else if (what == 1) lodged.tend();
            else if (what == 2 && !asked_.empty()) scan(lodged, recorder, asked_[chance() % asked_.size()]);   // an answer was lost
            else if (what == 3) take_back(lodged, recorder);
            else if (what == 4) scan(lodged, recorder, {chance() % people_count, refs[0], clock_.s + day_s});    // ahead: refused
            else scan(lodged, recorder, {chance() % people_count, refs[chance() % 2], clock_.s - static_cast<std::int64_t>(chance() % 3 * day_s / 2)});
            pass(60);
        }
    }

    std::string examine(const std::string& root, const Told& told) override {
        std::string wrong;
        try {
            Lodged lodged(root, clock_, up_);
            if (!lodged->tracing.readiness()) wrong += "no question is answered; ";
            wrong += compare(root, Log(lodged), told);
        } catch (const std::exception& error) {
            return std::string("it does not start: ") + error.what();
        }
        for (const auto& problem : app::check_installation({root, root + "/keys", 0}, {})) wrong += problem + "; ";
        return wrong;
    }
    void go_on(const std::string&, const Told& told) override { told_before_.insert(told_before_.end(), told.begin(), told.end()); }

    std::size_t unknown = 0, forgotten = 0;   ///< scans that were stored and never acknowledged; cuts after which a day was forgotten

private:
    struct Asked {
        std::size_t who;
        std::string ref;
        std::int64_t at;
    };
    enum class Kind : std::uint8_t { scan, taken_back };
    struct Promise {
        Kind kind;
        Row row;
    };

    void pass(std::int64_t seconds) {
        clock_.pass(seconds);
        up_ += seconds;
    }
    void next_day(Lodged& lodged) {
        pass(Lodged::zone().on_local_day(clock_.now(), day_s) - clock_.now());
        for (int second = 0; second < 4; ++second) lodged.tend();
    }
    void scan(Lodged& lodged, crash::Recorder& recorder, const Asked& asked) {
        service::ScanRequest request;
        request.code = lodged.code(asked.ref);
        request.direction = "in";
        request.at = domain::format_rfc3339({asked.at});
        const auto site = lodged->board.load()->sites->find(asked.ref);
        const auto row = row_of({people_.at(asked.who), *site, {asked.at}, domain::Direction::in});
        // Before it is asked: the power may go while it is on its way.
        const auto is_possible = asked.at <= clock_.s + 120;
        (is_possible ? possible_ : refused_).insert(row);
        const auto answer = lodged.scan(people_.at(asked.who), request);
        if (!answer || !*answer) {
            const auto why = answer ? service::testing::refusal(*answer) : "nothing";
            if (is_possible && why != "time_old") unexpected_ = why;
            return;
        }
        promises_.push_back({Kind::scan, row});
        ids_[row] = (**answer).front().id;
        last_ = {asked.who, row};
        recorder.told(promises_.size() - 1);
        asked_.push_back(asked);
    }
    void take_back(Lodged& lodged, crash::Recorder& recorder) {
        if (!last_) return;
        const auto done = lodged.void_scan(people_.at(last_->first), ids_.at(last_->second));
        if (!done || !*done) return;   // too late by now
        promises_.push_back({Kind::taken_back, last_->second});
        recorder.told(promises_.size() - 1);
    }

    std::string compare(const std::string& root, const Log& log, const Told& told) {
        std::string wrong = unexpected_.empty() ? "" : "a scan was refused for " + unexpected_ + "; ";
        const auto gone = service::key_files::destroyed_days(root + "/keys");
        forgotten += gone.empty() ? 0U : 1U;
        std::set<Row> acknowledged;
        const auto hold = [&](std::uint64_t number) {
            const auto& [kind, row] = promises_.at(number);
            acknowledged.insert(row);
            if (gone.contains(Lodged::zone().local_day({std::get<2>(row)}))) return;
            const auto found = log.count.find(row);
            if (found == log.count.end()) wrong += "an acknowledged scan is lost; ";
            if (kind == Kind::taken_back && !log.voids.contains(row)) wrong += "what was taken back stands there again; ";
        };
        for (const auto number : told_before_) hold(number);
        for (const auto number : told) hold(number);
        for (const auto& [row, count] : log.count) {
            if (count != 1) wrong += "a scan is there twice; ";
            if (refused_.contains(row)) wrong += "a scan that was refused is there; ";
            if (!possible_.contains(row)) wrong += "a scan that nobody made is there; ";
            unknown += acknowledged.contains(row) ? 0U : 1U;
        }
        return wrong;
    }

    service::testing::ManualClock clock_;
    std::int64_t up_ = 1'000;
    std::vector<domain::RegistrationId> people_;
    std::vector<Promise> promises_;
    Told told_before_;
    std::set<Row> possible_, refused_;
    std::map<Row, std::string> ids_;
    std::vector<Asked> asked_;
    std::optional<std::pair<std::size_t, Row>> last_;
    std::string unexpected_;
};

}  // namespace

TEST_CASE("whenever the power goes every acknowledged scan is there once, nothing else is, and check finds nothing") {
    const auto wanted = crash::budget(120, 0.08);
    Figures all;
    std::size_t unknown = 0, forgotten = 0;
    for (auto seed = crash::first_seed(); all.cuts < wanted; ++seed) {
        Town town;
        const auto start = town.begin();
        const auto figures = crash::cut(town, start, {seed, 4, 10});
        all += figures;
        unknown += town.unknown;
        forgotten += town.forgotten;
        INFO(figures.first_wrong);
        REQUIRE(figures.wrong == 0);
    }
    crash::tell("services", all);
    REQUIRE(unknown > 0);
    REQUIRE(forgotten > all.cuts / 10);   // else no cut fell into the end of a day
}
