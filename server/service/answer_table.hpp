// SPDX-License-Identifier: Apache-2.0
// An answer as named columns and rows, for whatever form it leaves in: JSON, NDJSON, CSV, XLSX. Rows are made when they are
// asked for, so that nothing but the answer itself is held. Whether people are masked was decided by whoever made the rows:
// no writer knows. Values; a table is one thread's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::service {

struct Cell;
using Row = std::vector<Cell>;
/// One value of a row; std::monostate: the member is not there.
struct Cell : std::variant<std::monostate, std::string, std::int64_t, double, bool, domain::Instant, std::vector<std::string>,
                           std::vector<std::int64_t>, std::vector<Row>> {
    using variant::variant;
    template <class T>
    const T* get_if() const {
        return std::get_if<T>(static_cast<const variant*>(this));
    }
};

enum class ColumnKind : std::uint8_t {
    text,     ///< also numbers that are names: documents, phones, ids
    number,
    flag,
    moment,
    list,     ///< of texts
    rows,     ///< an array of objects; in the flat formats it is a part of its own
};

/// `name` is the JSON name; a dot goes into an object ("person.id"), whose members stand together.
struct Column {
    std::string name;
    ColumnKind kind = ColumnKind::text;
    const char* title = "";               ///< Chinese, for the cover sheet
    std::vector<Column> columns{};        ///< of kind rows
    bool is_in_head = false;              ///< a JSON document says it once, in its head; where there are only rows, each says it
};

/// One list of an answer.
struct AnswerPart {
    const char* name = "";                ///< the JSON member, and what `part` names
    const char* title = "";               ///< Chinese
    std::vector<Column> columns;
    std::uint64_t count = 0;
    /// Makes row `number` < count in place: one cell for each column.
    std::function<void(std::uint64_t number, Row& row)> fill;
    /// The rows of a column of kind rows, told flat: not in JSON, not counted, and given in CSV and NDJSON only when named.
    bool is_detail = false;
};

using NamedCells = std::vector<std::pair<std::string, Cell>>;

struct AnswerTable {
    const char* kind = "";                ///< "passages"
    const char* title = "";               ///< Chinese
    std::string case_number;              ///< or empty
    NamedCells head, tail;                ///< JSON members before and after the lists
    std::vector<AnswerPart> parts;        ///< at least one
    NamedCells parameters;                ///< what was asked, for the cover sheet
    std::vector<domain::RegistrationId> told;   ///< whom it tells in full; nobody while it is masked
    bool is_masked = true;
    bool is_complete = true;

    /// Of all parts that are not details.
    std::uint64_t count() const;
    /// The part of that name; the first when `part` is empty; null when there is none.
    const AnswerPart* find_part(std::string_view part) const;
};

enum class Format : std::uint8_t { json, ndjson, csv, xlsx };
std::optional<Format> find_format(std::string_view word);
const char* word_of(Format format);

/// Whether somebody still waits for the answer.
using Wanted = std::function<bool()>;

/// Makes every row in turn and hands it on. Ends with the first error of `take`, or busy "export_unwanted" when nobody waits any more.
kit::Status for_each_row(const AnswerPart& part, const Wanted& wanted, const std::function<kit::Status(const Row&)>& take);

/// For CSV and spreadsheets: a byte that is no UTF-8, a control character or a noncharacter becomes U+FFFD.
std::string printable(std::string_view text);
/// To three digits that matter, as JSON and CSV write numbers: "0.0123", "1.5e-08".
std::string rounded(double number);
/// A list in one cell: joined by ';', with a backslash before a ';' or a backslash of its own.
std::string joined(const std::vector<std::string>& list);

}  // namespace chayan::service
