// What the store counts of a parent zone for the plots of the dashboard: the zone by operator, and
// what happened on each day.
//
// Counts are kept while cases, changes and journal are written, so that asking for them reads no
// more rows than it gives, however many cases there are.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "model/change.h"

namespace dskeeper::store {

// All days are of UTC.
using Day = std::chrono::sys_days;
[[nodiscard]] inline Day day_of(Time time) {
  return std::chrono::floor<std::chrono::days>(time);
}

// The delegations of one operator (model/operator_name.h).
struct OperatorShare {
  std::string operator_name;  // empty: none can be told
  std::uint64_t delegations = 0;
  std::uint64_t secure = 0;
  // As the cases have it; find_census() fills it in.
  std::uint64_t asking = 0;  // what is asked for is accepted, or waits
  std::uint64_t broken = 0;  // what is asked for is refused, or cannot be done now
  bool operator==(const OperatorShare&) const = default;
};

// A reading of a parent zone, counted. Of the operators the largest are told one by one.
struct Census {
  static constexpr std::size_t largest_max = 1'000;

  dns::Name parent;
  Time at;
  OperatorShare whole;  // all operators together; without a name
  std::uint64_t operators = 0;
  std::vector<OperatorShare> largest;  // by delegations, then by name
  bool operator==(const Census&) const = default;
};

// The last census of a day.
struct CensusDay {
  Day day;
  std::uint64_t delegations = 0;
  std::uint64_t secure = 0;
  bool operator==(const CensusDay&) const = default;
};

// Changes that were queued on a day, of one kind and with one end.
struct ChangesOfDay {
  Day day;
  // A request of the contract ("bootstrap", "update", "delete"), or "name-servers" (RFC 7477), or
  // "ttl" where nothing but the TTL of a DS set changes (RFC 10026 §4.1.2).
  std::string kind;
  ChangeState state{};
  std::uint64_t changes = 0;
  bool operator==(const ChangesOfDay&) const = default;
};

// What came in and went out on a day: looks that a NOTIFY caused (RFC 9859), reports to agents.
struct MessagesOfDay {
  Day day;
  std::uint64_t notifies = 0;
  std::uint64_t reports = 0;
  bool operator==(const MessagesOfDay&) const = default;
};

// An agent that was told of errors (RFC 9567), by the newest reports alone.
struct AgentReportCount {
  static constexpr std::size_t reports_max = 1'000;  // so many of the newest are counted

  std::string agent;
  std::uint64_t reports = 0;
  Time last_at;
  bool operator==(const AgentReportCount&) const = default;
};

}  // namespace dskeeper::store
