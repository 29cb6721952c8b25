#include "rules/judge.h"

#include <algorithm>

#include "rules/local_policy.h"
#include "rules/matter.h"
#include "rules/missing.h"
#include "rules/rfc10026.h"
#include "rules/rfc7344.h"
#include "rules/rfc7477.h"
#include "rules/rfc9615.h"
#include "rules/rfc9975.h"

namespace dskeeper::rules {
namespace {

bool was_asked(const Matter& matter, const Sight& sight) {
  const auto was = [](AnswerStatus status) {
    return status != AnswerStatus::not_asked && status != AnswerStatus::not_permitted;
  };
  return was(sight.server->soa.status) || was(sight.server->dnskey.status) ||
         std::any_of(matter.types.begin(), matter.types.end(), [&](const ConsideredType& type) {
           return was((sight.*type.reading).answer->status);
         });
}

Verdict begin(const Matter& matter, Time now) {
  Verdict verdict;
  verdict.child = matter.delegation.child;
  verdict.at = now;
  verdict.whole = !matter.proved.empty();
  for (const Proved* proved : matter.proved) {
    verdict.look = std::max(verdict.look, proved->look);
    verdict.whole = verdict.whole && !proved->stopped_early;
  }
  for (const Sight& sight : matter.sights) {
    if (was_asked(matter, sight)) verdict.asked.push_back(sight.server->server);
  }
  // The sights are sorted by server already.
  verdict.asked.erase(std::unique(verdict.asked.begin(), verdict.asked.end()), verdict.asked.end());
  verdict.inception = rfc7344::newest_inception(matter);
  verdict.asked_by = rfc7344::newest_asking(matter);
  return verdict;
}

Verdict rule(Verdict&& verdict, Ruling ruling, std::initializer_list<const FindingList*> findings) {
  verdict.ruling = ruling;
  for (const FindingList* list : findings) list->append_to(verdict.findings);
  sort_findings(verdict.findings);
  return std::move(verdict);
}

Request request_of(const Matter& matter, const Reading* wish) {
  if (wish == nullptr) return Request::none;
  if (wish->says == Says::removal) return Request::remove;
  return matter.is_secure() ? Request::update : Request::bootstrap;
}

// RFC 9975 §3 (9975-6): a look that ended at a status quo answer. It can only block, and says no
// more than that nothing can happen now.
Verdict judge_ended_early(const Matter& matter, Verdict&& verdict) {
  for (const Sight& sight : matter.sights) {
    for (const ConsideredType& considered : matter.types) {
      if (!rfc9975::is_status_quo(matter, sight.*considered.reading)) continue;
      const bool stands = rfc9975::is_standing_confirmed(matter);
      return rule(std::move(verdict), stands ? Ruling::in_sync : Ruling::idle, {});
    }
  }
  verdict.request = request_of(matter, rfc9975::find_wish(matter));
  return rule(std::move(verdict), Ruling::incomplete, {});
}

// The rules for keys that are to be named by the DS set.
void check_keys(const Matter& matter, const Reading& wish, const dns::DsSet& ds,
                FindingList& faults, FindingList& warnings) {
  local_policy::check_counts(matter, wish, ds, faults);
  rfc10026::check_algorithms(matter, ds, faults);
  rfc10026::check_continuity(matter, ds, faults);
  rfc10026::check_completeness(matter, ds, faults, warnings);
  if (matter.is_secure()) return;
  rfc7344::check_zone_signatures(matter, faults);
  local_policy::check_bootstrap(matter, faults);
}

// The ways to a first DS that the policy offers: signals (RFC 9615), else waiting (RFC 8078 §3.3)
// where it offers that too, and then it says so. What is given back may yet come to confirm the
// request. A vantage point that does not see the signals which decide lacks something.
FindingList find_way(const Matter& matter, Verdict& verdict, rfc9975::Missing& missing,
                     FindingList& faults, FindingList& warnings) {
  rfc9615::Signals signals;
  if (matter.policy.offers(BootstrapMethod::authenticated)) {
    signals = rfc9615::check_signals(matter);
  }
  if (signals.is_confirmed) {
    verdict.is_authenticated = true;
    for (std::size_t i = 0; i < matter.proved.size(); ++i) {
      if (signals.confirmed_in[i]) continue;
      missing.in_vantage[i] = missing.but_silence[i] = missing.but_unheard[i] = true;
    }
    warnings.note(FindingCode::signals_confirm);
    return {};
  }
  if (matter.policy.offers(BootstrapMethod::delay)) {
    // Who waits where nothing is proven does not wait against proof: whoever can serve other
    // records than the operator signs must not have them believed in the end (decision row 5).
    if (signals.failures.has(FindingCode::signal_differs)) {
      faults.append(signals.failures);
      return {};
    }
    if (signals.has_bogus) return signals.unanswered;
    if (signals.were_asked) {
      warnings.note(FindingCode::signals_not_used, {signals.first_failure});
    }
    return {};
  }
  if (signals.failures.empty() && !signals.unanswered.empty()) return signals.unanswered;
  faults.append(signals.failures);
  faults.append(signals.unanswered);
  faults.note(FindingCode::bootstrap_off, {matter.policy.name});
  return {};
}

// What would be permitted is, if some vantage point saw all of it. Else the verdict says whether
// nothing but silence stands in the way.
Verdict permit(const Matter& matter, Verdict&& verdict, const rfc9975::Missing& missing,
               const FindingList& warnings) {
  const auto names_where_not = [&](const std::vector<bool>& lacking) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < matter.proved.size(); ++i) {
      if (!lacking[i]) names.push_back(matter.proved[i]->vantage);
    }
    return names;
  };
  verdict.vantages = names_where_not(missing.in_vantage);
  if (!verdict.vantages.empty()) return rule(std::move(verdict), Ruling::permit, {&warnings});
  verdict.vantages = names_where_not(missing.but_silence);
  verdict.only_silence_missing = !verdict.vantages.empty();
  verdict.only_unheard_missing = !names_where_not(missing.but_unheard).empty();
  return rule(std::move(verdict), Ruling::incomplete, {&missing.findings, &warnings});
}

