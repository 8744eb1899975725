// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"

#include <CLI/CLI.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "app/backup_command.hpp"
#include "app/control.hpp"
#include "app/doctor.hpp"
#include "app/installation.hpp"
#include "app/inventory.hpp"
#include "app/key_rotation.hpp"
#include "app/link_command.hpp"
#include "app/rejected_file.hpp"
#include "app/recovery_command.hpp"
#include "app/serve.hpp"
#include "app/side_by_side.hpp"
#include "app/sunset.hpp"
#include "app/wrong_command.hpp"
#include "service/words.hpp"

namespace chayan::app {
namespace {

struct Options {
    Place place;
    std::string config_file, listen, file, login, roles, scope, password_file, recovery_key_file, keys_file, out, wrapping_key, basis, until;
    int port = -1;
    int sheet = 0;
    bool print_config = false, accept_clock = false, json = false, confirm = false;
};

service::Language language() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return std::string_view(value).starts_with("en") ? service::Language::en : service::Language::zh;
    }
    return service::Language::zh;
}

[[noreturn]] void fail(const kit::Error& error, const std::string& file = {}) {
    std::string text = file.empty() ? std::string() : file + ": ";
    text += service::sentence(error.code, language());
    for (const auto& field : error.fields) text += "\n  " + field.pointer + ": " + std::string(service::sentence(field.code, language()));
    throw std::runtime_error(text);
}

Settings all_settings(const Options& options) {
    auto settings = read_settings(options.config_file, ::environ);
    if (!options.listen.empty()) {
        settings.config.listen = options.listen;
        settings.origins["server.listen"] = "--listen";
    }
    if (options.port >= 0) {
        settings.config.port = static_cast<std::uint16_t>(options.port);
        settings.origins["server.port"] = "--port";
    }
    return settings;
}

Config settings(const Options& options) { return all_settings(options).config; }

void find_keys(Options& options) {
    if (options.place.keys.empty()) options.place.keys = options.place.data + "/keys";
    refuse_if_closed(options.place);
}

void prepare(Options& options) {
    find_keys(options);
    std::filesystem::create_directories(options.place.data);
    if (::chmod(options.place.data.c_str(), 0700) != 0) throw std::runtime_error("cannot protect the data folder: " + options.place.data);
}

/// `call`: the HTTP call that does the same; null when there is none.
std::unique_ptr<DirectoryLock> lock_for(const Options& options, const char* call) {
    std::unique_ptr<DirectoryLock> lock;
    const bool is_locked = DirectoryLock::try_lock(options.place.data, lock);
    if (!is_locked && call == nullptr)
        throw std::runtime_error(options.place.data + ": 服务已在此目录运行，请先停止它，或用 --data 指定别的目录。\n"
                                 "The service runs on this data folder already. Stop it first, or name another folder with --data.");
    if (!is_locked)
        throw std::runtime_error("服务正在运行，请改用 " + std::string(call) + "，或先停止服务。\nThe service is running on this data folder. Use " + call + " instead, or stop it first.");
    set_up(options.place);
    return lock;
}

using ImportFunction = kit::Result<service::ImportReport> (*)(Installation&, const Options&, std::string_view, const service::Progress&);

kit::Result<service::ImportReport> import_history(Installation& in, const Options&, std::string_view csv, const service::Progress& progress) {
    in.tracing->load({}, 0, side_by_side);   // what is in the log already must not go in again
    if (const auto status = in.tracing->readiness(); !status) return status.error();
    return in.imports->scans({}, csv, *in.store->reader(), progress);
}

kit::Result<service::ImportReport> import_roster(Installation& in, const Options& options, std::string_view csv, const service::Progress& progress) {
    const auto terms = service::read_roster_terms(options.basis, options.until, in.clock.now(), in.zone, settings(options).roster_days);
    if (!terms) return terms.error();
    return in.imports->people({}, csv, progress, *terms);
}

