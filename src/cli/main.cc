// dskeeper: the command line.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

#include "cli/commands.h"

namespace {

namespace cli = dskeeper::cli;

struct CommandLine {
  std::string configuration;
  std::string name;
  bool json = false;
  std::string head;
  cli::ScanOptions scan;
  std::string reason;
  std::string request;
  cli::ResumeOptions resume;
  cli::ReplayOptions replay;
  cli::SignalCommand signal;
  cli::DsyncCommand dsync;
  cli::NotifyCommand notify;
};

// The operator's hand.
void add_acts(CLI::App& app, CommandLine& line) {
  CLI::App* suspend = app.add_subcommand("suspend", "Switch the automation of one child off.");
  suspend->add_option("NAME", line.name, "The child zone.")->required();
  suspend->add_option("--reason", line.reason, "Why: half a sentence, to follow \"because\".")
      ->required();
  CLI::App* resume = app.add_subcommand("resume", "Switch it on again, or close a breaker.");
  resume->add_option("NAME", line.resume.name, "The child zone.");
  resume->add_flag("--reset-replay", line.resume.reset_replay,
                   "Accept also what was signed before the newest records that were seen.");
  resume->add_option("--breaker", line.resume.breaker,
                     "Instead: the breakers of this parent zone.");
  resume->add_option("--kind", line.resume.kind, "Only for bootstrap, update or delete.");
  resume->add_option("--operator", line.resume.operator_name, "Only for this operator's children.");
  CLI::App* approve = app.add_subcommand(
      "approve", "Let a request go on that waits, or that only the policy refuses.");
  approve->add_option("NAME", line.name, "The child zone.")->required();
  approve->add_option("--request", line.request, "The request's id, as `status` shows it.")
      ->required();
}

// The child's side.
void add_signal(CLI::App& app, CommandLine& line) {
  cli::SignalCommand& signal = line.signal;
  CLI::App* command =
      app.add_subcommand("signal", "Child side: make the RFC 9615 signals of an operator's zones.");
  command->add_flag("--check", signal.check, "Change nothing; print what stands otherwise.");
  command->add_flag("--print", signal.print, "Print the records instead of writing them.");
  command->add_option("--primary", signal.primary, "The server that has the zones.");
  command->add_option("--key", signal.key, "The [[key]] to ask it with.");
  command->add_flag("--unauthenticated", signal.unauthenticated, "Ask it without a key.");
  command->add_option("--list", signal.list, "A file with the zones, one a line.");
  command->add_option("--catalog", signal.catalog, "A catalog zone at the primary (RFC 9432).");
  command->add_option("--host", signal.hosts, "A name server of yours; once for each.")
      ->allow_extra_args(false);
  command->add_option("--directory", signal.directory, "Write a zone file for each host there.");
  command->add_option("--update", signal.update, "Send DNS UPDATEs to this server instead.");
  command->add_option("--update-key", signal.update_key, "The [[key]] to send them with.");
  command->add_option("--zone", signal.zone, "The zone that has the signals of all hosts.");
  command->add_flag("--remove-secured", signal.remove_secured,
                    "Remove signals of zones whose DS the parent has published.");
  command->add_option("NAME", signal.names, "Only these zones.");
}

void add_notify(CLI::App& app, CommandLine& line) {
  cli::NotifyCommand& notify = line.notify;
  CLI::App* command = app.add_subcommand(
      "notify", "Child side: find out where the parent takes NOTIFY, and send one (RFC 9859).");
  command->add_option("NAME", notify.name, "The child zone.")->required();
  command->add_flag("--csync", notify.csync, "For CSYNC, not for CDS and CDNSKEY.");
  command->add_option("--primary", notify.primary,
                      "The zone's primary: wait until all public servers show what it shows.");
  command->add_option("--key", notify.key, "The [[key]] to ask it with.");
  command->add_option("--agent", notify.agent, "Who wants to hear what goes wrong (RFC 9567).");
  command->add_option("--wait", notify.wait, "How long at most (10m); 0s: not at all.");
  command->add_flag("--anyway", notify.anyway, "Send also when that time is over.");
  command->add_flag("--force", notify.force, "Send also what was sent before.");
  command->add_flag("--secure-only", notify.secure_only, "Follow no DSYNC without DNSSEC.");
  command->add_flag("--json", notify.json, "Print what was done as one JSON object.");
}

void add_dsync(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "dsync", "Print the DSYNC records to publish at the parent: where NOTIFY is taken.");
  command->add_option("ZONE", line.dsync.zone, "Only this parent zone.");
  command->add_flag("--generic", line.dsync.generic,
                    "As TYPE66 (RFC 3597), for servers that do not know DSYNC.");
  command->add_flag("--check", line.dsync.check, "Print what stands otherwise at the parent.");
  command->add_flag("--update", line.dsync.update, "Bring them there by DNS UPDATE.");
}

