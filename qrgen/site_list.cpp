// SPDX-License-Identifier: Apache-2.0
#include "qrgen/site_list.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "qrgen/code.hpp"
#include "qrgen/field.hpp"

namespace chayan::qrgen {
namespace {

struct Column {
    std::vector<std::string_view> names;   ///< the first is ours
};

/// What the export has and no poster shows: known, so that nobody is warned of it.
const std::vector<std::string_view> passed_over{"place", "longitude", "latitude", "presence", "dwell_min", "opens", "closes", "line", "reason", "场所", "所属场所",
                                                "经度", "纬度", "方式", "停留方式", "停留分钟", "默认停留分钟", "开放时间", "开门时间", "关闭时间", "关门时间"};

enum SiteColumn : std::size_t { site_name, site_url, site_ref, site_category, site_division, site_address, site_direction, site_code, site_hotline };
const std::vector<Column> site_columns{{{"name", "名称", "检测点名称", "检测点"}}, {{"url", "网址", "链接", "场所码网址"}}, {{"ref", "编号", "检测点编号"}},
                                       {{"category", "类别", "类型"}}, {{"division", "township", "区划", "所属区划", "乡镇"}}, {{"address", "地址"}},
                                       {{"direction", "方向", "进出"}}, {{"code", "场所码"}}, {{"hotline", "咨询电话", "电话"}}};

enum HolderColumn : std::size_t { holder_name, holder_url, holder_village, holder_ref };
const std::vector<Column> holder_columns{{{"name", "姓名"}}, {{"url", "网址", "链接"}}, {{"village", "division", "村", "社区", "村庄", "区划", "所属区划"}}, {{"ref", "编号"}}};

/// The rows of one table by our columns.
class Table {
public:
    Table(std::string_view text, const std::string& file, const std::vector<Column>& columns, std::vector<Sentence>& warnings)
        : file_(file), reader_(text), columns_(columns) {
        const auto row = reader_.next();
        if (!row) throw Failure(at(1, {"表是空的，第一行应写列名 name,url", "the table is empty; its first row names the columns: name,url"}));
        if (row->fault) throw Failure(at(row->line, *row->fault));
        header_ = std::string(row->raw);
        find_columns(*row, warnings);
    }

    const std::string& header() const { return header_; }
    std::optional<CsvRow> next() {
        auto row = reader_.next();
        if (row && !row->fault && row->fields.size() > width_)
            row->fault = Sentence{"比表头多出几格（名称或地址里有逗号时要加引号）", "more fields than the header has (a name or address with a comma needs quotes)"};
        return row;
    }
    /// Trimmed; empty where the row or the table has no such column.
    std::string field(const CsvRow& row, std::size_t column) const {
        const int position = positions_[column];
        if (position < 0 || static_cast<std::size_t>(position) >= row.fields.size()) return {};
        return trimmed(row.fields[static_cast<std::size_t>(position)]);
    }
    Sentence at(std::size_t line, const Sentence& what) const {
        const auto where = file_ + ":" + std::to_string(line) + ": ";
        return {where + what.zh, where + what.en};
    }

private:
    void find_columns(const CsvRow& row, std::vector<Sentence>& warnings) {
        positions_.assign(columns_.size(), -1);
        width_ = row.fields.size();
        for (std::size_t i = 0; i < row.fields.size(); ++i) {
            const auto name = lower(trimmed(row.fields[i]));
            const auto known = std::find_if(columns_.begin(), columns_.end(),
                                            [&](const Column& column) { return std::find(column.names.begin(), column.names.end(), name) != column.names.end(); });
            if (known == columns_.end()) {
                if (!name.empty() && std::find(passed_over.begin(), passed_over.end(), name) == passed_over.end())
                    warnings.push_back(at(row.line, {"不认识的列“" + shown(name) + "”，没有用它", "the column \"" + shown(name) + "\" is not known and was left out"}));
                continue;
            }
            auto& position = positions_[static_cast<std::size_t>(known - columns_.begin())];
            const std::string ours(known->names[0]);
            if (position >= 0) throw Failure(at(row.line, {"列“" + ours + "”写了两次", "the column \"" + ours + "\" is there twice"}));
            position = static_cast<int>(i);
        }
        for (std::size_t i = 0; i < 2; ++i) {   // name and url
            const std::string ours(columns_[i].names[0]);
            if (positions_[i] < 0) throw Failure(at(row.line, {"缺少列“" + ours + "”", "the column \"" + ours + "\" is missing"}));
        }
    }

