// SPDX-License-Identifier: Apache-2.0
// Whose service this is: the office's name, its hotline and the number under which its host is filed. Kept in the store, so that whoever sets the
// service up can say it; what the settings file says wins, for it is what the machine's administrator wrote. Any thread reads; change() blocks.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/directory.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct OfficeChange {
    std::optional<std::string> name, hotline, filing;   ///< none: stays; empty: nothing is said any more
};

class Office {
public:
    /// `fixed`: what the settings file says.
    Office(Writer& writer, DirectoryBoard& board, OfficeWords fixed) : writer_(writer), board_(board), fixed_(std::move(fixed)) {}

    /// What is in force.
    OfficeWords words() const;
    /// What the settings file says, and nobody can change here.
    const OfficeWords& fixed() const { return fixed_; }
    /// Errors: scope_outside (403) for whose scope is not everything, office_fixed (409), text_malformed, text_too_long (422).
    kit::Result<OfficeWords> change(const Caller& caller, const OfficeChange& change);

private:
    Writer& writer_;
    DirectoryBoard& board_;
    const OfficeWords fixed_;
};

}  // namespace chayan::service
