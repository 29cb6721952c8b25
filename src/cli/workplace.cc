#include "cli/workplace.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/sink_settings.h"
#include "net/descriptors.h"
#include "net/socket_address.h"
#include "net/trust_anchor.h"
#include "parent/sinks.h"
#include "parent/sources.h"

namespace dskeeper::cli {
namespace {

survey::SurveyorOptions surveyor_options(const Configuration& configuration, const Policy& policy,
                                         const VantageSettings& vantage) {
  survey::SurveyorOptions options;
  options.vantage = vantage.name;
  options.ask_cds = policy.signals != SignalTypes::cdnskey;
  options.ask_cdnskey = policy.signals != SignalTypes::cds;
  options.secure_over_tcp = policy.secure_transport == SecureTransport::tcp;
  options.ipv4 = configuration.scan.ipv4;
  options.ipv6 = configuration.scan.ipv6;
  return options;
}

std::optional<std::filesystem::path> facts_of(const ParentSettings& settings) {
  if (settings.facts.empty()) return std::nullopt;
  return settings.facts;
}

std::unique_ptr<parent::Source> make_kind_of_source(const Configuration& configuration,
                                                    const ParentSettings& settings,
                                                    const Clock& clock) {
  const auto facts = facts_of(settings);
  if (const auto* file = std::get_if<ZoneFileSource>(&settings.source)) {
    return parent::make_zone_file_source({settings.zone, file->path, facts}, clock);
  }
  if (const auto* list = std::get_if<ListSource>(&settings.source)) {
    return parent::make_list_source(
        {settings.zone, list->path, facts, writes_delegations(settings)});
  }
  const auto& transfer = std::get<TransferSource>(settings.source);
  parent::TransferSourceOptions options;
  options.zone = settings.zone;
  options.server = transfer.server;
  options.facts = facts;
  options.differences = transfer.ixfr;
  if (!transfer.key.empty()) options.key = configuration.keys.at(transfer.key);
  return parent::make_transfer_source(std::move(options), clock);
}

std::unique_ptr<parent::Source> make_source(const Configuration& configuration,
                                            const ParentSettings& settings, const Clock& clock) {
  return parent::make_changed_source(make_kind_of_source(configuration, settings, clock));
}

std::unique_ptr<parent::Sink> make_sink(const Configuration& configuration,
                                        const ParentSettings& settings, const Policy& policy,
                                        const Clock& clock) {
  if (const auto* update = std::get_if<UpdateSinkSettings>(&settings.sink)) {
    return parent::make_update_sink({.zone = settings.zone,
                                     .server = update->server,
                                     .key = configuration.keys.at(update->key)},
                                    clock);
  }
  if (const auto* file = std::get_if<ZoneFileSinkSettings>(&settings.sink)) {
    return parent::make_zone_file_sink({.zone = settings.zone,
                                        .file = file->path,
                                        .content = file->content,
                                        .name_server_ttl = file->name_server_ttl,
                                        .default_ttl = policy.ds_ttl.normal,
                                        .vanish_share = policy.breaker.delete_share,
                                        .vanish_min = policy.breaker.delete_min});
  }
  if (const auto* command = std::get_if<CommandSinkSettings>(&settings.sink)) {
    return parent::make_command_sink({.command = command->argv});
  }
  return parent::make_none_sink();
}

// A vantage point that cannot ask would take its own fault for everybody's silence.
Result<void> check_source_addresses(const Configuration& configuration) {
  for (const VantageSettings& vantage : configuration.vantages) {
    for (const IpAddress& address : vantage.source_addresses) {
      if (net::is_own_address(address)) continue;
      return fail(fmt::format("the vantage point \"{}\" cannot ask from {}, which is no address of "
                              "this host",
                              vantage.name, address.text()),
                  configuration.file.string(), "Correct its source-addresses.");
    }
  }
  return {};
}

}  // namespace

net::DnsClientOptions client_options(const Configuration& configuration,
                                     const VantageSettings& vantage) {
  const ScanSettings& scan = configuration.scan;
  net::DnsClientOptions options;
  options.timeout = scan.timeout;
  options.rate = scan.rate;
  options.network_rate = scan.network_rate;
  options.permit = scan.permit;
  options.ipv4 = scan.ipv4;
  options.ipv6 = scan.ipv6;
  options.source_addresses = vantage.source_addresses;
  for (const ServerSettings& server : scan.servers) {
    options.agreed.push_back({server.addresses, server.rate});
  }
  return options;
}

net::ResolverOptions resolver_options(const Configuration& configuration) {
  net::ResolverOptions options;
  options.root_hints = configuration.resolver.root_hints;
  options.trust_anchor = configuration.resolver.trust_anchor;
  options.permit = configuration.scan.permit;
  options.ipv4 = configuration.scan.ipv4;
  options.ipv6 = configuration.scan.ipv6;
  // One resolver serves all vantage points.
  options.source_addresses = configuration.vantages.front().source_addresses;
  return options;
}

std::vector<survey::Surveyor*> ParentWork::all_surveyors() const {
  std::vector<survey::Surveyor*> all;
  for (const auto& surveyor : surveyors) all.push_back(surveyor.get());
  return all;
}

Result<std::unique_ptr<Workplace>> Workplace::make(const boost::asio::any_io_executor& executor,
                                                   const Configuration& configuration,
                                                   const Clock& clock) {
  net::raise_descriptor_limit();
  if (auto checked = check_source_addresses(configuration); !checked) {
    return pass_on(std::move(checked));
  }
  std::unique_ptr<Workplace> workplace(new Workplace(executor));
  auto resolver = net::Resolver::create(executor, resolver_options(configuration));
  if (!resolver) return pass_on(std::move(resolver));
  workplace->resolver_ = std::move(*resolver);
  auto anchors = net::read_trust_anchors(configuration.resolver.trust_anchor);
  if (!anchors) return pass_on(std::move(anchors));
  const auto make_fresh = [executor, options = resolver_options(configuration)] {
    return net::Resolver::create(executor, options);
  };
  workplace->resolver_check_ = std::make_unique<survey::ResolverCheck>(make_fresh, *anchors);
  net::ResolverOptions fetcher_options = resolver_options(configuration);
  fetcher_options.trust_anchor.clear();
  fetcher_options.minimises = false;
  auto fetcher = net::Resolver::create(executor, fetcher_options);
  if (!fetcher) return pass_on(std::move(fetcher));
  workplace->signal_fetcher_ = std::move(*fetcher);
  workplace->signals_ = std::make_unique<survey::SignalSurveyor>(
      *workplace->resolver_, *workplace->signal_fetcher_, make_fresh, *std::move(anchors));
  for (const VantageSettings& vantage : configuration.vantages) {
    workplace->clients_.push_back(
        std::make_unique<net::DnsClient>(executor, client_options(configuration, vantage)));
  }
  for (const ParentSettings& settings : configuration.parents) {
    workplace->add_parent(configuration, settings, clock);
  }
  if (configuration.notify) {
    if (auto added = workplace->add_report_channel(configuration); !added) {
      return pass_on(std::move(added));
    }
  }
  return workplace;
}

// RFC 9567 §6.1: over TCP, so that nobody can have a stranger asked in his name.
Result<void> Workplace::add_report_channel(const Configuration& configuration) {
  net::ResolverOptions options = resolver_options(configuration);
  options.over_tcp = true;
  auto resolver = net::Resolver::create(executor_, options);
  if (!resolver) return pass_on(std::move(resolver));
  report_resolver_ = std::move(*resolver);
  report_channel_ = std::make_unique<report::ReportChannel>(executor_, *report_resolver_);
  return {};
}

void Workplace::add_parent(const Configuration& configuration, const ParentSettings& settings,
                           const Clock& clock) {
  ParentWork work;
  work.settings = &settings;
  work.policy = &configuration.policies.at(settings.policy);
  work.source = make_source(configuration, settings, clock);
  work.sink = make_sink(configuration, settings, *work.policy, clock);
  work.confirmation = parent::make_confirmation({.servers = settings.confirm}, clock);
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    survey::SurveyorOptions options =
        surveyor_options(configuration, *work.policy, configuration.vantages[i]);
    if (work.policy->offers(BootstrapMethod::authenticated)) options.signals = signals_.get();
    options.resolver_check = resolver_check_.get();
    options.ask_csync = reason_without_csync(settings, *work.policy).empty();
    work.surveyors.push_back(
        std::make_unique<survey::Surveyor>(*clients_[i], *resolver_, std::move(options), clock));
  }
  parents_.push_back(std::move(work));
}

ParentWork* Workplace::find(const dns::Name& zone) {
  const auto found = std::find_if(parents_.begin(), parents_.end(), [&](const ParentWork& work) {
    return work.settings->zone == zone;
  });
  return found == parents_.end() ? nullptr : &*found;
}

std::uint64_t Workplace::questions_sent() const {
  std::uint64_t questions = 0;
  for (const auto& client : clients_) {
    const net::DnsClientCounts& counts = client->counts();
    questions += counts.udp_questions + counts.udp_resent + counts.tcp_questions;
  }
  return questions;
}

boost::asio::awaitable<void> Workplace::close() {
  for (const auto& client : clients_) co_await client->close();
  co_await signals_->close();
  co_await resolver_check_->close();
  co_await signal_fetcher_->close();
  co_await resolver_->close();
  if (report_resolver_ != nullptr) co_await report_resolver_->close();
}

}  // namespace dskeeper::cli
