// SPDX-License-Identifier: Apache-2.0
#include "api/json.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "kit/limits.hpp"

using namespace chayan;
using namespace chayan::api;
using namespace std::string_literals;

namespace {

/// The code with which a body is refused, or nothing.
std::string refusal(const std::string& body) {
    const auto document = Document::parse(body);
    if (document) return {};
    CHECK(document.error().kind == kit::Errc::malformed);
    return document.error().code;
}

std::string nested(std::size_t depth) {
    std::string body = R"({"a":)";
    for (std::size_t i = 1; i < depth; ++i) body += "[";
    body += "1";
    for (std::size_t i = 1; i < depth; ++i) body += "]";
    return body + "}";
}

std::string with_members(std::size_t count) {
    std::string body = "{";
    for (std::size_t i = 0; i < count; ++i) body += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":0";
    return body + "}";
}

/// Reads with `use` and tells how reading ended.
template <class Use>
kit::Status read(const std::string& body, Use use) {
    auto document = Document::parse(body);
    REQUIRE(document);
    {
        Members members(*document);
        use(members);
    }
    return document->status();
}

}  // namespace

TEST_CASE("a body is one JSON object and nothing else") {
    CHECK(refusal("{}").empty());
    CHECK(refusal(" \t\r\n{ \"a\" : [ 1 , {} ] } \n").empty());
    for (const auto& body : {""s, "   "s, "{"s, "}"s, "[]"s, "[{}]"s, "\"a\""s, "null"s, "1"s, "true"s, "{}{}"s, "{} x"s, "{},"s, "{}\0"s, "\0{}"s, "{}/**/"s,
                             "//a\n{}"s, "{\"a\":1,}"s, "{,}"s, "{\"a\" 1}"s, "{\"a\"}"s, "{a:1}"s, "{'a':1}"s, "{\"a\":'b'}"s, "{\"a\":1 \"b\":2}"s,
                             "\xef\xbb\xbf{}"s}) {
        CAPTURE(body);
        CHECK(refusal(body) == "malformed_body");
    }
}

