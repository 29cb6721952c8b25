// What the signals of a survey are worth (RFC 9615 §4.2): the resolver's word is taken for what it
// refuses, and for what is proven not to be there; what counts in a child's favour is verified here
// once more, from the trust anchor down.
//
// Pure but for the Verifier's cache.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "dns/signature.h"
#include "dns/verification_budget.h"
#include "model/signal_survey.h"

namespace dskeeper::rules {

// One type at one signaling name.
enum class SignalWorth : std::uint8_t {
  genuine,     // signed by the zone it is in, with a chain down from the trust anchor
  absent,      // proven not to be there
  insecure,    // from a zone that is not signed
  bogus,       // does not validate
  unanswered,  // could not be fetched
  zone_cut,    // the signaling name is the apex of a zone (RFC 9615 §4.1 forbids it)
  alias,       // a CNAME or DNAME leads elsewhere
  no_name,     // the signaling name would be too long (RFC 9615 §4.4)
};

struct ProvedSignal {
  dns::RecordType type{};
  SignalWorth worth = SignalWorth::unanswered;
  std::vector<Bytes> rdata;  // where it is genuine; a canonical set
  std::string why;           // for bogus and unanswered
};

struct ProvedHost {
  dns::Name host;
  dns::Name name;  // the signaling name; the root where there is none
  std::vector<ProvedSignal> signals;
};

[[nodiscard]] std::vector<ProvedHost> prove_signals(const SignalSurvey& survey,
                                                    const dns::Name& child, dns::Verifier& verifier,
                                                    dns::VerificationBudget& budget, Time now);

// The signatures that count: those over genuine signals and in their chains.
[[nodiscard]] std::uint64_t count_genuine(const std::vector<ProvedHost>& hosts);

}  // namespace dskeeper::rules
