// SPDX-License-Identifier: Apache-2.0
// Reads the list of sites that `chayan site export` prints, or any table with name and url, and the list of people who get a card. The good rows
// come back in order of township, each bad one with its reason. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "qrgen/csv.hpp"
#include "qrgen/sentence.hpp"
#include "qrgen/site.hpp"

namespace chayan::qrgen {

struct RejectedRow {
    std::size_t line = 0;
    std::string raw;
    Sentence reason;
};

/// Names of divisions by their code: what `chayan division import` takes.
class Divisions {
public:
    /// `code,name,parent`. Throws Failure when a column is missing; rows without a code or a name are passed over.
    static Divisions read(std::string_view text, const std::string& file);
    /// "city · township" for a code on or under a township, by parents; empty when unknown.
    std::string path_of(const std::string& code) const;
    bool empty() const { return rows_.empty(); }

private:
    struct Row {
        std::string name;
        std::string parent;
    };
    std::unordered_map<std::string, Row> rows_;
};

struct SiteList {
    std::vector<Site> sites;              ///< sorted by group; within one as they came
    std::vector<RejectedRow> rejected;    ///< by line
    std::string header;                   ///< as it came
    std::vector<Sentence> warnings;       ///< with file and line
    std::size_t left_out = 0;             ///< rows of directions that were not asked for
};

/// `wanted`: directions to print; all when empty. Throws Failure with file and line when the header lacks name or url or names one twice.
SiteList read_sites(std::string_view text, const std::string& file, const Divisions& divisions, const std::vector<Direction>& wanted);

/// Whoever gets a card: `name,url` and perhaps `village` (or `division`), `ref`.
struct Holder {
    std::size_t line = 0;
    std::string name;
    std::string village;
    std::string ref;
    std::string url;
    std::string code;   ///< the address's last part when it can be typed, else empty
};

struct HolderList {
    std::vector<Holder> holders;   ///< sorted by village
    std::vector<RejectedRow> rejected;
    std::string header;
    std::vector<Sentence> warnings;
};
/// As read_sites. Reasons never repeat a person's name.
HolderList read_holders(std::string_view text, const std::string& file, const Divisions& divisions);

/// The rejected rows as they came, with two columns more, `line` and `reason`; UTF-8 with the mark that Excel needs.
std::string rejected_table(const std::string& header, const std::vector<RejectedRow>& rejected, Tongue tongue);

constexpr std::size_t url_bytes_max = 256;    ///< of a denser symbol even an A4 sheet is hard to read from a metre
constexpr std::size_t text_bytes_max = 512;   ///< of any other field: more fits on no sheet, and shaping it would cost

}  // namespace chayan::qrgen
