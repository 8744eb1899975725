// SPDX-License-Identifier: Apache-2.0
#include "service/brief_table.hpp"

#include <algorithm>
#include <iterator>

#include "service/answer_xlsx.hpp"

namespace chayan::service {
namespace {

struct Title {
    const char *name, *zh;
};
constexpr Title titles[] = {{"passages", "检查人员（人次）"}, {"people", "检查人员（人）"}, {"vehicles", "检查车辆（车次）"}, {"fevers", "检测点发现发热（人）"}, {"fevers_sent", "其中送医（人）"},
                            {"fevers_open", "发热未结案（人）"}, {"fevers_overdue", "发热逾期未办（人）"}, {"screened", "发热筛查（人）"}, {"leads", "接收线索（条）"}, {"leads_checked", "核查线索（条）"},
                            {"leads_open", "待核线索（条）"}, {"ledger", "列入台账（人）"}, {"isolation_in", "新隔离（人）"}, {"isolation_out", "解除隔离（人）"}, {"isolation_now", "在隔离（人）"},
                            {"villages_open", "开放村庄（个）"}, {"enterprises_open", "复工企业（家）"}, {"enterprises_reported", "已报告企业（家）"}, {"sites_silent", "无扫码检测点（个）"},
                            {"alerts_open", "未处置提醒（条）"}};

const char* title_of(const char* name) {
    const auto* found = std::find_if(std::begin(titles), std::end(titles), [&](const Title& title) { return std::string_view(title.name) == name; });
    return found == std::end(titles) ? name : found->zh;
}

Cell cell_of(const std::optional<std::int64_t>& value) { return value ? Cell{*value} : Cell{}; }

AnswerTable table_of(const BriefView& brief, const std::string& sentence) {
    AnswerTable table;
    table.kind = "brief";
    table.title = "日报";
    table.head = {{"day", domain::format_date(brief.day)}, {"cutoff", brief.cutoff}, {"division", brief.division_name}, {"sentence", sentence}};
    AnswerPart numbers;
    numbers.name = "numbers";
    numbers.title = "数字";
    numbers.columns = {{"name", ColumnKind::text, "名称"}, {"title", ColumnKind::text, "项目"}, {"today", ColumnKind::number, "当日"}, {"yesterday", ColumnKind::number, "前一日"},
                       {"week_ago", ColumnKind::number, "一周前"}, {"total", ColumnKind::number, "累计"}};
    numbers.count = brief.numbers.size();
    numbers.fill = [&brief](std::uint64_t number, Row& row) {
        const auto& told = brief.numbers[number];
        row = {Cell{std::string(told.name)}, Cell{std::string(title_of(told.name))}, cell_of(told.today), cell_of(told.yesterday), cell_of(told.week_ago), cell_of(told.total)};
    };
    AnswerPart days;
    days.name = "days";
    days.title = "近两周";
    days.columns = {{"day", ColumnKind::text, "日期"}, {"passages", ColumnKind::number, "人次"}, {"vehicles", ColumnKind::number, "车次"}, {"fevers", ColumnKind::number, "发热"}};
    days.count = brief.series.size();
    days.fill = [&brief](std::uint64_t number, Row& row) {
        const auto& day = brief.series[number];
        row = {Cell{day.day}, cell_of(day.passages), cell_of(day.vehicles), cell_of(day.fevers)};
    };
    table.parts = {std::move(numbers), std::move(days)};
    return table;
}

}  // namespace

kit::Result<std::string> brief_workbook(const BriefView& brief, const std::string& sentence, const std::string& login, domain::Instant now, const std::string& scratch, const domain::TimeZone& zone) {
    std::string bytes;
    const auto put = [&](std::string_view piece) -> kit::Status {
        bytes += piece;
        return kit::Done{};
    };
    const auto status = write_xlsx(table_of(brief, sentence), {"", "", login, now}, {scratch, zone}, [] { return true; }, put);
    if (!status) return status.error();
    return bytes;
}

}  // namespace chayan::service