// What the child asks for by CDS and CDNSKEY. `faults` has what is wrong with these records.
Verdict judge_ds(const Matter& matter, FindingList& faults, Time now) {
  FindingList warnings;  // what is noticed besides
  Verdict verdict = begin(matter, now);
  if (!verdict.whole) return judge_ended_early(matter, std::move(verdict));

  // RFC 9975 §3: every address must be asked, and what did not answer is named.
  rfc9975::Missing missing = rfc9975::find_missing(matter);
  verdict.silent = missing.silent;
  verdict.passed_over = missing.passed_over;

  // RFC 7344 §6.1.1, RFC 9975 §3: where nobody asks, nothing happens.
  rfc7344::check_standing_chain(matter, warnings);
  local_policy::note_unverified(matter, warnings);
  if (!rfc9975::is_anything_asked(matter)) {
    if (!rfc9975::is_status_quo_seen(matter)) {
      return rule(std::move(verdict), Ruling::incomplete, {&missing.findings, &warnings});
    }
    const bool stands = rfc9975::is_standing_confirmed(matter);
    return rule(std::move(verdict), stands ? Ruling::in_sync : Ruling::idle, {&warnings});
  }

  // RFC 8078 §4, RFC 4034: a request that is not well-formed is none.
  const Reading* wish = rfc9975::find_wish(matter);
  verdict.request = request_of(matter, wish);
  if (!faults.empty()) {
    return rule(std::move(verdict), Ruling::forbid, {&faults, &missing.findings, &warnings});
  }

  // RFC 9975 §3.1: all servers, from everywhere, and both types say the same.
  FindingList differences;
  rfc9975::check_consistency(matter, differences);
  if (!differences.empty()) {
    return rule(std::move(verdict), Ruling::inconsistent,
                {&differences, &missing.findings, &warnings});
  }
  if (!wish->is_published()) {
    rfc9975::refuse_ineligible(matter, faults);
    return rule(std::move(verdict), Ruling::forbid, {&faults, &missing.findings, &warnings});
  }

  // RFC 7344 §4.1: signed by a key that the standing DS set names.
  rfc7344::check_signers(matter, faults);

  // RFC 10026 §4.1.1: the domain stays resolvable; or RFC 8078 §4: it leaves DNSSEC.
  FindingList awaited;
  if (wish->says == Says::keys) {
    verdict.ds = rfc7344::make_ds_set(matter, wish->keys);
    check_keys(matter, *wish, verdict.ds, faults, warnings);
    if (!matter.is_secure()) awaited = find_way(matter, verdict, missing, faults, warnings);
  } else {
    local_policy::check_removal(matter, faults);
  }
  if (!faults.empty()) {
    return rule(std::move(verdict), Ruling::forbid, {&faults, &missing.findings, &warnings});
  }
  if (!awaited.empty()) {
    return rule(std::move(verdict), Ruling::incomplete, {&awaited, &missing.findings, &warnings});
  }
  return permit(matter, std::move(verdict), missing, warnings);
}

}  // namespace

Verdict judge(const Delegation& delegation, std::span<const Proved> proved, const Policy& policy,
              Time now) {
  FindingList faults;  // what a rule forbids
  const Matter matter = open_matter(delegation, proved, policy, faults);
  Verdict verdict = judge_ds(matter, faults, now);
  if (verdict.whole) verdict.csync = rfc7477::judge_csync(matter, verdict.silent);
  return verdict;
}

}  // namespace dskeeper::rules
