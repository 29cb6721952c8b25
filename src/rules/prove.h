// prove: what one vantage point's answers are worth, given their signatures.
//
// Pure but for the Verifier's memory, which is passed in and decides nothing. The rules look at its
// result, never at messages. RFC 4035 §5.3 for RRsets, §5.4 and RFC 5155 §8.5 for denial.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "dns/records.h"
#include "dns/rrset.h"
#include "dns/signature.h"
#include "model/delegation.h"
#include "model/survey.h"
#include "rules/prove_signals.h"

namespace dskeeper::rules {

// One signature over an RRset and what it is worth.
struct ProvedSignature {
  dns::SignatureStatus status{};
  std::optional<dns::Dnskey> key;  // the DNSKEY at the same server that it names; the one that
                                   // verifies it where several share tag and algorithm
  Time inception;
  Time expiration;
  dns::KeyTag key_tag;
};

// One answered question at one server address.
struct ProvedAnswer {
  AnswerStatus status = AnswerStatus::not_asked;
  Transport transport = Transport::udp;
  dns::RecordType type{};
  std::optional<dns::Rrset> rrset;          // for `answer`
  std::vector<ProvedSignature> signatures;  // over rrset, or over the denial for `nodata`; none
                                            // over the SOA of a secure child, who needs no proof
  bool denial_found = false;                // for `nodata`: an NSEC or NSEC3 at the apex says so
  bool denial_contradicts = false;          // … or says that the type does exist
};

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
  ResolverHealth resolver;
};

// `budget` is that of the whole look, over all its vantage points.
[[nodiscard]] Proved prove(const Survey& survey, const Delegation& delegation,
                           dns::Verifier& verifier, dns::VerificationBudget& budget, Time now);

// With the budget of a look, and nothing else in it.
[[nodiscard]] Proved prove(const Survey& survey, const Delegation& delegation,
                           dns::Verifier& verifier, Time now);

}  // namespace dskeeper::rules
