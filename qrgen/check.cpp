// SPDX-License-Identifier: Apache-2.0
#include "qrgen/check.hpp"

#define ZX_USE_UTF8 1   // texts as std::string
#include <ZXing/ReadBarcode.h>
#include <cairo.h>
#include <librsvg/rsvg.h>
#include <poppler-document.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <cstring>
#include <memory>

#include "qrgen/sentence.hpp"
#include "qrgen/typesetter.hpp"

namespace chayan::qrgen {
namespace {

using Surface = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;

[[noreturn]] void unreadable() { throw Failure({"--check：读不回刚写的页面", "--check: a page that was just made cannot be read back"}); }

Raster grey(cairo_surface_t* surface) {
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) unreadable();
    cairo_surface_flush(surface);
    Raster raster{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
    raster.pixels.reserve(static_cast<std::size_t>(raster.width) * static_cast<std::size_t>(raster.height));
    const auto* row = cairo_image_surface_get_data(surface);
    for (int y = 0; y < raster.height; ++y, row += cairo_image_surface_get_stride(surface)) {
        for (int x = 0; x < raster.width; ++x) {
            const auto* pixel = row + static_cast<std::ptrdiff_t>(x) * 4;   // blue, green, red
            raster.pixels.push_back(static_cast<unsigned char>((pixel[0] * 114 + pixel[1] * 587 + pixel[2] * 299) / 1000));
        }
    }
    return raster;
}

Raster from_pdf(std::string_view bytes, std::size_t page, int dpi) {
    const std::unique_ptr<poppler::document> document(poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
    const std::unique_ptr<poppler::page> one(document ? document->create_page(static_cast<int>(page)) : nullptr);
    if (!one) unreadable();
    poppler::page_renderer renderer;
    renderer.set_render_hint(poppler::page_renderer::antialiasing);
    renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
    renderer.set_image_format(poppler::image::format_gray8);
    const auto image = renderer.render_page(one.get(), dpi, dpi);
    if (!image.is_valid()) unreadable();
    Raster raster{image.width(), image.height(), {}};
    for (int y = 0; y < raster.height; ++y) {
        const auto* row = reinterpret_cast<const unsigned char*>(image.const_data()) + static_cast<std::ptrdiff_t>(y) * image.bytes_per_row();
        raster.pixels.insert(raster.pixels.end(), row, row + raster.width);
    }
    return raster;
}

Raster from_svg(std::string_view bytes, int dpi) {
    const Owned<RsvgHandle> handle(rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(bytes.data()), bytes.size(), nullptr));
    double width = 0;   // in pixels of 1/96 inch
    double height = 0;
    if (!handle || rsvg_handle_get_intrinsic_size_in_pixels(handle.get(), &width, &height) == FALSE) unreadable();
    const double scale = dpi / 96.0;
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(width * scale)), static_cast<int>(std::lround(height * scale))), cairo_surface_destroy);
    const std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo(cairo_create(surface.get()), cairo_destroy);
    cairo_set_source_rgb(cairo.get(), 1, 1, 1);
    cairo_paint(cairo.get());
    const RsvgRectangle all{0, 0, width * scale, height * scale};
    if (rsvg_handle_render_document(handle.get(), cairo.get(), &all, nullptr) == FALSE) unreadable();
    return grey(surface.get());
}

Raster from_png(std::string_view bytes) {
    struct Rest {
        std::string_view bytes;
        static cairo_status_t read(void* rest, unsigned char* to, unsigned length) {
            auto& left = static_cast<Rest*>(rest)->bytes;
            if (left.size() < length) return CAIRO_STATUS_READ_ERROR;
            std::memcpy(to, left.data(), length);
            left.remove_prefix(length);
            return CAIRO_STATUS_SUCCESS;
        }
    } rest{bytes};
    return grey(Surface(cairo_image_surface_create_from_png_stream(Rest::read, &rest), cairo_surface_destroy).get());
}

/// Averages over `width` pixels along one direction: `step` apart, `count` of them.
void blur_along(unsigned char* first, std::ptrdiff_t step, int count, int width, std::vector<unsigned char>& row) {
    row.resize(static_cast<std::size_t>(count));
    const int half = width / 2;
    int sum = 0;
    const auto at = [&](int i) { return first[static_cast<std::ptrdiff_t>(std::clamp(i, 0, count - 1)) * step]; };
    for (int i = -half; i <= half; ++i) sum += at(i);
    for (int i = 0; i < count; ++i) {
        row[static_cast<std::size_t>(i)] = static_cast<unsigned char>(sum / (2 * half + 1));
        sum += at(i + half + 1) - at(i - half);
    }
    for (int i = 0; i < count; ++i) first[static_cast<std::ptrdiff_t>(i) * step] = row[static_cast<std::size_t>(i)];
}

