#include "keeper/quorum.h"

#include <algorithm>

namespace dskeeper::keeper {
namespace {

const Quorum& quorum_for(const Policy& policy, Request request) {
  if (request == Request::bootstrap) return policy.vantages.bootstrap;
  return request == Request::remove ? policy.vantages.remove : policy.vantages.update;
}

}  // namespace

unsigned vantages_needed(const Policy& policy, Request request, unsigned vantages_configured) {
  const Quorum& quorum = quorum_for(policy, request);
  // Nothing is ever done that nobody has seen.
  return std::max(1U, quorum.all ? vantages_configured : quorum.count);
}

std::optional<Finding> find_missing_vantages(const Facts& facts) {
  const unsigned needed =
      vantages_needed(facts.policy, facts.verdict.request, facts.vantages_configured);
  const std::size_t seen = facts.verdict.vantages.size();
  if (seen >= needed) return std::nullopt;
  return Finding{FindingCode::vantages_missing, {}, {std::to_string(seen), std::to_string(needed)}};
}

}  // namespace dskeeper::keeper
