// From a trust anchor down to a zone's keys, over DNSKEY and DS answers that a survey kept
// (RFC 4035 §5). Only positive answers are needed: a link that is missing ends the chain.
//
// Pure but for the Verifier's cache. Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "dns/rrset.h"
#include "dns/signature.h"
#include "dns/verification_budget.h"
#include "model/signal_survey.h"

namespace dskeeper::rules {

class TrustChain {
 public:
  // All of them must outlive it.
  TrustChain(const SignalSurvey& survey, dns::Verifier& verifier, dns::VerificationBudget& budget,
             Time now)
      : survey_(survey), verifier_(verifier), budget_(budget), now_(now) {}

  // The zone whose key made a valid signature over the RRset, where a chain leads to that key; an
  // expansion of a wildcard counts as its wildcard (RFC 4035 §5.3.4: that nothing closer exists is
  // for the resolver to have seen). Nothing where there is no such signature.
  [[nodiscard]] std::optional<dns::Name> signer_of(const dns::Rrset& rrset);

 private:
  using Keys = std::vector<dns::Dnskey>;
  // Empty where no chain leads there.
  [[nodiscard]] const Keys& keys_of(const dns::Name& zone);
  [[nodiscard]] Keys find_keys(const dns::Name& zone);
  [[nodiscard]] std::vector<dns::Ds> trusted_ds(const dns::Name& zone, const ChainLink& link);
  [[nodiscard]] bool is_signed(const dns::Rrset& rrset, const dns::Name& zone,
                               std::span<const dns::Dnskey> keys);

  const SignalSurvey& survey_;
  dns::Verifier& verifier_;
  dns::VerificationBudget& budget_;
  Time now_;
  std::map<dns::Name, Keys> keys_;
};

}  // namespace dskeeper::rules
