#include "properties/random_world.h"

#include <rapidcheck.h>

#include <utility>

#include "keeper/absence.h"
#include "keeper/acts.h"
#include "model/json.h"
#include "rules/judge.h"

namespace dskeeper::properties {
namespace {

dns::Verifier& verifier() {
  static dns::Verifier shared;
  return shared;
}

}  // namespace

RandomWorld::RandomWorld(Policy policy, KeyMask standing, std::size_t servers)
    : policy_(std::move(policy)),
      actual_(make_delegation(standing, servers)),
      shown_(actual_),
      now_(rules::test::now) {}

const keeper::Step& RandomWorld::look(const std::vector<Claim>& claims) {
  const Delegation before = shown_;
  if (!lags_) shown_ = actual_;
  if (!case_) {
    const auto noticed = keeper::notice_removal(&before, shown_, policy_, now_);
    if (noticed) keep(noticed->next);
  }
  const Survey survey = make_survey(claims, "local", LookId{++looks_}, now_);
  const std::vector<rules::Proved> proved = {rules::prove(survey, shown_, verifier(), now_)};
  verdict_ = rules::judge(shown_, proved, policy_, now_);
  const std::optional<Change> open = has_open_change() ? change_ : std::nullopt;
  step_ = keeper::advance(case_, shown_, verdict_, open, policy_, 1, now_);

  // At most one open change: a new one only where none is left.
  if (step_.queue) RC_ASSERT((!open || step_.supersede_queued));
  if (step_.supersede_queued) RC_ASSERT((open.has_value() && open->state == ChangeState::queued));
  unsigned open_changes = 0;
  for (const Change& change : step_.changes) open_changes += change.is_open() ? 1U : 0U;
  RC_ASSERT(open_changes <= 1U);

  if (step_.is_worth_storing) keep(step_.next);
  for (const Change& change : step_.changes) keep(change);
  return step_;
}

// As if restarted after each step: all that is kept is read back from JSON, and is equal.
void RandomWorld::keep(const Case& value) {
  auto read = case_from_json(case_to_json(value));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == value);
  case_ = *std::move(read);
}

void RandomWorld::keep(const Change& change) {
  auto read = change_from_json(change_to_json(change));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == change);
  change_ = *std::move(read);
  if (case_) keep(keeper::with_change(*case_, *change_));
}

void RandomWorld::send(bool arrives, bool is_answer_lost) {
  if (!has_open_change() || keeper::needs_judging_again(*change_, now_)) return;
  if (!keeper::is_still_decided(case_, *change_)) return;
  keep(keeper::before_send(*change_, now_).change);
  SendStatus status = SendStatus::unknown;
  if (arrives) {
    status = SendStatus::taken;
    if (actual_.ds == change_->before) {
      actual_.ds = change_->after;
      actual_.ds_ttl = change_->after.empty() ? dns::Ttl{} : change_->ttl;
      actual_.revision = std::to_string(++serial_);
    } else if (actual_.ds != change_->after) {
      status = SendStatus::not_as_judged;
    }
  }
  if (is_answer_lost) status = SendStatus::unknown;
  keep(keeper::after_send(*change_, status, "So it was.", now_).change);
}

void RandomWorld::ask() {
  if (!change_ || change_->state != ChangeState::sent) return;
  Standing standing = actual_.ds == change_->before ? Standing::not_yet : Standing::otherwise;
  if (change_->is_met_by(actual_.ds, actual_.ds_ttl)) standing = Standing::stands;
  keep(keeper::after_confirmation(*change_, standing, now_).change);
}

void RandomWorld::edit_out_of_band(KeyMask keys) {
  actual_.ds = ds_set(keys);
  actual_.ds_ttl = dns::Ttl{keys == 0 ? 0U : 3600U};
  actual_.revision = std::to_string(++serial_);
}

void RandomWorld::let_source_lag(bool lags) {
  shown_ = actual_;
  lags_ = lags;
}

void RandomWorld::suspend() {
  act(true);
}

void RandomWorld::resume() {
  act(false);
}

void RandomWorld::act(bool suspends) {
  Act act;
  act.kind = suspends ? ActKind::suspend : ActKind::resume;
  act.parent = actual_.parent;
  act.child = actual_.child;
  act.at = now_;
  act.actor = "kim";
  if (suspends) act.reason = "a test says so";
  const std::optional<Change> open = has_open_change() ? change_ : std::nullopt;
  const keeper::Obeyed obeyed = keeper::obey(act, case_, &shown_, open, policy_, now_);
  if (obeyed.next) keep(*obeyed.next);
  if (obeyed.superseded) keep(*obeyed.superseded);
}

}  // namespace dskeeper::properties
