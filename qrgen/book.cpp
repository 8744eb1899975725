// SPDX-License-Identifier: Apache-2.0
#include "qrgen/book.hpp"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "qrgen/sentence.hpp"

namespace chayan::qrgen {
namespace {

constexpr double points_per_mm = 72.0 / mm_per_inch;

cairo_status_t append(void* bytes, const unsigned char* part, unsigned length) {
    static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(part), length);
    return CAIRO_STATUS_SUCCESS;
}

std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U & 255U), static_cast<char>(value >> 8U & 255U), static_cast<char>(value & 255U)};
}

/// How large it is to be printed, which Cairo does not write: the chunk pHYs, behind the head of 33 bytes.
void put_resolution(std::string& png, int dpi) {
    constexpr std::size_t head_bytes = 33;
    const auto per_metre = big_endian(static_cast<std::uint32_t>(std::lround(dpi * 1000 / mm_per_inch)));
    const std::string chunk = "pHYs" + per_metre + per_metre + '\x01';
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size()));
    png.insert(head_bytes, big_endian(9) + chunk + big_endian(static_cast<std::uint32_t>(sum)));
}

/// Whether each font that pages refer to is embedded as what it is. When memory ends while Cairo 1.16 writes them, it tries kinds that ours
/// are not, and forgets to say that it failed.
bool has_all_fonts(std::string_view pdf) {
    for (const std::string_view foreign : {"/Subtype /Type1\n", "/Subtype /Type3"})
        if (pdf.find(foreign) != std::string_view::npos) return false;
    std::set<std::string_view> used;   // "/f-0-0 9 0 R" in the resources of pages and forms
    for (auto at = pdf.find("/f-"); at != std::string_view::npos; at = pdf.find("/f-", at + 1)) {
        const auto end = pdf.find_first_not_of("0123456789-", at + 3);
        if (end != std::string_view::npos && pdf[end] == ' ' && pdf.substr(end, 12).find(" 0 R") != std::string_view::npos) used.insert(pdf.substr(at, end - at));
    }
    std::size_t embedded = 0;
    for (auto at = pdf.find("/FontFile"); at != std::string_view::npos; at = pdf.find("/FontFile", at + 1)) ++embedded;
    return embedded >= used.size();
}

Failure cannot_write(const std::string& path, int error) {
    const std::string why = std::strerror(error);
    return Failure({path + "：写不进去（" + why + "），请检查路径、权限和磁盘空间", path + ": cannot write (" + why + "); check the path, permissions and the space on the disk"});
}

/// A file that is gone unless it was renamed.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& path) : path_(path), name_(path + ".XXXXXX"), handle_(::mkstemp(name_.data())) {
        if (handle_ < 0) throw cannot_write(path_, errno);
    }
    ~TemporaryFile() {
        if (handle_ >= 0) ::close(handle_);
        if (!name_.empty()) ::unlink(name_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::write(handle_, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw cannot_write(path_, errno);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    void keep() {
        const auto mask = ::umask(0);
        ::umask(mask);
        const bool is_safe = ::fchmod(handle_, 0666 & ~mask) == 0 && ::fsync(handle_) == 0 && ::close(handle_) == 0;
        handle_ = -1;
        if (!is_safe || ::rename(name_.c_str(), path_.c_str()) != 0) throw cannot_write(path_, errno);
        name_.clear();
    }

private:
    std::string path_;
    std::string name_;
    int handle_;
};

}  // namespace

const char* word_of(Format format) {
    constexpr std::array words{"pdf", "svg", "png"};
    return words[static_cast<std::size_t>(format)];
}

Book::Book(Format format, double width_mm, double height_mm, int dpi, const std::string& title, const std::string& date) : format_(format), dpi_(dpi) {
    const double width = width_mm * points_per_mm, height = height_mm * points_per_mm;
    if (format == Format::pdf) {
        surface_ = cairo_pdf_surface_create_for_stream(append, &bytes_, width, height);
        cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_TITLE, title.c_str());
        cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATOR, "Chayan qrgen");
        // Cairo would write the second in which it was made. A day that was named, or one that nobody takes for it.
        cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATE_DATE, ((date.empty() ? "1970-01-01" : date) + "T00:00:00Z").c_str());
    } else if (format == Format::svg) {
        surface_ = cairo_svg_surface_create_for_stream(append, &bytes_, width, height);
        cairo_svg_surface_set_document_unit(surface_, CAIRO_SVG_UNIT_PT);
    } else {
        const auto pixels = [dpi](double mm) { return static_cast<int>(std::lround(mm * dpi / mm_per_inch)); };
        surface_ = cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels(width_mm), pixels(height_mm));
    }
    cairo_ = cairo_create(surface_);
    check();
}

