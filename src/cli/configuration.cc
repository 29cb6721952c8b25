#include "cli/configuration.h"

#include <fmt/core.h>

#include <charconv>
#include <fstream>
#include <set>

#include "cli/configuration_keys.h"
#include "cli/dsync_settings.h"
#include "cli/http_settings.h"
#include "cli/policies.h"
#include "cli/secret.h"
#include "cli/sender_settings.h"
#include "cli/signal_sections.h"
#include "cli/sink_settings.h"

namespace dskeeper::cli {
namespace {

// Reads one file into a Configuration; its parts become members as they are found to be right.
class Reader {
 public:
  Reader(Configuration& configuration, FaultList& faults)
      : configuration_(configuration), faults_(faults) {}

  void read(const Table& top) {
    const Table* policies = nullptr;
    for (const auto& [word, value] : top) {
      if (word == "policy")
        policies = value.table();
      else
        read_section(word, value);
    }
    const Table own = policies != nullptr ? *policies : Table{};
    configuration_.policies = read_policies(own, faults_);
    // Parents refer to keys and policies, wherever those stand in the file.
    for (const Value* parent : parents_) read_parent(*parent);
    for (const Value* signaling : signaling_) read_signaling(*signaling);
    if (!signaling_.empty()) warn_of_signaling(configuration_, signaling_.front()->line);
    check_signal(configuration_, signal_line_, faults_);
    if (notify_ != nullptr) read_notify(*notify_);
    if (configuration_.vantages.empty()) configuration_.vantages.emplace_back();
    // A child's operator needs no parent zone.
    if (configuration_.parents.empty() && parents_.empty() && !configuration_.signal &&
        !configuration_.sender) {
      faults_.add(0, "there is no [[parent]]", "Add one with zone, source and sink.");
    }
  }

 private:
  template <typename Settings>
  void read_one(std::string_view name, const Value& value, std::span<const Key<Settings>> keys,
                Settings& settings) {
    if (value.table() == nullptr) {
      faults_.add(value.line, fmt::format("{} must be a section", name));
      return;
    }
    read_table<Settings>(name, *value.table(), keys, settings, faults_);
  }

  // The tables of a [[name]]; a single [name] is a common slip with its own message.
  std::vector<const Value*> tables_of(std::string_view name, const Value& value) {
    std::vector<const Value*> tables;
    if (value.array() == nullptr) {
      faults_.add(value.line, fmt::format("write [[{}]] with two brackets", name));
      return tables;
    }
    for (const Value& item : *value.array()) {
      if (item.table() != nullptr)
        tables.push_back(&item);
      else
        faults_.add(item.line, fmt::format("[[{}]] must be a section", name));
    }
    return tables;
  }

  void read_section(const std::string& word, const Value& value) {
    static constexpr std::array<KeyDescription, 12> sections = {{{"store", "", "", ""},
                                                                 {"resolver", "", "", ""},
                                                                 {"scan", "", "", ""},
                                                                 {"vantage", "", "", ""},
                                                                 {"notify", "", "", ""},
                                                                 {"http", "", "", ""},
                                                                 {"key", "", "", ""},
                                                                 {"parent", "", "", ""},
                                                                 {"signal", "", "", ""},
                                                                 {"signaling", "", "", ""},
                                                                 {"sender", "", "", ""},
                                                                 {"policy", "", "", ""}}};
    if (word == "store")
      read_store(value);
    else if (word == "resolver")
      read_resolver(value);
    else if (word == "scan")
      read_one("[scan]", value, scan_keys(), configuration_.scan);
    else if (word == "vantage")
      read_vantages(value);
    else if (word == "key")
      read_keys(value);
    else if (word == "signal")
      read_signal(value);
    else if (word == "signaling")
      signaling_ = tables_of("signaling", value);
    else if (word == "sender")
      read_sender(value);
    else if (word == "parent")
      parents_ = tables_of("parent", value);
    else if (word == "notify")
      notify_ = &value;
    else if (word == "http")
      read_http(value, configuration_, faults_);
    else
      add_unknown_key("", word, value.line, sections, faults_);
  }

