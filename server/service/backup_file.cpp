// SPDX-License-Identifier: Apache-2.0
#include "service/backup_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "domain/site_code.hpp"
#include "kit/check.hpp"
#include "kit/limits.hpp"

namespace chayan::service::backup_file {
namespace {

using kit::Errc;
using kit::Error;

constexpr std::string_view magic{"chayan backup\r\n\0", 16};   // as in PNG, a line end shows what a careless transfer did; and a zero byte
constexpr std::uint32_t format = 1;
constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::size_t tag_bytes = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t stream_header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t checked_bytes = magic.size() + 4 + 16 + 8 + 4 + stream_header_bytes;
constexpr std::size_t heading_bytes = checked_bytes + 32;
constexpr std::uint64_t pace_bytes = 8 * 1024 * 1024;

Error refuse(const char* code) { return {Errc::conflict, code}; }

/// SHA-256 piece by piece.
class Hash {
public:
    Hash() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { CHECK(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1); }
    void add(std::string_view bytes) { CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1); }
    Digest finish() {
        Digest digest{};
        CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
        return digest;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

/// A file, and the sentence for when it fails.
class File {
public:
    File(const std::string& path, int flags) : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (fd_ < 0) fail(flags == O_RDONLY ? "cannot read the file" : "cannot write the file; check the folder's permissions");
    }
    ~File() { ::close(fd_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    std::uint64_t size() const {
        struct stat status {};
        if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) fail("is not a file that can be read");
        return static_cast<std::uint64_t>(status.st_size);
    }
    /// Up to `count` bytes; less only at the end.
    std::string read(std::size_t count) {
        std::string bytes(count, '\0');
        std::size_t got = 0;
        for (ssize_t more = 1; got < count && more > 0; got += static_cast<std::size_t>(more)) {
            more = ::read(fd_, bytes.data() + got, count - got);
            if (more < 0) fail("cannot be read to its end");
        }
        bytes.resize(got);
        return bytes;
    }
    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::write(fd_, bytes.data(), bytes.size());
            if (count < 0) fail("cannot write the file; check the space on its disk");
            bytes.remove_prefix(static_cast<std::size_t>(count));
            unsynced_ += static_cast<std::uint64_t>(count);
        }
        if (unsynced_ >= pace_bytes) sync();   // a gigabyte at once would keep the disk from the writer's commits
    }
    void sync() {
        if (::fsync(fd_) != 0) fail("cannot write the file; its disk fails or is full");
        unsynced_ = 0;
    }
    /// What is read next comes from the disk.
    void forget() const { (void)::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED); }

private:
    [[noreturn]] void fail(const char* what) const { throw std::runtime_error(path_ + ": " + what + " (" + std::strerror(errno) + ")"); }
    std::string path_;
    int fd_;
    std::uint64_t unsynced_ = 0;
};

struct Heading {
    Id id{};
    std::uint64_t file_bytes = 0;
    std::uint32_t manifest_bytes = 0;
    std::string stream_header = std::string(stream_header_bytes, '\0');
    std::string text;   ///< as it lies in the file, which binds it to the first chunk
};

