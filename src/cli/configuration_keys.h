// The keys of every section of dskeeper.toml but the policies (policy_keys.h).
#pragma once

#include <span>

#include "cli/configuration.h"
#include "cli/key.h"

namespace dskeeper::cli {

[[nodiscard]] std::span<const Key<StoreSettings>> store_keys();
[[nodiscard]] std::span<const Key<ResolverSettings>> resolver_keys();
[[nodiscard]] std::span<const Key<ScanSettings>> scan_keys();
[[nodiscard]] std::span<const Key<ServerSettings>> server_keys();
[[nodiscard]] std::span<const Key<VantageSettings>> vantage_keys();
[[nodiscard]] std::span<const Key<SignalSettings>> signal_keys();
[[nodiscard]] std::span<const Key<SignalingSettings>> signaling_keys();
[[nodiscard]] std::span<const Key<NotifySettings>> notify_keys();

// A [[key]]: its secret comes from a file or the environment, never from the configuration.
struct RawKeySettings {
  std::string name;
  std::string algorithm = "hmac-sha256";
  std::string secret_file;
  std::string secret_env;
};
[[nodiscard]] std::span<const Key<RawKeySettings>> tsig_key_keys();

// A [[parent]] as it was read; source and sink are told apart by configuration.cc.
struct RawParentSettings {
  std::string zone;
  std::string policy = "bcp246";
  std::string facts;
  std::string changes = "200/min";
  std::vector<std::string> confirm;
  struct Source {
    std::string zone_file;
    std::string axfr;
    std::string list;
    std::string epp;
    std::string key;
    bool unauthenticated = false;
    bool ixfr = true;
  } source;
  struct Sink {
    std::string dns_update;
    std::string zone_file;
    std::string content;
    std::optional<Duration> ns_ttl;
    std::string epp;
    std::vector<std::string> command;
    std::string key;
    bool none = false;
  } sink;
  std::optional<DsyncSettings> dsync;
  unsigned source_line = 0;
  unsigned sink_line = 0;
  unsigned dsync_line = 0;
};
[[nodiscard]] std::span<const Key<RawParentSettings>> parent_keys();

}  // namespace dskeeper::cli
