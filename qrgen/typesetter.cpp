// SPDX-License-Identifier: Apache-2.0
#include "qrgen/typesetter.hpp"

#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>

#if defined(__SANITIZE_ADDRESS__)
// What these two keep to the end of the process: some kilobytes once, whatever is printed.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig.so\nleak:libcairo.so\n"; }
extern "C" const char* __lsan_default_options();
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
#endif

namespace chayan::qrgen {
namespace {

/// Han with Latin first; then Uyghur, Tibetan, Yi, Mongolian; then Han beyond what Noto has, where it is installed.
constexpr std::array families{"Noto Sans CJK SC", "Noto Sans Arabic", "Noto Sans Tibetan", "Noto Serif Tibetan", "Noto Sans Yi", "Noto Sans Mongolian", "HanaMinA", "HanaMinB"};
constexpr const char* mono_family = "Noto Sans Mono CJK SC";

constexpr double reference = 100;      // user units for an em while measuring, so that rounding is nothing
constexpr double ascent_least = 0.88;  // of an em: how a Han character stands on its baseline
constexpr double descent_least = 0.12;
constexpr double leading = 1.16;       // from baseline to baseline
constexpr double two_rows_gain = 1.25; // a second row must make the text this much larger

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else out += c;
    }
    return out;
}

/// A configuration that knows the fonts named above and no rule: neither the user's nor the machine's settings change a poster.
std::string configuration(const std::vector<std::string>& folders) {
    std::string text = "<fontconfig>";
    const auto add_all = [&text](FcStrList* list, const std::string& tag) {
        while (const auto* folder = FcStrListNext(list)) text += "<" + tag + ">" + escaped(reinterpret_cast<const char*>(folder)) + "</" + tag + ">";
        FcStrListDone(list);
    };
    const std::unique_ptr<FcConfig, void (*)(FcConfig*)> machine(FcInitLoadConfig(), FcConfigDestroy);
    if (machine) {
        add_all(FcConfigGetFontDirs(machine.get()), "dir");
        add_all(FcConfigGetCacheDirs(machine.get()), "cachedir");
    }
    for (const auto& folder : folders) text += "<dir>" + escaped(folder) + "</dir>";
    text += "<selectfont><rejectfont><pattern/></rejectfont><acceptfont>";
    std::vector<std::string> accepted(families.begin(), families.end());
    accepted.emplace_back(mono_family);
    for (const auto& family : accepted) text += "<pattern><patelt name=\"family\"><string>" + family + "</string></patelt></pattern>";
    return text + "</acceptfont></selectfont></fontconfig>";
}

bool has_family(FcConfig* config, const char* family) {
    const std::unique_ptr<FcPattern, void (*)(FcPattern*)> pattern(FcPatternCreate(), FcPatternDestroy);
    FcPatternAddString(pattern.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>(family));
    const std::unique_ptr<FcObjectSet, void (*)(FcObjectSet*)> wanted(FcObjectSetBuild(FC_FAMILY, nullptr), FcObjectSetDestroy);
    const std::unique_ptr<FcFontSet, void (*)(FcFontSet*)> found(FcFontList(config, pattern.get(), wanted.get()), FcFontSetDestroy);
    return found && found->nfont > 0;
}

PangoFontDescription* description_of(const std::string& names, PangoWeight weight) {
    auto* description = pango_font_description_new();
    pango_font_description_set_family(description, names.c_str());
    pango_font_description_set_weight(description, weight);
    pango_font_description_set_absolute_size(description, reference * PANGO_SCALE);
    return description;
}

/// Set when Pango or GLib warned of something, perhaps on a thread of theirs: a font that cannot be read, memory at its end. They go on and draw
/// something else; we do not.
std::atomic<bool> has_warned = false;

GLogWriterOutput keep_warning(GLogLevelFlags level, const GLogField* fields, gsize count, gpointer) {
    constexpr unsigned serious = G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING;
    if ((static_cast<unsigned>(level) & serious) == 0) return G_LOG_WRITER_HANDLED;
    has_warned = true;
    return g_log_writer_standard_streams(level, fields, count, nullptr);
}

void check_warnings() {
    if (has_warned) throw Failure({"排不了字：字体读不出来，或内存不够", "cannot set text: a font cannot be read, or there is not enough memory"});
}

