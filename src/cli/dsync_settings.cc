#include "cli/dsync_settings.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "dns/dsync.h"

namespace dskeeper::cli {
namespace {

auto name_into(std::optional<dns::Name> DsyncSettings::*member) {
  return [member](DsyncSettings& settings, const Value& value, FaultList& faults) {
    std::string text;
    if (!read_value(text, value, faults)) return;
    auto name = dns::Name::parse(text);
    if (name)
      settings.*member = *std::move(name);
    else
      faults.add(value.line, name.error());
  };
}

void read_port(DsyncSettings& settings, const Value& value, FaultList& faults) {
  constexpr unsigned port_max = 65535;
  unsigned port = 0;
  if (!read_value(port, value, faults)) return;
  // RFC 9859 §2: a record with port 0 is ignored.
  if (port == 0 || port > port_max) {
    faults.add(value.line, fmt::format("{} is not a port", port), "Write a number up to 65535.");
    return;
  }
  settings.port = static_cast<std::uint16_t>(port);
}

void read_types(DsyncSettings& settings, const Value& value, FaultList& faults) {
  std::vector<std::string> words;
  if (!read_value(words, value, faults)) return;
  settings.types.clear();
  for (const std::string& word : words) {
    const auto type = dns::parse_record_type(word);
    if (!type || (*type != dns::RecordType::cds && *type != dns::RecordType::csync)) {
      faults.add(value.line, fmt::format("there is no NOTIFY for \"{}\"", word),
                 "Known are \"cds\" and \"csync\".");
      continue;
    }
    settings.types.push_back(*type);
  }
  if (words.empty()) faults.add(value.line, "at least one type is needed");
}

void read_form(DsyncSettings& settings, const Value& value, FaultList& faults) {
  std::string word;
  if (!read_value(word, value, faults)) return;
  settings.is_catch_all = word == "catch-all";
  if (word == "wildcard" || settings.is_catch_all) return;
  faults.add(value.line, fmt::format("\"{}\" is not a form of DSYNC records", word),
             "Known are \"wildcard\" and \"catch-all\".");
}

void read_ttl(DsyncSettings& settings, const Value& value, FaultList& faults) {
  Duration ttl{};
  if (!read_value(ttl, value, faults)) return;
  constexpr Duration ttl_max = std::chrono::seconds(0x7FFFFFFF);  // RFC 2181 §8
  if (ttl > ttl_max) {
    faults.add(value.line, "no TTL is that long");
    return;
  }
  settings.ttl = ttl;
}

void read_path(DsyncSettings& settings, const Value& value, FaultList& faults) {
  std::string text;
  if (read_value(text, value, faults)) settings.endpoints = text;
}

}  // namespace

std::span<const Key<DsyncSettings>> dsync_keys() {
  using Dsync = DsyncSettings;
  static const std::vector<Key<Dsync>> keys = {
      {{"target", "domain name", "", "The host that takes NOTIFY; it must have an address."},
       name_into(&Dsync::target)},
      {{"port", "number", "5359", "Its port, as in `listen` of [notify]."}, read_port},
      {{"types", "list of \"cds\", \"csync\"", "[\"cds\"]", "What may be notified of."},
       read_types},
      {{"form", "\"wildcard\" or \"catch-all\"", "\"wildcard\"",
        "`*._dsync.ZONE`, or `_dsync.ZONE` for servers without wildcards."},
       read_form},
      {{"ttl", "duration", "\"1h\"", "The TTL of the records."}, read_ttl},
      {{"endpoints", "path", "none",
        "A CSV file of children and registrars with endpoints of their own."},
       read_path},
      {{"zone", "domain name", "the parent's",
        "The zone that has the records, where `_dsync.ZONE` is one of its own."},
       name_into(&Dsync::zone)},
      {{"update", "true or false", "false",
        "`serve` keeps the records in the parent by DNS UPDATE, at the server of the sink."},
       into(&Dsync::update)}};
  return keys;
}

DsyncSettings complete_dsync(DsyncSettings settings, unsigned line, const ParentSettings& parent,
                             const Configuration& configuration, FaultList& faults) {
  if (!settings.target) {
    faults.add(line, "dsync has no target", "Name the host that takes NOTIFY.");
  } else if (settings.target->is_root()) {
    faults.add(line, "the root is no host that takes NOTIFY");
  }
  if (!settings.endpoints.empty()) settings.endpoints = configuration.resolve(settings.endpoints);
  const auto base = dns::dsync_name(parent.zone, parent.zone);
  if (!base) faults.add(line, base.error());
  if (settings.zone && base && *settings.zone != *base && *settings.zone != parent.zone) {
    faults.add(line,
               fmt::format("the records stand in {} or in {}", parent.zone.text(), base->text()));
  }
  if (settings.update && !std::holds_alternative<UpdateSinkSettings>(parent.sink)) {
    faults.add(line, "update needs a sink that takes DNS UPDATE",
               "Print them with dskeeper dsync.");
  }
  return settings;
}

Result<parent::DsyncEndpoints> read_endpoints(const ParentSettings& parent) {
  if (parent.dsync->endpoints.empty()) return parent::DsyncEndpoints();
  return parent::read_dsync_endpoints(parent.dsync->endpoints, parent.zone);
}

Result<std::vector<dns::Rrset>> wanted_dsync(const ParentSettings& parent,
                                             const parent::DsyncEndpoints& endpoints,
                                             const parent::Snapshot* snapshot) {
  const DsyncSettings& dsync = *parent.dsync;
  parent::DsyncOptions options;
  options.zone = parent.zone;
  options.own = {*dsync.target, dsync.port};
  options.types = dsync.types;
  options.is_catch_all = dsync.is_catch_all;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(dsync.ttl).count();
  options.ttl = dns::Ttl{static_cast<std::uint32_t>(seconds)};
  return parent::dsync_records(options, parent::dsync_exceptions(endpoints, snapshot));
}

Result<parent::DsyncZone> dsync_zone(const Configuration& configuration,
                                     const ParentSettings& parent) {
  parent::DsyncZone where{parent.zone, parent.dsync->zone.value_or(parent.zone), {}, {}};
  const auto key_of = [&](const std::string& key) {
    return key.empty() ? std::nullopt : std::optional(configuration.keys.at(key));
  };
  // The parent's zone is transferred from where it always is; one of its own is at the sink only.
  const auto* const transfer = std::get_if<TransferSource>(&parent.source);
  if (transfer != nullptr && where.zone == parent.zone) {
    where.server = transfer->server;
    where.key = key_of(transfer->key);
    return where;
  }
  if (const auto* const sink = std::get_if<UpdateSinkSettings>(&parent.sink)) {
    where.server = sink->server;
    where.key = key_of(sink->key);
    return where;
  }
  return fail(
      fmt::format("nobody can be asked which DSYNC records of {} stand", parent.zone.text()),
      configuration.file.string(),
      "That needs a source that is a transfer, or a sink that takes DNS UPDATE.");
}

}  // namespace dskeeper::cli
