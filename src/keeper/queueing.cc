#include "keeper/queueing.h"

#include "keeper/outbox.h"

namespace dskeeper::keeper {
namespace {

// What the parent refused is not sent again at once, when nothing has changed.
constexpr Duration pause_after_failure = std::chrono::hours(1);

constexpr std::size_t id_octets = 16;

std::string make_id(const Change& change) {
  const std::string input = change.parent.text() + "|" + change.child.text() + "|" +
                            change.request_id + "|" +
                            std::to_string(change.queued_at.time_since_epoch().count());
  const Sha256 digest = sha256(as_bytes(input));
  return to_hex(ByteView(digest).first(id_octets));
}

// RFC 10026 §4.1.2, but for the contract's `ds-ttl.update = "keep"`.
dns::Ttl ttl_for(const Facts& facts) {
  const auto& ttls = facts.policy.ds_ttl;
  if (facts.verdict.request == Request::bootstrap) return ttls.first;
  if (facts.verdict.request == Request::update && !ttls.keep_on_update) return ttls.update;
  return facts.delegation.ds_ttl.seconds != 0 ? facts.delegation.ds_ttl : ttls.normal;
}

Change make_change(const Facts& facts) {
  Change change;
  change.child = facts.delegation.child;
  change.parent = facts.delegation.parent;
  change.request = facts.verdict.request;
  change.before = facts.delegation.ds;
  change.after = facts.verdict.ds;
  change.ttl = ttl_for(facts);
  change.hosts = facts.delegation.hosts();
  change.request_id = facts.verdict.request_id();
  change.revision = facts.delegation.revision;
  change.state = ChangeState::queued;
  change.queued_at = facts.now;
  change.judged_at = facts.now;
  change.id = make_id(change);
  return change;
}

bool is_the_same_edit(const Change& a, const Change& b) {
  return a.request_id == b.request_id && a.before == b.before && a.after == b.after &&
         a.hosts == b.hosts;
}

Finding superseded_finding(const Change& change) {
  return {FindingCode::change_superseded, {}, {format_time(change.queued_at)}};
}

}  // namespace

Queueing queue_accepted(const Facts& facts) {
  Queueing out;
  const Change wanted = make_change(facts);
  const Change* latest = facts.latest_change();

  if (latest != nullptr && latest->state == ChangeState::failed &&
      is_the_same_edit(*latest, wanted) && facts.now - latest->at() < pause_after_failure) {
    out.finding = Finding{FindingCode::change_failed, {}, {latest->reason}};
    out.ready_at = latest->at() + pause_after_failure;
    return out;
  }
  if (!facts.open_change) {
    out.queue = wanted;
    return out;
  }
  const Change& open = *facts.open_change;
  if (open.state == ChangeState::sent) return out;  // awaited, whatever it says
  if (is_the_same_edit(open, wanted)) {
    out.refreshed = open;
    out.refreshed->judged_at = facts.now;
    out.refreshed->revision = facts.delegation.revision;
    return out;
  }
  out.superseded = superseded(open, facts.now);
  out.finding = superseded_finding(open);
  out.queue = wanted;
  return out;
}

Queueing queue_nothing(const Facts& facts) {
  Queueing out;
  if (!facts.open_change || facts.open_change->state != ChangeState::queued) return out;
  out.superseded = superseded(*facts.open_change, facts.now);
  out.finding = superseded_finding(*facts.open_change);
  return out;
}

}  // namespace dskeeper::keeper
