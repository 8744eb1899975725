// SPDX-License-Identifier: Apache-2.0
// The sentences of the audit log, one for each action: {by}, {case} and the names of the detail's parts are put in.
#include "service/audit.hpp"

#include <algorithm>

namespace chayan::service {
namespace {

struct Words {
    std::string_view action, zh, en;
};

constexpr Words table[] = {
    {"login", "{by} 登录。", "{by} logged in."},
    {"login_failed", "{by} 登录失败。", "A login of {by} failed."},
    {"logout", "{by} 退出登录。", "{by} logged out."},
    {"session_ended", "{by} 结束了自己的一个会话。", "{by} ended a session of their own."},
    {"session_confirmed", "{by} 再次确认了密码。", "{by} confirmed the password."},
    {"operator_added", "{by} 添加了操作员 {login}。", "{by} added the operator {login}."},
    {"operator_changed", "{by} 更改了操作员 {login}：{what}。", "{by} changed the operator {login}: {what}."},
    {"device_paired", "{by} 为检测点 {site} 配对了值守设备 {device}。", "{by} paired {device} with site {site}."},
    {"device_revoked", "{by} 停用了值守设备 {device}。", "{by} revoked {device}."},
    {"duty_begun", "值守设备 {by} 开始当班。", "A shift began on {by}."},
    {"case_opened", "{by} 开立个案 {case}。", "{by} opened case {case}."},
    {"case_changed", "{by} 更改个案 {case}。", "{by} changed case {case}."},
    {"divisions_imported", "{by} 导入区划：{detail}。", "{by} imported divisions: {detail}."},
    {"sites_imported", "{by} 导入检测点：{detail}。", "{by} imported sites: {detail}."},
    {"people_imported", "{by} 导入人员名册：{detail}。", "{by} imported a roster of people: {detail}."},
    {"scans_imported", "{by} 导入历史扫码：{detail}。", "{by} imported past scans: {detail}."},
    {"site_changed", "{by} 更改了检测点 {site}。", "{by} changed site {site}."},
    {"scan_voided", "{by} 撤销了一条扫码。", "{by} voided a scan."},
    {"people_searched", "{by} 为个案 {case} 查找人员，找到 {found} 人。", "{by} searched for people in case {case} and found {found}."},
    {"passages_asked", "{by} 为个案 {case} 查询检测点 {site} 在 {from} 至 {to} 的通过人员，共 {found} 人。",
     "{by} asked in case {case} who passed site {site} from {from} to {to}: {found} people."},
    {"trajectory_asked", "{by} 为个案 {case} 查询人员 {person} 在 {from} 至 {to} 的轨迹。",
     "{by} asked in case {case} where person {person} was from {from} to {to}."},
    {"trace_asked", "{by} 为个案 {case} 查询接触者，对象 {index}，{from} 至 {to}，共 {found} 人。",
     "{by} asked in case {case} for the contacts of {index} from {from} to {to}: {found} people."},
    {"question_refused", "{by} 未写明在办个案而提问，已拒绝。", "A question of {by} that named no open case was refused."},
    {"question_outside", "{by} 为个案 {case} 询问不存在或不在其辖区的检测点或人员，已拒绝。",
     "A question of {by} in case {case} about a site or person that is not there, or not in their scope, was refused."},
    {"call_refused", "{by} 调用 {call}，角色不允许，已拒绝。", "A call of {by} to {call} was refused: their roles do not allow it."},
    {"reveal_asked", "{by} 为个案 {case} 要求显示人员 {person} 的 {fields}，理由：{reason}。",
     "{by} asked in case {case} to see {fields} of person {person}: {reason}."},
    {"revealed", "已向 {by} 显示人员 {person} 的 {fields}（个案 {case}）。", "{fields} of person {person} were shown to {by} in case {case}."},
    {"export_asked", "{by} 为个案 {case} 要求导出 {what}（{format}）。", "{by} asked in case {case} to export {what} as {format}."},
    {"exported", "{by} 为个案 {case} 导出了 {what}（{format}），{rows} 行，摘要 {digest}。",
     "{by} exported {what} in case {case} as {format}: {rows} rows, digest {digest}."},
    {"disclosure_asked", "{by} 为个案 {case} 要求向 {recipient} 提供 {what}，字段 {fields}，理由：{reason}。",
     "{by} asked in case {case} to hand {what} with {fields} to {recipient}: {reason}."},
    {"disclosed", "{by} 为个案 {case} 向 {recipient} 提供了 {what}，{rows} 行，摘要 {digest}。",
     "{by} handed {what} in case {case} to {recipient}: {rows} rows, digest {digest}."},
    {"reveals_unusual", "{by} 一小时内已显示 {count} 次个人信息，请核查。", "{by} was shown people in full {count} times within an hour: look into it."},
    {"access_report_asked", "一位居民查看了谁查询过自己。", "A resident asked who had looked at them."},
    {"audit_verified", "{by} 核验了审计日志。", "{by} verified the audit log."},
    {"backed_up", "{by} 做了备份：{detail}。", "{by} made a backup: {detail}."},
    {"restored", "数据由备份恢复：{detail}。", "The data was restored from a backup: {detail}."},
};

/// The part of that name in a detail of name=value lines; empty when there is none.
std::string_view part(std::string_view detail, std::string_view name) {
    while (!detail.empty()) {
        const auto line = detail.substr(0, detail.find('\n'));
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=') return line.substr(name.size() + 1);
        detail.remove_prefix(std::min(detail.size(), line.size() + 1));
    }
    return {};
}

}  // namespace

std::string audit_detail(std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
    std::string detail;
    for (const auto& [name, value] : parts) {
        if (!detail.empty()) detail.push_back('\n');
        detail.append(name).append("=");
        for (const char c : value) detail.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);   // one line stays one line
    }
    return detail;
}

std::string audit_sentence(const std::string& by, const storage::AuditRow& row, const std::string& detail, Language language) {
    const auto* words = std::find_if(std::begin(table), std::end(table), [&](const Words& known) { return known.action == row.action; });
    const bool is_chinese = language == Language::zh;
    if (words == std::end(table)) return by + (by.empty() ? "" : " ") + row.action;
    auto rest = is_chinese ? words->zh : words->en;
    std::string sentence;
    while (!rest.empty()) {
        const auto open = rest.find('{');
        sentence.append(rest.substr(0, open));
        if (open == std::string_view::npos) break;
        const auto close = rest.find('}', open);
        const auto name = rest.substr(open + 1, close - open - 1);
        if (name == "by") sentence.append(!by.empty() ? by : is_chinese ? "本机管理员或居民" : "the machine's administrator or a resident");
        else if (name == "case") sentence.append(row.case_number);
        else if (name == "detail") sentence.append(detail);
        else sentence.append(part(detail, name));
        rest.remove_prefix(close + 1);
    }
    return sentence;
}

}  // namespace chayan::service
