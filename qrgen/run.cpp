// SPDX-License-Identifier: Apache-2.0
#include "qrgen/run.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <utility>

#include "qrgen/card.hpp"
#include "qrgen/check.hpp"
#include "qrgen/field.hpp"
#include "qrgen/file_name.hpp"
#include "qrgen/list_file.hpp"
#include "qrgen/packing_list.hpp"
#include "qrgen/paper_log.hpp"
#include "qrgen/recovery_sheet.hpp"
#include "qrgen/words.hpp"

namespace chayan::qrgen {
namespace {

constexpr double module_mm_least = 0.5;   // under it a phone of some years has to be held very near

/// How far a long run is, on a terminal.
class Progress {
public:
    explicit Progress(std::size_t total) : total_(total), is_shown_(::isatty(STDERR_FILENO) == 1) {}
    ~Progress() {
        if (is_begun_) std::cerr << '\n';
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void step() {
        ++done_;
        if (!is_shown_ || (done_ % 20 != 0 && done_ != total_)) return;
        is_begun_ = true;
        std::cerr << '\r' << done_ << '/' << total_ << std::flush;
    }

private:
    std::size_t total_;
    std::size_t done_ = 0;
    bool is_shown_;
    bool is_begun_ = false;
};

/// What was printed where: a line of the manifest.
struct Printed {
    const Site* site;
    std::string file;
    std::size_t page;
    std::size_t place;   ///< on the page, from 1
    int version;
    double module_mm;
};

std::string rounded_to(double value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

void write(const std::string& path, std::string_view bytes) {
    if (path != "-") return write_file(path, bytes);
    std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!std::cout.flush()) throw Failure({"写不到标准输出", "cannot write to stdout"});
}

Failure nothing_good(const std::string& list) {
    return Failure({shown_name(list) + "：没有一行可以打印，什么也没有写", shown_name(list) + ": no row could be printed; nothing was written"});
}

/// What did not fit was rejected by its line alone: the rows as they came are looked up again, since they are few.
void look_up_rows(std::vector<RejectedRow>& rejected, std::string_view text) {
    std::map<std::size_t, RejectedRow*> bare;
    for (auto& one : rejected)
        if (one.raw.empty()) bare[one.line] = &one;
    CsvReader reader(text);
    for (auto row = reader.next(); row && !bare.empty(); row = reader.next())
        if (const auto found = bare.find(row->line); found != bare.end()) found->second->raw = std::string(row->raw);
}

/// A book and what its codes should read as.
class CheckedBook {
public:
    CheckedBook(const Order& order, const Sheet& sheet, const std::string& title)
        : book(order.format, sheet.width, sheet.height, sheet.png_dpi, title, order.imprint.date), order_(order), dpi_(sheet.png_dpi) {}

    Book book;   ///< draw into it, but finish it here

    void expect(std::string text, const Box& code, std::string what) {
        codes_[book.pages()].push_back({std::move(text), code});
        names_[book.pages()].push_back(std::move(what));
    }

    /// The bytes, after every code was read back where that was asked for. Throws Failure that says which could not be.
    std::string finish() {
        auto bytes = book.finish();
        if (!order_.check) return bytes;
        Progress progress(codes_.size());
        for (const auto& [page, codes] : codes_) {
            const auto wrong = misread(bytes, order_.format, page - 1, dpi_, codes);
            if (!wrong.empty()) {
                const auto& name = names_[page][wrong.front()];
                throw Failure({"--check：" + name + " 的码读不回来，什么也没有写", "--check: the code of " + name + " does not read back; nothing was written"});
            }
            progress.step();
        }
        return bytes;
    }

private:
    const Order& order_;
    int dpi_;
    std::map<std::size_t, std::vector<ExpectedCode>> codes_;
    std::map<std::size_t, std::vector<std::string>> names_;
};

/// Prints the posters of a list, or the paper logs: Press is either's.
class Printing {
public:
    Printing(const Order& order, Typesetter& typesetter, SiteList list) : order_(order), typesetter_(typesetter), list_(std::move(list)) {}

    template <class Press>
    void print(Press& press, const Sheet& sheet) {
        sheet_word_ = sheet.word;
        Progress progress(list_.sites.size());
        if (order_.split) print_apart(press, sheet, progress);
        else print_together(press, sheet, progress);
    }

