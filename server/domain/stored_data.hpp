// SPDX-License-Identifier: Apache-2.0
// What is stored, for whoever has to account for it (PIPL 55 and 56): each column of the schema with how it is kept, the kind of data that it is of, and what the
// assessment says beside. Tables of schema/, read once. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chayan::domain {

/// In both languages of the pages.
struct TwoWords {
    std::string zh, en;
};

/// A kind of data.
struct StoredKind {
    std::string word;
    int level = 1;                     ///< 4 sensitive personal data, 3 personal data, 2 of staff, 1 of nobody
    std::string retention;             ///< scan_days, desk_days, audit_days; people, roster: by what refers to them; service: as long as it runs
    TwoWords name, purpose, basis;
    std::vector<std::string> calls;    ///< paths of the calls that show it
};

/// How a column is kept: p plain, i the number of somebody (a pseudonym), b a keyed digest, s sealed.
struct StoredColumn {
    std::string table, column;
    char form = 'p';
    std::string kind;
};

struct AssessmentPart {
    std::string word;
    TwoWords text;
};

const std::vector<StoredKind>& stored_kinds();
/// By table, as they stand in the schema.
const std::vector<StoredColumn>& stored_columns();
const std::vector<AssessmentPart>& assessment_parts();

}  // namespace chayan::domain
