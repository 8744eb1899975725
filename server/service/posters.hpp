// SPDX-License-Identifier: Apache-2.0
// Posters of sites, laid out and drawn by a program of its own: no font and no drawing code lives in the server. Query threads; blocks for as long as
// the program takes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/directory.hpp"
#include "service/office.hpp"
#include "service/vault.hpp"

namespace chayan::service {

/// Runs qrgen with these arguments and what it reads, for as long as it is wanted; what it wrote. Errors: posters_missing, posters_busy, posters_failed (503),
/// poster_refused (422).
using PrintPosters = std::function<kit::Result<std::string>(const std::vector<std::string>& arguments, const std::string& list, const std::function<bool()>& wanted)>;

struct PosterRequest {
    std::vector<std::string> sites;            ///< refs
    std::string sheet = "a4";                  ///< a4, a3, a5x2, a6x4, lane
    std::string format = "pdf";                ///< pdf; of one site in one direction also svg, png
    std::string lang = "zh+en";                ///< zh, en, zh+en
    std::vector<std::string> directions{"any"};///< any, in, out, pass: a poster for each
};

struct PrintedPosters {
    std::string bytes;
    const char* media_type = "";
    std::string file_name;                     ///< ASCII
};

class Posters {
public:
    /// Requires: what is passed outlives it; `base_url` may be filled later.
    Posters(DirectoryBoard& board, const Vault& vault, const std::string& base_url, const Office& office, PrintPosters print);
    /// By township, each once; all or none. Errors: site_unknown (404, also outside the scope), site_closed (410), sheet_unknown, poster_format_unknown, lang_unknown, direction_unknown,
    /// missing, too_many, one_poster (422), and those of PrintPosters.
    kit::Result<PrintedPosters> print(const Caller& caller, const PosterRequest& request, const std::function<bool()>& wanted) const;

private:
    DirectoryBoard& board_;
    const Vault& vault_;
    const std::string& base_url_;
    const Office& office_;
    PrintPosters print_;
};

}  // namespace chayan::service
