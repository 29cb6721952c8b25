#include "cli/configuration_keys.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "cli/dsync_settings.h"

namespace dskeeper::cli {
namespace {

// A key whose texts are each read by `parse` into a list.
template <typename Settings, typename Item>
auto list_of(std::vector<Item> Settings::*member, Result<Item> (*parse)(std::string_view)) {
  return [member, parse](Settings& settings, const Value& value, FaultList& faults) {
    std::vector<std::string> texts;
    if (!read_value(texts, value, faults)) return;
    std::vector<Item> items;
    for (const std::string& text : texts) {
      auto item = parse(text);
      if (!item) {
        faults.add(value.line, item.error());
        return;
      }
      items.push_back(std::move(*item));
    }
    settings.*member = std::move(items);
  };
}

template <typename Settings>
auto path_into(std::filesystem::path Settings::*member) {
  return [member](Settings& settings, const Value& value, FaultList& faults) {
    std::string text;
    if (read_value(text, value, faults)) settings.*member = text;
  };
}

// A rate of zero would wait for ever.
template <typename Settings>
auto rate_into(unsigned Settings::*member) {
  return [member](Settings& settings, const Value& value, FaultList& faults) {
    unsigned rate = 0;
    if (!read_value(rate, value, faults)) return;
    if (rate == 0) {
      faults.add(value.line, "a rate must be at least 1 a second");
      return;
    }
    settings.*member = rate;
  };
}

bool read_span(Duration& out, const Value& value, FaultList& faults) {
  if (!read_value(out, value, faults)) return false;
  if (out >= std::chrono::milliseconds(1)) return true;
  faults.add(value.line, "this must be longer than nothing");
  return false;
}

template <typename Settings>
auto span_into(Duration Settings::*member) {
  return [member](Settings& settings, const Value& value, FaultList& faults) {
    Duration duration{};
    if (read_span(duration, value, faults)) settings.*member = duration;
  };
}

template <typename Settings>
auto optional_span_into(std::optional<Duration> Settings::*member) {
  return [member](Settings& settings, const Value& value, FaultList& faults) {
    Duration duration{};
    if (read_span(duration, value, faults)) settings.*member = duration;
  };
}

template <typename Settings, typename Item>
auto item_into(std::optional<Item> Settings::*member, Result<Item> (*parse)(std::string_view)) {
  return [member, parse](Settings& settings, const Value& value, FaultList& faults) {
    std::string text;
    if (!read_value(text, value, faults)) return;
    auto item = parse(text);
    if (item)
      settings.*member = *std::move(item);
    else
      faults.add(value.line, item.error());
  };
}

// As in the examples of RFC 9859.
constexpr std::uint16_t notify_port = 5359;

// "[::]" alone means: at all addresses, those of IPv4 too.
void read_listen(NotifySettings& notify, const Value& value, FaultList& faults) {
  std::vector<std::string> texts;
  if (!read_value(texts, value, faults)) return;
  for (const std::string& text : texts) {
    const auto at = Endpoint::parse(text, notify_port);
    if (!at) {
      faults.add(value.line, at.error());
    } else if (at->port == 0) {
      faults.add(value.line, fmt::format("\"{}\" names no port to listen at", text));
    } else if (std::find(notify.listen.begin(), notify.listen.end(), *at) != notify.listen.end()) {
      faults.add(value.line, fmt::format("{} stands here twice", at->text()));
    } else {
      notify.listen.push_back(*at);
    }
  }
  const std::vector<Endpoint> named = notify.listen;
  const IpAddress all_v6 = IpAddress::v6(std::array<std::uint8_t, 16>{});
  for (const Endpoint& at : named) {
    const Endpoint twin{IpAddress(), at.port};
    const bool is_named = std::find(named.begin(), named.end(), twin) != named.end();
    if (at.address == all_v6 && !is_named) notify.listen.push_back(twin);
  }
}

Result<Endpoint> parse_server(std::string_view text) {
  return Endpoint::parse(text, 53);
}

void read_families(ScanSettings& scan, const Value& value, FaultList& faults) {
  std::vector<std::string> words;
  if (!read_value(words, value, faults)) return;
  scan.ipv4 = false;
  scan.ipv6 = false;
  for (const std::string& word : words) {
    if (word == "ipv4") {
      scan.ipv4 = true;
    } else if (word == "ipv6") {
      scan.ipv6 = true;
    } else {
      faults.add(value.line, fmt::format("\"{}\" is no address family", word),
                 "Known are \"ipv4\" and \"ipv6\".");
    }
  }
  if (!scan.ipv4 && !scan.ipv6) faults.add(value.line, "at least one address family is needed");
}

void read_servers(ScanSettings& scan, const Value& value, FaultList& faults) {
  if (value.array() == nullptr) {
    faults.add(value.line, "write each of them as [[scan.server]]");
    return;
  }
  for (const Value& item : *value.array()) {
    if (item.table() == nullptr) continue;
    ServerSettings server;
    read_table<ServerSettings>("[[scan.server]]", *item.table(), server_keys(), server, faults);
    scan.servers.push_back(std::move(server));
  }
}

void read_ns_ttl(RawParentSettings::Sink& sink, const Value& value, FaultList& faults) {
  if (!read_value(sink.ns_ttl.emplace(), value, faults)) sink.ns_ttl.reset();
}

void read_dsync(RawParentSettings& settings, const Value& value, FaultList& faults) {
  settings.dsync_line = value.line;
  if (value.table() == nullptr) {
    faults.add(value.line, "dsync must be a table: { … }");
    return;
  }
  read_table<DsyncSettings>("[parent.dsync]", *value.table(), dsync_keys(),
                            settings.dsync.emplace(), faults);
}

template <typename Inner>
auto inner_table(std::string_view name, Inner RawParentSettings::*member,
                 unsigned RawParentSettings::*line, std::vector<Key<Inner>> keys) {
  return [=](RawParentSettings& settings, const Value& value, FaultList& faults) {
    settings.*line = value.line;
    if (value.table() == nullptr) {
      faults.add(value.line, fmt::format("{} must be a table: {{ … }}", name));
      return;
    }
    read_table<Inner>(name, *value.table(), keys, settings.*member, faults);
  };
}

}  // namespace

std::span<const Key<StoreSettings>> store_keys() {
  static const std::vector<Key<StoreSettings>> keys = {
      {{"url", "text", "\"sqlite:dskeeper.db\"", "Where cases, changes and journal are kept."},
       into(&StoreSettings::url)}};
  return keys;
}

std::span<const Key<ResolverSettings>> resolver_keys() {
  static const std::vector<Key<ResolverSettings>> keys = {
      {{"root-hints", "path", "built in", "The root servers that resolution starts from."},
       path_into(&ResolverSettings::root_hints)},
      {{"trust-anchor", "path", "\"/usr/share/dns/root.key\"",
        "The root's DS or DNSKEY records that validation starts from."},
       path_into(&ResolverSettings::trust_anchor)}};
  return keys;
}

std::span<const Key<ScanSettings>> scan_keys() {
  static const std::vector<Key<ScanSettings>> keys = {
      {{"interval", "duration", "\"24h\"", "How often every delegation is looked at."},
       span_into(&ScanSettings::interval)},
      {{"permit", "list of prefixes", "[]",
        "Special-purpose ranges that may be asked; name server addresses are chosen by strangers."},
       list_of(&ScanSettings::permit, &IpPrefix::parse)},
      {{"rate", "number", "50", "Questions a second to one server address."},
       rate_into(&ScanSettings::rate)},
      {{"network-rate", "number", "500", "Questions a second to one /24 or /48."},
       rate_into(&ScanSettings::network_rate)},
      {{"families", "list of \"ipv4\", \"ipv6\"", "[\"ipv4\", \"ipv6\"]",
        "The families that this host has a route for."},
       read_families},
      {{"timeout", "duration", "\"5s\"", "How long one question may take."},
       span_into(&ScanSettings::timeout)},
      {{"server", "tables", "none", "Rates agreed with operators, as [[scan.server]]."},
       read_servers}};
  return keys;
}

std::span<const Key<ServerSettings>> server_keys() {
  static const std::vector<Key<ServerSettings>> keys = {
      {{"addresses", "list of prefixes", "", "The operator's server addresses."},
       list_of(&ServerSettings::addresses, &IpPrefix::parse)},
      {{"rate", "number", "50", "Questions a second to each of them."},
       rate_into(&ServerSettings::rate)}};
  return keys;
}

std::span<const Key<VantageSettings>> vantage_keys() {
  static const std::vector<Key<VantageSettings>> keys = {
      {{"name", "text", "\"local\"", "What findings and journal call this vantage point."},
       into(&VantageSettings::name)},
      {{"source-addresses", "list of addresses", "[]",
        "The addresses that it asks from; [] leaves the choice to the system."},
       list_of(&VantageSettings::source_addresses, &IpAddress::parse)}};
  return keys;
}

std::span<const Key<SignalSettings>> signal_keys() {
  using Signal = SignalSettings;
  static const std::vector<Key<Signal>> keys = {
      {{"primary", "address", "", "The operator's primary, which has the zones."},
       item_into(&Signal::primary, &parse_server)},
      {{"key", "text", "none", "The [[key]] for asking it and for transfers from it."},
       into(&Signal::key)},
      {{"unauthenticated", "true or false", "false",
        "The way to the primary is safe without a key; on loopback it is."},
       into(&Signal::unauthenticated)},
      {{"list", "path", "none", "The zones, one a line."}, path_into(&Signal::list)},
      {{"catalog", "domain name", "none", "Instead: a catalog zone (RFC 9432) at the primary."},
       item_into(&Signal::catalog, &dns::Name::parse)},
      {{"hosts", "list of domain names", "",
        "The operator's name servers, as the zones' NS records name them."},
       list_of(&Signal::hosts, &dns::Name::parse)},
      {{"directory", "path", "none", "Where a zone file for each `_signal.HOST` is written."},
       path_into(&Signal::directory)},
      {{"update", "address", "none",
        "Instead: the primary of the signaling zones, which gets DNS UPDATEs."},
       item_into(&Signal::update, &parse_server)},
      {{"update-key", "text", "none", "The [[key]] for transfers and updates there."},
       into(&Signal::update_key)},
      {{"zone", "domain name", "_signal.HOST", "The zone that has the signals of all hosts."},
       item_into(&Signal::zone, &dns::Name::parse)},
      {{"ttl", "duration", "\"1h\"", "The TTL of the signals."}, span_into(&Signal::ttl)},
      {{"remove-secured", "true or false", "false",
        "Signals go when the parent has published a DS set; [resolver] is asked."},
       into(&Signal::remove_secured)},
      {{"interval", "duration", "none",
        "How often `serve` brings the signals up to date; without it only the command does."},
       optional_span_into(&Signal::interval)}};
  return keys;
}

std::span<const Key<SignalingSettings>> signaling_keys() {
  using Signaling = SignalingSettings;
  static const std::vector<Key<Signaling>> keys = {
      {{"hosts", "list of domain names", "",
        "An operator's name servers, as the parent's NS records name them."},
       list_of(&Signaling::hosts, &dns::Name::parse)},
      {{"axfr", "address", "none", "The server that gives transfers of its signaling zones."},
       item_into(&Signaling::axfr, &parse_server)},
      {{"key", "text", "none", "The [[key]] for the transfers."}, into(&Signaling::key)},
      {{"walk", "true or false", "false",
        "Whether the zones may be walked along NSEC, at their own name servers; with `axfr` that "
        "is "
        "done where a transfer failed."},
       into(&Signaling::walk)},
      {{"zone", "domain name", "_signal.HOST", "The zone that has the signals of all hosts."},
       item_into(&Signaling::zone, &dns::Name::parse)},
      {{"interval", "duration", "\"15m\"",
        "How often it is asked whether a zone has changed; one that has is read."},
       span_into(&Signaling::interval)}};
  return keys;
}

std::span<const Key<NotifySettings>> notify_keys() {
  using Notify = NotifySettings;
  static const std::vector<Key<Notify>> keys = {
      {{"listen", "list of addresses", "",
        "Where NOTIFYs are received, over UDP and TCP, at port 5359 unless another is named; "
        "`[::]` means all addresses, those of IPv4 too."},
       read_listen},
      {{"keys", "list of texts", "[]",
        "The [[key]]s that relays sign with; what they send is exempt from source-rate."},
       into(&Notify::keys)},
      {{"only-signed", "true or false", "false", "NOTIFYs without one of these keys are refused."},
       into(&Notify::only_signed)},
      {{"relays", "list of prefixes", "[]",
        "Relays known by their address, which over UDP can be forged; exempt from source-rate."},
       list_of(&Notify::relays, &IpPrefix::parse)},
      {{"source-rate", "number", "10",
        "NOTIFYs a second from one /24 or /48, over ten seconds; more are postponed, by a minute "
        "at most, and then come after those of others."},
       rate_into(&Notify::source_rate)},
      {{"rate", "number", "200", "Looks a second that NOTIFYs cause."}, rate_into(&Notify::rate)},
      {{"child-interval", "duration", "\"2s\"",
        "How often one child is looked at, however often it is notified; what comes in between "
        "waits for the end of that time."},
       span_into(&Notify::child_interval)}};
  return keys;
}

std::span<const Key<RawKeySettings>> tsig_key_keys() {
  static const std::vector<Key<RawKeySettings>> keys = {
      {{"name", "domain name", "", "The key's name, the same at both ends."},
       into(&RawKeySettings::name)},
      {{"algorithm", "\"hmac-sha256\" or \"hmac-sha512\"", "\"hmac-sha256\"",
        "The algorithm, the same at both ends."},
       into(&RawKeySettings::algorithm)},
      {{"secret-file", "path", "", "A file of one line, the secret in base64, for our eyes only."},
       into(&RawKeySettings::secret_file)},
      {{"secret-env", "text", "", "Instead: the environment variable that holds the secret."},
       into(&RawKeySettings::secret_env)}};
  return keys;
}

std::span<const Key<RawParentSettings>> parent_keys() {
  using Source = RawParentSettings::Source;
  using Sink = RawParentSettings::Sink;
  static const std::vector<Key<RawParentSettings>> keys = {
      {{"zone", "domain name", "", "The parent zone."}, into(&RawParentSettings::zone)},
      {{"policy", "text", "\"bcp246\"", "The policy for its delegations."},
       into(&RawParentSettings::policy)},
      {{"source", "table", "",
        "Where delegations come from: { zone-file = PATH }, { axfr = ADDRESS, key = NAME } or "
        "{ list = PATH }; a transfer needs a key or unauthenticated = true, and with ixfr = false "
        "it is always of the whole zone."},
       inner_table<Source>("source", &RawParentSettings::source, &RawParentSettings::source_line,
                           {{{"zone-file", "", "", ""}, into(&Source::zone_file)},
                            {{"axfr", "", "", ""}, into(&Source::axfr)},
                            {{"list", "", "", ""}, into(&Source::list)},
                            {{"epp", "", "", ""}, into(&Source::epp)},
                            {{"key", "", "", ""}, into(&Source::key)},
                            {{"unauthenticated", "", "", ""}, into(&Source::unauthenticated)},
                            {{"ixfr", "", "", ""}, into(&Source::ixfr)}})},
      {{"facts", "path", "none", "A CSV file with what the registry knows beside the zone."},
       into(&RawParentSettings::facts)},
      {{"sink", "table", "",
        "Where changes go: { dns-update = ADDRESS, key = NAME }, { zone-file = PATH }, "
        "{ command = [ARGUMENT, …] } or { none = true }; a zone file has DS sets, or with content "
        "= \"delegations\" also NS records and glue, with the TTL ns-ttl, \"1h\" if not given."},
       inner_table<Sink>("sink", &RawParentSettings::sink, &RawParentSettings::sink_line,
                         {{{"dns-update", "", "", ""}, into(&Sink::dns_update)},
                          {{"zone-file", "", "", ""}, into(&Sink::zone_file)},
                          {{"content", "", "", ""}, into(&Sink::content)},
                          {{"ns-ttl", "", "", ""}, read_ns_ttl},
                          {{"epp", "", "", ""}, into(&Sink::epp)},
                          {{"command", "", "", ""}, into(&Sink::command)},
                          {{"key", "", "", ""}, into(&Sink::key)},
                          {{"none", "", "", ""}, into(&Sink::none)}})},
      {{"confirm", "list of addresses", "the sink's or the source's server",
        "Who is asked whether a change stands."},
       into(&RawParentSettings::confirm)},
      {{"changes", "\"NUMBER/min\"", "\"200/min\"", "The most changes sent in a minute."},
       into(&RawParentSettings::changes)},
      {{"dsync", "table", "none",
        "The DSYNC records that the parent publishes, as [parent.dsync] or { target = NAME, … }."},
       read_dsync}};
  return keys;
}

}  // namespace dskeeper::cli
