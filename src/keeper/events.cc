#include "keeper/events.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "keeper/authorship.h"
#include "keeper/continuity.h"
#include "keeper/source_lag.h"
#include "model/deciding_finding.h"
#include "model/json.h"

namespace dskeeper::keeper {
namespace {

std::set<FindingCode> lasting_codes(const std::vector<Finding>& findings) {
  std::set<FindingCode> out;
  for (const Finding& finding : findings) {
    if (!is_momentary(finding.code)) out.insert(finding.code);
  }
  return out;
}

bool has_news(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return is_momentary(finding.code); });
}

std::string_view subject(Request request) {
  switch (request) {
    case Request::none:
      return "The child";
    case Request::bootstrap:
      return "A first DS set";
    case Request::update:
      return "A new DS set";
    case Request::remove:
      return "The removal of the DS set";
  }
  return "The child";
}

// "at 2026-…", or nothing where it is not known.
std::string when(std::string_view word, const std::optional<Time>& time) {
  return time ? fmt::format(" {} {}", word, format_time(*time)) : std::string();
}

std::string predicate(const Case& value) {
  const bool asks = value.request != Request::none;
  switch (value.outcome) {
    case Outcome::idle:
      return "asks for nothing";
    case Outcome::in_sync:
      return "asks for nothing but what stands";
    case Outcome::accept:
      return "is accepted";
    case Outcome::hold:
      return "is acceptable and held" + when("until", value.ready_at);
    case Outcome::refuse:
      return "is refused";
    case Outcome::retry:
      return asks ? "cannot be judged yet and is looked at again" + when("at", value.ready_at)
                  : "could not be asked and is asked again" + when("at", value.ready_at);
    case Outcome::suspended:
      return asks ? "is not looked into, since automation is off" : "has its automation off";
  }
  return "";
}

// One sentence; the finding that weighs most stands in brackets.
std::string summarize(const Case& value) {
  const bool is_at_rest_now = is_at_rest(value.outcome);
  std::string out = fmt::format("{} {}", subject(is_at_rest_now ? Request::none : value.request),
                                predicate(value));
  const Finding* finding = deciding_finding(value);
  if (finding != nullptr && finding->severity() != Severity::info) {
    out += fmt::format(" ({})", kind_of(finding->code).name);
  }
  return out + ".";
}

std::string_view predicate(const CsyncCase& value) {
  switch (value.outcome) {
    case Outcome::idle:
      return "is asked for no longer";
    case Outcome::in_sync:
      return "stands as it is asked for";
    case Outcome::accept:
      return "is accepted";
    case Outcome::hold:
      return "is acceptable and held";
    case Outcome::refuse:
      return "is refused";
    case Outcome::retry:
      return "cannot be judged yet and is looked at again";
    case Outcome::suspended:
      return "is not looked into, since automation is off";
  }
  return "";
}

std::string summarize(const CsyncCase& value) {
  std::string out = fmt::format("A change of name servers or glue {}", predicate(value));
  if (value.ready_at) out += when("at", value.ready_at);
  if (!value.findings.empty() && value.findings.front().severity() != Severity::info) {
    out += fmt::format(" ({})", kind_of(value.findings.front().code).name);
  }
  return out + ".";
}

Event make_event(const Facts& facts, EventKind kind, std::string summary, std::string details) {
  return {facts.delegation.parent, facts.delegation.child, facts.now, kind,
          std::move(summary),      std::move(details)};
}

// What may differ at every look without anything having happened.
Case without_noise(Case value, bool keep_last_valid) {
  value.at = {};
  value.delegation.revision.clear();
  if (!keep_last_valid) value.last_valid_at.reset();
  return value;
}

}  // namespace

bool is_momentary(FindingCode code) {
  return code == FindingCode::hold_restarted || code == FindingCode::change_superseded ||
         code == FindingCode::approval_ended;
}

bool is_transition(const std::optional<Case>& before, const Case& next) {
  if (is_at_rest(next.outcome) && (!before || is_at_rest(before->outcome))) return false;
  if (!before) return true;
  return before->outcome != next.outcome || before->request != next.request ||
         before->request_id != next.request_id || has_news(next.findings) ||
         lasting_codes(before->findings) != lasting_codes(next.findings);
}

std::string event_details(const Facts& facts, const Case& next) {
  return decision_to_json(next, facts.verdict);
}

Event transition_event(const Facts& facts, const Case& next, std::string details) {
  return make_event(facts, EventKind::transition, summarize(next), std::move(details));
}

bool is_csync_transition(const std::optional<Case>& before, const Case& next) {
  const CsyncCase then = before ? before->csync : CsyncCase();
  const CsyncCase& now = next.csync;
  if (is_at_rest(now.outcome) && is_at_rest(then.outcome)) return false;
  return then.outcome != now.outcome || then.request_id != now.request_id ||
         has_news(now.findings) || lasting_codes(then.findings) != lasting_codes(now.findings);
}

Event csync_transition_event(const Facts& facts, const Case& next, std::string details) {
  return make_event(facts, EventKind::transition, summarize(next.csync), std::move(details));
}

Event look_event(const Facts& facts, const Case& next, std::string details) {
  const unsigned looks = next.hold ? next.hold->looks : 0;
  return make_event(facts, EventKind::look,
                    fmt::format("Look {} of {} of the waiting period found the request unchanged.",
                                looks, std::max(looks, facts.policy.looks)),
                    std::move(details));
}

bool is_worth_storing(const std::optional<Case>& before, const Case& next) {
  if (!before) {
    const bool has_trouble =
        std::any_of(next.findings.begin(), next.findings.end(),
                    [](const Finding& finding) { return finding.severity() != Severity::info; });
    return !is_at_rest(next.outcome) || !is_at_rest(next.csync.outcome) || has_trouble ||
           next.suspension || next.change || !next.csync.serials.empty();
  }
  const bool is_watched = next.outcome == Outcome::hold || next.outcome == Outcome::accept;
  return without_noise(*before, is_watched) != without_noise(next, is_watched);
}

bool was_changed_out_of_band(const Facts& facts) {
  if (!facts.before || facts.before->delegation.ds == facts.delegation.ds) return false;
  if (compare(*facts.before, facts.delegation) == Continuity::registered_anew) return false;
  return !is_our_doing(facts) && !is_source_behind(facts);
}

Event out_of_band_event(const Facts& facts) {
  std::string summary = facts.delegation.is_secure()
                            ? "The DS set was changed by other means than CDS or CDNSKEY."
                            : "The DS set was removed by other means than CDS or CDNSKEY.";
  Case standing = *facts.before;
  standing.delegation = facts.delegation;
  return make_event(facts, EventKind::transition, std::move(summary),
                    event_details(facts, standing));
}

}  // namespace dskeeper::keeper
