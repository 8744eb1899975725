// SPDX-License-Identifier: Apache-2.0
#include "service/form_package.hpp"

#include <algorithm>
#include <map>

#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

Error not_xlsx() { return {Errc::invalid, "form_not_xlsx"}; }

/// A part's relationship: what its type ends in, and the entry it leads to.
struct Relation {
    std::string type, part;
};
using Relations = std::map<std::string, Relation>;   // by id

std::string folder_of(std::string_view part) {
    const auto slash = part.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(part.substr(0, slash + 1));
}

/// "xl/" and "../theme/a.xml" give "theme/a.xml"; an absolute target begins at the top.
std::string resolved(std::string folder, std::string_view target) {
    if (target.starts_with('/')) {
        folder.clear();
        target.remove_prefix(1);
    }
    while (target.starts_with("../")) {
        target.remove_prefix(3);
        folder = folder.empty() ? folder : folder_of(std::string_view(folder).substr(0, folder.size() - 1));
    }
    return folder + std::string(target);
}

/// Those of a part ("" : of the package) that lead to an entry of it; what leads out is passed over.
kit::Result<Relations> relations_of(const ZipArchive& archive, const std::string& part) {
    const auto folder = folder_of(part);
    const auto path = folder + "_rels/" + part.substr(folder.size()) + ".rels";
    Relations relations;
    if (!archive.has(path)) return relations;
    const auto bytes = archive.read(path);
    if (!bytes) return bytes.error();
    const auto document = parse_xml(*bytes);
    if (!document) return document.error();
    for (const auto& one : (*document)->document_element().children()) {
        const std::string_view type = one.attribute("Type").value();
        auto target = resolved(folder, one.attribute("Target").value());
        if (local_name(one) != "Relationship" || std::string_view(one.attribute("TargetMode").value()) == "External" || !archive.has(target)) continue;
        relations[one.attribute("Id").value()] = {std::string(type.substr(type.rfind('/') + 1)), std::move(target)};
    }
    return relations;
}

std::string find_by_type(const Relations& relations, std::string_view type) {
    const auto found = std::find_if(relations.begin(), relations.end(), [&](const auto& one) { return one.second.type == type; });
    return found == relations.end() ? std::string() : found->second.part;
}

bool contains(std::string_view text, std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return (a | 32) == (b | 32); }) != text.end();
}

/// Macros, in any of the ways that a workbook may carry them: by a part's name or by what the package says of its parts.
kit::Status refuse_macros(const ZipArchive& archive) {
    const Error macros{Errc::invalid, "form_macros"};
    for (const auto& name : archive.names())
        if (contains(name, "vbaproject") || contains(name, "macrosheet") || contains(name, "activex")) return macros;
    const auto types = archive.read("[Content_Types].xml");
    if (!types) return types.error();
    for (const auto* word : {"macroenabled", "vbaproject", "macrosheet", "activex"})
        if (contains(*types, word)) return macros;
    return kit::Done{};
}

/// The r:id of a sheet, whatever its prefix is.
std::string_view relation_id(const pugi::xml_node& sheet) {
    for (const auto& attribute : sheet.attributes()) {
        const std::string_view name = attribute.name();
        if (name.ends_with(":id")) return attribute.value();
    }
    return {};
}

void read_names(const pugi::xml_node& workbook, std::vector<PackageSheet>& sheets) {
    for (const auto& name : child_of(workbook, "definedNames").children()) {
        const std::string_view word = name.attribute("name").value();
        const auto local = number_of(name, "localSheetId", 65'535);
        const auto of = std::find_if(sheets.begin(), sheets.end(), [&](const PackageSheet& sheet) { return local && sheet.index == *local; });
        if (of == sheets.end()) continue;
        if (word == "_xlnm.Print_Titles") of->print_titles = name.child_value();
        if (word == "_xlnm.Print_Area") of->print_area = name.child_value();
    }
}

}  // namespace

std::string text_of_item(const pugi::xml_node& item) {
    std::string text;
    for (const auto& child : item.children()) {
        if (local_name(child) == "t") text += child.child_value();
        if (local_name(child) == "r") text += child_of(child, "t").child_value();
    }
    return text;
}

