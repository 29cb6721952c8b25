// Sends reports to agents, through a validating resolver (RFC 9567 §6.1): over its cache, so that a
// report that was sent is not sent again while its answer lives; with QNAME minimisation (§9). The
// resolver should ask over TCP (§6.1), and be nobody else's: strangers choose how long it waits.
//
// A report that fails is no reason for another one, and none is ever sent about a report (§6.1).
// What an agent answers means nothing and is not looked at. At most in_flight_max at a time, and at
// most sent_max are remembered; what comes beyond is dropped, since a report is a courtesy. One
// executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

#include "base/time.h"
#include "dns/name.h"
#include "report/error_report.h"

namespace dskeeper::net {
class Resolver;
}

namespace dskeeper::report {

enum class ReportOutcome : std::uint8_t {
  sent,           // the question is on its way
  name_too_long,  // RFC 9567 §6.1.1
  sent_before,    // the same one, lately
  no_room,        // too many at a time
};
[[nodiscard]] std::string_view to_text(ReportOutcome outcome);

class ReportChannel {
 public:
  static constexpr std::size_t in_flight_max = 64;
  static constexpr std::size_t sent_max = 16'384;
  static constexpr Duration sent_pause = std::chrono::hours(24);

  // The resolver must be closed before the channel goes: that ends what is in flight.
  ReportChannel(boost::asio::any_io_executor executor, net::Resolver& resolver);

  // Returns at once. An agent must have been checked (report_of).
  [[nodiscard]] ReportOutcome send(const ErrorReport& report, Time now);
  [[nodiscard]] std::uint64_t sent() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the coroutines, which may go later
};

}  // namespace dskeeper::report
