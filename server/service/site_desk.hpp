// SPDX-License-Identifier: Apache-2.0
// A manager's sites: looked up, made, changed, closed, and given new codes. Desk or query thread; what writes blocks for the commit.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/site_traffic.hpp"
#include "domain/time.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/directory.hpp"
#include "service/site_import.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// Words as they came; an empty one does not filter.
struct SiteFilter {
    std::string division, category;   ///< code or name; word
    std::string text;                 ///< in the ref, the name or the address, ASCII letters in either case
    std::string closed;               ///< "true", "false"
    std::string limit, cursor;
};

struct SiteCodeView {
    const char* direction;
    std::string code, url;
};

/// A site as the API tells it. `row` lives as long as `directory`.
struct SiteView {
    std::shared_ptr<const Directory> directory;
    const storage::SiteRow* row = nullptr;
    std::string place;                ///< ref of the place it is a door of; empty: its own
    std::string division_name;
    std::vector<SiteCodeView> codes;  ///< none of a closed site
};

struct SitePage {
    std::vector<SiteView> sites;
    std::size_t count = 0;            ///< of all that fit, on whatever page
    std::string next;                 ///< cursor of the page after; empty: this is the last
};

struct DivisionView {
    std::string code, name, parent;   ///< parent: the next one above that is known; empty: none
    bool in_scope = false;            ///< else it only leads there
};

/// How busy one site was on a local day, by hour, beside the same day of the week before.
struct TrafficView {
    std::string day, day_before;                       ///< dates
    domain::SiteTraffic traffic, before;               ///< 24 hours each
};

/// The sites of a scope, in numbers: which are busy, and from which nothing comes.
struct ActivityView {
    const storage::SiteRow* row = nullptr;
    std::uint32_t visits = 0;                          ///< today, 人次
    std::uint32_t before = 0;                          ///< a week ago up to the same time of day
    std::optional<domain::Instant> last;               ///< nothing for silent_s_max: none
};

struct ActivityPage {
    std::shared_ptr<const Directory> directory;        ///< keeps the rows
    domain::Instant since, now;                        ///< local midnight; when it was counted
    std::vector<ActivityView> sites;                   ///< by ref, the closed ones left out
};

/// What a poster's code is good for.
struct CodeCheck {
    std::string ref, name;
    const char* direction = "";
    const char* state = "";                            ///< current, accepted (an old one, still), replaced, closed
    std::uint8_t revision = 0, current = 0;
    std::optional<domain::Instant> accepted_until;     ///< of an old one that still is
};

/// What a body says of a site, by column of site_columns; a column that is not there stays as it is.
using SiteTexts = std::array<std::optional<std::string>, 13>;

class SiteDesk {
public:
    SiteDesk(Writer& writer, const Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, domain::TimeZone zone, const std::string& base_url)
        : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), zone_(std::move(zone)), base_url_(base_url) {}

    /// Of the caller's scope, by ref. Errors: division_unknown, category_unknown, flag_malformed, page_limit_range (422). O(sites).
    kit::Result<SitePage> list(const Caller& caller, const SiteFilter& filter) const;
    /// Those of these refs that there are, of whatever scope: a tracer's answer is not cut by it, and names them. By ref, without codes.
    SitePage named(std::vector<std::string> refs) const;
    /// Those of the caller's scope that have the words, the first of them, without codes.
    SitePage with_words(const Caller& caller, const std::string& words) const;
    /// Error site_unknown (404), also below.
    kit::Result<SiteView> find(const Caller& caller, const std::string& ref) const;
    /// Errors: ref_in_use (409), those of put_site with the member (422).
    kit::Result<SiteView> add(const Caller& caller, const SiteTexts& texts);
    /// `closed`: closes it, or opens it again with the codes that it had. Errors: those of put_site with the member (422).
    kit::Result<SiteView> change(const Caller& caller, const std::string& ref, const SiteTexts& texts, std::optional<bool> closed);
    /// New codes; those of before are good until `accept_old_until` (RFC 3339), or no more. Errors: time_malformed, old_until_range (422), site_closed (410),
    /// codes_used_up (409): a site has 64 of them.
    kit::Result<SiteView> replace(const Caller& caller, const std::string& ref, const std::optional<std::string>& accept_old_until);
    /// `day`: YYYY-MM-DD, empty: today. Errors: date_malformed (422), 503 while the log is being read. Cost: the visits of two days there.
    kit::Result<TrafficView> traffic(const Caller& caller, const std::string& ref, const std::string& day) const;
    /// Error 503 while the log is being read. Cost: today's visits, and for silent sites what there is of the last weeks.
    kit::Result<ActivityPage> activity(const Caller& caller) const;
    /// Records nothing. `code`: 16 characters, or the address that holds them. Error code_unknown (404): forged, or another scope's.
    kit::Result<CodeCheck> check(const Caller& caller, const std::string& code) const;
    /// The caller's scope, what lies in it, and what leads there, or `all`, to hand something over to; by code.
    std::vector<DivisionView> divisions(const Caller& caller, bool all) const;

private:
    SiteView view_of(std::shared_ptr<const Directory> directory, const storage::SiteRow& row) const;
    SiteView with_codes(SiteView view) const;
    SiteView view_now(const std::string& ref) const;

    Writer& writer_;
    const Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    domain::TimeZone zone_;
    const std::string& base_url_;
};

}  // namespace chayan::service