void blur(Raster& raster, int width) {
    std::vector<unsigned char> row;
    for (int y = 0; y < raster.height; ++y) blur_along(raster.pixels.data() + static_cast<std::ptrdiff_t>(y) * raster.width, 1, raster.width, width, row);
    for (int x = 0; x < raster.width; ++x) blur_along(raster.pixels.data() + x, raster.width, raster.height, width, row);
}

void put_disc(Raster& raster, double x, double y, double radius, unsigned char shade) {
    const auto clamped = [](double value, int most) { return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(most))); };
    for (int row = clamped(y - radius, raster.height); row < clamped(y + radius, raster.height); ++row)
        for (int column = clamped(x - radius, raster.width); column < clamped(x + radius, raster.width); ++column)
            if ((row - y) * (row - y) + (column - x) * (column - x) <= radius * radius)
                raster.pixels[static_cast<std::size_t>(row) * static_cast<std::size_t>(raster.width) + static_cast<std::size_t>(column)] = shade;
}

}  // namespace

Raster rasterise(std::string_view bytes, Format format, std::size_t page, int dpi) {
    switch (format) {
        case Format::pdf: return from_pdf(bytes, page, dpi);
        case Format::svg: return from_svg(bytes, dpi);
        case Format::png: return from_png(bytes);
    }
    unreadable();
}

void wear(Raster& raster, const std::vector<ExpectedCode>& codes, int dpi, std::uint32_t chance_of) {
    constexpr int specks = 40;
    constexpr unsigned char mud = 70, scraped = 235;
    std::uint32_t state = 20200210 + chance_of;   // any number, but always the same
    const auto chance = [&state] {
        state = state * 1664525U + 1013904223U;
        return (state >> 8U) / static_cast<double>(1U << 24U);
    };
    const double pixels_per_mm = dpi / mm_per_inch;
    for (const auto& expected : codes) {
        const Box& code = expected.box;
        const double side = code.width * pixels_per_mm, left = code.x * pixels_per_mm, top = code.y * pixels_per_mm;
        for (int i = 0; i < specks; ++i) {
            const double x = left + chance() * side, y = top + chance() * side, radius = (0.002 + 0.008 * chance()) * side;
            put_disc(raster, x, y, radius, chance() < 0.5 ? mud : scraped);
        }
        for (double along = 0.2; along < 0.8; along += 0.002) put_disc(raster, left + along * side, top + (0.35 + 0.3 * along) * side, 0.003 * side, scraped);
    }
    constexpr double blurred_mm = 0.4;
    blur(raster, std::max(3, static_cast<int>(blurred_mm * pixels_per_mm) | 1));
}

std::string read_code(const Raster& raster, const Box& box, int dpi) {
    const double pixels_per_mm = dpi / mm_per_inch, margin = 0.02 * box.width;
    const auto pixel = [&](double mm, int most) { return std::clamp(static_cast<int>(std::lround(mm * pixels_per_mm)), 0, most); };
    const int left = pixel(box.x - margin, raster.width), top = pixel(box.y - margin, raster.height);
    const int right = pixel(box.right() + margin, raster.width), bottom = pixel(box.bottom() + margin, raster.height);
    if (right <= left || bottom <= top) return {};
    const auto* first = raster.pixels.data() + static_cast<std::ptrdiff_t>(top) * raster.width + left;
    const ZXing::ImageView view(first, right - left, bottom - top, ZXing::ImageFormat::Lum, raster.width, 1);
    const auto results = ZXing::ReadBarcodes(view, ZXing::DecodeHints().setFormats(ZXing::BarcodeFormat::QRCode).setTryHarder(true));
    return results.size() == 1 ? results.front().text() : std::string();
}

std::vector<std::size_t> misread(std::string_view bytes, Format format, std::size_t page, int dpi, const std::vector<ExpectedCode>& codes) {
    // A speck may cover the one mark by which a small code is found, of which a real reader's next picture is free: one of three has to read.
    constexpr std::uint32_t looks = 3;
    const auto clean = rasterise(bytes, format, page, dpi);
    std::vector<std::size_t> wrong(codes.size());
    std::iota(wrong.begin(), wrong.end(), std::size_t{0});
    for (std::uint32_t look = 0; look < looks && !wrong.empty(); ++look) {
        auto raster = clean;
        wear(raster, codes, dpi, look);
        std::erase_if(wrong, [&](std::size_t i) { return read_code(raster, codes[i].box, dpi) == codes[i].text; });
    }
    return wrong;
}

}  // namespace chayan::qrgen
