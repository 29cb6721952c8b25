#include "keeper/suspension.h"

#include "keeper/authorship.h"
#include "keeper/continuity.h"
#include "keeper/source_lag.h"

namespace dskeeper::keeper {
namespace {

bool was_removed_out_of_band(const Facts& facts) {
  const Case& before = *facts.before;
  if (!before.delegation.is_secure() || facts.delegation.is_secure()) return false;
  if (is_our_doing(facts)) return false;  // RFC 10026 §7.1.3: an in-band delete MUST NOT suspend
  // A state from before our first DS is no removal of it. Any other one counts: should the source
  // only have been wrong, the DS that it shows next ends the suspension.
  return !is_source_behind(facts);
}

}  // namespace

std::optional<Suspension> next_suspension(const Facts& facts) {
  if (!facts.before) return std::nullopt;
  const std::optional<Suspension>& standing = facts.before->suspension;
  if (standing && standing->kind == SuspensionKind::by_operator) return standing;
  if (facts.delegation.is_secure()) return std::nullopt;  // RFC 10026 §7.1.4: by any channel
  if (compare(*facts.before, facts.delegation) == Continuity::registered_anew) return std::nullopt;
  if (standing) return standing;
  if (!was_removed_out_of_band(facts)) return std::nullopt;
  return automatic_suspension(facts.now);
}

Suspension automatic_suspension(Time now) {
  return {SuspensionKind::automatic, now,
          "the DS set was removed by other means than CDS or CDNSKEY"};
}

std::vector<Finding> find_bars(const std::optional<Suspension>& suspension,
                               const Delegation& delegation, const Policy& policy) {
  std::vector<Finding> bars;
  const Registration& registration = delegation.registration;
  if (suspension) {
    bars.push_back(
        {FindingCode::suspended, {}, {format_time(suspension->since), suspension->reason}});
  }
  if (registration.no_ds == true) bars.push_back({FindingCode::opted_out, {}, {}});
  for (const std::string& status : policy.bar_status) {
    if (registration.has_status(status)) bars.push_back({FindingCode::status_bars, {}, {status}});
  }
  for (const std::string& status : policy.require_status) {
    if (!registration.has_status(status))
      bars.push_back({FindingCode::status_missing, {}, {status}});
  }
  return bars;
}

std::vector<Finding> find_csync_bars(const std::optional<Suspension>& suspension,
                                     const Delegation& delegation, const Policy& policy) {
  Delegation but_opted_out = delegation;
  but_opted_out.registration.no_ds.reset();
  std::vector<Finding> bars = find_bars(suspension, but_opted_out, policy);
  if (delegation.registration.no_ns == true) bars.push_back({FindingCode::csync_opted_out, {}, {}});
  return bars;
}

}  // namespace dskeeper::keeper
