// SPDX-License-Identifier: Apache-2.0
#include "service/key_wrapping.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>

#include "domain/site_code.hpp"
#include "service/key_file_io.hpp"
#include "storage/store.hpp"

namespace chayan::service::key_files {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic{"chayan wrapped\n\0", 16};
constexpr std::size_t id_bytes = 8;
constexpr const char* current = "/wrapping.key";
constexpr const char* next = "/wrapping-next.key";
constexpr const char* old = "/wrapping-old.key";

bool lies_there(const std::string& path) {
    std::error_code none;
    return fs::is_symlink(path, none) || fs::exists(path, none);   // a link into a disk that is not mounted lies there too
}

bool is_wrapped(std::string_view bytes) { return bytes.starts_with(magic) && bytes.size() > magic.size() + id_bytes; }

std::string read_wrapping_key(const std::string& path) {
    std::error_code none;
    if (fs::is_symlink(path, none) && !fs::exists(path, none))
        throw storage::StoreError(storage::StoreError::Kind::full, "the wrapping key is not there; mount its disk or put it back: " + fs::read_symlink(path, none).string());   // to be tried again
    return read_key(path, sizeof(crypto::Key), sizeof(crypto::Key));
}

/// The key files of a folder that are wrapped, by their names in it.
std::vector<std::string> names_of(const std::string& directory) {
    std::vector<std::string> names{"master.key"};
    for (const auto& entry : fs::directory_iterator(directory + "/day"))
        if (entry.path().extension() == ".key") names.push_back("day/" + entry.path().filename().string());
    return names;
}

/// What a file held before it was replaced stays on the disk; while it is open it can be overwritten there.
class Replaced {
public:
    explicit Replaced(const std::string& path) : fd_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)) {}
    ~Replaced() {
        if (fd_ >= 0) ::close(fd_);
    }
    Replaced(const Replaced&) = delete;
    Replaced& operator=(const Replaced&) = delete;
    void overwrite(std::size_t count) const {
        const std::string nothing(count, '\0');
        if (fd_ >= 0 && ::write(fd_, nothing.data(), nothing.size()) == static_cast<ssize_t>(nothing.size())) (void)::fsync(fd_);
    }

private:
    int fd_;
};

void rename_synced(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("cannot rename a key file; check the folder's permissions", to, errno);
    sync_directory(fs::path(to).parent_path());
}

std::string fresh_path_beside(const std::string& link) {
    std::error_code none;
    const auto random = crypto::random_key();
    return fs::canonical(link, none).parent_path().string() + "/chayan-wrapping-" + domain::encode_base32(random.data(), 5) + ".key";
}

void make_wrapping_key(const std::string& path) {
    auto key = crypto::random_key();
    write_key(path, {reinterpret_cast<const char*>(key.data()), key.size()});
    OPENSSL_cleanse(key.data(), key.size());
}

}  // namespace

WrappingKeys::WrappingKeys(const std::string& directory) {
    keys_.reserve(3);   // grown, it would leave copies behind
    for (const char* name : {next, current, old}) {
        if (!lies_there(directory + name)) continue;
        auto bytes = read_wrapping_key(directory + name);
        Known known{};
        std::copy(bytes.begin(), bytes.end(), known.key.begin());
        OPENSSL_cleanse(bytes.data(), bytes.size());
        const auto id = crypto::derive(known.key, "wrapping key's id");
        std::copy_n(id.begin(), known.id.size(), known.id.begin());
        keys_.push_back(known);
        OPENSSL_cleanse(known.key.data(), known.key.size());
    }
}

WrappingKeys::~WrappingKeys() {
    for (auto& known : keys_) OPENSSL_cleanse(known.key.data(), known.key.size());
}

std::string WrappingKeys::wrap(std::string_view name, std::string_view key) const {
    if (keys_.empty()) return std::string(key);
    std::string bytes(magic);
    bytes.append(keys_[0].id.begin(), keys_[0].id.end());
    return bytes + crypto::seal(keys_[0].key, name, key);
}

