// Bringing an operator's signals up to date (RFC 9615 §4.1), for the command `signal` and for
// `serve`: reads what the zones have at the primary, works out which signals shall stand, and
// brings them into zone files or by DNS UPDATE.
//
// Nothing changes where something cannot be read that the plan rests on. Files are read and written
// on a thread of their own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "child/signals.h"
#include "cli/signal_settings.h"
#include "net/resolver.h"

namespace dskeeper::cli {

// Once.
class SignalRun {
 public:
  // `resolver` looks for the zones' DS; null where the task leaves the signals of secured zones.
  // All must outlive it.
  SignalRun(const SignalTask& task, net::Resolver* resolver, const Clock& clock);

  [[nodiscard]] boost::asio::awaitable<Result<child::SignalPlan>> plan();
  // Into files, or to the primary of the signaling zones.
  [[nodiscard]] boost::asio::awaitable<Result<void>> bring_about(const child::SignalPlan& plan);

 private:
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<dns::Name>>> find_zones();
  [[nodiscard]] boost::asio::awaitable<void> find_secured(std::vector<child::ReadZone>& zones);
  [[nodiscard]] boost::asio::awaitable<Result<void>> read_standing();
  [[nodiscard]] boost::asio::awaitable<Result<void>> read_server(
      std::vector<child::HostPlan> hosts);
  [[nodiscard]] Result<void> read_files(const std::vector<child::HostPlan>& hosts);
  [[nodiscard]] Result<void> write_files(const child::SignalPlan& plan) const;
  [[nodiscard]] Result<void> write_file(const child::HostPlan& host) const;
  [[nodiscard]] std::vector<child::HostPlan> empty_plans() const;
  [[nodiscard]] const dns::Name& zone_of(const child::HostPlan& host) const;
  [[nodiscard]] std::filesystem::path path_of(const child::HostPlan& host) const;

  const SignalTask& task_;
  net::Resolver* resolver_;
  const Clock& clock_;
  std::map<dns::Name, child::Signals> standing_;
  std::map<dns::Name, std::optional<dns::Serial>> serials_;
};

[[nodiscard]] std::size_t changed_rrsets(const child::SignalPlan& plan);
// How the zones fared, in one sentence.
[[nodiscard]] std::string signal_summary(const child::SignalPlan& plan);

}  // namespace dskeeper::cli
