// SPDX-License-Identifier: Apache-2.0
// What is printed, as a file: pages of a PDF, or one page as SVG or PNG, made in memory so that it can be checked before it stands anywhere.
// Equal drawings give equal bytes: no clock, no random ids. One thread for each Book.
#pragma once

#include <cairo.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "qrgen/sheet.hpp"

namespace chayan::qrgen {

enum class Format : unsigned char { pdf, svg, png };
const char* word_of(Format format);

class Book {
public:
    /// `dpi` counts for PNG only. `title` and `date` (YYYY-MM-DD or empty) go into the PDF.
    Book(Format format, double width_mm, double height_mm, int dpi, const std::string& title, const std::string& date);
    ~Book();
    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;

    /// Draws in millimetres from the top left. SVG and PNG: one page only.
    cairo_t* begin_page();
    void end_page();
    /// An entry of the PDF's outline that leads to the page begun last; `parent` is what an earlier call returned, or 0. Other formats: nothing, 0.
    int outline(int parent, const std::string& text);
    std::size_t pages() const { return pages_; }
    /// Whether a picture that is drawn on many pages should be recorded and drawn as one form.
    bool shares_forms() const { return format_ == Format::pdf; }

    /// The file's bytes. Throws Failure when Cairo failed. Call once, last.
    std::string finish();

private:
    void check() const;

    Format format_;
    int dpi_;
    std::string bytes_;
    cairo_surface_t* surface_ = nullptr;
    cairo_t* cairo_ = nullptr;
    std::size_t pages_ = 0;
};

/// Writes to a temporary name beside `path` and renames, so that a half-written file never stands there. Throws Failure that names the file.
void write_file(const std::string& path, std::string_view bytes);

/// With those above it. Throws Failure that names it.
void make_folder(const std::string& path);

/// Throws Failure that names the file.
std::string read_file(const std::string& path);

}  // namespace chayan::qrgen
