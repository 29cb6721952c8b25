// Everything that a parent zone is worked on with, made from the configuration: where its
// delegations come from, who looks at them, where its changes go.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include "cli/configuration.h"
#include "net/dns_client.h"
#include "net/resolver.h"
#include "parent/sink.h"
#include "parent/source.h"
#include "report/report_channel.h"
#include "survey/resolver_check.h"
#include "survey/signals.h"
#include "survey/surveyor.h"

namespace dskeeper::cli {

// The resolver as the configuration has it; it asks as the first vantage point does.
[[nodiscard]] net::ResolverOptions resolver_options(const Configuration& configuration);

// Likewise, of one vantage point.
[[nodiscard]] net::DnsClientOptions client_options(const Configuration& configuration,
                                                   const VantageSettings& vantage);

// One parent zone's.
struct ParentWork {
  const ParentSettings* settings = nullptr;
  const Policy* policy = nullptr;
  std::unique_ptr<parent::Source> source;
  std::unique_ptr<parent::Sink> sink;
  std::unique_ptr<parent::Confirmation> confirmation;
  std::vector<std::unique_ptr<survey::Surveyor>> surveyors;  // one for each vantage point

  [[nodiscard]] std::vector<survey::Surveyor*> all_surveyors() const;
  // Whether somebody can be asked if a change stands; else the source's next reading says it.
  [[nodiscard]] bool can_confirm() const { return !settings->confirm.empty(); }
};

// All of them, with the sockets and the resolver that they share. `configuration` and `clock` must
// outlive it; it must go before the io_context does.
class Workplace {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Workplace>> make(
      const boost::asio::any_io_executor& executor, const Configuration& configuration,
      const Clock& clock);

  [[nodiscard]] std::vector<ParentWork>& parents() { return parents_; }
  // Nothing if the zone is not configured.
  [[nodiscard]] ParentWork* find(const dns::Name& zone);
  [[nodiscard]] net::Resolver& resolver() { return *resolver_; }
  [[nodiscard]] survey::SignalSurveyor& signals() { return *signals_; }
  // Null where no NOTIFY is received, which alone names whom to report to.
  [[nodiscard]] report::ReportChannel* report_channel() { return report_channel_.get(); }
  // The first vantage point's.
  [[nodiscard]] net::DnsClient& client() { return *clients_.front(); }
  // Over all vantage points, since the start.
  [[nodiscard]] std::uint64_t questions_sent() const;
  [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }
  // Ends what is in flight; looks that were under way are worth nothing.
  [[nodiscard]] boost::asio::awaitable<void> close();

 private:
  explicit Workplace(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  void add_parent(const Configuration& configuration, const ParentSettings& settings,
                  const Clock& clock);
  Result<void> add_report_channel(const Configuration& configuration);

  boost::asio::any_io_executor executor_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<net::Resolver> signal_fetcher_;
  std::unique_ptr<survey::SignalSurveyor> signals_;
  std::unique_ptr<survey::ResolverCheck> resolver_check_;
  // Nobody else's: strangers choose how long it waits.
  std::unique_ptr<net::Resolver> report_resolver_;
  std::unique_ptr<report::ReportChannel> report_channel_;
  std::vector<std::unique_ptr<net::DnsClient>> clients_;  // one for each vantage point
  std::vector<ParentWork> parents_;
};

}  // namespace dskeeper::cli