kit::Result<FormPackage> FormPackage::open(std::string_view bytes) {
    auto archive = ZipArchive::open(bytes);
    if (!archive) return archive.error();
    if (auto status = refuse_macros(*archive); !status) return status.error();
    const auto top = relations_of(*archive, "");
    if (!top) return top.error();
    const auto workbook = find_by_type(*top, "officeDocument");
    if (workbook.empty()) return not_xlsx();
    FormPackage package(*std::move(archive));
    if (auto status = package.read_workbook(workbook); !status) return status.error();
    return package;
}

kit::Result<XmlDocument> FormPackage::sheet(const PackageSheet& sheet) const {
    const auto bytes = archive_.read(sheet.part);
    return bytes ? parse_xml(*bytes) : kit::Result<XmlDocument>(bytes.error());
}

kit::Status FormPackage::read_workbook(const std::string& part) {
    const auto bytes = archive_.read(part);
    if (!bytes) return bytes.error();
    const auto document = parse_xml(*bytes);
    if (!document) return document.error();
    const auto workbook = (*document)->document_element();
    if (local_name(workbook) != "workbook") return not_xlsx();
    const auto relations = relations_of(archive_, part);
    if (!relations) return relations.error();
    for (const auto& sheet : child_of(workbook, "sheets").children()) {
        const auto found = relations->find(std::string(relation_id(sheet)));
        const bool is_visible = std::string_view(sheet.attribute("state").as_string("visible")) == "visible";
        if (is_visible && found != relations->end() && found->second.type == "worksheet")
            sheets_.push_back({sheet.attribute("name").value(), found->second.part, sheet_count_, {}, {}});
        ++sheet_count_;
    }
    if (sheets_.empty()) return not_xlsx();
    if (sheet_count_ > kit::form_sheets_max) return Error{Errc::invalid, "form_too_large"};
    read_names(workbook, sheets_);
    if (auto status = read_strings(find_by_type(*relations, "sharedStrings")); !status) return status;
    if (auto status = read_styles(find_by_type(*relations, "styles")); !status) return status;
    return read_theme(find_by_type(*relations, "theme"));
}

kit::Status FormPackage::read_strings(const std::string& part) {
    if (part.empty()) return kit::Done{};
    const auto bytes = archive_.read(part);
    if (!bytes) return bytes.error();
    const auto document = parse_xml(*bytes);
    if (!document) return document.error();
    for (const auto& item : (*document)->document_element().children()) strings_.push_back(text_of_item(item));
    return kit::Done{};
}

kit::Status FormPackage::read_styles(const std::string& part) {
    if (part.empty()) return kit::Done{};
    const auto bytes = archive_.read(part);
    if (!bytes) return bytes.error();
    const auto document = parse_xml(*bytes);
    if (!document) return document.error();
    const auto given = (*document)->document_element();
    if (!child_of(given, "cellXfs") || !child_of(given, "fonts")) return kit::Done{};
    pugi::xml_document ours;
    auto sheet = ours.append_child("styleSheet");
    sheet.append_attribute("xmlns").set_value("http://schemas.openxmlformats.org/spreadsheetml/2006/main");
    for (const auto* name : {"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors"})
        copy_plain(child_of(given, name), sheet);
    const auto formats = sheet.child("cellXfs").children();
    style_count_ = std::max(1U, static_cast<unsigned>(std::distance(formats.begin(), formats.end())));
    styles_ = xml_of(sheet);
    return kit::Done{};
}

kit::Status FormPackage::read_theme(const std::string& part) {
    if (part.empty()) return kit::Done{};
    const auto bytes = archive_.read(part);
    if (!bytes) return bytes.error();
    const auto document = parse_xml(*bytes);
    if (!document) return document.error();
    theme_ = xml_of((*document)->document_element());
    // A picture in it would lead to a part that is not kept.
    if (contains(theme_, "r:embed") || contains(theme_, "r:link") || contains(theme_, "r:id") || contains(theme_, "&#")) theme_.clear();
    return kit::Done{};
}

}  // namespace chayan::service