    /// Bad rows, the manifest, the packing list and the counts.
    void close(const std::string& header, const std::string& text_of_list);

private:
    template <class Press>
    auto compose(Press& press, const Site& site) {
        auto drawing = press.compose(site);
        if (!drawing) {
            const auto name = shown(site.name);   // which site it is, since a line may be far down
            list_.rejected.push_back({site.line, {}, {name + "：" + drawing.reason().zh, name + ": " + drawing.reason().en}});
        }
        return drawing;
    }

    template <class Press, class Drawing>
    void draw(Press& press, CheckedBook& to, const Drawing& drawing, const Sheet& sheet, std::size_t place) {
        press.draw(cairo_, drawing, sheet.posters[place], to.book.shares_forms());
        const auto code = press.code_place(drawing.symbol, sheet.posters[place]);
        to.expect(drawing.site->url, code.box, shown(drawing.site->name));
        if (code.module_mm() < module_mm_least) ++fine_;
        smallest_mm_ = std::min(smallest_mm_, code.module_mm());
        printed_.push_back({drawing.site, {}, to.book.pages(), place + 1, drawing.symbol.version(), code.module_mm()});
    }

    void begin_page(CheckedBook& to, const Sheet& sheet) {
        cairo_ = to.book.begin_page();
        for (const auto& mark : sheet.crop_marks) {
            cairo_move_to(cairo_, mark.x1, mark.y1);
            cairo_line_to(cairo_, mark.x2, mark.y2);
        }
        cairo_set_source_rgb(cairo_, 0, 0, 0);
        cairo_set_line_width(cairo_, 0.2);
        cairo_stroke(cairo_);
    }

    template <class Press>
    void print_together(Press& press, const Sheet& sheet, Progress& progress) {
        CheckedBook to(order_, sheet, (order_.paper_logs ? words::paper_log : words::posters).in(order_.imprint.language));
        std::size_t place = 0;
        const Site* before = nullptr;
        int township = 0;
        for (const auto& site : list_.sites) {
            progress.step();
            const auto drawing = compose(press, site);
            if (!drawing) continue;
            if (place == 0) {
                if (order_.format != Format::pdf && to.book.pages() == 1)
                    throw Failure({"SVG 和 PNG 只有一页：请加 --split，或改用 PDF", "SVG and PNG hold one page: use --split, or PDF"}, 2);
                begin_page(to, sheet);
            }
            if (before == nullptr || before->group != site.group) township = site.group.empty() ? 0 : to.book.outline(0, site.township.empty() ? site.group : site.township);
            to.book.outline(township, site.name);
            before = &site;
            draw(press, to, *drawing, sheet, place);
            place = (place + 1) % sheet.posters.size();
            if (place == 0) to.book.end_page();
        }
        if (printed_.empty()) return;
        if (order_.is_whole && !list_.rejected.empty()) throw Failure(list_.rejected.front().reason);
        if (place != 0) to.book.end_page();
        pages_ = to.book.pages();
        put_out(order_.out, to.finish());
        for (auto& one : printed_) one.file = order_.out == "-" ? "-" : std::filesystem::path(order_.out).filename().string();
    }

    template <class Press>
    void print_apart(Press& press, const Sheet& sheet, Progress& progress) {
        FileNames names;
        const auto folder = folder_of(order_.out);
        make_folder(folder.string());
        for (const auto& site : list_.sites) {
            progress.step();
            const auto drawing = compose(press, site);
            if (!drawing) continue;
            CheckedBook to(order_, sheet, site.name);
            begin_page(to, sheet);
            const auto first = printed_.size();
            for (std::size_t place = 0; place < sheet.posters.size(); ++place) draw(press, to, *drawing, sheet, place);
            to.book.end_page();
            const auto way = site.direction == Direction::any ? std::string() : std::string("-") + word_of(site.direction);   // never cut off
            const auto name = names.name_for((site.ref.empty() ? "" : site.ref + "-") + site.name, way + '.' + word_of(order_.format));
            put_out((folder / name).string(), to.finish());
            for (auto i = first; i < printed_.size(); ++i) printed_[i].file = name;
            ++pages_;
        }
    }

    static std::filesystem::path folder_of(const std::string& out) {
        const std::filesystem::path path(out);
        const auto extension = path.extension().string();
        return extension == ".pdf" || extension == ".svg" || extension == ".png" ? std::filesystem::path(path).replace_extension() : path;
    }

    void put_out(const std::string& path, std::string_view bytes) {
        bytes_ += bytes.size();
        write(path, bytes);
    }

