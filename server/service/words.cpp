// SPDX-License-Identifier: Apache-2.0
#include "service/words.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace chayan::service {
namespace {

struct Words {
    std::string_view code, zh, en;
};

constexpr Words table[] = {
    {"malformed_head", "请求头不合规范。请更新浏览器后再试。", "The request's head is malformed. Update your browser and try again."},
    {"malformed_host", "请求中的主机名不合规范。", "The Host field is malformed or doubled. Send exactly one."},
    {"malformed_target", "网址不合规范，请检查后重试。", "The address is malformed. Check it and try again."},
    {"unexpected_body", "这种请求不能带正文。", "This request must not have a body."},
    {"method_not_allowed", "此网址不支持这种请求方式，见 Allow。", "This address does not take that method; see Allow."},
    {"timeout", "网络太慢，请求没有收全。请稍后重发。", "The request did not arrive in time. Send it again."},
    {"body_too_large", "内容太大，请分批发送。", "The body is too large. Send it in parts."},
    {"target_too_long", "网址太长。", "The address is too long."},
    {"content_encoding", "不接受压缩的正文，请发送原文。", "A compressed body is not taken. Send it as it is."},
    {"media_type", "正文类型不对，请用 application/json（导入用 text/csv）。", "Wrong media type. Send application/json (imports: text/csv)."},
    {"expectation", "不支持这种 Expect。", "This Expect is not supported."},
    {"unknown_host", "本服务不使用这个域名，请检查网址或 [server] hosts 设置。", "This host name is not served here. Check the address or the setting [server] hosts."},
    {"head_too_large", "请求头太大。", "The request's head is too large."},
    {"internal", "服务出错，已记录。请稍后重试；若反复出现，请把编号告诉管理员。", "Something failed here and was noted. Try again; if it repeats, tell the administrator the request id."},
    {"transfer_encoding", "不支持分块传输，请带 Content-Length。", "Transfer-Encoding is not supported. Send a Content-Length."},
    {"unknown_method", "不认识这种请求方式。", "This method is not known."},
    {"http_version", "只支持 HTTP/1.1。", "Only HTTP/1.1 is supported."},
    {"not_found", "没有这个网址。", "There is nothing at this address."},
    {"unauthenticated", "请先登录或登记。", "Log in or register first."},
    {"session_unknown", "登录已过期，请重新登录。", "The session has ended. Log in again."},
    {"forbidden", "您的角色无权这样做。", "Your role may not do this."},
    {"csrf_missing", "请求缺少 X-CSRF-Token，请刷新页面。", "X-CSRF-Token is missing or wrong. Reload the page."},
    {"reauthenticate", "请再输一次密码后重试。", "Give your password again, then retry."},
    {"busy", "现在人多，请过几秒再试；没发出的扫码会保留。", "Busy just now. Try again in a few seconds; nothing is lost."},
    {"disk_full", "服务器存储已满，暂不能记录。请稍后重发，并告诉管理员。", "The server's disk is full and cannot record. Send it again later and tell the administrator."},
    {"starting", "服务刚启动，正在读取记录，请稍候再查。", "The service has just started and is reading its log. Ask again in a moment."},
    {"malformed_body", "正文不是合规的 JSON 对象。", "The body is not a well-formed JSON object."},
    {"duplicate_member", "同一字段出现了两次。", "A member stands twice."},
    {"unknown_member", "有不认识的字段。", "There is an unknown member."},
    {"wrong_type", "字段类型不对（例如证件号须是文字）。", "Wrong type: for example numbers of documents must be text."},
    {"missing", "缺少必填项。", "This is required."},
    {"registration_invalid", "登记信息有误，请按提示修改。", "The registration has mistakes. Correct what is listed."},
    {"notice_changed", "告知书已更新，请重新阅读后登记。", "The privacy notice has changed. Read it and register again."},
    {"name_empty", "请填写姓名。", "Enter a name."},
    {"name_length", "姓名长度不对，汉字姓名为 2 至 30 个字。", "The name's length is wrong: 2 to 30 characters for a Chinese name, at most 60."},
    {"name_characters", "姓名里有不能用的字符，只用文字、间隔号和空格。", "The name has characters that are not of a name."},
    {"name_mixed", "姓名混用了不同文字中相似的字母，请检查。", "The name mixes look-alike letters of different scripts."},
    {"name_malformed", "姓名的编码不对，请用 UTF-8。", "The name is not valid UTF-8."},
    {"document_missing", "请填写证件。", "Give a document."},
    {"document_type_unknown", "证件类型须是 id、passport、hkmo、tw、fpr 或 other。", "The document type must be id, passport, hkmo, tw, fpr or other."},
    {"document_empty", "请填写证件号码。", "Enter the document's number."},
    {"document_length", "证件号位数不对，身份证号应为 18 位。", "The number's length is wrong; an identity number has 18 characters."},
    {"document_characters", "证件号里有不能用的字符；末位只能是数字或字母 X。", "The number has characters that do not belong there; the last may be a digit or the letter X."},
    {"document_region", "身份证号开头的地区码不存在，请核对。", "The region at the beginning of the number does not exist. Check it."},
    {"document_date", "身份证号里的出生日期不存在，请核对。", "The birth date in the number does not exist. Check it."},
    {"document_future", "身份证号里的出生日期在将来，请核对。", "The birth date in the number lies in the future. Check it."},
    {"document_age", "身份证号里的年龄超过 130 岁，请核对。", "The number says an age over 130. Check it."},
    {"document_checksum", "身份证号有一位不对，请逐位核对。", "One digit of the number is wrong. Check each."},
    {"document_rounded", "证件号被表格软件改坏了，请把该列设为文本后重填。", "A spreadsheet has damaged the number. Format the column as text and enter it again."},
    {"document_format", "证件号与证件类型不符。", "The number does not fit the document type."},
    {"country_malformed", "国家代码须是三个字母，如 CHN。", "The country must be three letters, such as CHN."},
    {"phone_missing", "请填写手机号。", "Enter a mobile number."},
    {"phone_empty", "请填写手机号。", "Enter a mobile number."},
    {"phone_characters", "手机号里有不能用的字符。", "The mobile number has characters that do not belong there."},
    {"phone_length", "手机号应为 11 位；国外号码请以 + 开头。", "A mobile number has 11 digits; start a foreign one with +."},
    {"phone_not_mobile", "这不是手机号。", "This is not a mobile number."},
    {"date_malformed", "日期须写作 年-月-日，如 1980-02-03。", "Write the date as YYYY-MM-DD."},
    {"date_future", "日期在将来，请核对。", "The date lies in the future."},
    {"birth_date_contradicts", "出生日期与证件号不一致。", "The birth date contradicts the document."},
    {"sex_unknown", "性别须是 male 或 female。", "Sex must be male or female."},
    {"sex_contradicts", "性别与证件号不一致。", "Sex contradicts the document."},
    {"division_malformed", "区划代码须是 2、4、6、9 或 12 位数字。", "A division code has 2, 4, 6, 9 or 12 digits."},
    {"division_unknown", "没有这个区划，请先导入区划或改用代码。", "There is no such division. Import divisions first, or use the code."},
    {"division_parent", "上级须是本区划代码的前几位，如 130682100 的上级可以是 130682。",
     "The parent is the beginning of the division's own code: 130682 may be the parent of 130682100."},
    {"text_too_long", "文字太长。", "The text is too long."},
    {"text_characters", "文字里有控制字符。", "The text has control characters."},
    {"text_malformed", "不能为空、过长或含控制字符。", "This must not be empty, too long, or hold control characters."},
    {"code_unknown", "无效的场所码。请对准海报上的二维码重扫，或找工作人员。", "This code is not valid. Scan the poster again or ask the staff."},
    {"code_replaced", "此海报已更换，请扫新的海报。", "This poster has been replaced. Scan the new one."},
    {"site_closed", "此检测点已停用，请找工作人员。", "This site is closed. Ask the staff."},
    {"site_unknown", "没有这个检测点，或不在您的辖区。", "There is no such site, or it is outside your scope."},
    {"stale_screen", "屏幕上的码已过期，请扫现在的码。", "The code on the screen has expired. Scan the current one."},
    {"time_ahead", "时间超前了，请校准手机时钟；服务器时间见 now。", "The time is ahead. Set the clock; the server's time is in now."},
    {"time_old", "时间太早，超出可补录的天数；服务器时间见 now。", "The time is too old to be taken; the server's time is in now."},
    {"time_past", "时间须在将来。", "The time must lie in the future."},
    {"time_malformed", "时间格式不对，如 2026-01-02T03:04:05+08:00。", "Write the time like 2026-01-02T03:04:05+08:00."},
    {"direction_missing", "请选择进、出或通过。", "Choose in, out or pass."},
    {"direction_unknown", "方向须是 in（进）、out（出）或 pass（通过）。", "The direction is in, out or pass."},
    {"direction_contradicts", "方向与海报不符，请扫另一张海报。", "The direction contradicts the poster. Scan the other one."},
    {"temperature_range", "体温须在 34.0 至 43.0 ℃ 之间。", "The temperature must be between 34.0 and 43.0 °C."},
    {"plate_empty", "请填写车牌。", "Enter a plate."},
    {"plate_length", "车牌太长。", "The plate is too long."},
    {"plate_characters", "车牌里有不能用的字符。", "The plate has characters that do not belong there."},
    {"unknown_dependant", "没有登记这位家属，请先登记。", "This dependant is not registered. Register first."},
    {"nobody_scanned", "请至少选一个人。", "Choose at least one person."},
    {"unknown_person", "没有登记过，请填姓名一并登记。", "Not registered yet. Give a name to register in the same act."},
    {"unknown_card", "不认识这张卡。", "This card is not known."},
    {"batch_too_large", "一次最多 500 条，请分批。", "At most 500 in one batch. Send it in parts."},
    {"subject_kind", "每条须且只须有一种对象：document、phone 加 name、credential 或 card。", "Give exactly one subject: document, phone with name, credential or card."},
    {"scan_unknown", "没有这条扫码记录，或不是您记录的。", "There is no such scan, or it is not yours."},
    {"void_late", "已过可撤销的时间，请找工作人员。", "It is too late to undo this. Ask the staff."},
    {"login_failed", "账号或密码不对。", "Login or password is wrong."},
    {"otp_required", "请再输入动态验证码。", "Give the six digits of your authenticator app as well."},
    {"otp_enrol", "本系统要求动态验证码，请先绑定（POST /api/v1/session/otp）。", "A second factor is compulsory here. Enrol one first (POST /api/v1/session/otp)."},
    {"otp_enrolled", "已绑定动态验证码；换手机请管理员重置。", "A second factor is enrolled already. After losing the phone, ask the administrator to reset it."},
    {"otp_not_begun", "请先取得密钥，再确认验证码。", "Ask for a secret first, then confirm its code."},
    {"otp_wrong", "验证码不对，请核对手机时间后输入新的六位数。", "The code is wrong. Check the phone's clock and give the next six digits."},
    {"scope_outside", "超出您的辖区。", "This reaches beyond your own scope."},
    {"operator_unknown", "没有这个操作员，或不在您的辖区。", "There is no such operator, or they are outside your scope."},
    {"last_admin", "这是最后一位（或最后一位不限区划的）管理员，请先添加另一位。",
     "This is the last administrator, or the last one without a scope. Add another first."},
    {"own_proof", "自己的密码请在“修改密码”处用旧密码更改；自己的动态验证码请另一位管理员重置。",
     "Change your own password with the old one (POST /api/v1/session/password); another administrator resets your second factor."},
    {"link_over", "链接已用过或已过期，请重新获取。", "This link has been used or has expired. Ask for a new one."},
    {"device_unknown", "没有这台设备，或不在您的辖区。", "There is no such device, or it is outside your scope."},
    {"device_revoked", "此设备已停用，请重新配对一台。", "This device has been revoked. Pair a new one."},
    {"on_duty_name", "请填写当班人姓名。", "Give the name of the person on duty."},
    {"login_too_often", "试错太多，请稍后再试。", "Too many failures. Wait a little and try again."},
    {"login_taken", "账号已存在，请换一个。", "This login exists. Choose another."},
    {"login_malformed", "账号只用小写字母、数字和 . _ -，最多 64 位。", "A login has lower-case letters, digits and . _ -, at most 64."},
    {"password_short", "密码至少 12 位。", "A password has at least 12 characters."},
    {"password_long", "密码最多 128 位。", "A password has at most 128 characters."},
    {"password_common", "密码太常见，请换一个。", "This password is too common. Choose another."},
    {"role_unknown", "角色须是 admin、manager、guard、tracer、auditor。", "Roles are admin, manager, guard, tracer, auditor."},
    {"no_case", "请写明一个在办个案的编号。", "Name an open case by its number."},
    {"case_taken", "个案编号已存在。", "A case with this number exists."},
    {"case_unknown", "没有这个个案。", "There is no such case."},
    {"case_invalid", "个案信息有误，请按提示修改。", "The case has mistakes. Correct what is listed."},
    {"case_state_unknown", "状态须是 open、hold 或 closed。", "The state must be open, hold or closed."},
    {"search_empty", "请至少给出一个查找条件。", "Give at least one thing to search by."},
    {"search_too_many", "符合的人太多，请加条件。", "Too many people fit. Add a condition."},
    {"window_malformed", "起止时间有误。", "The window of time is wrong."},
    {"window_empty", "结束须晚于开始。", "The end must be later than the beginning."},
    {"person_unknown", "没有这个人员编号。", "There is no such person."},
    {"trace_invalid", "查询有误，请按提示修改。", "The question has mistakes. Correct what is listed."},
    {"unbounded", "二度以上查询须加限制：min_overlap_s、limit 或 categories。", "Degree 2 and more needs a bound: min_overlap_s, limit or categories."},
    {"too_many", "太多了，请分批。", "Too many. Ask in parts."},
    {"degree_range", "度数须是 1 至 3。", "The degree is 1 to 3."},
    {"duration_range", "时长须在 0 至 366 天的秒数之间。", "A duration is 0 seconds to 366 days."},
    {"accumulate_unknown", "accumulate 须是 total、longest 或 day。", "accumulate is total, longest or day."},
    {"category_unknown", "没有这个类别。可用：交通检验站、村口、小区、复工复产企业、发热门诊、药店、党政机关、商超、学校、宾馆、集中隔离点、车站、公共交通工具、其他。",
     "There is no such category. Use traffic, village, community, enterprise, clinic, pharmacy, office, shop, school, hotel, isolation, transit, vehicle or other."},
    {"limit_range", "limit 须是 1 至 1000000。", "limit is 1 to 1,000,000."},
    {"index_kind", "每个对象须且只须有 person、site 或 plate 之一。", "Each index names exactly one of person, site, plate."},
    {"index_outside", "这个对象的时段完全在查询的起止时间之外。", "This interval lies wholly outside the question's window."},
    {"history_person", "没有导入或登记过这个人，请先导入名册。", "Nobody imported or registered has this. Import the roster first."},
    {"history_ahead", "时间在将来，请核对文件。", "The time lies in the future. Check the file."},
    {"history_old", "时间早于保存期，不再接收。", "The time is older than what is kept, so it is not taken."},
    {"division_ambiguous", "有几个区划同名，请改用代码。", "Several divisions have this name. Use the code."},
    {"csv_not_utf8", "文件不是 UTF-8。请另存为“CSV UTF-8”后重试。", "The file is not UTF-8. Save it as CSV UTF-8 and try again."},
    {"csv_empty", "文件是空的。", "The file is empty."},
    {"csv_header_missing", "缺少这一列。各列须以英文逗号分隔。", "This column is missing. Columns are separated by commas."},
    {"csv_header_twice", "这一列出现了两次。", "This column stands twice."},
    {"csv_quote", "引号不配对。", "A quote is not closed or stands in the wrong place."},
    {"csv_characters", "这一行不是合规的 UTF-8。", "This row is not valid UTF-8."},
    {"csv_field_long", "有一格太长。", "A field is too long."},
    {"csv_columns", "这一行的列数与表头不同。", "This row has another number of columns than the header."},
    {"number_malformed", "数字不合规范或超出范围。", "The number is malformed or out of range."},
    {"presence_unknown", "presence 须是 gate 或 venue。", "presence is gate or venue."},
    {"dwell_range", "停留分钟须是 0 至 1440 的整数。", "dwell_min is a whole number from 0 to 1440."},
    {"hours_malformed", "时间须写作 7:30，关闭须晚于开放，最晚 24:00。", "Write hours like 7:30; closing is after opening, at most 24:00."},
    {"place_unknown", "没有这个场所，请先导入它。", "There is no such place. Import it first."},
    {"place_nested", "所写场所本身又属于别的场所。", "The place named belongs to another place itself."},
    {"ref_taken", "这个编号已属于另一个人，请改用新编号。", "This ref names somebody else already. Use a new one."},
    {"trace_too_large", "查询太大。请缩短起止时间、减少对象，或加上 limit、min_overlap_s 或 categories。",
     "This question is too large. Shorten the window, name fewer subjects, or add limit, min_overlap_s or categories."},
    {"log_damaged", "部分扫码或登记已损坏，暂不能查询。请管理员运行 chayan check。", "Some scans or registrations are damaged, so nothing can be answered. An administrator must run chayan check."},
    {"dependant_twice", "同一位家属写了两次。", "A dependant is named twice."},
    {"too_many_dependants", "一部手机最多登记 10 位家属，请用另一部手机登记。", "One phone has at most 10 dependants. Register the others on another phone."},
    {"too_many_corrections", "更正次数已满，请找工作人员，或注销后重新登记。", "This was corrected too often. Ask the staff, or withdraw and register anew."},
    {"batch_people", "一批最多 1000 人次，请分批。", "At most 1,000 people in one batch. Send it in parts."},
    {"page_limit_range", "limit 须是 1 至 500。", "limit is 1 to 500."},
    {"cursor_unknown", "翻页标记无效，请从第一页重新查看。", "This cursor is not valid. Begin with the first page."},
    {"kept_retention", "为疫情溯源依法留存，到期删除。", "Kept by law to trace an epidemic; deleted when that time has passed."},
    {"kept_for_scans", "留存的扫码记录需要知道是谁，与其一同删除。", "The scans that are kept need to say whose they are; it goes with them."},
    {"kept_for_cases", "有在办个案；若需用到这些扫码记录，则保留至结案。对所有人都这样告知。", "A case is open; scans that it needs are kept until it is closed. Everyone is told this alike."},
    {"kept_as_proof", "审计记录只记编号与操作，用于证明处理经过，不随之删除。", "The audit log holds a number and what was done, as proof, and is not deleted with it."},
    {"backup_exists", "备份文件或其 .keys 已存在，不会覆盖。请换一个文件名。", "The file or its .keys exists and is never overwritten. Choose another name."},
    {"backup_running", "已有备份在排队，请等它完成。", "Another backup is waiting for its turn. Ask again when it is done."},
    {"backup_stopped", "备份中止了，没有留下文件。", "The backup was given up. No file was left."},
    {"backup_foreign", "这不是查验的备份文件。", "This is not a backup of chayan."},
    {"backup_truncated", "备份文件不完整，后面缺了一截。请重新复制，或换一份备份。", "The backup is cut short. Copy it again, or take another backup."},
    {"backup_damaged", "备份文件已损坏或被改动。请重新复制，或换一份备份。", "The backup is damaged or was changed. Copy it again, or take another backup."},
    {"backup_newer", "这份备份出自更新版本的查验。请安装那个版本再恢复。", "The backup was made by a newer version of chayan. Restore it with that version."},
    {"backup_mismatch", "备份的内容与它自己的清单不符，没有恢复。请换一份备份。", "The backup does not hold what it says that it holds; nothing was restored. Take another backup."},
    {"keys_missing", "缺少同名的 .keys 文件。恢复需要备份文件和它的 .keys。", "The .keys file of this backup is missing. A restore needs both files, side by side."},
    {"keys_foreign", ".keys 文件不是查验的密钥文件。", "The .keys file is not one of chayan."},
    {"keys_newer", ".keys 文件出自更新版本的查验。请安装那个版本再恢复。", "The .keys file was made by a newer version of chayan. Restore it with that version."},
    {"keys_damaged", ".keys 文件已损坏或不完整。请重新复制。", "The .keys file is damaged or cut short. Copy it again."},
    {"keys_of_another", ".keys 文件属于另一份备份。请用同时生成的那一个。", "The .keys file belongs to another backup. Take the one that was made with this file."},
    {"recovery_key_malformed", "恢复密钥应为 52 个字母和数字，请检查是否抄漏抄错。", "A recovery key has 52 letters and digits. Check what was typed."},
    {"recovery_key_wrong", "恢复密钥不对。请用首次启动时打印的那一个。", "This is not the recovery key of this backup. Take the one that was printed at the first start."},
    {"recovery_key_needed", "没有终端可以输入恢复密钥，请用 --recovery-key-file 指定文件。", "There is no terminal to ask for the recovery key. Name a file with --recovery-key-file."},
    {"folder_not_empty", "目标文件夹不是空的，没有改动它。请恢复到空文件夹。", "The folder is not empty and was left as it is. Restore into an empty one."},
    {"time_zone_differs", "备份来自另一时区的系统。请用 --config 指定原来的 [local] time_zone。", "The backup is of an installation in another time zone. Name its [local] time_zone with --config."},
    {"scan_days_differs", "备份来自 scan_days 不同的系统。请用 --config 指定原来的 [retention] scan_days，否则会销毁仍在保存期内的密钥。", "The backup is of an installation with another scan_days. Name its [retention] scan_days with --config: keys of days that it keeps would be destroyed."},
    {"clock_differs", "按这台机器的时钟，备份做于将来，或已超过 scan_days。请先校准时钟；时钟无误时加上 --accept-clock。", "By this machine's clock the backup is of the future, or older than scan_days. Set the clock; if it is right, add --accept-clock."},
    {"numbers_exhausted", "恢复次数太多，编号不够再跳过一段。", "After so many restores there are not enough numbers left to skip."},
    {"ref_twice", "前面有一行用了同一编号，内容却不同。请只留一行。", "An earlier row has the same ref and says something else. Keep one of them."},
    {"place_presence", "同一场所的各门方式须一致。", "The sites of one place must have one presence."},
    {"format_unknown", "format 须是 json、ndjson、csv 或 xlsx。", "format is json, ndjson, csv or xlsx."},
    {"part_unknown", "没有这一部分。part 只用于 csv 和 ndjson：轨迹为 visits 或 scans，接触者为 contacts 或 explain。",
     "There is no such part. part goes with csv and ndjson only: visits or scans of a trajectory, contacts or explain of a trace."},
    {"export_busy", "正在导出的太多，请稍候再试。", "Too many exports are being made. Try again in a moment."},
    {"export_too_long", "结果太多，无法一次导出。请缩短时间段或加条件。", "The answer is too long for one export. Shorten the window or add a condition."},
    {"export_unwanted", "已取消导出。", "The export was cancelled."},
    {"cell_too_long", "有一格超出 XLSX 的长度上限，请改用 csv 或 ndjson。", "A cell is longer than XLSX allows. Use csv or ndjson."},
    {"disk_short", "服务器磁盘空间不足，没有导出。请稍后再试，并告诉管理员。", "The server is short of disk space and made no export. Try again later and tell the administrator."},
    {"field_unknown", "没有这个字段。可选：name、document、phone、address、workplace。", "There is no such field. Choose from name, document, phone, address and workplace."},
    {"query_kind", "query 须恰好写一项：people、passages、trajectory 或 contacts。", "Give exactly one of people, passages, trajectory and contacts."},
    {"disclosure_too_long", "一次最多提供 2 万条登记的个人信息，请缩小范围。", "One disclosure tells at most 20,000 registrations in full. Narrow the question."},
    {"trace_direction_unknown", "追查方向须是 forward（向后）或 backward（向前溯源）。", "The direction of a trace is forward or backward."},
    {"scratch_short", "服务器内存不足，做不成 XLSX。请改用 csv 或 ndjson，或稍后再试。", "The server is short of memory for an XLSX. Use csv or ndjson, or try again later."},
};

const Words* find(std::string_view code) {
    const auto* found = std::find_if(std::begin(table), std::end(table), [&](const Words& words) { return words.code == code; });
    return found == std::end(table) ? nullptr : found;
}

constexpr Words general{"", "无法完成，请检查后重试。", "This could not be done. Check it and try again."};

}  // namespace

Language preferred_language(std::string_view accept_language) {
    double zh = -1;
    double en = -1;
    while (!accept_language.empty()) {
        auto range = accept_language.substr(0, accept_language.find(','));
        accept_language.remove_prefix(std::min(accept_language.size(), range.size() + 1));
        while (range.starts_with(' ')) range.remove_prefix(1);
        double quality = 1;
        if (const auto at = range.find(";q="); at != std::string_view::npos) quality = std::strtod(std::string(range.substr(at + 3)).c_str(), nullptr);
        if (range.starts_with("zh")) zh = std::max(zh, quality);
        if (range.starts_with("en")) en = std::max(en, quality);
    }
    return en > 0 && en > zh ? Language::en : Language::zh;
}

std::string_view sentence(std::string_view code, Language language) {
    const auto* words = find(code);
    if (words == nullptr) words = &general;
    return language == Language::zh ? words->zh : words->en;
}

bool has_sentence(std::string_view code) { return find(code) != nullptr; }

}  // namespace chayan::service
