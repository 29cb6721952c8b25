// A survey: what one vantage point saw of one child in one look, per server address and question.
//
// A value. It holds the answers in wire form, so that everything decided from it can be decided
// again later (design.md, "Evidence"); it says nothing about what they are worth (rules/prove.h).
#pragma once

#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"
#include "model/answer.h"
#include "model/csync_survey.h"
#include "model/resolver_health.h"
#include "model/signal_survey.h"

namespace dskeeper {

struct Survey {
  dns::Name child;
  std::string vantage = "local";
  LookId look;
  Time started_at;
  Time ended_at;
  std::string revision;        // of the source that the delegation came from
  bool stopped_early = false;  // a status quo answer ended it (RFC 9975 §3)
  Duration waited{};           // of the time it took, for its turn at the servers; no evidence
  std::vector<SurveyedServer> servers;
  std::vector<Answer> answers;
  SignalSurvey signals;     // where an unsigned child asks for its first DS (RFC 9615)
  CsyncSurvey csync;        // where a secure child asks for other name servers or glue (RFC 7477)
  ResolverHealth resolver;  // looked at where it could not find or validate something

  [[nodiscard]] const Answer* find(const IpAddress& address, dns::RecordType type) const;
  bool operator==(const Survey&) const = default;
};

}  // namespace dskeeper
