#include "keeper/outbox.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "keeper/ttl_restore.h"
#include "model/json.h"

namespace dskeeper::keeper {
namespace {

constexpr Duration judgement_age_max = std::chrono::minutes(10);
constexpr Duration pause_min = std::chrono::seconds(1);
constexpr Duration pause_max = std::chrono::minutes(5);
// What a parent took and does not show for so long has gone wrong there.
constexpr Duration confirmation_max = std::chrono::hours(24);

Progress keep(Change change) {
  return {std::move(change), {}, false};
}

Progress tell(Change change, std::string summary, Time now) {
  Progress out = keep(std::move(change));
  out.events.push_back(change_event(out.change, std::move(summary), now));
  return out;
}

Progress end_as_failed(Change change, std::string reason, Time now) {
  change.state = ChangeState::failed;
  change.ended_at = now;
  change.reason = std::move(reason);
  Progress out = tell(change, "The change failed: " + change.reason, now);
  out.judge_again = true;
  return out;
}

// Where the reason is not news, the journal is spared.
Progress keep_with_reason(Change change, std::string_view reason, Time now) {
  if (change.reason == reason) return keep(std::move(change));
  change.reason = reason;
  std::string summary = fmt::format("The change waits: {}", reason);
  return tell(std::move(change), std::move(summary), now);
}

}  // namespace

Event change_event(const Change& change, std::string summary, Time now) {
  return {change.parent,     change.child,       now,
          EventKind::change, std::move(summary), change_to_contract_json(change)};
}

Progress before_send(const Change& change, Time now) {
  CHECK(change.is_open());
  Change next = change;
  // What was sent already, and has no known result, may have been applied.
  if (next.state == ChangeState::sent) next.is_uncertain = true;
  next.state = ChangeState::sent;
  next.sent_at = now;
  ++next.attempts;
  return keep(std::move(next));
}

Progress put_off(const Change& change, std::string_view reason, Time now) {
  return keep_with_reason(change, reason, now);
}

Progress after_send(const Change& change, SendStatus status, std::string_view reason, Time now) {
  CHECK(change.state == ChangeState::sent);
  Change next = change;
  switch (status) {
    case SendStatus::taken:
      next.reason.clear();
      if (next.taken_at) return keep(std::move(next));
      next.taken_at = now;
      return tell(std::move(next), "The change was sent, and the parent took it.", now);
    case SendStatus::not_as_judged:
    case SendStatus::failed:
      return end_as_failed(std::move(next), std::string(reason), now);
    case SendStatus::later:
      // It is certainly not applied, unless an earlier sending was.
      if (!next.is_uncertain && !next.taken_at) next.state = ChangeState::queued;
      return keep_with_reason(std::move(next), reason, now);
    case SendStatus::unknown:
      next.is_uncertain = true;
      return keep_with_reason(std::move(next), reason, now);
  }
  return keep(std::move(next));
}

Progress after_confirmation(const Change& change, Standing standing, Time now) {
  CHECK(change.state == ChangeState::sent);
  Change next = change;
  switch (standing) {
    case Standing::stands:
      next.state = ChangeState::confirmed;
      next.ended_at = now;
      next.reason.clear();
      return tell(std::move(next), "The change stands in the parent zone.", now);
    case Standing::otherwise: {
      const char* what = next.name_servers ? "name servers or glue that are" : "a DS set that is";
      return end_as_failed(std::move(next),
                           fmt::format("The parent has {} neither the old nor the new one.", what),
                           now);
    }
    case Standing::not_yet:
      break;
  }
  if (next.taken_at && now - *next.taken_at >= confirmation_max) {
    return end_as_failed(std::move(next),
                         "The parent took the change a day ago and does not show it.", now);
  }
  // Not taken, and what it rests on has grown old: back to where it can be judged and superseded.
  // An UPDATE that is still under way dies by its TSIG time (RFC 8945 §5.2.3) or its prerequisites.
  if (!next.taken_at && needs_judging_again(next, now)) {
    next.state = ChangeState::queued;
    next.is_uncertain = true;
    return keep(std::move(next));
  }
  return keep(std::move(next));
}

Change superseded(const Change& change, Time now) {
  return withdrawn(change,
                   "It was superseded before it was sent, since the request is no longer the same.",
                   now);
}

Change withdrawn(const Change& change, std::string reason, Time now) {
  Change next = change;
  next.state = ChangeState::failed;
  next.ended_at = now;
  next.reason = std::move(reason);
  return next;
}

bool needs_judging_again(const Change& change, Time now) {
  if (!change.is_open() || change.taken_at) return false;
  // A clock that was set back would keep an old judgement fresh.
  const bool is_fresh = now >= change.judged_at && now - change.judged_at <= judgement_age_max;
  return change.is_released || !is_fresh;
}

Time next_sending_at(const Change& change) {
  if (change.attempts == 0 || !change.sent_at) return change.queued_at;
  constexpr unsigned doublings_max = 16;  // more than reach the longest pause
  const unsigned doublings = std::min(change.attempts - 1, doublings_max);
  return *change.sent_at + std::min(pause_min * (1U << doublings), pause_max);
}

Time next_asking_at(const Change& change, Time last_asked_at) {
  const Time since = change.taken_at.value_or(change.at());
  return last_asked_at + std::clamp((last_asked_at - since) / 2, pause_min, pause_max);
}

Case with_change(Case value, const Change& change) {
  value.change = change;
  value.lowered_ttl = lowered_after(value.lowered_ttl, change);
  return value;
}

bool is_still_decided(const std::optional<Case>& value, const Change& change) {
  if (!value) return false;
  if (change.name_servers) {
    return value->csync.outcome == Outcome::accept && value->csync.request_id == change.request_id;
  }
  if (!change.is_ttl_only()) {
    return value->outcome == Outcome::accept && value->request_id == change.request_id;
  }
  return value->outcome != Outcome::suspended && value->lowered_ttl &&
         value->lowered_ttl->normal == change.ttl && value->delegation.ds == change.before;
}

}  // namespace dskeeper::keeper
