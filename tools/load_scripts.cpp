// SPDX-License-Identifier: Apache-2.0
#include "load_scripts.hpp"

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <fstream>
#include <stdexcept>

namespace chayan::load {
namespace {

namespace bj = boost::json;

constexpr std::size_t people_per_day = 490;   // serials from 996 on mean something else
constexpr std::array surnames{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周"};
constexpr std::array first_signs{"建", "国", "文", "秀", "玉", "金", "海", "春", "志", "永"};
constexpr std::array second_signs{"华", "英", "兰", "珍", "生", "梅", "荣", "霞", "强", "成"};

std::string id_number(std::size_t person) {
    using namespace std::chrono;
    const year_month_day born = sys_days(year(1961) / January / 1) + days(person / people_per_day);
    std::array<char, 32> digits;
    std::snprintf(digits.data(), digits.size(), "130682%04d%02u%02u%03zu", static_cast<int>(born.year()), static_cast<unsigned>(born.month()),
                  static_cast<unsigned>(born.day()), person % people_per_day * 2);
    constexpr std::array weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += (digits[i] - '0') * weights[i];
    return std::string(digits.data(), weights.size()) + "10X98765432"[sum % 11];
}

std::string registration_body(std::size_t person) {
    std::array<char, 16> phone;
    std::snprintf(phone.data(), phone.size(), "142%08zu", person % 100'000'000);
    const std::string name = std::string(surnames[person % 10]) + first_signs[person / 10 % 10] + second_signs[person / 100 % 10];
    return R"({"name":")" + name + R"(","document":{"type":"id","number":")" + id_number(person) + R"("},"phone":")" + phone.data() +
           R"(","notice_version":2})";
}

std::string rfc3339(std::int64_t second) {
    const std::time_t time = second;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> text;
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

void write_post(std::string& request, std::string_view host, std::string_view path, std::string_view credential, std::string_view body) {
    request.append("POST ").append(path).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    if (!credential.empty()) request.append("Authorization: Bearer ").append(credential).append("\r\n");
    request.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

std::string_view text_of(const bj::value& value) {
    const auto* text = value.if_string();
    return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

/// The only scan of an answer; null when the body is not one.
const bj::object* only_scan(const bj::value& answer) {
    const auto* object = answer.if_object();
    if (object == nullptr || !object->contains("verdict") || !object->contains("scans")) return nullptr;
    const auto* scans = object->at("scans").if_array();
    return scans != nullptr && scans->size() == 1 ? scans->at(0).if_object() : nullptr;
}

std::string_view member(const bj::object& object, std::string_view name) {
    const auto* value = object.if_contains(bj::string_view(name.data(), name.size()));
    return value == nullptr ? std::string_view{} : text_of(*value);
}

bj::value parse(std::string_view body) {
    bj::error_code error;
    auto value = bj::parse(bj::string_view(body.data(), body.size()), error);
    return error ? bj::value() : value;
}

}  // namespace

void PlainScript::write(std::size_t, std::string& request) {
    request.append("GET ").append(path_).append(" HTTP/1.1\r\nHost: ").append(host_).append("\r\n\r\n");
}

void RegisterScript::write(std::size_t number, std::string& request) {
    write_post(request, host_, "/api/v1/registrations", {}, registration_body(first_ + number));
}

Judgement RegisterScript::read(std::size_t number, int status, std::string_view body) {
    const auto answer = parse(body);
    const auto* object = answer.if_object();
    if (status == 201 && object != nullptr) credentials_[number] = member(*object, "credential");
    return judge(status, !credentials_[number].empty());
}

void RegisterScript::save(const std::string& path) const {
    std::ofstream file(path);
    for (const auto& credential : credentials_)
        if (!credential.empty()) file << credential << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

std::string ScanScript::body_of(std::size_t number) const {
    const auto turn = source_.first + number;
    const auto resident = turn % source_.credentials.size();
    const auto& code = source_.codes[(resident + turn / source_.credentials.size()) % source_.codes.size()];
    return R"({"code":")" + code + R"(","direction":"in","at":")" + rfc3339(seconds_[number]) + R"("})";
}

void ScanScript::write(std::size_t number, std::string& request) {
    if (seconds_.size() <= number) seconds_.resize(number + 1);
    seconds_[number] = std::time(nullptr);
    write_post(request, host_, "/api/v1/scans", source_.credentials[(source_.first + number) % source_.credentials.size()], body_of(number));
}

Judgement ScanScript::read(std::size_t number, int status, std::string_view body) {
    if (expected_ != 201) return judge(status, status == expected_);
    const auto answer = parse(body);
    const auto* scan = only_scan(answer);
    if ((status != 201 && status != 200) || scan == nullptr) return judge(status, false);
    const auto id = member(*scan, "id");
    const bool is_receipt = !id.empty() && !member(*scan, "site").empty() && member(*scan, "direction") == "in" &&
                            member(*scan, "at") == rfc3339(seconds_[number]);
    if (is_receipt && acknowledged_ != nullptr) {
        const auto& credential = source_.credentials[(source_.first + number) % source_.credentials.size()];
        const auto line = credential + "\t" + body_of(number) + "\t" + std::string(id) + "\n";
        if (std::fwrite(line.data(), 1, line.size(), acknowledged_) != line.size()) throw std::runtime_error("cannot write what was acknowledged");
    }
    return judge(status, is_receipt);
}

void PageScript::write(std::size_t number, std::string& request) {
    const auto turn = source_.first + number;
    const auto resident = turn % source_.credentials.size();
    const auto& code = source_.codes[(resident + turn / source_.credentials.size()) % source_.codes.size()];
    constexpr std::string_view body = "direction=in";
    request.append(taps_ ? "POST /s/" : "GET /s/").append(code).append(" HTTP/1.1\r\nHost: ").append(host_);
    request.append("\r\nCookie: __Host-chayan=").append(source_.credentials[resident]).append("\r\nAccept-Language: zh-CN,zh;q=0.9");
    if (!coding_.empty()) request.append("\r\nAccept-Encoding: ").append(coding_);
    if (taps_) request.append("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ").append(std::to_string(body.size()));
    request.append("\r\n\r\n");
    if (taps_) request.append(body);
}

void AgainScript::write(std::size_t number, std::string& request) {
    const std::string_view line = lines_[number];
    const auto first = line.find('\t');
    const auto second = line.rfind('\t');
    if (first == second) throw std::runtime_error("a line of --acknowledged is not: credential, body, id");
    write_post(request, host_, "/api/v1/scans", line.substr(0, first), line.substr(first + 1, second - first - 1));
}

Judgement AgainScript::read(std::size_t number, int status, std::string_view body) {
    const auto answer = parse(body);
    const auto* scan = only_scan(answer);
    const std::string_view line = lines_[number];
    const auto judgement = judge(status, status == 200 && scan != nullptr && member(*scan, "id") == line.substr(line.rfind('\t') + 1));
    is_told_[number] = judgement != Judgement::shed;
    return judgement;
}

std::vector<std::string> AgainScript::untold() const {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < lines_.size(); ++i)
        if (!is_told_[i]) lines.push_back(lines_[i]);
    return lines;
}

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    if (lines.empty()) throw std::runtime_error(path + " is empty");
    return lines;
}

}  // namespace chayan::load