struct Extents {
    double left = 0;   ///< of the ink or the advance, whichever is further out, in ems
    double width = 0;
    double ascent = ascent_least;
    double descent = descent_least;
};

Extents extents_of(PangoLayout* layout) {
    PangoRectangle ink;
    PangoRectangle logical;
    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), &ink, &logical);
    constexpr double em = reference * PANGO_SCALE;
    const double left = std::min(ink.x, logical.x), right = std::max(ink.x + ink.width, logical.x + logical.width);
    return {left / em, (right - left) / em, std::max(ascent_least, -ink.y / em), std::max(descent_least, (ink.y + ink.height) / em)};
}

bool is_from_the_right(PangoLayout* layout) {
    return pango_layout_line_get_resolved_direction(pango_layout_get_line_readonly(layout, 0)) == PANGO_DIRECTION_RTL;
}

/// Bytes at which a row may end, best first for the eye: even rows, better after the word for a township or a village.
std::size_t best_break(PangoLayout* layout, std::string_view text) {
    int count = 0;
    const auto* attributes = pango_layout_get_log_attrs_readonly(layout, &count);
    auto* line = pango_layout_get_line_readonly(layout, 0);
    const double whole = extents_of(layout).width * reference * PANGO_SCALE;
    std::size_t best = 0;
    double best_cost = 2;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    std::size_t at = 0;
    for (int i = 0; at < text.size() && i < count; ++i) {
        if (at > 0 && attributes[i].is_line_break) {
            int x = 0;
            pango_layout_line_index_to_x(line, static_cast<int>(at), 0, &x);
            double share = x / whole;
            if (is_from_the_right(layout)) share = 1 - share;
            constexpr std::array<std::string_view, 20> ends{"区", "镇", "乡", "村", "道", "路", "市", "县", "街", "司", "院", "校", "部", "站", "店", "场", "厂", "园", "会", "）"};
            const auto before = text.substr(0, at), after = text.substr(at);
            const bool reads_well = after.starts_with("（") || after.starts_with("(") || std::any_of(ends.begin(), ends.end(), [&](auto end) { return before.ends_with(end); });
            const double cost = std::max(share, 1 - share) * (reads_well ? 0.85 : 1);
            if (cost < best_cost) best_cost = cost, best = at;
        }
        U8_FWD_1(bytes, at, text.size());
    }
    return best;
}

}  // namespace

void Unref::operator()(void* object) const { g_object_unref(object); }

struct Typesetter::Fonts {
    Owned<PangoFontMap> map;
    Owned<PangoContext> context;
    std::array<PangoFontDescription*, 3> descriptions{};

    ~Fonts() {
        for (auto* description : descriptions) pango_font_description_free(description);
    }
};

Typesetter::Typesetter(const std::vector<std::string>& folders) : fonts_(std::make_unique<Fonts>()) {
    static const bool is_kept = [] { return g_log_set_writer_func(keep_warning, nullptr, nullptr), true; }();   // GLib takes it once
    (void)is_kept;
    const auto text = configuration(folders);
    auto* config = FcConfigCreate();
    FcConfigParseAndLoadFromMemory(config, reinterpret_cast<const FcChar8*>(text.c_str()), FcTrue);
    FcConfigBuildFonts(config);
    for (const char* family : {families[0], mono_family})
        if (!has_family(config, family))
            throw Failure({"没有字体 " + std::string(family) + "。请安装 fonts-noto-cjk，或用 --fonts 指出字体所在的文件夹",
                           "the font " + std::string(family) + " is missing. Install fonts-noto-cjk, or name the folder that holds it with --fonts"});
    fonts_->map.reset(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT));
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts_->map.get()), config);
    FcConfigDestroy(config);   // the map holds it
    fonts_->context.reset(pango_font_map_create_context(fonts_->map.get()));
    auto* context = fonts_->context.get();
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    auto* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    std::string names;
    for (const char* family : families) names += (names.empty() ? "" : ",") + std::string(family);
    fonts_->descriptions = {description_of(names, PANGO_WEIGHT_NORMAL), description_of(names, PANGO_WEIGHT_BOLD),
                            description_of(std::string(mono_family) + "," + names, PANGO_WEIGHT_BOLD)};
}

Typesetter::~Typesetter() = default;

