// SPDX-License-Identifier: Apache-2.0
// The parts of a workbook that somebody sent: which sheets it has and where they lie, its shared strings, its looks. Any thread; used by the reader of forms alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/form_xml.hpp"
#include "service/form_zip.hpp"

namespace chayan::service {

struct PackageSheet {
    std::string name;
    std::string part;                      ///< its entry
    unsigned index = 0;                    ///< among all sheets of the workbook, which its names of places count by
    std::string print_titles, print_area;  ///< as the workbook defines them, or empty
};

class FormPackage {
public:
    /// Errors: form_not_xlsx, form_malformed, form_macros, form_too_large. Requires: `bytes` outlives it.
    static kit::Result<FormPackage> open(std::string_view bytes);

    const std::vector<PackageSheet>& sheets() const { return sheets_; }   ///< the visible ones, as they stand
    unsigned sheet_count() const { return sheet_count_; }
    kit::Result<XmlDocument> sheet(const PackageSheet& sheet) const;
    const std::vector<std::string>& strings() const { return strings_; }
    /// Rebuilt from elements that we know; empty when it has none.
    const std::string& styles() const { return styles_; }
    const std::string& theme() const { return theme_; }
    /// How many cell styles there are: a cell that names one beyond has the first.
    unsigned style_count() const { return style_count_; }

private:
    explicit FormPackage(ZipArchive archive) : archive_(std::move(archive)) {}
    kit::Status read_workbook(const std::string& part);
    kit::Status read_strings(const std::string& part);
    kit::Status read_styles(const std::string& part);
    kit::Status read_theme(const std::string& part);

    ZipArchive archive_;
    std::vector<PackageSheet> sheets_;
    unsigned sheet_count_ = 0;
    std::vector<std::string> strings_;
    std::string styles_, theme_;
    unsigned style_count_ = 1;
};

/// The text of a string item or an inline string: of all its runs, without how they sound.
std::string text_of_item(const pugi::xml_node& item);

}  // namespace chayan::service