  void read_store(const Value& value) {
    read_one("[store]", value, store_keys(), configuration_.store);
    std::string& url = configuration_.store.url;
    constexpr std::string_view scheme = "sqlite:";
    if (!url.starts_with(scheme)) {
      add_store_fault(url, line_of(value, "url"));
      return;
    }
    const std::filesystem::path path = url.substr(scheme.size());
    url = std::string(scheme) + configuration_.resolve(path).string();
  }

  // Never with the url itself: it may hold a password.
  void add_store_fault(const std::string& url, unsigned line) {
    const std::string kind = url.substr(0, url.find(':'));
    if (url.find('@') != std::string::npos || url.find("password=") != std::string::npos) {
      faults_.add(line, "store.url must not hold a password",
                  "Take it out, and change it, since others may have read it here.");
    }
    if (kind == "postgresql" || kind == "postgres") {
      faults_.add(line, "PostgreSQL is not a store that this version of dskeeper has",
                  "Write \"sqlite:PATH\".");
    } else {
      faults_.add(line,
                  url.size() == kind.size()
                      ? "store.url does not say of which kind the store is"
                      : fmt::format("the store is of no known kind (\"{}\")", kind),
                  "Write \"sqlite:PATH\".");
    }
  }

  // A key's own line; its section's where it is not given.
  static unsigned line_of(const Value& section, std::string_view key) {
    for (const auto& [word, value] : *section.table()) {
      if (word == key) return value.line;
    }
    return section.line;
  }

  void read_resolver(const Value& value) {
    ResolverSettings& resolver = configuration_.resolver;
    read_one("[resolver]", value, resolver_keys(), resolver);
    resolver.trust_anchor = configuration_.resolve(resolver.trust_anchor);
    if (!resolver.root_hints.empty()) {
      resolver.root_hints = configuration_.resolve(resolver.root_hints);
    }
    for (const auto& [key, path] : {std::pair("root-hints", resolver.root_hints),
                                    std::pair("trust-anchor", resolver.trust_anchor)}) {
      if (value.table() == nullptr || path.empty() || std::ifstream(path)) continue;
      faults_.add(line_of(value, key), fmt::format("the file {} cannot be read", path.string()));
    }
  }

  void read_vantages(const Value& value) {
    for (const Value* item : tables_of("vantage", value)) {
      VantageSettings vantage;
      read_one("[[vantage]]", *item, vantage_keys(), vantage);
      for (const VantageSettings& other : configuration_.vantages) {
        if (other.name == vantage.name) {
          faults_.add(item->line,
                      fmt::format("two vantage points are called \"{}\"", vantage.name));
        }
      }
      configuration_.vantages.push_back(std::move(vantage));
    }
  }

  void read_keys(const Value& value) {
    for (const Value* item : tables_of("key", value)) {
      RawKeySettings raw;
      read_one("[[key]]", *item, tsig_key_keys(), raw);
      const auto name = dns::Name::parse(raw.name);
      const auto algorithm = dns::parse_tsig_algorithm(raw.algorithm);
      if (raw.name.empty()) faults_.add(item->line, "this [[key]] has no name");
      if (!name) faults_.add(item->line, name.error());
      if (!algorithm) faults_.add(item->line, algorithm.error());
      const auto secret = read_secret(raw, configuration_);
      if (!secret) faults_.add(item->line, secret.error());
      if (name) declared_keys_.insert(name->text());
      if (!name || !algorithm || !secret) continue;
      configuration_.keys[name->text()] = dns::TsigKey{*name, *algorithm, *secret};
    }
  }

  void read_signal(const Value& value) {
    SignalSettings& signal = configuration_.signal.emplace();
    signal_line_ = value.line;
    read_one("[signal]", value, signal_keys(), signal);
    if (!signal.list.empty()) signal.list = configuration_.resolve(signal.list);
    if (!signal.directory.empty()) signal.directory = configuration_.resolve(signal.directory);
  }

