// SPDX-License-Identifier: Apache-2.0
// A form of any bytes: an archive as it is, or anything else as the one sheet of a workbook. It is refused or kept, and what was kept is read again as what it was.
#include <cstdint>
#include <string>
#include <string_view>

#include "kit/check.hpp"
#include "service/blank_form.hpp"
#include "service/form_zip.hpp"

using namespace chayan;

namespace {

std::string workbook_of(std::string_view sheet) {
    const std::string relation = "<Relationships><Relationship Id=\"a\" Type=\"x/";
    return service::zip_of({{"[Content_Types].xml", "<Types/>"},
                            {"_rels/.rels", relation + "officeDocument\" Target=\"w\"/></Relationships>"},
                            {"w", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"s\" r:id=\"a\"/></sheets></workbook>"},
                            {"_rels/w.rels", relation + "worksheet\" Target=\"s\"/></Relationships>"},
                            {"s", std::string(sheet)}}, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t count) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), count);
    const auto form = service::read_form(bytes.starts_with("PK") ? std::string(bytes) : workbook_of(bytes));
    if (!form) return 0;
    const auto again = service::read_form(service::blank_file(*form, {}));
    CHECK(again && again->header_row == form->header_row && again->rows == form->rows && again->columns.size() == form->columns.size() && again->lines == form->lines);
    return 0;
}
