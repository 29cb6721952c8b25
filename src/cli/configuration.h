// The configuration: what dskeeper.toml says, checked whole before anything is done with it.
//
// A value. Every fault of the file is found in one reading (`check` prints them all). Relative
// paths in it are relative to the file's folder. contract.md, "Configuration".
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/tsig.h"
#include "dns/types.h"
#include "model/policy.h"
#include "parent/zone_file_content.h"

namespace dskeeper::cli {

struct StoreSettings {
  std::string url = "sqlite:dskeeper.db";
};

struct ResolverSettings {
  std::filesystem::path root_hints;  // empty: the resolver's built-in ones
  std::filesystem::path trust_anchor = "/usr/share/dns/root.key";
};

// A rate agreed with an operator.
struct ServerSettings {
  std::vector<IpPrefix> addresses;
  unsigned rate = 50;
};

struct ScanSettings {
  Duration interval = std::chrono::hours(24);
  std::vector<IpPrefix> permit;
  unsigned rate = 50;           // questions a second to one server address
  unsigned network_rate = 500;  // to one /24 or /48
  bool ipv4 = true;
  bool ipv6 = true;
  Duration timeout = std::chrono::seconds(5);
  std::vector<ServerSettings> servers;
};

struct VantageSettings {
  std::string name = "local";
  std::vector<IpAddress> source_addresses;
};

struct KeySettings {
  dns::TsigKey key;
};

struct ZoneFileSource {
  std::filesystem::path path;
};
struct TransferSource {
  Endpoint server;
  std::string key;               // the name of a [[key]]; empty: none
  bool unauthenticated = false;  // must be true where there is no key
  bool ixfr = true;              // ask for what has changed, where the server can tell
};
struct ListSource {
  std::filesystem::path path;
};
using SourceSettings = std::variant<ZoneFileSource, TransferSource, ListSource>;

struct UpdateSinkSettings {
  Endpoint server;
  std::string key;
};
struct ZoneFileSinkSettings {
  std::filesystem::path path;
  parent::ZoneFileContent content = parent::ZoneFileContent::ds;
  dns::Ttl name_server_ttl{3600};
};
struct CommandSinkSettings {
  std::vector<std::string> argv;
};
struct NoSink {};
using SinkSettings =
    std::variant<NoSink, UpdateSinkSettings, ZoneFileSinkSettings, CommandSinkSettings>;

// The DSYNC records that a parent publishes (RFC 9859 §2): where it wants to be notified.
struct DsyncSettings {
  std::optional<dns::Name> target;
  std::uint16_t port = 5359;
  std::vector<dns::RecordType> types = {dns::RecordType::cds};
  bool is_catch_all = false;
  Duration ttl = std::chrono::hours(1);
  std::filesystem::path endpoints;  // of children and registrars; empty: none
  std::optional<dns::Name> zone;    // that has the records; none: the parent's own
  bool update = false;              // serve keeps them
};

struct ParentSettings {
  dns::Name zone;
  std::string policy = "bcp246";
  SourceSettings source;
  std::filesystem::path facts;  // empty: none
  SinkSettings sink;
  std::vector<Endpoint> confirm;
  unsigned changes_per_minute = 200;
  std::optional<DsyncSettings> dsync;
  unsigned line = 0;
};

// The child's side of RFC 9615: of which zones the signals are made, and where they go.
struct SignalSettings {
  std::optional<Endpoint> primary;   // who has the zones
  std::string key;                   // the name of a [[key]]; empty: none
  bool unauthenticated = false;      // the way to the primary is safe without a key
  std::filesystem::path list;        // the zones, one a line; or
  std::optional<dns::Name> catalog;  // a catalog zone at the primary (RFC 9432)
  std::vector<dns::Name> hosts;      // the operator's name servers
  std::filesystem::path directory;   // for one zone file a host; or
  std::optional<Endpoint> update;    // the primary of the signaling zones
  std::string update_key;
  std::optional<dns::Name> zone;  // the one zone that has all signals; none: `_signal.<host>` each
  Duration ttl = std::chrono::hours(1);
  bool remove_secured = false;
  std::optional<Duration> interval;  // how often `serve` does it; none: it does not
};

// The parent's side: an operator's signaling zones that may be read (RFC 9615 §4.3).
struct SignalingSettings {
  std::vector<dns::Name> hosts;   // its name servers
  std::optional<dns::Name> zone;  // the one zone that has all signals; none: `_signal.<host>` each
  std::optional<Endpoint> axfr;   // who gives transfers
  std::string key;                // the name of a [[key]] for them; empty: none
  bool walk = false;              // along NSEC, at the zones' own name servers
  Duration interval = std::chrono::minutes(15);
};

// The child's side of RFC 9859: how the parent is notified.
struct SenderSettings {
  std::optional<Endpoint> primary;
  std::string key;                 // the name of a [[key]]; empty: none
  std::optional<dns::Name> agent;  // of the Report-Channel option (RFC 9567)
  Duration wait = std::chrono::minutes(10);
  Duration interval = std::chrono::seconds(60);
  unsigned retries = 5;
  std::filesystem::path memory;  // empty: none
  bool secure_only = false;
};

// The NOTIFY receiver of `serve` (RFC 9859).
struct NotifySettings {
  std::vector<Endpoint> listen;
  std::vector<std::string> keys;  // names of [[key]]s: who signs with one is a relay
  bool only_signed = false;
  std::vector<IpPrefix> relays;  // exempt from the limit of each source
  unsigned source_rate = 10;     // NOTIFYs a second from one /24 or /48
  unsigned rate = 200;           // looks a second that NOTIFYs cause
  Duration child_interval = std::chrono::seconds(2);
};

// The pages, the API and the metrics of `serve`.
struct HttpSettings {
  std::vector<Endpoint> listen;
  std::vector<std::string> hosts;  // lower case, without a final dot
  std::string token;               // of staff; empty: there is no staff
  std::vector<IpPrefix> trusted_proxies;
  unsigned client_rate = 50;  // requests a second of one client
  std::string zonemaster = "https://zonemaster.net/";
};

struct Configuration {
  std::filesystem::path file;
  StoreSettings store;
  ResolverSettings resolver;
  ScanSettings scan;
  std::vector<VantageSettings> vantages;
  std::map<std::string, dns::TsigKey> keys;  // by name in presentation form
  std::vector<ParentSettings> parents;
  std::optional<SignalSettings> signal;
  std::vector<SignalingSettings> signaling;
  std::optional<SenderSettings> sender;
  std::optional<NotifySettings> notify;
  std::optional<HttpSettings> http;
  std::map<std::string, Policy> policies;  // built in and own, each complete
  std::vector<std::string> warnings;       // accepted, but worth a word

  [[nodiscard]] std::filesystem::path resolve(const std::filesystem::path& path) const;
  // The longest configured parent zone that the name lies below.
  [[nodiscard]] const ParentSettings* parent_of(const dns::Name& child) const;
};

struct ConfigurationFaults {
  std::vector<Error> faults;
};

// The first of the contract's two default places that exists, where none is named.
[[nodiscard]] std::filesystem::path find_configuration_file(const std::string& named);
[[nodiscard]] tl::expected<Configuration, ConfigurationFaults> load_configuration(
    const std::filesystem::path& path);

// The manual's page of keys, from the same declarations that the reader uses.
[[nodiscard]] std::string configuration_manual();

}  // namespace dskeeper::cli