int run_import(Options& options, const char* call, ImportFunction import, bool is_roster) {
    prepare(options);
    const auto text = read_file(options.file);
    const auto lock = lock_for(options, call);
    Installation installation(options.place, settings(options));
    const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
    const auto report = import(installation, options, text, [&](std::uint64_t rows) {
        installation.tracing->tend();   // no house thread does it here, and what the writer remembers would grow with the file
        if (on_terminal) std::cerr << '\r' << rows << " rows" << std::flush;
    });
    if (on_terminal) std::cerr << '\n';
    if (!report) fail(report.error(), options.file);
    write_rejected(options.file, *report, language());
    std::cout << "new " << report->added << (is_roster ? ", matched " : ", changed ") << report->changed
              << (is_roster ? ", review " : ", unchanged ") << report->unchanged << ", rejected " << report->rejected.size() << std::endl;
    if (report->stopped) fail(*report->stopped, options.file);
    return 0;
}

int run_export(Options& options) {
    find_keys(options);
    if (::access((options.place.data + "/chayan.db").c_str(), F_OK) != 0)
        throw std::runtime_error(options.place.data + " holds no sites yet; import them with chayan site import, or name the right folder with --data");
    const auto config = settings(options);   // only reads: a running server is no obstacle
    if (config.base_url.empty() && config.hosts.empty())
        std::cerr << "警告：海报上的网址指向 localhost，居民的手机打不开。请先在设置里写明 [server] base_url。\n"
                     "warning: the addresses on the posters lead to localhost, where no resident's phone finds this service. Set [server] base_url first.\n";
    std::cout << export_sites_of(options.place, config);
    return 0;
}

/// For what has no sense without data: nothing is made for it.
void require_data(const Options& options) {
    if (!std::filesystem::is_directory(options.place.data)) throw std::runtime_error(options.place.data + ": there is no such folder; name the right one with --data");
    if (!std::filesystem::exists(options.place.data + "/chayan.db"))
        throw std::runtime_error(options.place.data + ": this folder holds no data; name the right one with --data");
}

int run_check(Options& options) {
    find_keys(options);
    require_data(options);
    const auto problems = check_installation(options.place, settings(options));
    for (const auto& problem : problems) std::cerr << problem << '\n';
    struct stat data {};
    struct stat keys {};
    if (::stat(options.place.data.c_str(), &data) == 0 && ::stat(options.place.keys.c_str(), &keys) == 0 && data.st_dev == keys.st_dev)
        std::cerr << "warning: the keys lie on the same disk as the data; move them elsewhere and name them with --keys\n";
    if (!problems.empty()) return 1;
    for (const auto& held : held_days(options.place, settings(options))) std::cerr << "note: " << held << '\n';
    std::cout << "ok" << std::endl;
    return 0;
}

/// The password stands in a file, so its faults are the file's.
std::string file_at_fault(const Options& options, const kit::Error& error) {
    const std::string_view code = error.fields.empty() ? error.code : error.fields[0].code;
    return code.starts_with("password_") ? options.password_file : std::string();
}

int run_add_operator(Options& options) {
    prepare(options);
    auto password = read_file(options.password_file);
    password = password.substr(0, password.find_first_of("\r\n"));
    const service::NewOperator wanted{options.login, options.roles, options.scope, password};
    std::unique_ptr<DirectoryLock> lock;
    if (DirectoryLock::try_lock(options.place.data, lock)) {
        set_up(options.place);
        Installation installation(options.place, settings(options));
        const auto status = installation.operators->add(nullptr, wanted);
        if (!status) fail(status.error(), file_at_fault(options, status.error()));
    } else {
        const auto status = ask_server(options.place.data, "operator", {wanted.login, wanted.roles, wanted.scope, wanted.password});
        if (!status) fail(status.error(), file_at_fault(options, status.error()));
    }
    std::cout << "added " << options.login << std::endl;
    return 0;
}

int run_backup_of(Options& options) {
    require_data(options);
    prepare(options);
    if (const auto status = run_backup(options.place, settings(options), options.file); !status) fail(status.error(), options.file);
    std::cout << "ok" << std::endl;
    return 0;
}

int run_reload(Options& options) {
    require_data(options);
    std::unique_ptr<DirectoryLock> lock;
    if (DirectoryLock::try_lock(options.place.data, lock))
        throw std::runtime_error(options.place.data + ": 此目录上没有服务在运行；启动时会读取证书。\nNo service runs on this data folder. It reads the certificate when it starts.");
    if (const auto status = ask_server(options.place.data, "reload", {}); !status) fail(status.error());
    std::cout << "ok" << std::endl;
    return 0;
}