    std::string manifest() const;
    void write_manifest() const;
    void say_counts() const;

    const Order& order_;
    Typesetter& typesetter_;
    SiteList list_;
    const char* sheet_word_ = "";
    cairo_t* cairo_ = nullptr;
    std::vector<Printed> printed_;
    std::size_t pages_ = 0;
    std::size_t bytes_ = 0;
    std::size_t fine_ = 0;
    double smallest_mm_ = 1000;
};

std::string Printing::manifest() const {
    std::string text = "\xEF\xBB\xBF" "file,page,place,ref,name,direction,township,address,code,revision,url,sheet,qr_version,module_mm,reads_from_m\n";
    for (const auto& one : printed_) {
        const auto& site = *one.site;
        const std::vector<std::string> fields{one.file, std::to_string(one.page), std::to_string(one.place), site.ref, site.name, word_of(site.direction),
                                              site.township.empty() ? site.group : site.township, site.address, site.code, site.revision ? std::to_string(*site.revision + 1) : "",
                                              site.url, sheet_word_, std::to_string(one.version), rounded_to(one.module_mm, 3), rounded_to(reading_distance_mm(one.module_mm) / 1000, 1)};
        for (std::size_t i = 0; i < fields.size(); ++i) text += (i > 0 ? "," : "") + sheet_field(fields[i]);
        text += '\n';
    }
    return text;
}

void Printing::write_manifest() const {
    if (!order_.manifest.empty()) return write_file(order_.manifest, manifest());
    if (order_.out == "-") return;
    write_file(order_.split ? (folder_of(order_.out) / "manifest.csv").string() : order_.out + ".manifest.csv", manifest());
}

void Printing::say_counts() const {
    auto& out = order_.out == "-" ? std::cerr : std::cout;
    out << (order_.paper_logs ? "logs " : "posters ") << printed_.size() << ", pages " << pages_ << ", bytes " << bytes_ << ", rejected " << list_.rejected.size();
    if (list_.left_out > 0) out << ", left out " << list_.left_out;
    out << std::endl;
    if (fine_ == 0) return;
    const auto count = std::to_string(fine_), size = rounded_to(smallest_mm_, 2);
    std::cerr << Sentence{"警告：" + count + " 个码的模块小于 0.5 毫米（最小 " + size + "），旧手机要凑得很近；请用更大的纸或更短的网址",
                          "warning: " + count + " codes have modules under 0.5 mm (down to " + size + "); take a larger sheet or a shorter address"}.in(order_.tongue) << '\n';
}

void Printing::close(const std::string& header, const std::string& text_of_list) {
    look_up_rows(list_.rejected, text_of_list);
    hand_back(order_.sites, order_.rejected, header, list_.rejected, order_.tongue);
    if (printed_.empty()) throw nothing_good(order_.sites);
    write_manifest();
    if (!order_.packing_list.empty()) {
        std::vector<PackedPoster> packed;
        const Site* before = nullptr;
        for (const auto& one : printed_) {
            if (one.site != before) packed.push_back({one.site, one.page, order_.split ? one.file : ""});
            before = one.site;
        }
        write_file(order_.packing_list, packing_list(typesetter_, order_.imprint, packed, sheet_word_));
    }
    say_counts();
}

/// Prints cards: ten on a sheet, a village on sheets of its own.
class CardPrinting {
public:
    CardPrinting(const Order& order, CardPress& press) : order_(order), press_(press), to_(order, sheet_of(SheetKind::a4), words::personal_card.in(order.imprint.language)) {}

    void print(const Card& card) {
        const auto& holder = *card.holder;
        const bool is_new_village = cards_ == 0 || village_ != holder.village;
        if (place_ == CardPress::cards_on_page || is_new_village) end_sheet();
        if (is_new_village) sheets_ = 0;
        village_ = holder.village;
        if (place_ == 0) {
            cairo_ = to_.book.begin_page();
            press_.draw_sheet(cairo_, village_ + (village_.empty() ? "" : " · ") + std::to_string(++sheets_));
        }
        const Box place = CardPress::place(place_++);
        press_.draw(cairo_, card, place);
        to_.expect(holder.url, CardPress::code_place(card.symbol, place).box, shown_name(order_.cards) + ":" + std::to_string(holder.line));
        ++cards_;
    }

    std::size_t cards() const { return cards_; }

