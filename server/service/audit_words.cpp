// SPDX-License-Identifier: Apache-2.0
// The sentences of the audit log, one for each action: {by}, {case}, {counts} of an import, {changes} of an operator and the names of the
// detail's parts are put in.
#include "service/audit.hpp"

#include <algorithm>

namespace chayan::service {
namespace {

struct Words {
    std::string_view action, zh, en;
};

constexpr Words table[] = {
    {"login", "{by} 登录。", "{by} logged in."},
    {"login_failed", "{by} 登录失败。", "Logging in as {by} failed."},
    {"logout", "{by} 退出登录。", "{by} logged out."},
    {"session_ended", "{by} 结束了自己的一个会话。", "{by} ended a session of their own."},
    {"session_confirmed", "{by} 再次确认了密码。", "{by} confirmed the password."},
    {"operator_added", "{by} 添加了操作员 {login}。", "{by} added the operator {login}."},
    {"operator_changed", "{by} 更改了操作员 {login}：{changes}。", "{by} changed the operator {login}: {changes}."},
    {"device_paired", "{by} 为检测点 {site} 配对了值守设备 {device}。", "{by} paired {device} with site {site}."},
    {"device_revoked", "{by} 停用了值守设备 {device}。", "{by} revoked {device}."},
    {"duty_begun", "值守设备 {by} 开始当班。", "A shift began on {by}."},
    {"case_opened", "{by} 开立个案 {case}。", "{by} opened case {case}."},
    {"case_changed", "{by} 更改个案 {case}。", "{by} changed case {case}."},
    {"divisions_imported", "{by} 导入区划：{counts}。", "{by} imported divisions: {counts}."},
    {"sites_imported", "{by} 导入检测点：{counts}。", "{by} imported sites: {counts}."},
    {"people_imported", "{by} 导入人员名册：{counts}。", "{by} imported a roster of people: {counts}."},
    {"scans_imported", "{by} 导入历史扫码：{counts}。", "{by} imported past scans: {counts}."},
    {"site_added", "{by} 新增了检测点 {site}。", "{by} added site {site}."},
    {"site_closed", "{by} 关闭了检测点 {site}，它的码不再能用。", "{by} closed site {site}; its codes are no longer good."},
    {"site_opened", "{by} 重新启用了检测点 {site}。", "{by} opened site {site} again."},
    {"site_code_replaced", "{by} 更换了检测点 {site} 的码。", "{by} replaced the codes of site {site}."},
    {"office_changed", "{by} 更改了本单位信息：{changes}。", "{by} changed what the office says of itself: {changes}."},
    {"site_changed", "{by} 更改了检测点 {site}。", "{by} changed site {site}."},
    {"temperature_added", "{by} 在检测点 {site} 给一条扫码补了体温。", "{by} added a temperature to a scan at site {site}."},
    {"roster_asked", "{by} 在检测点 {site} 的名册里按首字母 {initials} 查找，显示 {found} 人。", "{by} looked into the roster of site {site} for the initials {initials}: {found} people."},
    {"scan_voided", "{by} 撤销了一条扫码。", "{by} voided a scan."},
    {"people_searched", "{by} 为个案 {case} 查找人员，找到 {found} 人。", "{by} searched for people in case {case} and found {found}."},
    {"passages_asked", "{by} 为个案 {case} 查询检测点 {site} 在 {from} 至 {to} 的通过人员{known_at}，共 {found} 人{sum}。",
     "{by} asked in case {case} who passed site {site} from {from} to {to}{known_at}: {found} people{sum}."},
    {"trajectory_asked", "{by} 为个案 {case} 查询人员 {person} 在 {from} 至 {to} 的轨迹{known_at}{sum}。",
     "{by} asked in case {case} where person {person} was from {from} to {to}{known_at}{sum}."},
    {"trace_asked", "{by} 为个案 {case} 查询接触者，对象 {index}，{from} 至 {to}{preset}{known_at}，共 {found} 人{sum}。",
     "{by} asked in case {case} for the contacts of {index} from {from} to {to}{preset}{known_at}: {found} people{sum}."},
    {"shared_places_asked", "{by} 为个案 {case} 查询 {index} 的共同场所{known_at}，共 {found} 处{sum}。", "{by} asked in case {case} which places {index} share{known_at}: {found}{sum}."},
    {"contacts_marked", "{by} 在个案 {case} 标记了接触者：{marks}。", "{by} marked contacts in case {case}: {marks}."},
    {"follow_up_listed", "{by} 查看了个案 {case} 的随访名单，{found} 人。", "{by} looked at who is followed up in case {case}: {found}."},
    {"marks_listed", "{by} 查看了个案 {case} 中人员 {person} 的标记。", "{by} looked at the marks of person {person} in case {case}."},
    {"visit_told", "{by} 在个案 {case} 补录了人员 {person} 在检测点 {site} 的停留，{from} 至 {to}。",
     "{by} told case {case} of a visit of person {person} at site {site} from {from} to {to}."},
    {"visits_listed", "{by} 查看了个案 {case} 补录的停留，{found} 次。", "{by} looked at the visits that case {case} was told of: {found}."},
    {"visit_withdrawn", "{by} 撤回了个案 {case} 补录的停留 {visit}。", "{by} withdrew visit {visit} that case {case} was told of."},
    {"questions_listed", "{by} 查看了个案 {case} 保存的查询，{found} 条。", "{by} looked at the questions that case {case} keeps: {found}."},
    {"ledger_proposed", "{by} 依据“{document}”提交了名单 {list}，{rows} 人。", "{by} proposed list {list} of {rows} people on the ground of \"{document}\"."},
    {"ledger_approved", "{by} 批准了 {proposed_by} 提交的名单 {list}，{rows} 人。", "{by} approved list {list} of {rows} people, proposed by {proposed_by}."},
    {"ledger_refused", "{by} 驳回了 {proposed_by} 提交的名单 {list}。", "{by} refused list {list}, proposed by {proposed_by}."},
    {"ledger_undone", "{by} 撤销了 {proposed_by} 提交的名单 {list}，理由：{reason}。", "{by} undid list {list}, proposed by {proposed_by}: {reason}."},
    {"ledger_listed", "{by} 查看了名单 {list}，{found} 人。", "{by} looked at list {list}: {found} people."},
    {"entry_checked", "{by} 核查了台账第 {entry} 条：{outcome}，措施 {measure}，至 {until}。{reason}", "{by} checked ledger entry {entry}: {outcome}, measure {measure} until {until}. {reason}"},
    {"entry_read", "{by} 查看了台账第 {entry} 条。", "{by} looked at ledger entry {entry}."},
    {"entry_undone", "{by} 撤销了台账第 {entry} 条，理由：{reason}。", "{by} undid ledger entry {entry}: {reason}."},
    {"register_listed", "{by} 查看了{register}，{found} 条。", "{by} looked at {register}: {found} records."},
    {"record_read", "{by} 查看了{register}第 {record} 条。", "{by} looked at record {record} of {register}."},
    {"record_opened", "{by} 在{register}新增了第 {record} 条。", "{by} opened record {record} of {register}."},
    {"record_stepped", "{by} 办理了{register}第 {record} 条：{step}{result}{division}。{reason}", "{by} took a step with record {record} of {register}: {step}{result}{division}. {reason}"},
    {"capacity_set", "{by} 将隔离点 {site} 的床位数改为 {rows}。", "{by} set the capacity of {site} to {rows}."},
    {"brief_exported", "{by} 下载了 {division} {day} 的日报表格。", "{by} downloaded the brief of {division} for {day} as a workbook."},
    {"brief_frozen", "{by} 定稿了 {division} {day} 的日报（{brief}）。", "{by} froze the brief of {division} for {day} ({brief})."},
    {"entry_handed", "{by} 将台账第 {entry} 条移交给 {division}，理由：{reason}。", "{by} handed ledger entry {entry} to {division}: {reason}"},
    {"handed_listed", "{by} 查看了移交来的台账，{found} 条。", "{by} looked at {found} entries that were handed over."},
    {"alerts_listed", "{by} 查看了台账提醒，{found} 条。", "{by} looked at {found} alerts of the ledger."},
    {"alert_closed", "{by} 处置了台账提醒 {alert}（{where}{site}）：{reason}。", "{by} closed alert {alert} ({where}{site}): {reason}."},
    {"site_reported", "{by} 报送了企业 {site} {day} 的情况。", "{by} reported the day {day} of enterprise {site}."},
    {"camera_set", "{by} 登记了检测点 {site} 的录像地址。", "{by} said where the camera of site {site} plays back."},
    {"camera_removed", "{by} 去掉了检测点 {site} 的录像地址。", "{by} removed the camera of site {site}."},
    {"playback_asked", "{by} 为个案 {case} 查看检测点 {site} 在 {at} 的录像。", "{by} asked in case {case} for the recording of site {site} at {at}."},
    {"outing_rule_added", "{by} 为区划 {division} 设定外出规则 {rule}：{from} 至 {until}，每户 {days} 天内 {people} 人次。",
     "{by} made outing rule {rule} for division {division} from {from} to {until}: {people} of a household in {days} days."},
    {"outing_rule_removed", "{by} 删除了区划 {division} 的外出规则 {rule}。", "{by} removed outing rule {rule} of division {division}."},
    {"outing_excepted", "{by} 在检测点 {site} 登记一次例外外出：{reason}。", "{by} excepted an outing at site {site}: {reason}."},
    {"question_refused", "{by} 未写明在办个案而提问，已拒绝。", "A question of {by} that named no open case was refused."},
    {"question_outside", "{by} 为个案 {case} 询问不存在或不在其辖区的检测点或人员，已拒绝。",
     "A question of {by} in case {case} about a site or person that is not there, or not in their scope, was refused."},
    {"call_refused", "{by} 调用 {call}，角色不允许，已拒绝。", "A call of {by} to {call} was refused: their roles do not allow it."},
    {"reveal_asked", "{by} 为{ground}要求显示人员 {person} 的 {fields}，理由：{reason}。",
     "{by} asked in {ground} to see {fields} of person {person}: {reason}."},
    {"revealed", "已向 {by} 显示人员 {person} 的 {fields}（{ground}）。", "{fields} of person {person} were shown to {by} in {ground}."},
    {"export_asked", "{by} 为个案 {case} 要求导出 {what}（{format}）。", "{by} asked in case {case} to export {what} as {format}."},
    {"exported", "{by} 为个案 {case} 导出了 {what}（{format}），{rows} 行，摘要 {digest}。",
     "{by} exported {what} in case {case} as {format}: {rows} rows, digest {digest}."},
    {"disclosure_asked", "{by} 为个案 {case} 要求向 {recipient} 提供 {what}，字段 {fields}，理由：{reason}。",
     "{by} asked in case {case} to hand {what} with {fields} to {recipient}: {reason}."},
    {"disclosed", "{by} 为个案 {case} 向 {recipient} 提供了 {what}，{rows} 行，摘要 {digest}。",
     "{by} handed {what} in case {case} to {recipient}: {rows} rows, digest {digest}."},
    {"notice_made", "{by} 为个案 {case} 生成了人员 {person} 在 {from} 至 {to} 的公开通报。", "{by} made a public notice in case {case} of where person {person} was from {from} to {to}."},
    {"form_added", "{by} 上传了表单 {form}。", "{by} uploaded form {form}."},
    {"form_changed", "{by} 更改了表单 {form} 各列的含义：{columns}。", "{by} changed what the columns of form {form} mean: {columns}."},
    {"form_removed", "{by} 删除了表单 {form}。", "{by} removed form {form}."},
    {"document_seen", "{by} 查验了一位居民的证件，与登记相符。", "{by} saw a resident's document: it is the one that was registered."},
    {"reviews_listed", "{by} 查看了身份待核记录，{found} 条。", "{by} looked at {found} reviews of who is who."},
    {"review_decided", "{by} 对待核记录 {review}（人员 {person} 与 {other}）作出判断：{decision}。", "{by} decided review {review} about {person} and {other}: {decision}."},
    {"review_undone", "{by} 撤回了对待核记录 {review} 的判断。", "{by} took back the decision on review {review}."},
    {"review_outside", "{by} 询问不存在或不在其辖区的待核记录或人员，已拒绝。", "{by} asked for a review or a person that is not there or outside their scope: refused."},
    {"person_split", "{by} 将人员 {person} 的部分登记分出为 {into}（{review}）。", "{by} split registrations of person {person} off as {into} ({review})."},
    {"history_asked", "{by} 为个案 {case} 查看了人员 {person} 的登记沿革。", "{by} asked in case {case} how person {person} came to be."},
    {"reveals_unusual", "{by} 一小时内已显示 {count} 次个人信息，请核查。", "{by} was shown people in full {count} times within an hour: look into it."},
    {"access_report_asked", "一位居民查看了谁查询过自己。", "A resident asked who had looked at them."},
    {"own_data_exported", "一位居民导出了本人的数据。", "A resident took their own data along."},
    {"own_data_withdrawn", "一位居民撤回了登记，并要求删除本人的数据。", "A resident withdrew, and asked that their own data be erased."},
    {"dependant_removed", "一名居民去掉了代管的家属。", "A resident removed a dependant."},
    {"own_statement_corrected", "一位居民更正了本人的登记。", "A resident corrected their own statement."},
    {"audit_verified", "{by} 核验了审计日志。", "{by} verified the audit log."},
    {"backed_up", "{by} 做了备份：{detail}。", "{by} made a backup: {detail}."},
    {"recovery_proved", "恢复密钥经核对能打开备份。", "The recovery key was proved: it opens what backups are sealed with."},
    {"keys_rotated", "密钥文件换了新的封装密钥。", "The key files were put under a new wrapping key."},
    {"scans_forgotten", "{day} 的扫码记录已到期：密钥已销毁，{count} 条记录已删除。", "The scans of {day} were forgotten: their key was destroyed and {count} rows were removed."},
    {"rows_forgotten", "到期清理：{kind}，已删除 {count} 条。", "Kept no longer: {kind}, {count} removed."},
    {"forgetting_paused", "系统时钟比已知的时间快了约 {hours} 小时，一天内不销毁任何数据；请核对时钟。",
     "The clock is some {hours} hours ahead of what is known: nothing is destroyed for a day. Check the clock."},
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

/// Who did it when it was nobody with a login.
std::string_view nobody(std::string_view action, bool is_chinese) {
    if (action == "login_failed") return is_chinese ? "未知账号" : "an unknown login";
    if (action == "scan_voided") return is_chinese ? "居民本人" : "the resident";
    return is_chinese ? "本机管理员" : "the machine's administrator";
}

/// What an operator's change is made of, and the counts of an import: words of a detail.
constexpr Words parts[] = {
    {"roles", "角色", "roles"}, {"scope", "辖区", "scope"}, {"disabled", "停用", "disabled"}, {"enabled", "启用", "enabled"},
    {"otp", "动态验证码", "second factor"}, {"otp_enrolled", "绑定动态验证码", "second factor enrolled"},
    {"otp_reset", "重置动态验证码", "second factor reset"}, {"password", "密码", "password"},
    {"name", "名称", "name"}, {"hotline", "热线", "hotline"}, {"filing", "备案号", "filing number"}, {"new", "新增", "new"}, {"changed", "变更", "changed"}, {"rejected", "拒收", "rejected"}, {"stopped early", "中途停止", "stopped early"},
};

/// What a part of a detail says in a word of the product.
struct Value {
    std::string_view part, word, zh, en;
};

constexpr Value values[] = {
    {"register", "fever", "发热登记册", "the fever register"}, {"register", "isolation", "隔离登记册", "the isolation register"},
    {"register", "round", "入户排查登记册", "the register of household visits"}, {"register", "report", "群众举报登记册", "the register of reports by the public"},
    {"register", "finding", "督查问题登记册", "the register of inspections' findings"}, {"register", "certificate", "村级证明登记册", "the register of certificates"},
    {"step", "registered", "登记", "registered"}, {"step", "sent", "送医", "sent to a doctor"}, {"step", "tested", "检测", "tested"}, {"step", "isolated", "转隔离", "into isolation"},
    {"step", "cleared", "排除", "cleared"}, {"step", "measured", "量体温", "temperature taken"}, {"step", "extended", "延长", "extended"}, {"step", "moved", "转到别处", "moved"},
    {"step", "released", "解除隔离", "released"}, {"step", "visited", "已入户", "visited"}, {"step", "away", "家里没人", "nobody in"}, {"step", "looked", "已核查", "looked into"},
    {"step", "settled", "办结", "settled"}, {"step", "mended", "已整改", "mended"}, {"step", "confirmed", "确认整改", "confirmed"}, {"step", "again", "退回再改", "sent back"},
    {"step", "issued", "开出证明", "issued"}, {"step", "refused", "不开", "refused"}, {"step", "handed", "移交", "handed over"}, {"step", "noted", "备注", "noted"},
    {"where", "", "登记时", "at a registration"},
    {"step", "approved", "批准隔离", "isolation approved"},
    {"result", "negative", "，阴性", ", negative"}, {"result", "positive", "，阳性", ", positive"}, {"result", "pending", "，待出结果", ", no result yet"},
    {"kind", "vehicle_checks", "车辆检查", "vehicle checks"}, {"kind", "outings", "外出记录", "outings"}, {"kind", "alerts", "台账提醒", "alerts"}, {"kind", "records", "已了结的登记册记录", "closed records"},
    {"kind", "ledger_entries", "已到期的台账人员", "ended entries of the ledger"}, {"kind", "ledger_lists", "已到期的台账名单", "ended lists of the ledger"},
    {"kind", "case_papers", "已结个案的查询、随访和补录", "questions, marks and told visits of closed cases"}, {"kind", "people", "不再有记录的登记", "registrations of people of whom nothing is left"},
    {"kind", "audit_lines", "审计日志最早的记录", "the oldest lines of the audit log"},
    {"outcome", "open", "待核查", "not looked into yet"}, {"outcome", "here", "在本地", "is here"}, {"outcome", "elsewhere", "不在本地", "is elsewhere"},
    {"outcome", "wrong_person", "不是此人", "not this person"}, {"outcome", "known", "已掌握", "known already"},
    {"measure", "none", "无", "none"}, {"measure", "home", "居家隔离", "home"}, {"measure", "central", "集中隔离", "central isolation"}, {"measure", "observation", "医学观察", "observation"},
};

/// In the reader's language where it is a word of ours, else as it stands.
std::string in_words(std::string_view part, std::string_view word, bool is_chinese) {
    const auto* known = std::find_if(std::begin(values), std::end(values), [&](const Value& one) { return one.part == part && one.word == word; });
    return std::string(known == std::end(values) ? word : is_chinese ? known->zh : known->en);
}

/// The word itself when it is none of them.
std::string told(std::string_view word, bool is_chinese) {
    const auto* known = std::find_if(std::begin(parts), std::end(parts), [&](const Words& one) { return one.action == word; });
    return std::string(known == std::end(parts) ? word : is_chinese ? known->zh : known->en);
}

template <class Use>
void for_each_part(std::string_view text, std::string_view separator, const Use& use) {
    for (auto rest = text; !rest.empty();) {
        const auto end = std::min(rest.find(separator), rest.size());
        use(rest.substr(0, end));
        rest.remove_prefix(std::min(rest.size(), end + separator.size()));
    }
}

/// "roles guard > guard,tracer;scope 130682 > ;disabled", and "roles,scope" as it was written once.
std::string changes_of(std::string_view what, bool is_chinese) {
    std::string text;
    const auto begin = [&] { text += text.empty() ? "" : is_chinese ? "、" : "; "; };
    const auto value = [&](std::string_view given) { return given.empty() ? std::string(is_chinese ? "全部" : "everywhere") : std::string(given); };
    for_each_part(what, ";", [&](std::string_view change) {
        const auto space = change.find(' '), arrow = change.find(" > ", space);
        if (space == std::string_view::npos || arrow == std::string_view::npos) {
            for_each_part(change, ",", [&](std::string_view word) {
                begin();
                text += told(word, is_chinese);
            });
            return;
        }
        begin();
        text += told(change.substr(0, space), is_chinese) + ' ' + value(change.substr(space + 1, std::max(arrow, space + 1) - space - 1)) + " → " + value(change.substr(arrow + 3));
    });
    return text;
}

/// "4 new, 0 changed, 12 rejected": in Chinese the word stands before its number.
std::string counts_of(const std::string& detail, bool is_chinese) {
    if (!is_chinese) return detail;
    std::string text;
    for_each_part(detail, ", ", [&](std::string_view piece) {
        const auto digits = std::min(piece.find_first_not_of("0123456789"), piece.size());
        const bool is_count = digits > 0 && digits + 1 < piece.size() && piece[digits] == ' ';
        text += (text.empty() ? "" : "，") + told(is_count ? piece.substr(digits + 1) : piece, true) + (is_count ? ' ' + std::string(piece.substr(0, digits)) : "");
    });
    return text;
}

/// By which preset a trace was asked, where it was.
std::string preset_of(std::string_view word, bool is_chinese) {
    if (word.empty()) return {};
    return (is_chinese ? "，按 " : ", by ") + std::string(word);
}

/// As known at which past moment, where that was asked for.
std::string known_at_of(std::string_view moment, bool is_chinese) {
    if (moment.empty()) return {};
    return is_chinese ? "，以 " + std::string(moment) + " 所知为准" : ", as known at " + std::string(moment);
}

/// The digest of what was answered; lines of before have none.
std::string sum_of(std::string_view digest, bool is_chinese) {
    if (digest.empty()) return {};
    return (is_chinese ? "，答案摘要 " : ", digest ") + std::string(digest);
}

/// What stands at the beginning of a sentence.
std::string capital(std::string_view words) {
    std::string text(words);
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

/// By what somebody was shown: a case, or a record of a register.
std::string ground_of(const storage::AuditRow& row, const std::string& detail, bool is_chinese) {
    if (!row.case_number.empty()) return (is_chinese ? "个案 " : "case ") + row.case_number;
    const auto record = std::string(part(detail, "record")), of = in_words("register", part(detail, "register"), is_chinese);
    return is_chinese ? of + "第 " + record + " 条" : "record " + record + " of " + of;
}

std::string filled(std::string_view name, const std::string& by, const storage::AuditRow& row, const std::string& detail, bool is_chinese) {
    if (name == "by") return by.empty() ? std::string(nobody(row.action, is_chinese)) : by;
    if (name == "case") return row.case_number;
    if (name == "detail") return detail;
    if (name == "counts") return counts_of(detail, is_chinese);
    if (name == "preset") return preset_of(part(detail, name), is_chinese);
    if (name == "known_at") return known_at_of(part(detail, name), is_chinese);
    if (name == "sum") return sum_of(part(detail, "digest"), is_chinese);
    if (name == "changes") return changes_of(part(detail, "what"), is_chinese);
    if (name == "ground") return ground_of(row, detail, is_chinese);
    return in_words(name, part(detail, name), is_chinese);
}

}  // namespace

std::string audit_detail(std::initializer_list<std::pair<std::string_view, std::string_view>> told) {
    std::string detail;
    for (const auto& [name, value] : told) {
        if (!detail.empty()) detail.push_back('\n');
        detail.append(name).append("=");
        for (const char c : value) detail.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);   // one line stays one line
    }
    return detail;
}

bool is_audit_action(std::string_view action) {
    return std::any_of(std::begin(table), std::end(table), [&](const Words& known) { return known.action == action; });
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
        const auto text = filled(name, by, row, detail, is_chinese);
        sentence.append(sentence.empty() && by.empty() && name == "by" ? capital(text) : text);
        rest.remove_prefix(close + 1);
    }
    return sentence;
}

}  // namespace chayan::service