  void read_signaling(const Value& value) {
    SignalingSettings& signaling = configuration_.signaling.emplace_back();
    read_one("[[signaling]]", value, signaling_keys(), signaling);
    check_signaling(signaling, value.line, faults_);
    if (!signaling.key.empty()) check_key(signaling.key, value.line);
  }

  void read_sender(const Value& value) {
    SenderSettings& sender = configuration_.sender.emplace();
    read_one("[sender]", value, sender_keys(), sender);
    if (!sender.memory.empty()) sender.memory = configuration_.resolve(sender.memory);
  }

  void read_notify(const Value& value) {
    NotifySettings& notify = configuration_.notify.emplace();
    read_one("[notify]", value, notify_keys(), notify);
    if (notify.listen.empty()) {
      faults_.add(value.line, "[notify] says nowhere to listen", "Add listen = [\"[::]:5359\"].");
    }
    for (std::string& key : notify.keys) check_key(key, line_of(value, "keys"));
    if (notify.only_signed && notify.keys.empty()) {
      faults_.add(line_of(value, "only-signed"),
                  "notify.only-signed without notify.keys would refuse everybody");
    }
  }

  void read_parent(const Value& value) {
    RawParentSettings raw;
    const std::size_t before = configuration_.parents.size();
    read_one("[[parent]]", value, parent_keys(), raw);
    ParentSettings parent;
    parent.line = value.line;
    const auto zone = dns::Name::parse(raw.zone);
    if (raw.zone.empty())
      faults_.add(value.line, "this [[parent]] has no zone");
    else if (!zone)
      faults_.add(value.line, zone.error());
    else
      parent.zone = *zone;
    for (std::size_t i = 0; i < before; ++i) {
      if (configuration_.parents[i].zone == parent.zone) {
        faults_.add(value.line, fmt::format("the parent {} stands here twice", parent.zone.text()));
      }
    }
    parent.policy = raw.policy;
    if (!configuration_.policies.contains(raw.policy)) add_unknown_policy(raw.policy, value.line);
    if (!raw.facts.empty()) parent.facts = configuration_.resolve(raw.facts);
    read_source(raw, value.line, parent);
    read_sink(raw, value.line, parent);
    read_confirm(raw, value.line, parent);
    read_changes(raw, value.line, parent);
    if (raw.dsync) {
      parent.dsync = complete_dsync(*raw.dsync, raw.dsync_line, parent, configuration_, faults_);
    }
    configuration_.parents.push_back(std::move(parent));
  }

  void add_unknown_policy(const std::string& name, unsigned line) {
    std::vector<std::string_view> known;
    for (const auto& [policy, unused] : configuration_.policies) known.push_back(policy);
    faults_.add(line, fmt::format("there is no policy \"{}\"", name), did_you_mean(name, known));
  }

  void check_key(std::string& key, unsigned line) {
    const auto name = dns::Name::parse(key);
    if (name) key = name->text();
    // A key with a fault of its own is reported there.
    if (!configuration_.keys.contains(key) && !declared_keys_.contains(key)) {
      faults_.add(line, fmt::format("there is no [[key]] with the name \"{}\"", key));
    }
  }

  void read_source(const RawParentSettings& raw, unsigned parent_line, ParentSettings& parent) {
    const auto& source = raw.source;
    const unsigned line = raw.source_line != 0 ? raw.source_line : parent_line;
    const int given = (source.zone_file.empty() ? 0 : 1) + (source.axfr.empty() ? 0 : 1) +
                      (source.list.empty() ? 0 : 1) + (source.epp.empty() ? 0 : 1);
    if (given != 1) {
      faults_.add(line, "source must name exactly one of zone-file, axfr and list");
    } else if (!source.epp.empty()) {
      faults_.add(line, "EPP is not a source that this version of dskeeper has");
    } else if (!source.zone_file.empty()) {
      parent.source = ZoneFileSource{configuration_.resolve(source.zone_file)};
    } else if (!source.list.empty()) {
      parent.source = ListSource{configuration_.resolve(source.list)};
    } else {
      TransferSource transfer;
      transfer.key = source.key;
      transfer.unauthenticated = source.unauthenticated;
      transfer.ixfr = source.ixfr;
      if (const auto server = Endpoint::parse(source.axfr, 53))
        transfer.server = *server;
      else
        faults_.add(line, server.error());
      if (!transfer.key.empty())
        check_key(transfer.key, line);
      else if (!transfer.unauthenticated) {
        faults_.add(line, "a transfer without a key can be forged",
                    "Add key = \"NAME\", or unauthenticated = true if the way is safe.");
      }
      parent.source = transfer;
    }
  }