void add_commands(CLI::App& app, CommandLine& line) {
  CLI::App* scan = app.add_subcommand(
      "scan", "One pass over all delegations, or those named: survey, judge, apply, summarise.");
  scan->add_option("--parent", line.scan.parent, "Only this parent zone.");
  scan->add_flag("--dry-run", line.scan.dry_run, "Change nothing, neither parent nor store.");
  scan->add_flag("--json", line.scan.json, "Print the case of every child, one a line.");
  scan->add_option("NAME", line.scan.names, "Only these children, each in full.");

  CLI::App* explain = app.add_subcommand(
      "explain", "Survey and judge one child now, in full, and say why. Writes nothing.");
  CLI::App* status = app.add_subcommand("status", "What the store knows: counts, or one child.");
  CLI::App* history = app.add_subcommand("history", "The journal of one child.");
  for (CLI::App* command : {explain, status, history}) {
    command->add_flag("--json", line.json, "Print JSON, one object a line.");
    command->add_option("NAME", line.name, "The child zone.")->required(command != status);
  }
  add_acts(app, line);
  CLI::App* audit = app.add_subcommand(
      "audit", "Check the journal's chain, and every kept decision against its evidence.");
  audit->add_option("--head", line.head, "A head noted earlier: nothing before it may be cut.");
  CLI::App* replay = app.add_subcommand(
      "replay", "Judge the kept past again; print what would come out otherwise.");
  replay->add_option("--policy", line.replay.policy, "Under this policy, not that of the time.");
  replay->add_option("--since", line.replay.since, "From this time on (2026-11-24T03:00:00Z).");
  add_signal(app, line);
  add_notify(app, line);
  add_dsync(app, line);
  app.add_subcommand("serve", "The daemon: keeps the parent zones of the configuration.");
  app.add_subcommand("check", "Read the configuration and report every fault in it.");
}

int run_command(const CLI::App& app, const CommandLine& line) {
  if (app.got_subcommand("check")) return cli::run_check(line.configuration);
  if (app.got_subcommand("signal")) return cli::run_signal(line.configuration, line.signal);
  if (app.got_subcommand("notify")) return cli::run_notify(line.configuration, line.notify);
  const auto configuration =
      cli::load_configuration(cli::find_configuration_file(line.configuration));
  if (!configuration) {
    for (const dskeeper::Error& fault : configuration.error().faults) cli::could_not(fault);
    return cli::exit_usage;
  }
  if (app.got_subcommand("scan")) return cli::run_scan(*configuration, line.scan);
  if (app.got_subcommand("explain")) return cli::run_explain(*configuration, line.name, line.json);
  if (app.got_subcommand("serve")) return cli::run_serve(*configuration);
  if (app.got_subcommand("status")) return cli::run_status(*configuration, line.name, line.json);
  if (app.got_subcommand("suspend")) {
    return cli::run_suspend(*configuration, line.name, line.reason);
  }
  if (app.got_subcommand("resume")) return cli::run_resume(*configuration, line.resume);
  if (app.got_subcommand("approve")) {
    return cli::run_approve(*configuration, line.name, line.request);
  }
  if (app.got_subcommand("audit")) return cli::run_audit(*configuration, line.head);
  if (app.got_subcommand("replay")) return cli::run_replay(*configuration, line.replay);
  if (app.got_subcommand("dsync")) return cli::run_dsync(*configuration, line.dsync);
  return cli::run_history(*configuration, line.name, line.json);
}

// Results that did not arrive are no success: a full disk, a reader that went away.
int finish(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  return cli::could_not({"not all results could be written to standard output",
                         {},
                         "See whether the disk is full, or the reader has ended."});
}

int run_and_finish(const CLI::App& app, const CommandLine& line) {
  try {
    return finish(run_command(app, line));
  } catch (const std::system_error& error) {  // how fmt::print says that it cannot write
    return cli::could_not({error.what(), {}, {}});
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"dskeeper keeps the DNSSEC delegations of a parent zone in step with its children."};
  app.require_subcommand(1);
  app.set_version_flag("--version", "dskeeper " DSKEEPER_VERSION);
  CommandLine line;
  app.add_option("-c,--config", line.configuration,
                 "The configuration (default: dskeeper.toml, then /etc/dskeeper/dskeeper.toml).");
  add_commands(app, line);
  app.fallthrough();
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // CLI11 says that a command is missing, also where one that it does not know stands there.
    const std::vector<std::string> rest = app.remaining();
    if (!app.get_subcommands().empty() || rest.empty()) {
      app.exit(error);
    } else {
      fmt::print(stderr, "dskeeper: there is no command \"{}\". See dskeeper --help.\n", rest[0]);
    }
    return cli::exit_usage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? cli::exit_done : cli::exit_usage;
  }
  return run_and_finish(app, line);
}
