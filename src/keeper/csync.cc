#include "keeper/csync.h"

#include <algorithm>
#include <utility>

#include "keeper/approval.h"
#include "keeper/continuity.h"
#include "keeper/quorum.h"
#include "keeper/retry.h"
#include "keeper/source_lag.h"
#include "keeper/suspension.h"

namespace dskeeper::keeper {
namespace {

bool is_asking(Ruling ruling) {
  return ruling != Ruling::idle && ruling != Ruling::in_sync;
}

// What is known from before: of another registration, or of other servers, nothing.
CsyncCase known_before(const Facts& facts) {
  if (!facts.before || compare(*facts.before, facts.delegation) != Continuity::same) return {};
  return facts.before->csync;
}

const SeenSerials* find_seen(const std::vector<SeenSerials>& serials, const ServerAddress& server) {
  const auto found = std::ranges::find(serials, server, &SeenSerials::server);
  return found == serials.end() ? nullptr : &*found;
}

// RFC 7477 §3.1: with state, older data do not follow newer ones. Each server is held against
// itself, since providers of one zone may number it each in their own way.
std::vector<Finding> find_steps_back(const std::vector<SeenSerials>& before,
                                     const std::vector<SeenSerials>& seen) {
  std::vector<Finding> out;
  const auto check = [&](const char* what, dns::Serial now, dns::Serial then,
                         const ServerAddress& server) {
    if (!then.is_newer_than(now)) return;
    out.push_back({FindingCode::csync_serial_went_back,
                   {server},
                   {what, std::to_string(now.value), std::to_string(then.value)}});
  };
  for (const SeenSerials& one : seen) {
    const SeenSerials* known = find_seen(before, one.server);
    if (known == nullptr) continue;
    check("zone", one.zone, known->zone, one.server);
    // §2.1.1.1: without soaminimum the record's serial means nothing.
    if (one.csync && known->csync) {
      check("CSYNC record", *one.csync, *known->csync, one.server);
    }
  }
  return out;
}

// Has the child's operator raised the serial of the CSYNC record since? It counts with soaminimum
// only (RFC 7477 §2.1.1.1).
bool is_asked_anew(const std::vector<SeenSerials>& before, const std::vector<SeenSerials>& seen) {
  return std::ranges::any_of(seen, [&](const SeenSerials& one) {
    const SeenSerials* known = find_seen(before, one.server);
    return known != nullptr && one.csync && known->csync && one.csync->is_newer_than(*known->csync);
  });
}

// A serial that went back is no news (RFC 7477 §3.1): the one that is known stays.
SeenSerials later_of(const SeenSerials* known, const SeenSerials& seen) {
  if (known == nullptr) return seen;
  if (known->zone.is_newer_than(seen.zone)) return *known;
  SeenSerials out = seen;
  const bool is_back = seen.csync && known->csync && known->csync->is_newer_than(*seen.csync);
  if (is_back) out.csync = known->csync;
  return out;
}

// What was seen at servers that were silent this time stays.
std::vector<SeenSerials> merged(const std::vector<SeenSerials>& before,
                                const std::vector<SeenSerials>& seen, const Facts& facts) {
  std::vector<SeenSerials> out;
  for (const SeenSerials& one : seen) out.push_back(later_of(find_seen(before, one.server), one));
  const std::vector<dns::Name> hosts = facts.delegation.hosts();
  for (const SeenSerials& known : before) {
    const bool is_named = std::ranges::find(hosts, known.server.host) != hosts.end();
    if (is_named && find_seen(seen, known.server) == nullptr) out.push_back(known);
  }
  std::ranges::sort(out, {}, &SeenSerials::server);
  return out;
}

void settle(CsyncCase& next, Outcome outcome, std::optional<Time> ready_at = std::nullopt) {
  next.outcome = outcome;
  next.ready_at = ready_at;
}

// Nothing that was under way goes on; what was seen is remembered.
CsyncCase at_rest(const CsyncCase& before, Outcome outcome) {
  CsyncCase next;
  next.outcome = outcome;
  next.serials = before.serials;
  return next;
}

// The DS set comes first (RFC 7477 §5 keeps them apart): what is asked for it is not settled yet.
bool must_wait_for_ds(const Case& next, const Facts& facts) {
  const bool is_ds_open =
      facts.open_change && !facts.open_change->name_servers && !facts.open_change->is_ttl_only();
  const bool is_ds_asked = next.outcome == Outcome::accept || next.outcome == Outcome::hold ||
                           next.outcome == Outcome::retry;
  return is_ds_open || is_ds_asked;
}

// Why a person decides; empty where nobody need.
std::string reason_to_wait(const Facts& facts) {
  const CsyncVerdict& verdict = facts.verdict.csync;
  const bool is_shared = std::ranges::any_of(verdict.findings, [](const Finding& finding) {
    return finding.code == FindingCode::csync_glue_shared;
  });
  if (is_shared) return "other delegations use the same glue";
  if (!verdict.is_immediate) return "the record does not have the flag immediate";
  if (facts.policy.csync_approval) return "the policy " + facts.policy.name + " wants it so";
  return {};
}

// An approval is for the delegation as it was shown, and for its time: what ends it does so
// whatever comes of this look.
std::optional<Finding> end_approval(CsyncCase& before, const Facts& facts) {
  if (!before.approval) return std::nullopt;
  std::optional<std::string> because = find_disturbance(*facts.before, facts.delegation);
  if (is_over(*before.approval, facts)) because = "its time is over";
  if (!because) return std::nullopt;
  Finding ended = approval_ended(*before.approval, *std::move(because));
  before.approval.reset();
  return ended;
}

void carry_approval(const CsyncCase& before, CsyncCase& next) {
  if (!before.approval) return;
  if (before.approval->request_id == next.request_id) {
    next.approval = before.approval;
  } else {
    next.findings.push_back(approval_ended(*before.approval, "the child asks for something else"));
  }
}

// RFC 7477 §3: without the flag, and where the policy or shared glue say so, a person decides.
void decide_by_person(CsyncCase& next, const Facts& facts, std::string because) {
  if (next.approval) {
    next.findings.push_back(approved(*next.approval));
    return settle(next, Outcome::accept);
  }
  if (facts.now - *next.since >= facts.policy.approval_expires) {
    next.findings.push_back({FindingCode::csync_expired, {}, {format_time(*next.since)}});
    return settle(next, Outcome::refuse);
  }
  next.findings.push_back({FindingCode::csync_waits_for_person, {}, {std::move(because)}});
  next.findings.push_back({FindingCode::approval_helps, {}, {next.request_id}});
  settle(next, Outcome::hold);
}

// The rules permit it; what is left are replay, the DS set, vantage points and a person.
CsyncCase take_permitted(const Draft& draft, const Facts& facts, const CsyncCase& before,
                         std::vector<Finding> findings) {
  const CsyncVerdict& verdict = facts.verdict.csync;
  CsyncCase next;
  next.findings = std::move(findings);
  if (auto back = find_steps_back(before.serials, verdict.serials); !back.empty()) {
    next.serials = before.serials;
    next.findings.insert(next.findings.end(), back.begin(), back.end());
    settle(next, Outcome::refuse);
    return next;
  }
  next.request_id = csync_request_id(facts.delegation.child, verdict.name_servers);
  next.name_servers = verdict.name_servers;
  next.serials = merged(before.serials, verdict.serials, facts);
  const bool is_the_same = next.request_id == before.request_id && before.since &&
                           !is_asked_anew(before.serials, verdict.serials);
  next.since = is_the_same ? *before.since : facts.now;
  carry_approval(before, next);

  if (must_wait_for_ds(draft.next, facts)) {
    next.findings.push_back({FindingCode::csync_after_ds, {}, {}});
    settle(next, Outcome::hold);
  } else if (auto missing = find_missing_csync_vantages(facts)) {
    next.findings.push_back(*std::move(missing));
    settle(next, Outcome::hold);
  } else if (std::string because = reason_to_wait(facts); !because.empty()) {
    decide_by_person(next, facts, std::move(because));
  } else {
    settle(next, Outcome::accept);
  }
  return next;
}

// The schedule of RFC 9975 §3, as for a DS set: the same steps, with what is known of this request.
RetryStep retry_step(const Facts& facts, const CsyncCase& before) {
  const CsyncVerdict& verdict = facts.verdict.csync;
  std::optional<Case> then;
  if (before.retry) {
    then.emplace();
    then->retry = before.retry;
    then->ready_at = before.ready_at;
  }
  Verdict look;
  look.look = facts.verdict.look;
  look.ruling = verdict.ruling;
  look.silent = facts.verdict.silent;
  look.passed_over = facts.verdict.passed_over;
  look.only_silence_missing = verdict.only_silence_missing;
  look.request = verdict.findings.empty() ? Request::none : Request::update;
  return retry_after({then, facts.delegation, look, facts.open_change, facts.policy,
                      facts.vantages_configured, facts.now},
                     Request::update);
}

CsyncCase take_failed(const Draft& draft, const Facts& facts, const CsyncCase& before) {
  const CsyncVerdict& verdict = facts.verdict.csync;
  // Where nobody answered nothing is known to be asked, unless it was known before.
  if (verdict.findings.empty() && is_at_rest(before.outcome)) return before;
  RetryStep step = retry_step(facts, before);
  std::vector<Finding> findings = verdict.findings;
  if (step.finding) findings.push_back(*step.finding);
  if (step.then == AfterFailure::drop_silent) {
    drop_silence(findings);
    CsyncCase next = take_permitted(draft, facts, before, std::move(findings));
    next.retry = step.retry;
    return next;
  }
  CsyncCase next = before;
  next.name_servers.reset();
  next.retry = step.retry;
  next.findings = std::move(findings);
  if (verdict.ruling == Ruling::inconsistent) {
    next.request_id.clear();
    next.since.reset();
    next.approval.reset();
  }
  const bool gives_up = step.then == AfterFailure::give_up;
  settle(next, gives_up ? Outcome::refuse : Outcome::retry,
         gives_up ? std::nullopt : step.ready_at);
  return next;
}

// Looked at again as soon as may be, with nothing decided.
CsyncCase again(const CsyncCase& before, std::optional<Time> ready_at) {
  CsyncCase next = before;
  if (is_at_rest(next.outcome)) return next;
  next.name_servers.reset();
  settle(next, Outcome::retry, ready_at);
  return next;
}

CsyncCase decide(const Draft& draft, const Facts& facts, const CsyncCase& before) {
  const CsyncVerdict& verdict = facts.verdict.csync;
  if (is_source_behind(facts)) return again(before, std::nullopt);
  const bool was_asked = !is_at_rest(before.outcome);
  // Where nobody answered nothing is known to be asked, unless it was known before.
  const bool is_unknown = verdict.ruling == Ruling::incomplete && verdict.findings.empty();
  const bool is_asked = facts.verdict.whole && !is_unknown ? is_asking(verdict.ruling) : was_asked;
  std::vector<Finding> bars =
      find_csync_bars(draft.next.suspension, draft.next.delegation, facts.policy);
  if (!bars.empty() && is_asked) {
    CsyncCase next = at_rest(before, Outcome::suspended);
    next.findings = std::move(bars);
    return next;
  }
  if (!facts.verdict.whole) return again(before, facts.now);
  switch (verdict.ruling) {
    case Ruling::idle:
      return at_rest(before, Outcome::idle);
    case Ruling::in_sync: {
      CsyncCase next = at_rest(before, Outcome::in_sync);
      next.serials = merged(before.serials, verdict.serials, facts);
      return next;
    }
    case Ruling::forbid: {
      CsyncCase next = at_rest(before, Outcome::refuse);
      next.findings = verdict.findings;
      return next;
    }
    case Ruling::incomplete:
    case Ruling::inconsistent:
      return take_failed(draft, facts, before);
    case Ruling::permit:
      break;
  }
  return take_permitted(draft, facts, before, verdict.findings);
}

}  // namespace

void take_csync(Draft& draft, const Facts& facts) {
  CsyncCase before = known_before(facts);
  std::optional<Finding> ended = end_approval(before, facts);
  draft.next.csync = decide(draft, facts, before);
  const bool goes_on = !is_at_rest(draft.next.csync.outcome);
  if (ended && goes_on) draft.next.csync.findings.push_back(*std::move(ended));
}

bool is_approvable(const CsyncCase& value) {
  return value.outcome == Outcome::hold &&
         std::ranges::any_of(value.findings, [](const Finding& finding) {
           return finding.code == FindingCode::csync_waits_for_person;
         });
}

const std::vector<SeenSerials>* standing_serials(const std::optional<Case>& before,
                                                 const Delegation& delegation) {
  const bool has_followed = before && before->csync.outcome == Outcome::in_sync &&
                            before->delegation.name_servers == delegation.name_servers &&
                            before->delegation.ds == delegation.ds;
  return has_followed ? &before->csync.serials : nullptr;
}

NameServersEdit edit_of(const CsyncCase& accepted, const Delegation& delegation) {
  return {delegation.name_servers, *accepted.name_servers, delegation.lent};
}

}  // namespace dskeeper::keeper