    const std::string& file_;
    CsvReader reader_;
    const std::vector<Column>& columns_;
    std::vector<int> positions_;
    std::size_t width_ = 0;
    std::string header_;
};

bool is_division_code(std::string_view text) {
    return (text.size() == 6 || text.size() == 9 || text.size() == 12) && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_division(Site& site, const std::string& division, const Divisions& divisions) {
    if (is_division_code(division)) {
        site.group = division.substr(0, 9);
        site.township = divisions.path_of(division);
        return;
    }
    site.group = division;
    site.township = division;
}

/// Leads to a code, but in a form that is not read here: what it records could not be held against the row.
bool is_disguised(std::string_view url) {
    const auto host = url.find("://");
    const auto path = host == std::string_view::npos ? host : url.find('/', host + 3);
    if (path == std::string_view::npos || lower(std::string(url.substr(path, 3))) != "/s/") return false;
    constexpr std::size_t length = 16;
    const auto tail = url.substr(path + 3);
    const auto code = lower(std::string(tail.substr(0, length)));
    if (!parse_code(code)) return false;
    return tail != code || url.substr(path, 3) != "/s/";
}

/// The code in the address, and that nothing in the row speaks against it: a poster that says "in" and records "out" is worse than none.
std::optional<Sentence> read_code(Site& site, const std::string& direction, const std::string& code) {
    const auto said = parse_direction(direction);
    if (is_disguised(site.url)) return Sentence{"url：场所码的网址须是 https://主机/s/ 加 16 位小写，后面什么也没有", "url: the address of a code is https://HOST/s/ and 16 characters in lower case, and nothing behind"};
    if (!said && !direction.empty()) return Sentence{"direction：应为 any、in、out 或 pass", "direction: must be any, in, out or pass"};
    const auto last = site.url.rfind('/');
    const auto in_url = site.url.substr(last + 1);
    const bool is_of_a_site = site.url.compare(last - 2, 2, "/s") == 0;   // "https://" is longer than that
    const auto parsed = parse_code(is_of_a_site ? in_url : std::string());
    if (!code.empty() && code != in_url) return Sentence{"code：与网址里的场所码不一致", "code: is not the one in the address"};
    site.direction = said.value_or(Direction::any);
    if (!parsed) return std::nullopt;
    if (said && *said != parsed->direction)
        return Sentence{"direction：写的是 " + std::string(word_of(*said)) + "，场所码里却是 " + word_of(parsed->direction),
                        "direction: says " + std::string(word_of(*said)) + ", but the code in the address says " + word_of(parsed->direction)};
    site.code = in_url;
    site.direction = parsed->direction;
    site.revision = parsed->revision;
    return std::nullopt;
}

std::optional<Sentence> read_site(Site& site, const Table& table, const CsvRow& row, const Divisions& divisions) {
    if (row.fault) return row.fault;
    constexpr std::array<std::pair<SiteColumn, const char*>, 5> texts{{{site_name, "name"}, {site_ref, "ref"}, {site_division, "division"}, {site_address, "address"}, {site_hotline, "hotline"}}};
    for (const auto& [column, name] : texts)
        if (auto fault = fault_of_text(name, table.field(row, column))) return fault;
    site.line = row.line;
    site.name = table.field(row, site_name);
    site.url = table.field(row, site_url);
    site.ref = table.field(row, site_ref);
    site.address = table.field(row, site_address);
    site.hotline = table.field(row, site_hotline);
    if (site.name.empty()) return Sentence{"name：没有名称", "name: is empty"};
    if (auto fault = fault_of_url(site.url)) return fault;
    const auto category = table.field(row, site_category);
    const auto known = parse_category(category);
    if (!known && !category.empty()) return Sentence{"category：没有这种类别", "category: there is no such category"};
    site.category = known.value_or(Category::other);
    read_division(site, table.field(row, site_division), divisions);
    return read_code(site, table.field(row, site_direction), table.field(row, site_code));
}

/// An address printed under two names would send people of one gate to another.
class Seen {
public:
    std::optional<Sentence> fault_of(const std::string& url, std::size_t line) {
        const auto [first, is_new] = lines_.try_emplace(url, line);
        if (is_new) return std::nullopt;
        const auto number = std::to_string(first->second);
        return Sentence{"url：与第 " + number + " 行的网址相同", "url: is that of line " + number + " already"};
    }

private:
    std::unordered_map<std::string, std::size_t> lines_;
};

}  // namespace

Divisions Divisions::read(std::string_view text, const std::string& file) {
    static const std::vector<Column> columns{{{"code", "编码", "代码", "区划代码"}}, {{"name", "名称"}}, {{"parent", "上级", "上级编码"}}};
    Divisions divisions;
    std::vector<Sentence> ignored;   // other tables of divisions have columns of their own
    Table table(text, file, columns, ignored);
    while (const auto row = table.next()) {
        const auto code = table.field(*row, 0), name = table.field(*row, 1);
        if (!row->fault && !code.empty() && !fault_of_text("name", name) && !name.empty()) divisions.rows_[code] = {name, table.field(*row, 2)};
    }
    return divisions;
}

std::string Divisions::path_of(const std::string& code) const {
    constexpr int depth_max = 6;   // a parent that is its own grandchild ends somewhere
    std::string path;
    auto at = rows_.find(code);
    if (at == rows_.end() && code.size() > 9) at = rows_.find(code.substr(0, 9));
    for (int depth = 0; at != rows_.end() && depth < depth_max; ++depth) {
        if (at->first.size() <= 9) path = at->second.name + (path.empty() ? "" : " · " + path);   // villages are in the name of the site
        at = rows_.find(at->second.parent.empty() && at->first.size() > 6 ? at->first.substr(0, at->first.size() - 3) : at->second.parent);
    }
    return path;
}

SiteList read_sites(std::string_view text, const std::string& file, const Divisions& divisions, const std::vector<Direction>& wanted) {
    SiteList list;
    Table table(text, file, site_columns, list.warnings);
    list.header = table.header();
    Seen seen;
    bool is_code_only = false;
    bool is_local = false;
    while (const auto row = table.next()) {
        Site site;
        auto fault = read_site(site, table, *row, divisions);
        if (!fault && !wanted.empty() && std::find(wanted.begin(), wanted.end(), site.direction) == wanted.end()) {
            ++list.left_out;
            continue;
        }
        if (!fault) fault = seen.fault_of(site.url, row->line);
        if (fault) {
            list.rejected.push_back({row->line, std::string(row->raw), *fault});
            continue;
        }
        if (const auto host = host_of(site.url); !is_local && (host.starts_with("localhost") || host.starts_with("127."))) {
            is_local = true;
            list.warnings.push_back(table.at(row->line, {"网址指向 localhost，居民的手机打不开", "the address leads to localhost, where no resident's phone finds the service"}));
        }
        is_code_only = is_code_only || (site.township.empty() && !site.group.empty());
        list.sites.push_back(std::move(site));
    }
    if (is_code_only)
        list.warnings.push_back({file + "：有的区划只有编号，海报上不印乡镇；用 --divisions FILE.csv（code,name,parent）给出名称",
                                 file + ": some divisions are known by code only, so no township is printed; --divisions FILE.csv (code,name,parent) names them"});
    std::stable_sort(list.sites.begin(), list.sites.end(), [](const Site& a, const Site& b) { return a.group < b.group; });
    return list;
}

HolderList read_holders(std::string_view text, const std::string& file, const Divisions& divisions) {
    HolderList list;
    Table table(text, file, holder_columns, list.warnings);
    list.header = table.header();
    Seen seen;
    while (const auto row = table.next()) {
        Holder holder{row->line, table.field(*row, holder_name), table.field(*row, holder_village), table.field(*row, holder_ref), table.field(*row, holder_url), {}};
        auto fault = row->fault;
        if (!fault) fault = fault_of_text("name", holder.name);
        if (!fault && holder.name.empty()) fault = Sentence{"name：没有姓名", "name: is empty"};
        if (!fault) fault = fault_of_text("village", holder.village);
        if (!fault) fault = fault_of_text("ref", holder.ref);
        if (!fault) fault = fault_of_url(holder.url);
        if (!fault) fault = seen.fault_of(holder.url, row->line);
        if (fault) {
            list.rejected.push_back({row->line, std::string(row->raw), *fault});
            continue;
        }
        if (is_division_code(holder.village)) holder.village = divisions.path_of(holder.village);
        list.holders.push_back(std::move(holder));
    }
    std::stable_sort(list.holders.begin(), list.holders.end(), [](const Holder& a, const Holder& b) { return a.village < b.village; });
    return list;
}

std::string rejected_table(const std::string& header, const std::vector<RejectedRow>& rejected, Tongue tongue) {
    const auto fields_of = [](std::string_view raw) {
        auto row = CsvReader(raw).next();
        return row && !row->fault ? std::move(row->fields) : std::vector<std::string>{std::string(raw)};   // one field that shows the stray quote
    };
    auto names = fields_of(header);
    while (names.size() > 2 && names[names.size() - 2] == "line" && names.back() == "reason") names.resize(names.size() - 2);   // of an earlier round
    std::string text = "\xEF\xBB\xBF";
    const auto add = [&](std::vector<std::string> fields, std::string_view line, std::string_view reason) {
        if (fields.size() < names.size() + 2) fields.resize(names.size());
        fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(names.size()), {std::string(line), std::string(reason)});
        for (std::size_t i = 0; i < fields.size(); ++i) text += (i > 0 ? "," : "") + csv_field(fields[i]);
        text += '\n';
    };
    add(names, "line", "reason");
    for (const auto& row : rejected) add(fields_of(row.raw), std::to_string(row.line), row.reason.in(tongue));
    return text;
}

}  // namespace chayan::qrgen
