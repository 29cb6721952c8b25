#include "keeper/quorum.h"

#include <algorithm>

namespace dskeeper::keeper {
namespace {

const Quorum& quorum_for(const Policy& policy, Request request) {
  if (request == Request::bootstrap) return policy.vantages.bootstrap;
  return request == Request::remove ? policy.vantages.remove : policy.vantages.update;
}

// Nothing is ever done that nobody has seen.
unsigned needed_by(const Quorum& quorum, unsigned vantages_configured) {
  return std::max(1U, quorum.all ? vantages_configured : quorum.count);
}

std::optional<Finding> find_missing(std::size_t seen, unsigned needed) {
  if (seen >= needed) return std::nullopt;
  return Finding{FindingCode::vantages_missing, {}, {std::to_string(seen), std::to_string(needed)}};
}

}  // namespace

unsigned vantages_needed(const Policy& policy, Request request, unsigned vantages_configured) {
  return needed_by(quorum_for(policy, request), vantages_configured);
}

std::optional<Finding> find_missing_vantages(const Facts& facts) {
  return find_missing(
      facts.verdict.vantages.size(),
      vantages_needed(facts.policy, facts.verdict.request, facts.vantages_configured));
}

std::optional<Finding> find_missing_csync_vantages(const Facts& facts) {
  return find_missing(facts.verdict.csync.vantages.size(),
                      needed_by(facts.policy.vantages.csync, facts.vantages_configured));
}

}  // namespace dskeeper::keeper
