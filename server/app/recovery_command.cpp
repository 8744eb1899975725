// SPDX-License-Identifier: Apache-2.0
#include "app/recovery_command.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "app/poster_program.hpp"
#include "app/staging.hpp"
#include "domain/site_code.hpp"
#include "service/backup_file.hpp"
#include "service/key_bundle.hpp"
#include "service/key_files.hpp"
#include "service/recovery_half.hpp"
#include "service/recovery_sheets.hpp"
#include "service/words.hpp"

namespace chayan::app {
namespace {

namespace recovery = service::recovery;
namespace key_bundle = service::key_bundle;
using kit::Errc;
using kit::Error;

constexpr int tries_max = 5;

/// While it lives, the terminal shows nothing of what is typed.
class Unseen {
public:
    explicit Unseen(int terminal) : terminal_(terminal), known_(::tcgetattr(terminal, &before_) == 0) {
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (known_) ::tcsetattr(terminal, TCSAFLUSH, &quiet);
    }
    ~Unseen() {
        if (known_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    int terminal_;
    termios before_{};
    bool known_;
};

/// Wiped at the end.
struct Secret {
    Secret() = default;
    explicit Secret(std::string given) : text(std::move(given)) {}
    Secret(Secret&&) = default;
    ~Secret() { sodium_memzero(text.data(), text.size()); }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    std::string text;
};

class Terminal {
public:
    Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {}
    ~Terminal() {
        if (fd_ >= 0) ::close(fd_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    bool is_there() const { return fd_ >= 0; }
    void say(std::string_view text) const { (void)!::write(fd_, text.data(), text.size()); }
    /// A line.
    Secret ask(std::string_view question) const {
        Secret line(std::string(256, '\0'));
        ssize_t count = 0;
        say(question);
        {
            const Unseen unseen(fd_);
            count = ::read(fd_, line.text.data(), line.text.size());
        }
        say("\n");
        line.text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return line;
    }

private:
    int fd_;
};

/// A sheet of which groups were mistyped: those alone are asked for again.
kit::Result<recovery::Sheet> parse_asking(const Terminal& terminal, const Secret& typed) {
    auto sheet = recovery::parse(typed.text);
    auto groups = recovery::groups_of(typed.text);
    for (int tries = 0; !sheet && std::string_view(sheet.error().code) == "sheet_groups_wrong" && tries < tries_max; ++tries) {
        for (const auto& wrong : sheet.error().fields) {
            const auto again = terminal.ask("第 " + wrong.pointer + " 组输错了，请重新输入 / group " + wrong.pointer + " was mistyped, again: ");
            groups.at(std::stoul(wrong.pointer) - 1) = again.text.substr(0, again.text.find('\n'));
        }
        Secret whole;
        for (const auto& group : groups) whole.text += (group.empty() ? "?" : group) + ' ';
        sheet = recovery::parse(whole.text);
    }
    for (auto& group : groups) sodium_memzero(group.data(), group.size());
    return sheet;
}

std::string text_of(const key_bundle::RecoveryKey& key) { return domain::encode_base32(key.bytes().data(), key.bytes().size()); }

kit::Result<std::string> joined(const kit::Result<recovery::Sheet>& one, const kit::Result<recovery::Sheet>& other) {
    if (!one) return one.error();
    if (!other) return other.error();
    const auto key = recovery::join(*one, *other);
    if (!key) return key.error();
    return text_of(*key);
}

kit::Result<std::string> ask_terminal() {
    const Terminal terminal;
    if (!terminal.is_there()) return Error{Errc::invalid, "recovery_key_needed"};
    auto typed = terminal.ask("恢复密钥，或两张密钥纸中的一张 / Recovery key, or one of its two sheets: ");
    if (!recovery::looks_like_sheet(typed.text)) return std::move(typed.text);
    const auto one = parse_asking(terminal, typed);
    if (!one) return one.error();
    const auto other = parse_asking(terminal, terminal.ask("另一张 / The other sheet: "));
    return joined(one, other);
}

kit::Result<std::string> read_recovery_key(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    Secret text(std::string(4096, '\0'));
    in.read(text.text.data(), static_cast<std::streamsize>(text.text.size()));
    if (!in.is_open() || in.bad()) throw std::runtime_error(path + ": cannot read the file; check its path and permissions");
    text.text.resize(static_cast<std::size_t>(in.gcount()));
    if (!recovery::looks_like_sheet(text.text)) return std::move(text.text);
    std::vector<recovery::Sheet> sheets;
    for (std::size_t at = 0; at < text.text.size();) {
        const auto end = std::min(text.text.find('\n', at), text.text.size());
        const auto line = std::string_view(text.text).substr(at, end - at);
        at = end + 1;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        auto sheet = recovery::parse(line);
        if (!sheet) return sheet.error();
        sheets.push_back(*std::move(sheet));
    }
    if (sheets.size() != 2) return Error{Errc::invalid, "sheet_missing"};
    const auto key = recovery::join(sheets[0], sheets[1]);
    if (!key) return key.error();
    return text_of(*key);
}

/// The one that this installation's backups are sealed to.
kit::Result<key_bundle::RecoveryKey> ask_for_ours(const Place& place, const std::string& key_file) {
    if (!service::key_files::is_recovery_half_whole(place.keys))
        throw std::runtime_error(place.keys + "/recovery.pub is damaged: no backup sealed to it could be opened. Put back a copy of the keys first");
    std::string open_half(32, '\0');
    std::ifstream(place.keys + "/recovery.pub", std::ios::binary).read(open_half.data(), 32);
    auto typed = ask_recovery_key(key_file);
    if (!typed) return typed.error();
    auto key = key_bundle::RecoveryKey::parse(*typed);
    sodium_memzero(typed->data(), typed->size());
    if (!key) return key.error();
    if (!recovery::opens(*key, open_half)) return Error{Errc::conflict, "recovery_key_not_ours"};
    return key;
}

/// What qrgen reads: the number of the sheet, then its groups.
kit::Result<std::string> draw(const key_bundle::RecoveryKey& key, int number) {
    Secret order(std::to_string(number) + "\n");
    auto groups = recovery::format(recovery::sheet_of(key, number));
    for (auto& group : groups) {
        order.text += group + ' ';
        sodium_memzero(group.data(), group.size());
    }
    return print_posters({"--recovery-sheet", "-", "--out", "-", "--format", "pdf"}, order.text, [] { return true; });
}

void write_sheet(const std::string& path, const std::string& pdf) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool is_written = fd >= 0 && ::write(fd, pdf.data(), pdf.size()) == static_cast<ssize_t>(pdf.size());
    if (fd >= 0) ::close(fd);
    if (is_written) return;
    if (fd >= 0) ::unlink(path.c_str());
    throw std::runtime_error(path + ": cannot write the file; name a folder that is there and holds none of that name");
}

/// Opens FILE.keys, and FILE to its last byte.
kit::Status read_backup(const std::string& file, const key_bundle::RecoveryKey& key) {
    const auto text = key_bundle::read_text(file + ".keys");
    if (!text) return text.error();
    auto bundle = key_bundle::open(*text, key);
    if (!bundle) return bundle.error();
    service::crypto::Key master{};
    const auto& bytes = bundle->keys.at("master.key");
    std::copy_n(bytes.begin(), std::min(bytes.size(), master.size()), master.begin());
    service::key_files::wipe(bundle->keys);
    const auto read = service::backup_file::read(file, master, {}, [](std::uint64_t, std::uint64_t) { return true; });
    sodium_memzero(master.data(), master.size());
    if (!read) return read.error();
    return read->id == bundle->backup && read->digest == bundle->file ? kit::Status(kit::Done{}) : kit::Status(Error{Errc::conflict, "keys_of_another"});
}

kit::Status note_proof(Installation& in) {
    return service::run_and_wait(*in.writer, [](service::WriteContext& context) -> kit::Status {
        context.audit({{}, "recovery_proved", {}, {}});
        return kit::Done{};
    }, true);
}

}  // namespace

kit::Result<std::string> ask_recovery_key(const std::string& file) { return file.empty() ? ask_terminal() : read_recovery_key(file); }

kit::Status print_sheets(const Place& place, const SheetOrder& order) {
    if (order.out != "-" && !std::filesystem::is_directory(order.out)) throw std::runtime_error(order.out + ": there is no such folder; name one with --out, or - to print");
    if (order.out == "-" && order.sheet == 0) throw std::runtime_error("two sheets need two outputs: add --sheet 1 or --sheet 2 where --out is -");
    const auto key = ask_for_ours(place, order.key_file);
    if (!key) return key.error();
    for (int number = 1; number <= 2; ++number) {
        if (order.sheet != 0 && order.sheet != number) continue;
        auto pdf = draw(*key, number);
        if (!pdf) return pdf.error();
        if (order.out == "-") std::cout << *pdf << std::flush;
        else write_sheet(plain_path(order.out) + "/recovery-sheet-" + std::to_string(number) + ".pdf", *pdf);
        sodium_memzero(pdf->data(), pdf->size());
    }
    return kit::Done{};
}

kit::Status prove_recovery_key(const Place& place, const Config& config, const Proof& proof) {
    const auto key = ask_for_ours(place, proof.key_file);
    if (!key) return key.error();
    if (!proof.backup.empty())
        if (auto read = read_backup(plain_path(proof.backup), *key); !read) return read;
    std::unique_ptr<DirectoryLock> lock;
    if (!DirectoryLock::try_lock(place.data, lock)) return ask_server(place.data, "recovery_proved", {});
    Installation in(place, config);
    return note_proof(in);
}

Control::Handler proof_handler(Installation& in) {
    return [&in](const std::vector<std::string>&, const std::shared_ptr<Peer>& peer) { peer->answer(note_proof(in)); };
}

}  // namespace chayan::app