    /// Writes them and says how many. Requires: there are some.
    void close(std::size_t rejected) {
        end_sheet();
        const auto bytes = to_.finish();
        write(order_.out, bytes);
        (order_.out == "-" ? std::cerr : std::cout) << "cards " << cards_ << ", pages " << to_.book.pages() << ", bytes " << bytes.size() << ", rejected " << rejected << std::endl;
    }

private:
    void end_sheet() {
        if (place_ > 0) to_.book.end_page();
        place_ = 0;
    }

    const Order& order_;
    CardPress& press_;
    CheckedBook to_;
    cairo_t* cairo_ = nullptr;
    std::string village_;
    std::size_t place_ = 0;
    std::size_t cards_ = 0;
    std::size_t sheets_ = 0;   ///< of the village
};

void run_cards(const Order& order, const Divisions& divisions) {
    if (order.format != Format::pdf) throw Failure({"个人卡只出 PDF", "cards come as PDF only"}, 2);
    const auto text = read_table(order.cards, order.tongue);
    auto list = read_holders(text, shown_name(order.cards), divisions);
    for (const auto& warning : list.warnings) std::cerr << warning.in(order.tongue) << '\n';
    Typesetter typesetter(order.font_folders);
    CardPress press(typesetter, order.imprint);
    CardPrinting printing(order, press);
    Progress progress(list.holders.size());
    for (const auto& holder : list.holders) {
        progress.step();
        const auto card = press.compose(holder);
        if (card) printing.print(*card);
        else list.rejected.push_back({holder.line, {}, card.reason()});
    }
    look_up_rows(list.rejected, text);
    hand_back(order.cards, order.rejected, list.header, list.rejected, order.tongue);
    if (printing.cards() == 0) throw nothing_good(order.cards);
    printing.close(list.rejected.size());
}

/// An output that is an input would destroy it, and of two that are one file the first would be lost.
void check_outputs(const Order& order) {
    const auto& list = order.cards.empty() ? order.sites : order.cards;
    const auto is_same = [](const std::string& one, const std::string& other) {
        std::error_code error;
        if (one.empty() || other.empty() || one == "-" || other == "-") return false;
        if (std::filesystem::equivalent(one, other, error) && !error) return true;
        return std::filesystem::absolute(one, error).lexically_normal() == std::filesystem::absolute(other, error).lexically_normal();
    };
    const bool is_beside = order.manifest.empty() && order.out != "-" && order.cards.empty();
    const auto manifest = !is_beside ? order.manifest : order.split ? (std::filesystem::path(order.out) / "manifest.csv").string() : order.out + ".manifest.csv";
    const std::string* outputs[] = {&order.out, &order.rejected, &manifest, &order.packing_list};
    for (std::size_t i = 0; i < std::size(outputs); ++i) {
        const auto& path = *outputs[i];
        if (is_same(path, list)) throw Failure({path + "：不能写到清单自己身上", path + ": would overwrite the list itself"}, 2);
        if (is_same(path, order.divisions)) throw Failure({path + "：不能写到区划表身上", path + ": would overwrite the table of divisions"}, 2);
        for (std::size_t k = 0; k < i; ++k)
            if (is_same(path, *outputs[k])) throw Failure({path + "：两份输出不能是同一个文件", path + ": two outputs can't be one file"}, 2);
    }
}

}  // namespace

void run(const Order& order) {
    check_outputs(order);
    if (!order.recovery_sheet.empty()) {
        Typesetter typesetter(order.font_folders);
        return write(order.out, recovery_sheet(typesetter, read_file(order.recovery_sheet), order.imprint.date));
    }
    Divisions divisions;
    if (!order.divisions.empty()) divisions = Divisions::read(read_table(order.divisions, order.tongue), shown_name(order.divisions));
    if (!order.cards.empty()) return run_cards(order, divisions);
    const auto text = read_table(order.sites, order.tongue);
    auto list = read_sites(text, shown_name(order.sites), divisions, order.directions);
    const auto header = list.header;
    for (const auto& warning : list.warnings) std::cerr << warning.in(order.tongue) << '\n';
    Typesetter typesetter(order.font_folders);
    Printing printing(order, typesetter, std::move(list));
    if (order.paper_logs) {
        PaperLogPress press(typesetter, order.imprint);
        printing.print(press, sheet_of(SheetKind::a4));
    } else {
        PosterPress press(typesetter, sheet_of(order.sheet), order.imprint);
        printing.print(press, sheet_of(order.sheet));
    }
    printing.close(header, text);
}

}  // namespace chayan::qrgen
