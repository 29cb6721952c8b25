#include "keeper/ttl_restore.h"

#include <algorithm>

#include "keeper/authorship.h"
#include "keeper/continuity.h"
#include "keeper/source_lag.h"

namespace dskeeper::keeper {
namespace {

ChosenTtl lower(dns::Ttl wanted, dns::Ttl in_the_end) {
  if (wanted >= in_the_end) return {in_the_end, std::nullopt};
  return {wanted, in_the_end};
}

}  // namespace

ChosenTtl choose_ttl(const Facts& facts) {
  const auto& ttls = facts.policy.ds_ttl;
  const dns::Ttl standing = facts.delegation.ds_ttl;
  if (facts.verdict.request == Request::bootstrap) return lower(ttls.first, ttls.normal);

  std::optional<LoweredTtl> lowered;
  if (facts.before) lowered = facts.before->lowered_ttl;
  const dns::Ttl now = standing.seconds != 0 ? standing : lowered ? lowered->low : ttls.normal;
  if (facts.verdict.request == Request::remove) return {now, std::nullopt};
  const dns::Ttl in_the_end = lowered ? lowered->normal : now;
  return lower(ttls.keep_on_update ? now : std::min(now, ttls.update), in_the_end);
}

std::optional<LoweredTtl> next_lowered_ttl(const Facts& facts) {
  if (!facts.before || !facts.before->lowered_ttl) return std::nullopt;
  const std::optional<LoweredTtl>& lowered = facts.before->lowered_ttl;
  if (is_source_behind(facts)) return lowered;
  if (compare(*facts.before, facts.delegation) == Continuity::registered_anew) return std::nullopt;
  if (!facts.delegation.is_secure()) return std::nullopt;
  const bool is_another_set = facts.before->delegation.ds != facts.delegation.ds;
  if (is_another_set && !is_our_doing(facts)) return std::nullopt;
  const dns::Ttl shown = facts.delegation.ds_ttl;
  if (shown.seconds != 0 && shown != lowered->low) return std::nullopt;
  return lowered;
}

std::optional<LoweredTtl> lowered_after(const std::optional<LoweredTtl>& standing,
                                        const Change& change) {
  if (change.name_servers) return standing;
  if (change.state == ChangeState::confirmed) {
    if (change.is_ttl_only() || !change.restore_ttl) return std::nullopt;
    return LoweredTtl{change.at(), change.ttl, *change.restore_ttl};
  }
  // A parent that does not take it is asked again only after as long a time.
  const bool is_refused = change.state == ChangeState::failed && change.is_ttl_only();
  if (!standing || !is_refused || change.attempts == 0) return standing;
  return LoweredTtl{change.at(), standing->low, standing->normal};
}

bool must_restore(const Case& value, const Policy& policy, Time now) {
  if (!value.lowered_ttl || !value.delegation.is_secure()) return false;
  // Whoever asks for a change gets its TTL with it; where automation is off, nothing is touched.
  const bool is_calm = is_at_rest(value.outcome) || value.outcome == Outcome::refuse;
  return is_calm && now >= value.lowered_ttl->since + policy.ds_ttl.restore_after;
}

}  // namespace dskeeper::keeper