TEST_CASE("numbers and words are those of JSON") {
    for (const std::string value : {"0", "-0", "36.6", "1e2", "-1.5E-3", "true", "false", "null", "9223372036854775807"}) {
        CAPTURE(value);
        CHECK(refusal("{\"a\":" + value + "}").empty());
    }
    for (const std::string value : {"0x10", "NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "-", "True", "nul", "undefined", "1e", "1 2"}) {
        CAPTURE(value);
        CHECK(refusal("{\"a\":" + value + "}") == "malformed_body");
    }
}

TEST_CASE("text is UTF-8 without NUL, escaped or not") {
    CHECK(refusal("{\"a\":\"\\u5f20\\ud840\\udc00张𠀀\\n\"}").empty());
    for (const auto& value : {"\\u0000"s, "a\\u0000b"s, "a\0b"s, "\xc0\xaf"s, "\xc0\x80"s, "\xe0\x80\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\x80"s, "\xe5\xbc"s,
                              "\xff"s, "\\ud800"s, "\\udc00"s, "\\udc00\\ud800"s, "\\ud800a"s, "\\x41"s, "\\u12"s, "a\nb"s}) {
        CAPTURE(value);
        CHECK(refusal("{\"a\":\"" + value + "\"}") == "malformed_body");
        CHECK(refusal("{\"a\":[{\"b\":\"" + value + "\"}]}") == "malformed_body");
    }
}

TEST_CASE("depth and members are limited") {
    CHECK(refusal(nested(kit::json_depth_max)).empty());
    CHECK(refusal(nested(kit::json_depth_max + 1)) == "malformed_body");
    CHECK(refusal(nested(10'000)) == "malformed_body");
    CHECK(refusal(std::string(10'000, '[')) == "malformed_body");
    CHECK(refusal(with_members(kit::json_members_max)).empty());
    CHECK(refusal(with_members(kit::json_members_max + 1)) == "malformed_body");
    CHECK(refusal("{\"" + std::string(10'000, 'k') + "\":1}") == "malformed_body");
}

TEST_CASE("a member that stands twice is refused, at every depth and however its name is written") {
    for (const std::string body : {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"({"name":1,"n\u0061me":2})", R"({"x":{"a":1,"a":2}})", R"({"x":[{"a":1},{"b":1,"b":2}]})",
                                   R"({"":1,"":2})"}) {
        CAPTURE(body);
        CHECK(refusal(body) == "duplicate_member");
    }
    CHECK(refusal(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"A":0})").empty());
}

TEST_CASE("members are taken by name and type") {
    const auto status = read(R"({"t":"张","n":36.6,"i":-5,"w":37,"f":true,"o":{"in":"x"},"l":[{"k":"1"},{"k":"2"}],"s":["a","b"]})", [](Members& body) {
        CHECK(body.text("t") == "张");
        CHECK(body.number_if("n") == 36.6);
        CHECK(body.integer_if("i") == -5);
        CHECK(body.number_if("w") == 37.0);
        CHECK(body.flag_if("f") == true);
        CHECK(body.object("o").text("in") == "x");
        auto list = body.objects("l");
        REQUIRE(list.size() == 2);
        CHECK(list[0].text("k") == "1");
        CHECK(list[1].text("k") == "2");
        CHECK(body.texts_if("s") == std::vector<std::string>{"a", "b"});
    });
    CHECK(status);
}

TEST_CASE("a member that is true may stand for a text, and nothing else that is no text may") {
    const auto told = [](const char* body) {
        return read(body, [](Members& members) { CHECK((members.is_true("a") || members.text_if("a") == "x")); });
    };
    CHECK(told(R"({"a":true})"));
    CHECK(told(R"({"a":"x"})"));
    for (const char* bad : {R"({"a":false})", R"({"a":1})", R"({"a":{}})"}) {
        const auto status = read(bad, [](Members& members) {
            CHECK_FALSE(members.is_true("a"));
            CHECK_FALSE(members.text_if("a"));
        });
        CHECK(status.error().code == std::string("wrong_type"));
    }
    CHECK(read("{}", [](Members& members) { CHECK_FALSE(members.is_true("a")); }));
}

TEST_CASE("what may be absent is absent without a word") {
    const auto status = read("{}", [](Members& body) {
        CHECK_FALSE(body.text_if("a"));
        CHECK_FALSE(body.number_if("b"));
        CHECK_FALSE(body.integer_if("c"));
        CHECK_FALSE(body.flag_if("d"));
        CHECK_FALSE(body.object_if("e"));
        CHECK(body.objects_if("f").empty());
        CHECK_FALSE(body.texts_if("g"));
    });
    CHECK(status);
}

TEST_CASE("an empty list is there, and is not the same as none") {
    CHECK(read(R"({"s":[]})", [](Members& body) { CHECK(body.texts_if("s") == std::vector<std::string>{}); }));
}

TEST_CASE("a list that is too long is refused by the code it is given, and nothing in it is looked at") {
    for (const auto& [body, fits] : {std::pair{R"({"scans":[{},{}]})", true}, {R"({"scans":[{},{},{}]})", false}, {R"({"scans":[1,2,3]})", false}}) {
        CAPTURE(body);
        const auto status = read(body, [&, is_taken = fits](Members& members) {
            CHECK(members.objects("scans", 2, "batch_too_large").size() == (is_taken ? 2U : 0U));
        });
        CHECK(bool(status) == fits);
        if (fits) continue;
        CHECK(status.error().kind == kit::Errc::invalid);
        CHECK(status.error().code == std::string("batch_too_large"));
        REQUIRE(status.error().fields.size() == 1);
        CHECK(status.error().fields[0].pointer == "/scans");
    }
}

TEST_CASE("of many mistakes the first are told") {
    for (const auto& [count, told] : {std::pair{std::size_t{kit::json_faults_told_max}, std::size_t{kit::json_faults_told_max}}, {kit::json_faults_told_max + 1, kit::json_faults_told_max}}) {
        std::string body = R"({"l":[1)";
        for (std::size_t i = 1; i < count; ++i) body += ",1";
        const auto status = read(body + "]}", [](Members& members) { (void)members.objects_if("l"); });
        CHECK(status.error().fields.size() == told);
    }
}

TEST_CASE("a required member that is missing is readable but wrong, and named") {
    const auto status = read(R"({"document":{"type":"id"}})", [](Members& body) {
        (void)body.text("name");
        auto document = body.object("document");
        (void)document.text("type");
        (void)document.text("number");
        (void)body.objects("scans");
        auto subject = body.object("subject");
        (void)subject.text("of an object that is missing itself");
    });
    REQUIRE_FALSE(status);
    CHECK(status.error().kind == kit::Errc::invalid);
    CHECK(status.error().code == "missing"s);
    std::vector<std::string> pointers;
    for (const auto& field : status.error().fields) pointers.push_back(field.pointer);
    CHECK(pointers == std::vector<std::string>{"/name", "/document/number", "/scans", "/subject"});
}

TEST_CASE("a wrong type is refused where it stands and never coerced") {
    struct Case {
        const char* body;
        const char* pointer;
    };
    for (const auto& wrong : {Case{R"({"t":5})", "/t"}, {R"({"t":true})", "/t"}, {R"({"t":null})", "/t"}, {R"({"t":["a"]})", "/t"}, {R"({"t":{}})", "/t"},
                              {R"({"t":"a","n":"36.6"})", "/n"}, {R"({"t":"a","n":null})", "/n"}, {R"({"t":"a","i":1.5})", "/i"}, {R"({"t":"a","i":1e2})", "/i"},
                              {R"({"t":"a","i":"1"})", "/i"}, {R"({"t":"a","i":9223372036854775808})", "/i"}, {R"({"t":"a","f":1})", "/f"}, {R"({"t":"a","f":"true"})", "/f"},
                              {R"({"t":"a","o":[]})", "/o"}, {R"({"t":"a","o":{"in":1}})", "/o/in"}, {R"({"t":"a","l":{}})", "/l"}, {R"({"t":"a","l":[{},5]})", "/l/1"},
                              {R"({"t":"a","l":[{},{"k":5}]})", "/l/1/k"}, {R"({"t":"a","s":"b"})", "/s"}, {R"({"t":"a","s":["b",1]})", "/s"}}) {
        CAPTURE(wrong.body);
        const auto status = read(wrong.body, [](Members& body) {
            (void)body.text("t");
            (void)body.number_if("n");
            (void)body.integer_if("i");
            (void)body.flag_if("f");
            if (auto inner = body.object_if("o")) (void)inner->text_if("in");
            for (auto& item : body.objects_if("l")) (void)item.text_if("k");
            (void)body.texts_if("s");
        });
        REQUIRE_FALSE(status);
        CHECK(status.error().kind == kit::Errc::malformed);
        CHECK(status.error().code == "wrong_type"s);
        REQUIRE(status.error().fields.size() == 1);
        CHECK(status.error().fields[0].pointer == wrong.pointer);
    }
}

TEST_CASE("a member nobody asked for is refused and pointed at, and its name is told when it can be nobody's number") {
    struct Case {
        std::string body;
        std::string pointer;
    };
    const std::string longest(32, 'n');
    for (const auto& [body, pointer] : {Case{R"({"a":"x","role":"admin"})", "/role"}, {R"({"a":"x","__proto__":{}})", "/__proto__"}, {R"({"a":"x","A":"y"})", "/A"},
                                        {R"({"a":"x","":1})", "/"}, {R"({"o":{"a":"x","13068219800101":1}})", "/o"}, {R"({"o":{"foo":"secret"}})", "/o/foo"},
                                        {R"({"王明":1})", "/"}, {R"({"x/y":1})", "/"}, {R"({"x y":1})", "/"}, {R"({"line2":1})", "/"},
                                        {"{\"" + longest + "\":1}", "/" + longest}, {"{\"" + longest + "n\":1}", "/"}}) {
        CAPTURE(body);
        const auto status = read(body, [](Members& members) {
            (void)members.text_if("a");
            if (auto inner = members.object_if("o")) (void)inner->text_if("a");
        });
        REQUIRE_FALSE(status);
        CHECK(status.error().kind == kit::Errc::malformed);
        CHECK(status.error().code == "unknown_member"s);
        REQUIRE(status.error().fields.size() == 1);
        CHECK(status.error().fields[0].pointer == pointer);
    }
}

TEST_CASE("what cannot be read weighs more than what is missing") {
    const auto status = read(R"({"b":1})", [](Members& body) {
        (void)body.text("a");
        (void)body.text("b");
    });
    REQUIRE_FALSE(status);
    CHECK(status.error().code == "wrong_type"s);
}

TEST_CASE("the items of a batch are judged each on its own") {
    auto document = Document::parse(R"({"scans":[{"a":1},{},{"a":"x"},{"a":"x","b":1}]})");
    REQUIRE(document);
    std::vector<std::string> codes;
    {
        Members body(*document);
        for (auto& given : body.objects("scans")) {
            {
                Members item = std::move(given);
                (void)item.text("a");
            }
            const auto status = document->take_status();
            codes.emplace_back(status ? "" : status.error().fields[0].pointer + " " + status.error().code);
        }
    }
    CHECK(codes == std::vector<std::string>{"/a wrong_type", "/a missing", "", "/b unknown_member"});   // as seen from the item
    CHECK(document->status());
}

TEST_CASE("what is written is what a reader of JSON reads") {
    JsonText text;
    text.begin_object().member("a", "x").key("l").begin_array().value(std::int64_t{-1}).value(true).null().begin_object().end_object().begin_array().end_array().end_array();
    text.member("z", false).key("o").begin_object().member("n", std::int64_t{9'223'372'036'854'775'807}).end_object().end_object();
    CHECK(text.take() == R"({"a":"x","l":[-1,true,null,{},[]],"z":false,"o":{"n":9223372036854775807}})");
}

TEST_CASE("any text survives writing and reading") {
    std::string every;
    for (char c = 1; c < 127; ++c) every.push_back(c);
    for (const auto& original : {every, "\"\\/"s, "张三·𠀀"s, "</script>"s, ""s}) {
        JsonText text;
        auto document = Document::parse(text.begin_object().member("a", original).end_object().take());
        REQUIRE(document);
        Members body(*document);
        CHECK(body.text("a") == original);
    }
}
