// SPDX-License-Identifier: Apache-2.0
// The own check of what is about to be written: each page becomes pixels again, as a printer and a phone would see it after a week at a gate, and
// its codes are read back. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "qrgen/book.hpp"
#include "qrgen/sheet.hpp"

namespace chayan::qrgen {

/// Shades of grey, 0 is black.
struct Raster {
    int width = 0;
    int height = 0;
    std::vector<unsigned char> pixels;
};

/// One page of a file's bytes at `dpi`; a PNG as it is. Throws Failure when it cannot be read.
Raster rasterise(std::string_view bytes, Format format, std::size_t page, int dpi);

struct ExpectedCode {
    std::string text;
    Box box;   ///< on the page, with its quiet zone
};

/// Lightly blurs, and puts specks and a scratch on each code: the same ones each time.
void wear(Raster& raster, const std::vector<ExpectedCode>& codes, int dpi, std::uint32_t chance_of = 0);

/// The one QR code within the box and a little around it; empty when none or several can be read.
std::string read_code(const Raster& raster, const Box& box, int dpi);

/// Indices of the codes that a page, worn, does not read as. About 0.1 s for A4.
std::vector<std::size_t> misread(std::string_view bytes, Format format, std::size_t page, int dpi, const std::vector<ExpectedCode>& codes);

}  // namespace chayan::qrgen