int run_status(Options& options) {
    require_data(options);
    std::unique_ptr<DirectoryLock> lock;
    if (DirectoryLock::try_lock(options.place.data, lock))
        throw std::runtime_error(options.place.data + ": 此目录上没有服务在运行。\nNo service runs on this data folder.");
    std::string told;
    if (const auto status = ask_server(options.place.data, "status", {}, {}, &told); !status) fail(status.error());
    std::cout << told << std::endl;
    return 0;
}

int run_sunset(Options& options) {
    require_data(options);
    if (options.place.keys.empty()) options.place.keys = options.place.data + "/keys";
    if (!options.confirm)
        throw std::runtime_error("这会销毁全部密钥，数据永远不能再读出，也无法撤销。确定要关停，请加上 --confirm。\n"
                                 "This destroys every key: the data can never be read again, and nobody can undo it. To close the service down, add --confirm.");
    std::unique_ptr<DirectoryLock> lock;
    if (!DirectoryLock::try_lock(options.place.data, lock))
        throw std::runtime_error("服务正在此目录运行，请先停止它。\nThe service runs on this data folder. Stop it first.");
    close_down(options.place, settings(options));
    std::cout << options.place.data << "/sunset.txt" << std::endl;
    return 0;
}

int run_restore_of(Options& options) {
    find_keys(options);
    if (const auto status = run_restore(options.place, settings(options), {options.file, options.recovery_key_file, options.accept_clock, options.keys_file}); !status) fail(status.error(), options.file);
    std::cout << "ok" << std::endl;
    return 0;
}

int run_sheets(Options& options) {
    require_data(options);
    find_keys(options);
    const auto printed = print_sheets(options.place, {options.recovery_key_file, options.out, options.sheet});
    if (!printed) fail(printed.error(), options.recovery_key_file);
    if (options.out == "-") return 0;
    std::cerr << "请各打印一张，交给两位保管人，然后删除这些文件（shred -u）；再一起运行 chayan recovery prove。\n"
                 "Print each, hand them to two keepers, and delete the files (shred -u). Then let both run chayan recovery prove.\n";
    std::cout << "ok" << std::endl;
    return 0;
}

int run_proof(Options& options) {
    require_data(options);
    find_keys(options);
    const auto proved = prove_recovery_key(options.place, settings(options), {options.recovery_key_file, options.file});
    if (!proved) {
        const std::string_view code = proved.error().code;
        const bool is_of_backup = code.starts_with("backup_") || code.starts_with("keys_");
        fail(proved.error(), is_of_backup ? options.file : options.recovery_key_file);
    }
    std::cout << "ok" << std::endl;
    return 0;
}

int run_rotate(Options& options) {
    require_data(options);
    find_keys(options);
    if (const auto rotated = run_rotation(options.place, settings(options), options.wrapping_key); !rotated) fail(rotated.error());
    std::cout << "ok" << std::endl;
    return 0;
}

void add_key_commands(CLI::App& app, const auto& with_data, Options& options, int& code) {
    auto* recovery = app.add_subcommand("recovery", "the recovery key on two sheets")->require_subcommand(1);
    auto* sheets = with_data(recovery->add_subcommand("sheets", "two PDFs to print for two keepers; both together are the key"));
    sheets->add_option("--recovery-key-file", options.recovery_key_file, "holds the recovery key, or both sheets (default: the terminal asks)");
    sheets->add_option("--out", options.out, "folder for recovery-sheet-1.pdf and -2.pdf; - writes one to stdout")->required();
    sheets->add_option("--sheet", options.sheet, "only this one: 1 or 2")->check(CLI::Range(1, 2));
    sheets->callback([&options, &code] { code = run_sheets(options); });
    auto* prove = with_data(recovery->add_subcommand("prove", "show that the keepers' sheets are the recovery key; works while the service runs"));
    prove->add_option("--recovery-key-file", options.recovery_key_file, "holds the recovery key, or both sheets (default: the terminal asks)");
    prove->add_option("FILE", options.file, "a backup to open with it and to read to its end");
    prove->callback([&options, &code] { code = run_proof(options); });
    auto* rotate = with_data(app.add_subcommand("rotate", "put the key files under a new wrapping key and destroy the old one; works while the service runs"));
    rotate->add_option("--wrapping-key", options.wrapping_key, "a new file to hold it, best on another disk (default: where the last one lay)");
    rotate->callback([&options, &code] { code = run_rotate(options); });
}

