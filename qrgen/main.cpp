// SPDX-License-Identifier: Apache-2.0
// The command line of qrgen.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string_view>

#include <CLI/CLI.hpp>

#include "qrgen/field.hpp"
#include "qrgen/run.hpp"

namespace chayan::qrgen {
namespace {

Tongue tongue() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return std::string_view(value).starts_with("en") ? Tongue::en : Tongue::zh;
    }
    return Tongue::zh;
}

constexpr const char* about = "从检测点清单打印海报 / Posters from a list of sites\n\n"
                              "The list is what `chayan site export` prints, or any CSV with the columns name and url, and perhaps\n"
                              "ref, category, division, address, direction, code, hotline. UTF-8 or GBK. Bad rows go to LIST.rejected.csv.";

constexpr const char* examples = "\n例 / Examples:\n"
                                 "  chayan site export --data ./data | qrgen --sites - --out posters.pdf --direction in,out --issuer 定州市疫情防控指挥部\n"
                                 "  qrgen --sites sites.csv --divisions divisions.csv --out posters.pdf --check --packing-list packing.pdf --date 2020-02-10\n"
                                 "  qrgen --sites sites.csv --out boards --split --sheet lane --format svg\n"
                                 "  qrgen --sites sites.csv --out counters.pdf --sheet a6x4 --lang zh\n"
                                 "  qrgen --sites sites.csv --out logs.pdf --register\n"
                                 "  qrgen --cards people.csv --out cards.pdf\n"
                                 "\n退出码 / Exit codes: 0 done (rejected rows do not make it fail), 1 failed and nothing was written, 2 wrong usage\n";

struct Words {
    std::string format;
    std::string sheet = "a4";
    std::string language = "zh+en";
    std::string level = "q";
    std::vector<std::string> directions;
};

void add_options(CLI::App& app, Order& order, Words& words) {
    auto* sites = app.add_option("--sites", order.sites, "the list of sites; - reads stdin")->type_name("FILE");
    auto* cards = app.add_option("--cards", order.cards, "personal cards instead, ten on an A4 sheet: a CSV with name, url and perhaps village, ref")->type_name("FILE");
    sites->excludes(cards);
    app.add_option("--recovery-sheet", order.recovery_sheet, "a sheet of a recovery key instead, as chayan recovery sheets has it drawn; - reads stdin")->type_name("FILE")->excludes(sites)->excludes(cards);
    app.add_option("--out", order.out, "the file to write, or with --split the folder; - writes to stdout")->type_name("FILE")->required();
    app.add_option("--format", words.format, "pdf, svg or png; by default what the name of the output says, else pdf")->check(CLI::IsMember({"pdf", "svg", "png"}));
    app.add_option("--sheet", words.sheet, "a4, a3, a5x2 (two on A4), a6x4 (four on A4), lane (a board of 594 x 841 mm for drivers)")
        ->check(CLI::IsMember({"a4", "a3", "a5x2", "a6x4", "lane"}))->capture_default_str();
    app.add_option("--lang", words.language, "zh, en or zh+en")->check(CLI::IsMember({"zh", "en", "zh+en"}))->capture_default_str();
    app.add_option("--direction", words.directions, "print only these of any, in, out, pass")->delimiter(',')->check(CLI::IsMember({"any", "in", "out", "pass"}));
    app.add_option("--level", words.level, "error correction: m, q or h")->check(CLI::IsMember({"m", "q", "h"}))->capture_default_str();
    app.add_flag("--split", order.split, "one file for each site, named by its number and name; a sheet of several is filled with it");
    app.add_flag("--check", order.check, "read every code back from what is to be written, blurred and dirtied; one that fails ends the run");
    app.add_flag("--whole", order.is_whole, "write nothing where a row is rejected; of one output, not with --split");
    app.add_flag("--register", order.paper_logs, "a paper log for each site, for when nothing works, instead of its poster");
    app.add_option("--packing-list", order.packing_list, "also a list of the posters by township, to hand them out by")->type_name("FILE.pdf");
    app.add_option("--manifest", order.manifest, "a CSV of what was printed where; by default beside the output")->type_name("FILE.csv");
    app.add_option("--rejected", order.rejected, "where bad rows go; by default LIST.rejected.csv, and nowhere for stdin")->type_name("FILE.csv");
    app.add_option("--divisions", order.divisions, "names of divisions: a CSV with code, name, parent")->type_name("FILE.csv");
    app.add_option("--hotline", order.imprint.hotline, "printed for sites that have none in the list");
    app.add_option("--issuer", order.imprint.issuer, "who answers for the posters");
    app.add_option("--date", order.imprint.date, "the day of printing, YYYY-MM-DD; none by default, so that equal lists give equal files");
    app.add_option("--fonts", order.font_folders, "another folder with fonts")->type_name("DIR");
    app.footer(examples);
}

[[noreturn]] void wrong_usage(const char* zh, const char* en) { throw Failure({zh, en}, 2); }

bool is_date(const std::string& text) {
    if (text.size() != 10) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
    const auto two_digits = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    const int month = two_digits(5), day = two_digits(8);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

Format format_of(const std::string& word, const std::string& out) {
    const auto extension = std::filesystem::path(out).extension().string();
    const auto given = !word.empty() ? "." + word : extension;
    return given == ".svg" ? Format::svg : given == ".png" ? Format::png : Format::pdf;
}

void read_words(Order& order, const Words& words) {
    order.format = format_of(words.format, order.out);
    order.sheet = *parse_sheet(words.sheet);
    order.imprint.language = words.language == "zh" ? Language::zh : words.language == "en" ? Language::en : Language::both;
    order.imprint.level = words.level == "m" ? Level::m : words.level == "h" ? Level::h : Level::q;
    for (const auto& word : words.directions) order.directions.push_back(*parse_direction(word));
    if (order.sites.empty() && order.cards.empty() && order.recovery_sheet.empty()) wrong_usage("请用 --sites 或 --cards 给出清单", "name a list with --sites or --cards");
    if (!order.imprint.date.empty() && !is_date(order.imprint.date)) wrong_usage("--date 应写成 2020-02-10", "--date is written like 2020-02-10");
    if (order.split && order.out == "-") wrong_usage("--split 要写到文件夹，不能写到标准输出", "--split writes into a folder, not to stdout");
    for (const auto* text : {&order.imprint.hotline, &order.imprint.issuer})
        if (fault_of_text("", *text)) wrong_usage("--hotline 或 --issuer 太长，或有印不出来的字符", "--hotline or --issuer is too long or cannot be printed");
    if (!order.cards.empty() && (order.paper_logs || order.split)) wrong_usage("--cards 不能与 --register、--split 同用", "--cards goes with neither --register nor --split");
    if ((!order.cards.empty() || order.paper_logs) && !order.packing_list.empty()) wrong_usage("派发清单只用于海报", "a packing list is for posters");
}

int main_of(int count, char** arguments) {
    std::signal(SIGXFSZ, SIG_IGN);   // a limit on the size of files is a full disk: told, with nothing left behind
    CLI::App app(about, "qrgen");
    Order order;
    Words words;
    order.tongue = tongue();
    add_options(app, order, words);
    try {
        app.parse(count, arguments);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        std::cerr << error.what() << "\nqrgen --help\n";
        return 2;
    }
    try {
        read_words(order, words);
        run(order);
        return 0;
    } catch (const Failure& failure) {
        std::cerr << failure.sentence().in(order.tongue) << '\n';
        return failure.exit_code();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}

}  // namespace
}  // namespace chayan::qrgen

int main(int count, char** arguments) { return chayan::qrgen::main_of(count, arguments); }
