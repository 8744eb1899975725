// SPDX-License-Identifier: Apache-2.0
// What a line of the audit log says, in both languages.
#include "service/audit.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;

namespace {

std::string said(const std::string& by, const std::string& action, const std::string& detail, Language language) {
    storage::AuditRow row;
    row.action = action;
    return audit_sentence(by, row, detail, language);
}
std::string zh(const std::string& by, const std::string& action, const std::string& detail = {}) { return said(by, action, detail, Language::zh); }
std::string en(const std::string& by, const std::string& action, const std::string& detail = {}) { return said(by, action, detail, Language::en); }

}  // namespace

TEST_CASE("what a resident did with their own data is a sentence") {
    CHECK(zh("", "own_data_exported", "registration 3") == "一位居民导出了本人的数据。");
    CHECK(en("", "own_data_exported", "registration 3") == "A resident took their own data along.");
    CHECK(zh("", "dependant_removed", "registration 3") == "一名居民去掉了代管的家属。");
    CHECK(zh("", "own_data_withdrawn", "registration 3") == "一位居民撤回了登记，并要求删除本人的数据。");
    CHECK(en("", "own_data_withdrawn", "registration 3") == "A resident withdrew, and asked that their own data be erased.");
    CHECK(zh("", "own_statement_corrected", "registration 3") == "一位居民更正了本人的登记。");
    CHECK(en("", "own_statement_corrected", "registration 3") == "A resident corrected their own statement.");
}

TEST_CASE("what is kept no longer is told by its kind") {
    CHECK(zh("", "rows_forgotten", "kind=people\ncount=12") == "到期清理：不再有记录的登记，已删除 12 条。");
    CHECK(en("", "rows_forgotten", "kind=alerts\ncount=3") == "Kept no longer: alerts, 3 removed.");
}

TEST_CASE("who did it without a login is told by what was done") {
    CHECK(zh("", "operator_added", "login=multi") == "本机管理员 添加了操作员 multi。");
    CHECK(en("", "operator_added", "login=multi") == "The machine's administrator added the operator multi.");
    CHECK(en("li", "operator_added", "login=multi") == "li added the operator multi.");
    CHECK(zh("", "login_failed") == "未知账号 登录失败。");
    CHECK(en("", "login_failed") == "Logging in as an unknown login failed.");
    CHECK(en("li", "login_failed") == "Logging in as li failed.");
    CHECK(zh("", "scan_voided") == "居民本人 撤销了一条扫码。");
    CHECK(en("", "scan_voided") == "The resident voided a scan.");
    CHECK(zh("", "backed_up", "1f2e") == "本机管理员 做了备份：1f2e。");
    CHECK(en("", "sites_imported", "4 new, 0 changed, 0 rejected") == "The machine's administrator imported sites: 4 new, 0 changed, 0 rejected.");
}

TEST_CASE("the counts of an import are told in the reader's language") {
    CHECK(zh("li", "sites_imported", "4 new, 0 changed, 12 rejected") == "li 导入检测点：新增 4，变更 0，拒收 12。");
    CHECK(zh("li", "scans_imported", "999 new, 0 changed, 1 rejected, stopped early") == "li 导入历史扫码：新增 999，变更 0，拒收 1，中途停止。");
    CHECK(en("li", "scans_imported", "999 new, 0 changed, 1 rejected, stopped early") == "li imported past scans: 999 new, 0 changed, 1 rejected, stopped early.");
    CHECK(zh("li", "sites_imported", "something else") == "li 导入检测点：something else。");
}

TEST_CASE("a change of an operator says what it was before and is now") {
    const std::string detail = "login=wang\nwhat=roles guard > guard,tracer;scope 130682 > ;disabled";
    CHECK(zh("li", "operator_changed", detail) == "li 更改了操作员 wang：角色 guard → guard,tracer、辖区 130682 → 全部、停用。");
    CHECK(en("li", "operator_changed", detail) == "li changed the operator wang: roles guard → guard,tracer; scope 130682 → everywhere; disabled.");
    CHECK(zh("li", "operator_changed", "login=wang\nwhat=scope  > 130682;enabled;otp_reset;password") ==
          "li 更改了操作员 wang：辖区 全部 → 130682、启用、重置动态验证码、密码。");
}

TEST_CASE("changes that were written down before they said what it was are still told") {
    CHECK(en("li", "operator_changed", "login=wang\nwhat=roles,scope,enabled") == "li changed the operator wang: roles; scope; enabled.");
    CHECK(zh("li", "operator_changed", "login=wang\nwhat=otp") == "li 更改了操作员 wang：动态验证码。");
}
