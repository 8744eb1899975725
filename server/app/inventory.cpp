// SPDX-License-Identifier: Apache-2.0
#include "app/inventory.hpp"

#include <algorithm>

#include "domain/stored_data.hpp"
#include "service/retention_view.hpp"

namespace chayan::app {
namespace {

const char* word_of_form(char form) {
    switch (form) {
        case 's': return "sealed";
        case 'b': return "digest";
        case 'i': return "pseudonym";
        default: return "plain";
    }
}

}  // namespace

std::string inventory(const Config& config) {
    const service::RetentionTimes times{config.scan_days, config.desk_days, config.audit_days};
    std::string text = "table,column,kind,level,form,retention,days\n";
    for (const auto& column : domain::stored_columns()) {
        const auto& kinds = domain::stored_kinds();
        const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.word == column.kind; });
        text += column.table + ',' + column.column + ',' + kind->word + ',' + std::to_string(kind->level) + ',' + word_of_form(column.form) + ',' + kind->retention + ',' +
                std::to_string(service::kept_days(*kind, times, config.roster_days)) + '\n';
    }
    return text;
}

}  // namespace chayan::app