void add_terms(CLI::App* command, Options& options) {
    command->add_option("--basis", options.basis, "the legal basis of the roster; with --until");
    command->add_option("--until", options.until, "the last day on which it is kept, YYYY-MM-DD; with --basis");
}

/// What changes nothing.
void add_looks(CLI::App& app, const auto& with_data, Options& options, int& code) {
    auto* list = app.add_subcommand("inventory", "every column that is stored, of which kind, how and for how long it is kept, as CSV");
    list->add_option("--config", options.config_file, "settings (TOML)");
    list->callback([&options] { std::cout << inventory(settings(options)); });
    auto* status = with_data(app.add_subcommand("status", "how the running service is, as JSON"));
    status->add_flag("--json", options.json, "as JSON, which it is without it too");
    status->callback([&options, &code] { code = run_status(options); });
}

void add_backup_commands(CLI::App& app, const auto& with_data, Options& options, int& code) {
    auto* backup = with_data(app.add_subcommand("backup", "a verified copy in FILE and FILE.keys; works while the service runs"));
    backup->add_option("FILE", options.file, "where to; never overwritten")->required();
    backup->callback([&options, &code] { code = run_backup_of(options); });
    auto* restore = with_data(app.add_subcommand("restore", "make an empty data folder from FILE and FILE.keys"));
    restore->add_option("FILE", options.file, "a backup")->required();
    restore->add_option("--recovery-key-file", options.recovery_key_file, "holds the recovery key (default: the terminal asks)");
    restore->add_option("--keys-file", options.keys_file, "the .keys of this backup or of a later one (default: FILE.keys)");
    restore->add_flag("--accept-clock", options.accept_clock, "the clock is right, although the backup is of the future or older than scan_days");
    restore->callback([&options, &code] { code = run_restore_of(options); });
    auto* sunset = with_data(app.add_subcommand("sunset", "close the service down for good: destroys every key, leaves a signed certificate"));
    sunset->add_flag("--confirm", options.confirm, "nobody can undo it");
    sunset->callback([&options, &code] { code = run_sunset(options); });
}

void add_link_command(CLI::App& app, int& code) {
    const auto options = std::make_shared<LinkOptions>();
    auto* link = app.add_subcommand("link", "which records of a table are one person; needs no data folder and no labels");
    link->add_option("FILE", options->file, "CSV, UTF-8, with a header")->required();
    link->add_option("--id", options->id, "the column that names a record")->required();
    link->add_option("--map", options->map, "FIELD=COLUMN,… with FIELD of: name given_name surname birth_date sex document phone address street locality postcode region household")->required();
    link->add_option("--out", options->out, "where id,cluster go")->required();
    link->add_option("--pairs", options->pairs, "where the likely pairs go, with their reasons");
    link->add_option("--weights", options->weights, "where the learned weights go");
    link->callback([options, &code] { code = run_link(*options, language()); });
}

void harden_process() {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);          // a core file would hold personal data
    ::prctl(PR_SET_DUMPABLE, 0);
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;         // a shell's 1,024 are fewer than a morning's connections
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
    std::signal(SIGPIPE, SIG_IGN);
}

