// SPDX-License-Identifier: Apache-2.0
#include "app/sunset.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "service/destruction_certificate.hpp"
#include "service/key_files.hpp"
#include "storage/retention.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::app {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what, const std::string& path) {
    throw std::runtime_error(std::string(what) + ": " + path + " (" + std::strerror(errno) + "). Run chayan sunset again once that is put right");
}

void sync_folder(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || ::fsync(fd) != 0) fail("cannot sync the folder", path);
    ::close(fd);
}

/// Whole or not at all.
void write_whole(const std::string& path, std::string_view text) {
    const auto fresh = path + ".new";
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) fail("cannot write", path);
    const bool good = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    ::close(fd);
    if (!good || ::rename(fresh.c_str(), path.c_str()) != 0) fail("cannot write", path);
    sync_folder(fs::path(path).parent_path());
}

std::string read_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Ours are known by their names; whatever else lies there stays. The master key first: without it most of the data is gone already.
std::vector<std::string> key_files(const std::string& keys) {
    constexpr std::string_view kinds[] = {".key", ".pub", ".mac", ".pem", ".new"};
    std::vector<std::string> files;
    if (!fs::exists(keys)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(keys))
        if (entry.is_regular_file() && std::find(std::begin(kinds), std::end(kinds), entry.path().extension().string()) != std::end(kinds)) files.push_back(entry.path());
    std::stable_partition(files.begin(), files.end(), [](const std::string& path) { return path.ends_with("/master.key"); });
    return files;
}

void destroy(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) fail("cannot open a key to destroy it", path);
    constexpr std::array<char, 4096> nothing{};
    bool good = true;
    for (auto left = fs::file_size(path); left > 0 && good;) {
        const auto piece = std::min<std::uintmax_t>(left, nothing.size());
        good = ::write(fd, nothing.data(), piece) == static_cast<ssize_t>(piece);
        left -= piece;
    }
    good = ::fsync(fd) == 0 && good;
    ::close(fd);
    if (!good || ::unlink(path.c_str()) != 0) fail("cannot destroy a key", path);
    sync_folder(fs::path(path).parent_path());
}

service::Remains count(const Place& place, const Config& config) {
    if (storage::sqlite::has_older_schema(place.data))
        throw std::runtime_error("the database was written by an older version of chayan: run chayan serve once, which brings it up to date, then close it down");
    service::Remains remains{CHAYAN_VERSION, service::key_files::pinned_zone(place.keys).value_or(config.time_zone), SystemClock().now(), {}, {}, {}, 0, 0, 0, 0};
    const auto reader = storage::sqlite::open_to_check({place.data, {}, 0})->reader();
    remains.census = reader->census();
    for (const auto& row : reader->retention().days()) {
        remains.days_forgotten += row.finished ? 1U : 0U;
        remains.scans_forgotten += row.scans;
    }
    auto destroyed = service::key_files::destroyed_days(place.keys);
    const auto today = find_key_zone(place, config).local_day(remains.begun);
    for (const auto& file : key_files(place.keys)) {
        const fs::path path(file);
        const auto day = path.parent_path().filename() == "day" ? domain::parse_date(path.stem().string()) : std::nullopt;
        if (!day) continue;
        ++remains.day_keys;
        if (*day <= today) destroyed.insert(*day);   // tomorrow's is made ahead
    }
    if (!destroyed.empty()) {
        remains.first_day = *destroyed.begin();
        remains.last_day = *destroyed.rbegin();
    }
    remains.key_files = key_files(place.keys).size();
    return remains;
}

}  // namespace

std::string sunset_mark(const Place& place) { return place.data + "/sunset.begun"; }

void refuse_if_closed(const Place& place) {
    if (fs::exists(place.data + "/sunset.json"))
        throw std::runtime_error("本系统已关停，密钥已销毁（见 " + place.data + "/sunset.txt）；请在空目录里重新开始。\n"
                                 "This installation was closed down and its keys are destroyed (see " + place.data + "/sunset.txt). Start anew in an empty folder.");
    if (fs::exists(sunset_mark(place)))
        throw std::runtime_error("本系统正在关停，密钥可能已部分销毁；请再运行一次 chayan sunset --confirm。\n"
                                 "This installation is being closed down, and keys may be gone already: run chayan sunset --confirm again.");
}

void close_down(const Place& place, const Config& config) {
    const auto mark = sunset_mark(place);
    if (fs::exists(place.data + "/sunset.json")) refuse_if_closed(place);
    if (!fs::exists(mark)) write_whole(mark, service::count_text(count(place, config)));
    for (const auto& file : key_files(place.keys)) destroy(file);
    const auto certificate = service::certify(read_text(mark), SystemClock().now());
    write_whole(place.data + "/sunset.txt", certificate.page);
    write_whole(place.data + "/sunset.json", certificate.json);
    fs::remove(mark);
}

}  // namespace chayan::app
