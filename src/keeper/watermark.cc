#include "keeper/watermark.h"

#include <algorithm>

namespace dskeeper::keeper {
namespace {

std::optional<Time> newer(const std::optional<Time>& standing, const std::optional<Time>& seen) {
  if (!standing || !seen) return standing ? standing : seen;
  return std::max(*standing, *seen);
}

bool is_older(const std::optional<Time>& asked_by, const std::optional<Time>& standing) {
  return asked_by && standing && *asked_by < *standing;
}

Finding replay_finding(const std::optional<Time>& asked_by, const std::optional<Time>& standing) {
  return {FindingCode::replayed, {}, {format_time(*asked_by), format_time(*standing)}};
}

}  // namespace

Inceptions next_watermark(const Inceptions& standing, const Verdict& verdict) {
  if (!verdict.whole) return standing;
  return {newer(standing.cds, verdict.inception.cds),
          newer(standing.cdnskey, verdict.inception.cdnskey)};
}

Inceptions raised_to(const Inceptions& standing, Time now) {
  return {newer(standing.cds, now), newer(standing.cdnskey, now)};
}

std::optional<Finding> find_replay(const Inceptions& standing, const Verdict& verdict) {
  if (verdict.request != Request::update && verdict.request != Request::remove) return std::nullopt;
  const Inceptions& asked_by = verdict.asked_by;
  if (is_older(asked_by.cds, standing.cds)) return replay_finding(asked_by.cds, standing.cds);
  if (is_older(asked_by.cdnskey, standing.cdnskey)) {
    return replay_finding(asked_by.cdnskey, standing.cdnskey);
  }
  return std::nullopt;
}

Case case_at_rest(const Delegation& delegation, const Policy& policy, const Inceptions& watermark) {
  Case out;
  out.child = delegation.child;
  out.parent = delegation.parent;
  out.policy = policy.name;
  out.delegation = delegation;
  out.watermark = watermark;
  return out;
}

}  // namespace dskeeper::keeper
