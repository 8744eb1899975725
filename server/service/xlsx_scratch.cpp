// SPDX-License-Identifier: Apache-2.0
#include "service/xlsx_scratch.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

#include "kit/limits.hpp"

namespace chayan::service {
namespace {

kit::Error scratch_short() { return {kit::Errc::busy, "scratch_short", {}, 60}; }

/// Bytes of memory that can be had without swapping; all there are when the kernel does not say.
std::uint64_t memory_available() {
    const int fd = ::open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ~0ULL;
    char text[1'024] = {};
    const auto count = ::read(fd, text, sizeof text - 1);
    ::close(fd);
    const std::string_view read(text, count > 0 ? static_cast<std::size_t>(count) : 0);
    constexpr std::string_view label = "MemAvailable:";
    const auto at = read.find(label);
    return at == std::string_view::npos ? ~0ULL : std::strtoull(text + at + label.size(), nullptr, 10) * 1'024;
}

bool has_room(const std::string& folder, std::uint64_t bytes) {
    struct statfs space {};
    if (::statfs(folder.c_str(), &space) != 0 || space.f_type != TMPFS_MAGIC) return false;
    return space.f_bavail * static_cast<std::uint64_t>(space.f_bsize) >= bytes && memory_available() / 2 >= bytes;
}

struct Inflater {
    Inflater() { CHECK(inflateInit2(&stream, -MAX_WBITS) == Z_OK); }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    z_stream stream{};
};

/// Reads little-endian numbers of a zip file (APPNOTE 4.3).
class ZipReader {
public:
    explicit ZipReader(int fd) : fd_(fd) {}
    std::string bytes(std::uint64_t at, std::size_t count) const {
        std::string out(count, '\0');
        const auto read = ::pread(fd_, out.data(), count, static_cast<off_t>(at));
        out.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
        return out;
    }
    std::uint64_t number(std::uint64_t at, std::size_t width) const {
        std::uint64_t value = 0;
        const auto read = bytes(at, width);
        for (std::size_t i = read.size(); i > 0; --i) value = (value << 8U) | static_cast<unsigned char>(read[i - 1]);
        return value;
    }

private:
    int fd_;
};

struct Entry {
    std::string name;
    std::uint64_t at = 0, packed_bytes = 0;
};

std::vector<Entry> entries_of(const ZipReader& zip, std::uint64_t size) {
    constexpr std::uint64_t end_bytes = 22;
    std::vector<Entry> entries;
    if (size < end_bytes || zip.number(size - end_bytes, 4) != 0x06054b50) return entries;
    auto at = zip.number(size - 6, 4);
    for (auto left = zip.number(size - 12, 2); left > 0; --left) {
        if (zip.number(at, 4) != 0x02014b50) return {};
        const auto name_bytes = zip.number(at + 28, 2);
        const auto local = zip.number(at + 42, 4);
        const auto begin = local + 30 + zip.number(local + 26, 2) + zip.number(local + 28, 2);
        entries.push_back({zip.bytes(at + 46, static_cast<std::size_t>(name_bytes)), begin, zip.number(at + 20, 4)});
        at += 46 + name_bytes + zip.number(at + 30, 2) + zip.number(at + 32, 2);
    }
    return entries;
}

/// Counts the rows of a sheet as its text goes by.
struct RowCounter {
    static constexpr std::string_view row = "<row ", end = "</worksheet>";
    std::uint64_t count = 0;
    std::string kept;   ///< what may be the beginning of a word that goes on

    void take(std::string_view text) {
        kept += text;
        for (std::size_t at = 0; (at = kept.find(row, at)) != std::string::npos; at += row.size()) ++count;
        // One byte less than a row's word: none is counted twice, none is missed.
        last = kept.substr(kept.size() - std::min(kept.size(), end.size()));
        kept.erase(0, kept.size() - std::min(kept.size(), row.size() - 1));
    }
    std::string last;
};

std::optional<std::uint64_t> rows_of(const ZipReader& zip, const Entry& entry) {
    Inflater inflater;
    auto& stream = inflater.stream;
    RowCounter counter;
    std::string text(kit::answer_piece_bytes * 4, '\0');
    int state = Z_OK;
    for (std::uint64_t read = 0; read < entry.packed_bytes && state == Z_OK;) {
        auto packed = zip.bytes(entry.at + read, static_cast<std::size_t>(std::min<std::uint64_t>(kit::answer_piece_bytes, entry.packed_bytes - read)));
        if (packed.empty()) return std::nullopt;
        read += packed.size();
        stream.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream.avail_in = static_cast<uInt>(packed.size());
        do {
            stream.next_out = reinterpret_cast<Bytef*>(text.data());
            stream.avail_out = static_cast<uInt>(text.size());
            state = inflate(&stream, Z_NO_FLUSH);
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return std::nullopt;
            counter.take({text.data(), text.size() - stream.avail_out});
        } while (stream.avail_out == 0);
        if (state == Z_BUF_ERROR) state = Z_OK;   // it only wants more
    }
    if (state != Z_STREAM_END || counter.last != RowCounter::end) return std::nullopt;
    return counter.count;
}

std::uint64_t size_of(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

kit::Result<XlsxScratch> XlsxScratch::open(const std::string& folder, std::uint64_t bytes) {
    if (!has_room(folder, bytes)) return scratch_short();
    const int fd = ::memfd_create("workbook", MFD_CLOEXEC);
    if (fd < 0) throw std::runtime_error("no file in memory can be made");
    return XlsxScratch(fd);
}

XlsxScratch::XlsxScratch(XlsxScratch&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
XlsxScratch::~XlsxScratch() {
    if (fd_ >= 0) ::close(fd_);
}

std::string XlsxScratch::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

bool XlsxScratch::is_whole(const std::vector<std::uint64_t>& rows) const {
    const ZipReader zip(fd_);
    const auto entries = entries_of(zip, size_of(fd_));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto name = "xl/worksheets/sheet" + std::to_string(i + 1) + ".xml";
        const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.name == name; });
        if (entry == entries.end() || rows_of(zip, *entry) != rows[i]) return false;
    }
    return !rows.empty();
}

kit::Status XlsxScratch::hand_on(const PutBytes& put) const {
    const ZipReader zip(fd_);
    const auto size = size_of(fd_);
    for (std::uint64_t at = 0; at < size; at += kit::answer_piece_bytes) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kit::answer_piece_bytes, size - at));
        const auto piece = zip.bytes(at, wanted);
        if (piece.size() != wanted) throw std::runtime_error("the file in memory can't be read");
        if (auto status = put(piece); !status) return status;
    }
    return kit::Done{};
}

}  // namespace chayan::service
