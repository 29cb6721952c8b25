#include "cli/replay.h"

#include <fmt/core.h>

#include "cli/decide_again.h"
#include "cli/typed_name.h"
#include "dns/signature.h"

namespace dskeeper::cli {
namespace {

std::string decision_text(const Decision& decision, bool with_csync) {
  std::string out(to_text(decision.outcome));
  if (decision.request != Request::none) out += fmt::format(" {}", to_text(decision.request));
  if (decision.outcome == Outcome::hold && decision.ready_at) {
    out += fmt::format(" until {}", format_time(*decision.ready_at));
  }
  if (with_csync) {
    out += fmt::format(", CSYNC {}", to_text(decision.csync_outcome));
  }
  return out;
}

// Where the outcome is the same, the DS set is not.
std::string set_text(const std::optional<dns::DsSet>& set) {
  if (!set) return "no DS set";
  if (set->empty()) return "an empty DS set";
  std::string out;
  for (const dns::Ds& ds : *set) out += fmt::format("{}{}", out.empty() ? "" : ", ", ds.text());
  return out;
}

std::string_view request_text(const std::string& id) {
  return id.empty() ? std::string_view("none") : std::string_view(id);
}

// A hold that would last longer or shorter is another decision too, though not for `audit`: there
// the policy is the same.
bool is_otherwise(const Decision& then, const Decision& now) {
  return !now.is_same_as(then) || (then.outcome == Outcome::hold && then.ready_at != now.ready_at);
}

}  // namespace

Result<ReplayCounts> replay_parent(store::Store& store, const dns::Name& parent, Time since,
                                   const Policy* policy,
                                   const std::function<void(const Difference&)>& on_difference) {
  ReplayCounts counts;
  dns::Verifier verifier;
  const auto visit = [&](const Result<PackedEvidence>& packed) {
    const Result<Evidence> evidence =
        packed ? unpack(*packed) : Result<Evidence>(tl::unexpected<Error>(packed.error()));
    if (!evidence) {
      ++counts.unreadable;
      return true;
    }
    ++counts.decisions;
    const SecondDecision second =
        decide_again(*evidence, policy != nullptr ? *policy : evidence->policy, verifier);
    if (is_otherwise(evidence->decision, second.decision)) {
      ++counts.differences;
      on_difference(
          {evidence->delegation.child, evidence->decided_at, evidence->decision, second.decision});
    }
    return true;
  };
  Result<void> visited = store.visit_evidence(parent, since, visit);
  if (!visited) return pass_on(std::move(visited));
  return counts;
}

std::string difference_text(const Difference& difference) {
  const auto& [child, at, then, now] = difference;
  const bool with_csync = then.csync_outcome != Outcome::idle || now.csync_outcome != Outcome::idle;
  std::string out = fmt::format("{}  {}  {}  ->  {}", format_time(at), shown_name(child),
                                decision_text(then, with_csync), decision_text(now, with_csync));
  if (then.outcome == now.outcome && then.ds != now.ds) {
    out += fmt::format(" ({}  ->  {})", set_text(then.ds), set_text(now.ds));
  }
  // Where both want the same of CSYNC, it is other name servers or glue.
  if (then.csync_outcome == now.csync_outcome && then.csync_request_id != now.csync_request_id) {
    out += fmt::format(" (other name servers or glue: request {}  ->  {})",
                       request_text(then.csync_request_id), request_text(now.csync_request_id));
  }
  if (!now.findings.empty()) out += ": " + now.findings.front().text();
  return out;
}

}  // namespace dskeeper::cli