  void read_sink(const RawParentSettings& raw, unsigned parent_line, ParentSettings& parent) {
    const auto& sink = raw.sink;
    const unsigned line = raw.sink_line != 0 ? raw.sink_line : parent_line;
    const int given = (sink.dns_update.empty() ? 0 : 1) + (sink.zone_file.empty() ? 0 : 1) +
                      (sink.command.empty() ? 0 : 1) + (sink.epp.empty() ? 0 : 1) +
                      (sink.none ? 1 : 0);
    if (sink.zone_file.empty() && (!sink.content.empty() || sink.ns_ttl)) {
      faults_.add(line, "content and ns-ttl say what a zone-file sink writes: there is none");
    }
    if (given != 1) {
      faults_.add(line, "sink must name exactly one of dns-update, zone-file, command and none");
    } else if (!sink.epp.empty()) {
      faults_.add(line, "EPP is not a sink that this version of dskeeper has");
    } else if (!sink.zone_file.empty()) {
      parent.sink = complete_zone_file_sink(sink, line, configuration_, faults_);
    } else if (!sink.command.empty()) {
      parent.sink = CommandSinkSettings{sink.command};
    } else if (!sink.dns_update.empty()) {
      UpdateSinkSettings update;
      update.key = sink.key;
      if (const auto server = Endpoint::parse(sink.dns_update, 53))
        update.server = *server;
      else
        faults_.add(line, server.error());
      if (update.key.empty())
        faults_.add(line, "dns-update needs a key");
      else
        check_key(update.key, line);
      parent.sink = update;
    }
  }

  void read_confirm(const RawParentSettings& raw, unsigned line, ParentSettings& parent) {
    for (const std::string& text : raw.confirm) {
      if (const auto server = Endpoint::parse(text, 53))
        parent.confirm.push_back(*server);
      else
        faults_.add(line, server.error());
    }
    if (!parent.confirm.empty()) return;
    check_confirm(parent, line, faults_);
    if (const auto* update = std::get_if<UpdateSinkSettings>(&parent.sink)) {
      parent.confirm.push_back(update->server);
    } else if (const auto* transfer = std::get_if<TransferSource>(&parent.source)) {
      parent.confirm.push_back(transfer->server);
    }
  }

  void read_changes(const RawParentSettings& raw, unsigned line, ParentSettings& parent) {
    const std::string& text = raw.changes;
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), parent.changes_per_minute);
    if (error != std::errc() || std::string_view(rest) != "/min" ||
        parent.changes_per_minute == 0) {
      faults_.add(line, fmt::format("\"{}\" is not a pace of changes", text),
                  "Write it as \"200/min\".");
    }
  }

  Configuration& configuration_;
  FaultList& faults_;
  std::set<std::string> declared_keys_;  // also those with a fault
  std::vector<const Value*> parents_;
  std::vector<const Value*> signaling_;
  unsigned signal_line_ = 0;
  const Value* notify_ = nullptr;
};

}  // namespace

tl::expected<Configuration, ConfigurationFaults> load_configuration(
    const std::filesystem::path& path) {
  ConfigurationFaults found;
  auto top = read_toml_file(path);
  if (!top) {
    found.faults.push_back(top.error());
    return tl::unexpected(found);
  }
  Configuration configuration;
  configuration.file = path;
  configuration.store.url = "sqlite:" + configuration.resolve("dskeeper.db").string();
  FaultList faults(path.string(), found.faults);
  Reader(configuration, faults).read(*top);
  if (!found.faults.empty()) return tl::unexpected(found);
  return configuration;
}

}  // namespace dskeeper::cli
