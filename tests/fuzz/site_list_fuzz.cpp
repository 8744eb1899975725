// SPDX-License-Identifier: Apache-2.0
// A list of sites of any bytes: each row is printed, left out or handed back with its line and a reason, nothing is both; what is
// printed can be printed; what is handed back is a table again that is handed back the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "kit/check.hpp"
#include "qrgen/code.hpp"
#include "qrgen/field.hpp"
#include "qrgen/file_name.hpp"
#include "qrgen/site_list.hpp"

using namespace chayan::qrgen;

namespace {

std::size_t rows_of(std::string_view text) {
    CsvReader reader(text);
    std::size_t rows = 0;
    while (reader.next()) ++rows;
    return rows;
}

void check_site(const Site& site, FileNames& names) {
    CHECK(site.line > 1 && !site.name.empty() && !fault_of_text("", site.name) && !fault_of_text("", site.address));
    CHECK(!fault_of_url(site.url) && !host_of(site.url).empty());
    CHECK(site.code.empty() == !site.revision);
    if (!site.code.empty()) CHECK(parse_code(site.code)->direction == site.direction && site.url.ends_with("/s/" + site.code));
    const auto name = names.name_for(site.name, ".pdf");
    CHECK(is_utf8(name) && name.find('/') == std::string::npos && !name.starts_with(".") && name.size() < 128);
}

void check_handed_back(const SiteList& list) {
    const auto table = rejected_table(list.header, list.rejected, Tongue::zh);
    CHECK(rows_of(std::string_view(table).substr(3)) == list.rejected.size() + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t count) {
    auto decoded = decode_table(std::string(reinterpret_cast<const char*>(data), count));
    if (!decoded) return 0;
    const std::string text = std::move(decoded->text);
    try {
        const auto list = read_sites(text, "list", {}, {});
        CHECK(list.sites.size() + list.rejected.size() + list.left_out + 1 == rows_of(text));
        FileNames names;
        for (const auto& site : list.sites) check_site(site, names);
        for (const auto& row : list.rejected) CHECK(row.line > 1 && !row.reason.zh.empty() && !row.reason.en.empty());
        check_handed_back(list);
        const auto picked = read_sites(text, "list", {}, {Direction::out});
        CHECK(picked.sites.size() + picked.left_out >= list.sites.size());
        (void)read_holders(text, "list", {});
    } catch (const Failure& failure) {
        CHECK(!failure.sentence().zh.empty());
    }
    try {
        (void)Divisions::read(text, "list").path_of(text.substr(0, 12));
    } catch (const Failure&) {   // a header of something else
    }
    return 0;
}
