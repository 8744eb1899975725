// SPDX-License-Identifier: Apache-2.0
#include "service/key_files.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string_view>

#include "domain/site_code.hpp"
#include "kit/check.hpp"
#include "kit/limits.hpp"
#include "service/day_key_end.hpp"
#include "service/key_file_io.hpp"
#include "service/key_wrapping.hpp"
#include "service/recovery_half.hpp"
#include "storage/store.hpp"

namespace chayan::service::key_files {
namespace {

namespace fs = std::filesystem;

void make_directory(const std::string& directory) {
    fs::create_directories(directory + "/day");
    if (::chmod(directory.c_str(), 0700) != 0 || ::chmod((directory + "/day").c_str(), 0700) != 0)
        fail("cannot protect the key directory", directory, errno);
    sync_names_above(directory);
}

/// "master.key", "day/2026-02-02.key": small letters, digits, dash and dot, nothing hidden, one folder.
bool is_name(std::string_view name) {
    if (name.starts_with("day/")) name.remove_prefix(4);
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    return !name.empty() && name.front() != '.' && name.size() <= 64 && std::all_of(name.begin(), name.end(), good);
}

constexpr const char* destroyed = ".destroyed";   // stands where a day's key stood, so that the loss of a key is not taken for its end

/// The mark to stand for a day's key whose day is before `first`; empty for any other file.
std::string mark_for(const std::string& name, domain::Day first) {
    const fs::path path(name);
    const auto day = name.starts_with("day/") && path.extension() == ".key" ? domain::parse_date(path.stem().string()) : std::nullopt;
    return day && *day < first ? "day/" + domain::format_date(*day) + destroyed : std::string();
}

std::string_view view_of(const std::uint8_t* bytes, std::size_t count) { return {reinterpret_cast<const char*>(bytes), count}; }

/// A file as it is, wherever nothing is wrapped.
void read_plain(const std::string& path, std::uint8_t* bytes, std::size_t count) {
    auto text = read_key(path, count, count);
    std::copy(text.begin(), text.end(), bytes);
    sodium_memzero(text.data(), text.size());
}

/// A day's key, or the master key.
void read_secret(const std::string& directory, const std::string& name, std::uint8_t* bytes, std::size_t count) {
    auto text = read_wrapped(directory, name, count);
    std::copy(text.begin(), text.end(), bytes);
    sodium_memzero(text.data(), text.size());
}

bool is_wrapping_key(const std::string& name) { return name.starts_with("wrapping"); }
bool may_be_wrapped(const std::string& name) { return name == "master.key" || (name.starts_with("day/") && name.ends_with(".key")); }

/// Without its wrapping: a backup is opened where there is no wrapping key.
std::string read_whole(const std::string& directory, const std::string& name, std::size_t bytes_max) {
    const auto path = directory + '/' + name;
    std::error_code unknown;
    const auto size = fs::file_size(path, unknown);
    if (unknown || size > bytes_max)
        throw std::runtime_error("the key folder holds more than keys; move what is none out of it: " + path);
    const std::size_t count = name == "master.key" ? 32 : sizeof(DayKeyBytes);
    const bool is_key = may_be_wrapped(name) && (size == count || size == count + wrapping_bytes);
    return is_key ? read_wrapped(directory, name, count) : read_key(path, size, size);
}

crypto::Mac mac_of_recovery_half(const crypto::Key& master, const std::uint8_t* half) {
    return crypto::mac(crypto::derive(master, "recovery half"), {reinterpret_cast<const char*>(half), crypto_box_PUBLICKEYBYTES});
}

std::string in_groups(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i != 0 && i % 4 == 0) out.push_back('-');
        out.push_back(text[i]);
    }
    return out;
}

}  // namespace

std::string create(const std::string& directory) {
    if (fs::exists(directory + "/master.key"))
        throw std::runtime_error("keys exist already and are never replaced: " + directory);
    make_directory(directory);
    CHECK(sodium_init() >= 0);
    std::uint8_t open_half[crypto_box_PUBLICKEYBYTES];
    std::uint8_t secret_half[crypto_box_SECRETKEYBYTES];
    CHECK(crypto_box_keypair(open_half, secret_half) == 0);
    write_key(directory + "/recovery.pub", view_of(open_half, sizeof open_half));
    crypto::Key master;
    CHECK(RAND_bytes(master.data(), static_cast<int>(master.size())) == 1);
    write_wrapped(directory, "master.key", view_of(master.data(), master.size()));
    pin_recovery_half(directory);
    auto text = in_groups(domain::encode_base32(secret_half, sizeof secret_half));
    sodium_memzero(secret_half, sizeof secret_half);
    return text;
}

crypto::Key load_master(const std::string& directory) {
    crypto::Key master;
    read_secret(directory, "master.key", master.data(), master.size());
    return master;
}

std::map<domain::Day, DayKeyBytes> load_day_keys(const std::string& directory) {
    std::map<domain::Day, DayKeyBytes> keys;
    for (const auto& entry : fs::directory_iterator(directory + "/day")) {
        if (entry.path().extension() != ".key") continue;  // a half-written .new names no key
        const auto day = domain::parse_date(entry.path().stem().string());
        if (!day) continue;
        read_secret(directory, "day/" + entry.path().filename().string(), keys[*day].data(), sizeof(DayKeyBytes));
    }
    return keys;
}

