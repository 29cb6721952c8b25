// The commands, as contract.md lists them. Each returns the exit status: 0 it did what was asked,
// 1 it could not, 2 usage or configuration.
//
// Results go to standard output, everything else to standard error.
#pragma once

#include <string>
#include <vector>

#include "cli/configuration.h"

namespace dskeeper::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_could_not = 1;
inline constexpr int exit_usage = 2;

struct ScanOptions {
  std::string parent;  // empty: all that are configured
  bool dry_run = false;
  bool json = false;
  std::vector<std::string> names;  // empty: every delegation
};
[[nodiscard]] int run_scan(const Configuration& configuration, const ScanOptions& options);

[[nodiscard]] int run_explain(const Configuration& configuration, const std::string& name,
                              bool json);

[[nodiscard]] int run_serve(const Configuration& configuration);

[[nodiscard]] int run_status(const Configuration& configuration, const std::string& name,
                             bool json);

[[nodiscard]] int run_history(const Configuration& configuration, const std::string& name,
                              bool json);

[[nodiscard]] int run_suspend(const Configuration& configuration, const std::string& name,
                              const std::string& reason);

struct ResumeOptions {
  std::string name;  // a child, or
  bool reset_replay = false;
  std::string breaker;  // a parent zone: of its breakers …
  std::string kind;     // … those for this kind of change; empty: all
  std::string operator_name;
};
[[nodiscard]] int run_resume(const Configuration& configuration, const ResumeOptions& options);

[[nodiscard]] int run_approve(const Configuration& configuration, const std::string& name,
                              const std::string& request);

// `head`: a journal's, noted earlier; empty: none.
[[nodiscard]] int run_audit(const Configuration& configuration, const std::string& head);

struct ReplayOptions {
  std::string policy;  // empty: the one that was in force
  std::string since;   // a time as RFC 3339 has it; empty: all that is kept
};
[[nodiscard]] int run_replay(const Configuration& configuration, const ReplayOptions& options);

// What the command line says of `signal`; it goes before the section [signal].
struct SignalCommand {
  bool check = false;
  bool print = false;
  std::string primary;
  std::string key;
  bool unauthenticated = false;
  std::string list;
  std::string catalog;
  std::vector<std::string> hosts;
  std::string directory;
  std::string update;
  std::string update_key;
  std::string zone;
  bool remove_secured = false;
  std::vector<std::string> names;  // only these zones
};
// Reads the configuration itself, since it needs none.
[[nodiscard]] int run_signal(const std::string& configuration_file, const SignalCommand& command);

// What the command line says of `notify`; it goes before the section [sender].
struct NotifyCommand {
  std::string name;  // the child zone
  bool csync = false;
  std::string primary;
  std::string key;
  std::string agent;
  std::string wait;
  bool anyway = false;
  bool force = false;
  bool secure_only = false;
  bool json = false;
};
// Reads the configuration itself, since it needs none.
[[nodiscard]] int run_notify(const std::string& configuration_file, const NotifyCommand& command);

struct DsyncCommand {
  std::string zone;      // a parent; empty: all that publish DSYNC records
  bool generic = false;  // as RFC 3597 has it
  bool check = false;
  bool update = false;
};
[[nodiscard]] int run_dsync(const Configuration& configuration, const DsyncCommand& command);

// Reads the configuration itself, since reporting its faults is what it is for.
[[nodiscard]] int run_check(const std::string& configuration_file);

// Prints the error to standard error and gives the status for it.
int could_not(const Error& error);
// Likewise, where the command was used wrongly.
int wrong_use(const Error& error);

}  // namespace dskeeper::cli