/// Runs the command that is named; `code` is what it leaves.
int parse(CLI::App& app, int argc, char** argv, const int& code) {
    if (const auto wrong = wrong_command(app, argc, argv); !wrong.empty()) {
        std::cerr << wrong << std::endl;
        return 2;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        std::cerr << error.what() << std::endl;
        return 1;
    }
    return code;
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app{"chayan 查验: checkpoint scans and movement traces"};
    app.require_subcommand(1);
    Options options;
    int code = 0;
    const auto with_data = [&](CLI::App* command) {
        command->add_option("--data", options.place.data, "data folder")->required();
        command->add_option("--keys", options.place.keys, "key folder (default: DIR/keys)");
        command->add_option("--config", options.config_file, "settings (TOML), and over them FILE.d/*.toml");
        return command;
    };
    auto* serve_command = app.add_subcommand("serve", "run the service");
    serve_command->add_option("--data", options.place.data, "data folder");
    serve_command->add_option("--keys", options.place.keys, "key folder (default: DIR/keys)");
    serve_command->add_option("--config", options.config_file, "settings (TOML), and over them FILE.d/*.toml");
    serve_command->add_option("--listen", options.listen, "address");
    serve_command->add_option("--port", options.port, "port; 0 takes a free one")->check(CLI::Range(0, 65535));
    serve_command->add_option("--accept-loss", options.place.accept_loss, "start although so many acknowledged rows are missing, or can't be opened");
    serve_command->add_flag("--print-config", options.print_config, "show all settings, where each is from, and end");
    serve_command->callback([&] {
        const auto config = all_settings(options);
        if (options.print_config) {
            std::cout << print_settings(config);
            return;
        }
        if (options.place.data.empty()) throw CLI::RequiredError("--data");
        prepare(options);
        const auto lock = lock_for(options, nullptr);
        code = serve(options.place, config.config);
    });
    auto* operators = app.add_subcommand("operator", "operators")->require_subcommand(1);
    auto* add = with_data(operators->add_subcommand("add", "add an operator; works while the service runs"));
    add->add_option("--login", options.login)->required();
    add->add_option("--role", options.roles, "admin, manager, guard, tracer, auditor; several with commas")->required()->check(
        [](const std::string& text) { return service::parse_roles(text) ? std::string() : std::string(service::sentence("role_unknown", language())); });
    add->add_option("--scope", options.scope, "division code");
    add->add_option("--password-file", options.password_file, "its first line is the password")->required();
    add->callback([&] { code = run_add_operator(options); });
    const auto add_import = [&](CLI::App* parent, const char* call, ImportFunction import, bool is_roster) {
        auto* command = with_data(parent->add_subcommand("import", "import a CSV file"));
        command->add_option("FILE", options.file, "CSV, UTF-8")->required();
        if (is_roster) add_terms(command, options);
        command->callback([&options, &code, call, import, is_roster] { code = run_import(options, call, import, is_roster); });
    };
    auto* sites = app.add_subcommand("site", "sites")->require_subcommand(1);
    add_import(app.add_subcommand("division", "divisions")->require_subcommand(1), "POST /api/v1/divisions/import",
               [](Installation& in, const Options&, std::string_view csv, const service::Progress& p) { return in.imports->divisions({}, csv, p); }, false);
    add_import(sites, "POST /api/v1/sites/import",
               [](Installation& in, const Options&, std::string_view csv, const service::Progress& p) { return in.imports->sites({}, csv, p); }, false);
    add_import(app.add_subcommand("person", "rosters")->require_subcommand(1), "POST /api/v1/people/import",
               import_roster, true);
    add_import(app.add_subcommand("scan", "history")->require_subcommand(1), "POST /api/v1/scans/import",
               import_history, false);
    with_data(sites->add_subcommand("export", "what qrgen reads, on stdout"))->callback([&] { code = run_export(options); });
    add_backup_commands(app, with_data, options, code);
    add_key_commands(app, with_data, options, code);
    with_data(app.add_subcommand("reload", "take up a certificate that was replaced; the service goes on"))->callback([&] { code = run_reload(options); });
    add_link_command(app, code);
    with_data(app.add_subcommand("check", "verify store, audit chain and keys; changes nothing"))->callback([&] { code = run_check(options); });
    add_looks(app, with_data, options, code);
    with_data(app.add_subcommand("doctor", "what is wrong around the service, and what to do; changes nothing"))->callback([&] {
        find_keys(options);
        require_data(options);
        code = run_doctor(options.place, settings(options), language());
    });
    harden_process();
    return parse(app, argc, argv, code);
}

}  // namespace chayan::app