Book::~Book() {
    cairo_destroy(cairo_);
    cairo_surface_destroy(surface_);
}

void Book::check() const {
    auto status = cairo_status(cairo_);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface_);
    if (status == CAIRO_STATUS_SUCCESS) return;
    const std::string why = cairo_status_to_string(status);
    throw Failure({"画不出来：" + why, "cannot draw: " + why});
}

cairo_t* Book::begin_page() {
    const double scale = format_ == Format::png ? dpi_ / mm_per_inch : points_per_mm;
    cairo_identity_matrix(cairo_);
    cairo_scale(cairo_, scale, scale);
    if (format_ == Format::png) {
        cairo_set_source_rgb(cairo_, 1, 1, 1);
        cairo_paint(cairo_);
    }
    ++pages_;
    return cairo_;
}

void Book::end_page() {
    if (format_ == Format::pdf) cairo_show_page(cairo_);
    check();
}

int Book::outline(int parent, const std::string& text) {
    if (format_ != Format::pdf) return 0;
    const auto link = "page=" + std::to_string(pages_) + " pos=[0 0]";
    return cairo_pdf_surface_add_outline(surface_, parent, text.c_str(), link.c_str(), static_cast<cairo_pdf_outline_flags_t>(0));
}

std::string Book::finish() {
    if (format_ == Format::png) {
        if (cairo_surface_write_to_png_stream(surface_, append, &bytes_) != CAIRO_STATUS_SUCCESS) throw Failure({"画不出 PNG", "cannot make the PNG"});
        put_resolution(bytes_, dpi_);
    }
    cairo_surface_finish(surface_);
    const auto status = cairo_surface_status(surface_);
    if (status != CAIRO_STATUS_SUCCESS) throw Failure({"画不出来：" + std::string(cairo_status_to_string(status)), "cannot draw: " + std::string(cairo_status_to_string(status))});
    if (format_ == Format::pdf && !has_all_fonts(bytes_)) throw Failure({"字体没有嵌进去，可能内存不够", "a font was not embedded; perhaps there is not enough memory"});
    return std::move(bytes_);
}

void make_folder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw cannot_write(path, error.value());
}

void write_file(const std::string& path, std::string_view bytes) {
    struct stat there {};
    if (::stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {   // a printer's pipe, /dev/full: nothing to rename over
        std::ofstream out(path, std::ios::binary);
        out << bytes;
        if (!out.flush()) throw cannot_write(path, errno);
        return;
    }
    std::error_code error;
    const bool is_link = std::filesystem::is_symlink(path, error);
    TemporaryFile file(is_link ? std::filesystem::canonical(path, error).string() : path);   // what it leads to is replaced, not the link
    file.write(bytes);
    file.keep();
}

std::string read_file(const std::string& path) {
    std::string text;
    if (path == "-") {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
        return text;
    }
    std::ifstream in(path, std::ios::binary);
    struct stat what {};
    if (in && ::stat(path.c_str(), &what) == 0 && !S_ISDIR(what.st_mode)) {
        text.assign(std::istreambuf_iterator<char>(in), {});
        if (!in.bad()) return text;
    }
    throw Failure({path + "：读不了，请检查路径和权限", path + ": cannot read the file; check its path and permissions"});
}

}  // namespace chayan::qrgen