std::set<domain::Day> destroyed_days(const std::string& directory) {
    std::set<domain::Day> days;
    for (const auto& entry : fs::directory_iterator(directory + "/day")) {
        const auto day = entry.path().extension() == destroyed ? domain::parse_date(entry.path().stem().string()) : std::nullopt;
        if (day) days.insert(*day);
    }
    return days;
}

DayKeyBytes make_day_key(const std::string& directory, domain::Day day) {
    const std::lock_guard lock(changing());
    if (fs::exists(directory + "/day/" + domain::format_date(day) + destroyed))
        throw std::runtime_error("that day's key was destroyed, and nothing can be added to it: " + domain::format_date(day));
    DayKeyBytes bytes;
    CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    write_wrapped(directory, "day/" + domain::format_date(day) + ".key", view_of(bytes.data(), bytes.size()));
    return bytes;
}

void destroy_day_key(const std::string& directory, domain::Day day) {
    const std::lock_guard lock(changing());
    const auto stem = directory + "/day/" + domain::format_date(day);
    if (!fs::exists(stem + destroyed)) write_key(stem + destroyed, {});
    erase_key(stem + ".key");
}

std::optional<std::string> pinned_zone(const std::string& directory) {
    const auto path = directory + "/time-zone";
    std::ifstream in(path, std::ios::binary);
    if (!in.is_open()) {
        if (fs::exists(path)) fail("cannot read the time zone of the day keys", path, errno);
        return std::nullopt;
    }
    std::string name;
    std::getline(in, name);
    return name;
}

void pin_zone(const std::string& directory, const std::string& name) {
    const auto line = name + "\n";
    write_key(directory + "/time-zone", line);
}

std::int64_t noted_scan_days(const std::string& directory) {
    std::int64_t days = 0;
    std::ifstream(directory + "/scan-days") >> days;   // 0 when it is not there or says nothing
    return days;
}

void note_scan_days(const std::string& directory, std::int64_t days) {
    if (noted_scan_days(directory) == days) return;
    const auto line = std::to_string(days) + "\n";
    write_key(directory + "/scan-days", line);
}

void pin_recovery_half(const std::string& directory) {
    std::uint8_t half[crypto_box_PUBLICKEYBYTES];
    std::error_code none;
    const bool has_half = fs::file_size(directory + "/recovery.pub", none) == sizeof half && !none;   // else a check tells, and scans go on
    if (fs::exists(directory + "/recovery.mac") || !has_half) return;
    read_plain(directory + "/recovery.pub", half, sizeof half);
    const auto mac = mac_of_recovery_half(load_master(directory), half).bytes();
    write_key(directory + "/recovery.mac", view_of(mac.data(), mac.size()));
}

bool is_recovery_half_whole(const std::string& directory) {
    std::uint8_t half[crypto_box_PUBLICKEYBYTES];
    read_plain(directory + "/recovery.pub", half, sizeof half);
    if (!fs::exists(directory + "/recovery.mac")) return true;
    crypto::Key noted;
    read_plain(directory + "/recovery.mac", noted.data(), noted.size());
    return mac_of_recovery_half(load_master(directory), half).begins_with(noted);
}

Folder read_folder(const std::string& directory) {
    Folder folder;
    std::size_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const auto name = entry.path().lexically_relative(directory).string();
        if (!entry.is_regular_file() || entry.path().extension() == ".new" || !is_name(name) || is_wrapping_key(name)) continue;
        folder[name] = read_whole(directory, name, kit::key_folder_bytes_max / 2 - bytes);
        bytes += folder[name].size() + name.size() + 64;
        if (bytes > kit::key_folder_bytes_max / 2) throw std::runtime_error("the key folder holds more than keys; move what is none out of it: " + directory);
    }
    for (const char* name : {"master.key", "recovery.pub"})
        if (!folder.contains(name) || folder[name].size() != 32)
            throw std::runtime_error("a key is missing or has the wrong size; restore the keys beside the data: " + directory + '/' + name);
    if (!is_recovery_half_whole(directory))
        throw std::runtime_error("recovery.pub is damaged, and a backup sealed to it could never be opened; put back a copy of the keys: " + directory);
    return folder;
}

std::size_t write_folder(const std::string& directory, const Folder& folder, domain::Day first) {
    make_directory(directory);
    std::size_t dropped = 0;
    for (const auto& [name, bytes] : folder) {
        if (!is_name(name)) throw std::runtime_error("FILE.keys names a file that is no key");
        const auto mark = mark_for(name, first);
        const auto& kept = mark.empty() ? bytes : std::string();
        dropped += mark.empty() ? 0U : 1U;
        write_key(directory + '/' + (mark.empty() ? name : mark), kept);
    }
    return dropped;
}

void wipe(Folder& folder) {
    for (auto& [name, bytes] : folder) sodium_memzero(bytes.data(), bytes.size());
}

}  // namespace chayan::service::key_files