bool WrappingKeys::is_of_newest(std::string_view bytes) const {
    if (keys_.empty() || !is_wrapped(bytes)) return keys_.empty() && !is_wrapped(bytes);
    return std::equal(keys_[0].id.begin(), keys_[0].id.end(), bytes.begin() + magic.size(), [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

std::optional<std::string> WrappingKeys::unwrap(std::string_view name, std::string_view bytes) const {
    if (!is_wrapped(bytes)) return std::string(bytes);
    const auto id = bytes.substr(magic.size(), id_bytes);
    for (const auto& known : keys_)
        if (std::equal(known.id.begin(), known.id.end(), id.begin(), [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }))
            return crypto::open(known.key, name, bytes.substr(magic.size() + id_bytes));
    return std::nullopt;
}

std::string read_wrapped(const std::string& directory, const std::string& name, std::size_t count) {
    constexpr int tries_max = 5;   // between two looks another process may have gone on with a rotation
    for (int tries = 0; tries < tries_max; ++tries) {
        auto bytes = read_key(directory + '/' + name, count, count + wrapping_bytes);
        if (bytes.size() == count && !is_wrapped(bytes)) return bytes;
        if (auto key = WrappingKeys(directory).unwrap(name, bytes); key && key->size() == count) return *std::move(key);
        ::usleep(2000);
    }
    throw std::runtime_error("a key file is damaged, or its wrapping key is not there; put wrapping.key back, or restore it from the backup of the keys: " + directory + '/' + name);
}

void write_wrapped(const std::string& directory, const std::string& name, std::string_view key) {
    write_key(directory + '/' + name, WrappingKeys(directory).wrap(name, key));
}

void begin_rotation(const std::string& directory, const std::string& where) {
    const std::lock_guard lock(changing());
    if (lies_there(directory + next)) return;
    if (lies_there(directory + old)) erase_key(directory + old);   // all but done before
    const bool leads_elsewhere = fs::is_symlink(directory + current);
    if (where.empty() && !leads_elsewhere) return make_wrapping_key(directory + next);
    const auto target = where.empty() ? fresh_path_beside(directory + current) : fs::absolute(where).lexically_normal().string();
    if (target.starts_with(fs::canonical(directory).string() + '/'))
        throw std::runtime_error(target + ": lies in the key folder, where it keeps nothing from anybody; name a file on another disk with --wrapping-key");
    if (lies_there(target)) throw std::runtime_error(target + ": is there already and is left as it is; name a new file with --wrapping-key");
    make_wrapping_key(target);
    if (::symlink(target.c_str(), (directory + next).c_str()) != 0) fail("cannot make a link; check the folder's permissions", directory + next, errno);
    sync_directory(directory);
}

bool has_rotation_begun(const std::string& directory) { return lies_there(directory + next) || lies_there(directory + old); }

std::size_t finish_rotation(const std::string& directory, const Step& step) {
    const std::lock_guard lock(changing());
    std::size_t sealed = 0;
    if (lies_there(directory + next)) {
        const WrappingKeys keys(directory);
        for (const auto& name : names_of(directory)) {
            const std::size_t count = name == "master.key" ? 32 : 64;
            const auto path = directory + '/' + name;
            const auto bytes = read_key(path, count, count + wrapping_bytes);
            if (keys.is_of_newest(bytes)) continue;
            auto key = keys.unwrap(name, bytes);
            if (!key) throw std::runtime_error("a key file is damaged, or its wrapping key is not there; put wrapping.key back, or restore it from the backup of the keys: " + path);
            const Replaced before(path);
            step();
            write_key(path, keys.wrap(name, *key));
            OPENSSL_cleanse(key->data(), key->size());
            before.overwrite(bytes.size());
            ++sealed;
        }
        if (lies_there(directory + current)) {
            step();
            rename_synced(directory + current, directory + old);
        }
        step();
        rename_synced(directory + next, directory + current);
    }
    if (lies_there(directory + old)) {
        step();
        erase_key(directory + old);
    }
    return sealed;
}

std::mutex& changing() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace chayan::service::key_files
