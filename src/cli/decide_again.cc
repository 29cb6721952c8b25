#include "cli/decide_again.h"

#include <algorithm>
#include <array>

#include "rules/judge.h"
#include "rules/prove.h"

namespace dskeeper::cli {
namespace {

std::uint64_t valid_signatures(const rules::Proved& proved) {
  std::uint64_t count = 0;
  for (const rules::ProvedServer& server : proved.servers) {
    for (const rules::ProvedAnswer* answer :
         std::array{&server.soa, &server.dnskey, &server.cds, &server.cdnskey}) {
      count += static_cast<std::uint64_t>(
          std::ranges::count(answer->signatures, dns::SignatureStatus::valid,
                             [](const rules::ProvedSignature& one) { return one.status; }));
    }
  }
  return count + rules::count_genuine(proved.signals);
}

}  // namespace

SecondDecision decide_again(const Evidence& evidence, const Policy& policy,
                            dns::Verifier& verifier) {
  SecondDecision second;
  std::vector<rules::Proved> proved;
  dns::VerificationBudget budget;
  for (const Survey& survey : evidence.surveys) {
    proved.push_back(
        rules::prove(survey, evidence.delegation, verifier, budget, evidence.judged_at));
    second.signatures += valid_signatures(proved.back());
  }
  const Verdict verdict = rules::judge(evidence.delegation, proved, policy, evidence.judged_at);
  const keeper::Step step =
      keeper::advance(evidence.before, evidence.delegation, verdict, evidence.open_change, policy,
                      evidence.vantages_configured, evidence.decided_at);
  second.decision = Decision::of(verdict, step.next);
  return second;
}

bool rests_on_signatures(const Evidence& evidence) {
  // A first DS rests on the signals' (RFC 9615), where they authenticated it.
  return evidence.delegation.is_secure() ||
         std::ranges::any_of(evidence.decision.findings, [](const Finding& finding) {
           return finding.code == FindingCode::signals_confirm;
         });
}

}  // namespace dskeeper::cli
