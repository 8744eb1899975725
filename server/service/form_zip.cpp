// SPDX-License-Identifier: Apache-2.0
#include "service/form_zip.hpp"

#include <zip.h>

#include <algorithm>
#include <stdexcept>

#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

Error not_xlsx() { return {Errc::invalid, "form_not_xlsx"}; }
Error too_large() { return {Errc::invalid, "form_too_large"}; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

/// Relative, forward, without a step up: else it was not an office program that made it.
bool is_plain_name(std::string_view name) {
    if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos || name.find(':') != std::string_view::npos) return false;
    while (!name.empty()) {
        const auto step = name.substr(0, name.find('/'));
        if (step == ".." || step == ".") return false;
        name.remove_prefix(std::min(name.size(), step.size() + 1));
    }
    return true;
}

struct Close {
    void operator()(zip_t* archive) const { zip_discard(archive); }
    void operator()(zip_file_t* file) const { zip_fclose(file); }
    void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Close>;
using File = std::unique_ptr<zip_file_t, Close>;
using Source = std::unique_ptr<zip_source_t, Close>;

void must(bool is_done) {
    if (!is_done) throw std::runtime_error("an archive can't be written");
}

std::string bytes_of(zip_source_t* source) {
    zip_stat_t stat;
    must(zip_source_stat(source, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) != 0 && zip_source_open(source) == 0);
    std::string bytes(stat.size, '\0');
    const auto read = zip_source_read(source, bytes.data(), bytes.size());
    zip_source_close(source);
    must(read >= 0 && static_cast<std::size_t>(read) == bytes.size());
    return bytes;
}

}  // namespace

struct ZipArchive::State {
    Archive archive;
    std::vector<std::string> names;   // by index
    std::vector<std::uint64_t> sizes;

    kit::Status read_directory() {
        const auto count = zip_get_num_entries(archive.get(), 0);
        if (count < 0) return not_xlsx();
        if (static_cast<std::size_t>(count) > kit::form_entries_max) return too_large();
        std::uint64_t bytes = 0;
        std::vector<std::string> seen;
        for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
            zip_stat_t stat;
            if (zip_stat_index(archive.get(), i, ZIP_FL_ENC_RAW, &stat) != 0) return not_xlsx();
            constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
            const bool is_plain = (stat.valid & needed) == needed && stat.encryption_method == ZIP_EM_NONE &&
                                  (stat.comp_method == ZIP_CM_STORE || stat.comp_method == ZIP_CM_DEFLATE) && is_plain_name(stat.name);
            if (!is_plain) return not_xlsx();
            if (stat.size > kit::form_unpacked_bytes_max - bytes) return too_large();
            bytes += stat.size;
            names.emplace_back(stat.name);
            sizes.push_back(stat.size);
            seen.push_back(lower(stat.name));
        }
        std::sort(seen.begin(), seen.end());
        return std::adjacent_find(seen.begin(), seen.end()) == seen.end() ? kit::Status(kit::Done{}) : not_xlsx();
    }
};

ZipArchive::ZipArchive(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive::~ZipArchive() = default;

kit::Result<ZipArchive> ZipArchive::open(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
    if (!source) throw std::runtime_error("an archive can't be opened");
    auto state = std::make_unique<State>();
    state->archive.reset(zip_open_from_source(source.get(), ZIP_RDONLY, &error));
    zip_error_fini(&error);
    if (!state->archive) return not_xlsx();
    (void)source.release();   // the archive's now
    if (auto status = state->read_directory(); !status) return status.error();
    return ZipArchive(std::move(state));
}

const std::vector<std::string>& ZipArchive::names() const { return state_->names; }

bool ZipArchive::has(std::string_view name) const { return std::find(names().begin(), names().end(), name) != names().end(); }

kit::Result<std::string> ZipArchive::read(std::string_view name) const {
    const auto found = std::find(names().begin(), names().end(), name);
    if (found == names().end()) return not_xlsx();
    const auto index = static_cast<zip_uint64_t>(found - names().begin());
    const File file(zip_fopen_index(state_->archive.get(), index, 0));
    if (!file) return not_xlsx();
    std::string bytes(static_cast<std::size_t>(state_->sizes[index]), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto read = zip_fread(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (read <= 0) return not_xlsx();
        filled += static_cast<std::size_t>(read);
    }
    char more = 0;
    const auto rest = zip_fread(file.get(), &more, 1);
    if (rest != 0) return rest > 0 ? too_large() : not_xlsx();   // at its end the checksum was compared
    return bytes;
}

std::string zip_of(const std::vector<ZipEntry>& entries, domain::Instant at) {
    zip_error_t error;
    zip_error_init(&error);
    const Source out(zip_source_buffer_create(nullptr, 0, 0, &error));
    must(out != nullptr);
    zip_source_keep(out.get());   // closing the archive would free it
    zip_t* opened = zip_open_from_source(out.get(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    zip_error_fini(&error);
    must(opened != nullptr);
    Archive archive(opened);
    for (const auto& entry : entries) {
        Source bytes(zip_source_buffer(archive.get(), entry.bytes.data(), entry.bytes.size(), 0));
        must(bytes != nullptr);
        const auto index = zip_file_add(archive.get(), entry.name.c_str(), bytes.get(), ZIP_FL_ENC_UTF_8);
        must(index >= 0);
        (void)bytes.release();
        const auto number = static_cast<zip_uint64_t>(index);
        must(zip_set_file_compression(archive.get(), number, entry.is_packed ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0) == 0);
        must(zip_file_set_mtime(archive.get(), number, static_cast<time_t>(at.s), 0) == 0);
    }
    must(zip_close(archive.get()) == 0);
    (void)archive.release();
    return bytes_of(out.get());
}

}  // namespace chayan::service
