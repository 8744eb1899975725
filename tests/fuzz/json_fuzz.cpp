// SPDX-License-Identifier: Apache-2.0
// A request body of anybody's making, read the way the calls read theirs: it never throws, and text that was taken is
// read back the same from what we would write.
#include <cstdint>
#include <string>
#include <string_view>

#include "api/json.hpp"
#include "kit/check.hpp"

using namespace chayan::api;

namespace {

void take(Members& members) {
    static_cast<void>(members.text_if("at"));
    static_cast<void>(members.number_if("temperature"));
    static_cast<void>(members.integer_if("degree"));
    static_cast<void>(members.flag_if("self"));
    static_cast<void>(members.texts_if("dependants"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t count) {
    auto document = Document::parse(std::string_view(reinterpret_cast<const char*>(data), count));
    if (!document) return 0;
    std::string code;
    {
        Members body(*document);
        code = body.text("code");
        take(body);
        if (auto subject = body.object_if("subject")) take(*subject);
        for (auto& scan : body.objects_if("scans")) take(scan);
    }
    if (!document->status()) return 0;

    JsonText text;
    text.begin_object().member("code", std::string_view(code)).end_object();
    auto again = Document::parse(text.take());
    CHECK(again);
    {
        Members body(*again);
        CHECK(body.text("code") == code);
    }
    CHECK(again->status());
    return 0;
}
