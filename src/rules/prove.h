// prove: what one vantage point's answers are worth, given their signatures.
//
// Pure but for the Verifier's memory, which is passed in and decides nothing. The rules look at its
// result, never at messages. RFC 4035 §5.3 for RRsets, §5.4 and RFC 5155 §8.5 for denial.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "dns/records.h"
#include "dns/signature.h"
#include "model/delegation.h"
#include "model/survey.h"
#include "rules/prove_csync.h"
#include "rules/prove_signals.h"
#include "rules/proved_answer.h"

namespace dskeeper::rules {

struct ProvedServer {
  ServerAddress server;
  std::vector<dns::Dnskey> keys;  // of its DNSKEY answer, whether valid or not
  ProvedAnswer soa;
  ProvedAnswer dnskey;
  ProvedAnswer cds;
  ProvedAnswer cdnskey;
};

struct Proved {
  std::string vantage;
  LookId look;
  Time started_at;
  bool stopped_early = false;
  std::vector<ProvedServer> servers;  // one for each address asked
  std::vector<SurveyedServer> servers_without_address;
  std::vector<SurveyedServer> servers_not_resolved;  // asked, but perhaps not at every address
  std::vector<ProvedHost> signals;                   // of RFC 9615, where they were asked for
  ProvedCsync csync;                                 // of RFC 7477, likewise
  ResolverHealth resolver;
};

// `budget` is that of the whole look, over all its vantage points.
[[nodiscard]] Proved prove(const Survey& survey, const Delegation& delegation,
                           dns::Verifier& verifier, dns::VerificationBudget& budget, Time now);

// With the budget of a look, and nothing else in it.
[[nodiscard]] Proved prove(const Survey& survey, const Delegation& delegation,
                           dns::Verifier& verifier, Time now);

}  // namespace dskeeper::rules