template <class Number>
void put(std::string& out, Number value) {
    for (std::size_t i = sizeof value; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
}
template <class Number>
Number take(std::string_view& in) {
    Number value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = static_cast<Number>(value << 8U | static_cast<unsigned char>(in[i]));
    in.remove_prefix(sizeof value);
    return value;
}
std::string_view take_bytes(std::string_view& in, std::size_t count) {
    const auto bytes = in.substr(0, count);
    in.remove_prefix(count);
    return bytes;
}

std::string check_of(std::string_view bytes) {
    Hash hash;
    hash.add(bytes);
    const auto digest = hash.finish();
    return {digest.begin(), digest.end()};
}

void seal_heading(Heading& heading) {
    heading.text = magic;
    put(heading.text, format);
    heading.text.append(heading.id.begin(), heading.id.end());
    put(heading.text, heading.file_bytes);
    put(heading.text, heading.manifest_bytes);
    heading.text += heading.stream_header;
    heading.text += check_of(heading.text);
}

/// Whether all of the file is there is told before anything is opened: cut short is the commonest fault of a copy.
kit::Result<Heading> read_heading(File& file) {
    const auto size = file.size();
    Heading heading;
    heading.text = file.read(heading_bytes);
    const std::string_view text = heading.text;
    const auto begin = text.substr(0, magic.size());
    if (begin != magic.substr(0, begin.size())) return refuse("backup_foreign");
    if (text.size() < heading_bytes) return refuse("backup_truncated");
    if (text.substr(checked_bytes) != check_of(text.substr(0, checked_bytes))) return refuse("backup_damaged");
    auto rest = text.substr(magic.size());
    if (take<std::uint32_t>(rest) != format) return refuse("backup_newer");
    const auto id = take_bytes(rest, heading.id.size());
    std::copy(id.begin(), id.end(), heading.id.begin());
    heading.file_bytes = take<std::uint64_t>(rest);
    heading.manifest_bytes = take<std::uint32_t>(rest);
    heading.stream_header = take_bytes(rest, stream_header_bytes);
    if (size < heading.file_bytes) return refuse("backup_truncated");
    if (size > heading.file_bytes || heading.manifest_bytes > kit::manifest_bytes_max) return refuse("backup_damaged");
    return heading;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// libsodium's stream, wiped at the end.
class Stream {
public:
    /// To write: makes the header.
    Stream(const crypto::Key& master, std::string& header) {
        Key key(master);
        CHECK(crypto_secretstream_xchacha20poly1305_init_push(&state_, bytes_of(header), key.bytes.data()) == 0);
    }
    /// To read.
    Stream(const crypto::Key& master, const std::string& header) {
        Key key(master);
        good_ = crypto_secretstream_xchacha20poly1305_init_pull(&state_, bytes_of(std::string_view(header)), key.bytes.data()) == 0;
    }
    ~Stream() { sodium_memzero(&state_, sizeof state_); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    std::string push(std::string_view text, std::string_view bound, bool is_last) {
        std::string out(text.size() + tag_bytes, '\0');
        const auto tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
        CHECK(crypto_secretstream_xchacha20poly1305_push(&state_, bytes_of(out), nullptr, bytes_of(text), text.size(), bytes_of(bound),
                                                         bound.size(), static_cast<unsigned char>(tag)) == 0);
        return out;
    }
    /// Nothing when a bit is wrong, or when it is the last and should not be, or the other way round.
    std::optional<std::string> pull(std::string_view sealed, std::string_view bound, bool is_last) {
        if (!good_ || sealed.size() < tag_bytes) return std::nullopt;
        std::string text(sealed.size() - tag_bytes, '\0');
        unsigned char tag = 0;
        const bool opened = crypto_secretstream_xchacha20poly1305_pull(&state_, bytes_of(text), nullptr, &tag, bytes_of(sealed), sealed.size(),
                                                                       bytes_of(bound), bound.size()) == 0;
        const bool ends = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
        return opened && ends == is_last ? std::optional(std::move(text)) : std::nullopt;
    }

private:
    struct Key {
        explicit Key(const crypto::Key& master) : bytes(crypto::derive(master, "backup file")) { CHECK(sodium_init() >= 0); }
        ~Key() { sodium_memzero(bytes.data(), bytes.size()); }
        Key(const Key&) = delete;
        Key& operator=(const Key&) = delete;
        crypto::Key bytes;
    };
    crypto_secretstream_xchacha20poly1305_state state_{};
    bool good_ = true;
};

std::uint64_t sealed_bytes(std::uint64_t plain) { return plain + (plain + chunk_bytes - 1) / chunk_bytes * tag_bytes; }

}  // namespace

Id make_id() {
    Id id;
    CHECK(RAND_bytes(id.data(), static_cast<int>(id.size())) == 1);
    return id;
}

std::string format_id(const Id& id) { return domain::encode_base32(id.data(), id.size()); }

kit::Result<Digest> write(const std::string& path, const Id& id, const crypto::Key& master, const std::string& manifest,
                          const std::string& database, const GoOn& go_on) {
    CHECK(manifest.size() <= kit::manifest_bytes_max);
    File in(database, O_RDONLY);
    File out(path, O_WRONLY | O_CREAT | O_EXCL);
    const auto total = in.size();
    Heading heading;
    heading.id = id;
    heading.file_bytes = heading_bytes + manifest.size() + tag_bytes + sealed_bytes(total);
    heading.manifest_bytes = static_cast<std::uint32_t>(manifest.size());
    Stream stream(master, heading.stream_header);
    seal_heading(heading);
    Hash hash;
    const auto append = [&](const std::string& bytes) {
        hash.add(bytes);
        out.write(bytes);
    };
    append(heading.text);
    append(stream.push(manifest, heading.text, total == 0));
    for (std::uint64_t done = 0; done < total;) {
        const auto chunk = in.read(std::min<std::uint64_t>(chunk_bytes, total - done));
        if (chunk.empty()) throw std::runtime_error(database + ": became shorter while it was read");
        done += chunk.size();
        append(stream.push(chunk, {}, done == total));
        if (!go_on(done, total)) return Error{Errc::busy, "backup_stopped"};
    }
    out.sync();
    return hash.finish();
}

kit::Result<Id> read_id(const std::string& path) {
    File file(path, O_RDONLY);
    const auto heading = read_heading(file);
    if (!heading) return heading.error();
    return heading->id;
}

kit::Result<Contents> read(const std::string& path, const crypto::Key& master, const std::string& database, const GoOn& go_on) {
    File file(path, O_RDONLY);
    file.forget();
    const auto heading = read_heading(file);
    if (!heading) return heading.error();
    std::optional<File> out;
    if (!database.empty()) out.emplace(database, O_WRONLY | O_CREAT | O_EXCL);
    Stream stream(master, heading->stream_header);
    Contents contents;
    Hash whole, inside;
    whole.add(heading->text);
    std::uint64_t done = heading_bytes;
    /// The next chunk of so many plain bytes.
    const auto next = [&](std::size_t plain, std::string_view bound) {
        const auto sealed = file.read(std::min<std::uint64_t>(plain + tag_bytes, heading->file_bytes - done));
        whole.add(sealed);
        done += sealed.size();
        return stream.pull(sealed, bound, done == heading->file_bytes);
    };
    auto manifest = next(heading->manifest_bytes, heading->text);
    if (!manifest) return refuse("backup_damaged");
    contents.manifest = *std::move(manifest);
    while (done < heading->file_bytes) {
        const auto chunk = next(chunk_bytes, {});
        if (!chunk) return refuse("backup_damaged");
        inside.add(*chunk);
        if (out) out->write(*chunk);
        if (!go_on(done, heading->file_bytes)) return Error{Errc::busy, "backup_stopped"};
    }
    if (out) out->sync();
    contents.id = heading->id;
    contents.digest = whole.finish();
    contents.database = inside.finish();
    return contents;
}

Digest digest_of(const std::string& path) {
    File file(path, O_RDONLY);
    file.forget();
    Hash hash;
    for (;;) {
        const auto bytes = file.read(chunk_bytes);
        if (bytes.empty()) return hash.finish();
        hash.add(bytes);
    }
}

}  // namespace chayan::service::backup_file