Owned<PangoLayout> Typesetter::layout_of(std::string_view text, Face face) const {
    Owned<PangoLayout> layout(pango_layout_new(fonts_->context.get()));
    pango_layout_set_font_description(layout.get(), fonts_->descriptions[static_cast<std::size_t>(face)]);
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    auto* first_run = pango_layout_get_line(layout.get(), 0)->runs;
    check_warnings();
    // Pango 1.50 lifts a script that hangs from its line, or is centred on it, by up to an em where Han comes first: these fonts need none of it.
    for (auto* run = first_run; run != nullptr; run = run->next) static_cast<PangoGlyphItem*>(run->data)->y_offset = 0;
    return layout;
}

Sentence Typesetter::missing_in(std::string_view text, Face face) const {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        const auto from = at;
        UChar32 character = 0;
        U8_NEXT(bytes, at, text.size(), character);
        const auto one = text.substr(from, at - from);
        if (pango_layout_get_unknown_glyphs_count(layout_of(one, face).get()) == 0) continue;
        char number[16];
        std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(character));
        return {"字体里没有这个字：" + std::string(one) + "（" + number + "）。请安装含有它的字体，例如 fonts-noto-core 或 fonts-hanazono",
                "no font has the character " + std::string(one) + " (" + number + "). Install one that does, such as fonts-noto-core or fonts-hanazono"};
    }
    return {"字体里缺字", "a character that no font has"};
}

Outcome<FittedText> Typesetter::fit(std::string_view text, Face face, const Box& box, const Fit& how) {
    FittedText fitted;
    if (text.empty()) return fitted;
    auto whole = layout_of(text, face);
    if (pango_layout_get_unknown_glyphs_count(whole.get()) > 0) return missing_in(text, face);
    const auto size_of = [&](double width, double height) { return std::min({how.size_max, box.width / width, box.height / height}); };
    const auto one = extents_of(whole.get());
    fitted.size = size_of(one.width, one.ascent + one.descent);
    std::vector<Owned<PangoLayout>> layouts;
    std::vector<Extents> extents{one};
    if (const auto cut = how.lines_max > 1 && fitted.size < how.size_max ? best_break(whole.get(), text) : 0; cut > 0) {
        auto upper = text.substr(0, cut);
        while (upper.ends_with(' ')) upper.remove_suffix(1);
        auto first = layout_of(upper, face), second = layout_of(text.substr(cut), face);
        const auto a = extents_of(first.get()), b = extents_of(second.get());
        const double step = std::max(leading, a.descent + b.ascent + 0.04);   // rows of tall stacks stand further apart
        const double size = size_of(std::max(a.width, b.width), a.ascent + step + b.descent);
        if (size > fitted.size * two_rows_gain || (fitted.size < how.size_min && size > fitted.size)) {
            fitted.size = size;
            extents = {a, b};
            layouts.push_back(std::move(first));
            layouts.push_back(std::move(second));
        }
    }
    if (layouts.empty()) layouts.push_back(std::move(whole));
    if (fitted.size < how.size_min) return Sentence{"放不下，请改短", "does not fit; shorten it"};
    const double step = extents.size() > 1 ? std::max(leading, extents[0].descent + extents[1].ascent + 0.04) : 0;
    const double height = (extents.front().ascent + step + extents.back().descent) * fitted.size;
    double baseline = (box.height - height) / 2 + extents.front().ascent * fitted.size;
    for (std::size_t i = 0; i < layouts.size(); ++i, baseline += step * fitted.size) {
        const double width = extents[i].width * fitted.size;
        const bool is_at_right = how.align == Align::right || (how.align == Align::left && is_from_the_right(layouts[i].get()));
        const double left = how.align == Align::middle ? (box.width - width) / 2 : is_at_right ? box.width - width : 0;
        fitted.width = std::max(fitted.width, width);
        fitted.rows.push_back({std::move(layouts[i]), left - extents[i].left * fitted.size, baseline});
    }
    return fitted;
}

void Typesetter::draw(cairo_t* cairo, const FittedText& text, const Box& box, const Colour& colour) const {
    cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
    for (const auto& row : text.rows) {
        cairo_save(cairo);
        cairo_translate(cairo, box.x + row.left, box.y + row.baseline);
        cairo_scale(cairo, text.size / reference, text.size / reference);
        cairo_move_to(cairo, 0, 0);
        pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(row.layout.get(), 0));
        cairo_restore(cairo);
    }
    check_warnings();
}

}  // namespace chayan::qrgen
