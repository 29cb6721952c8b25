#include "keeper/queueing.h"

#include "keeper/csync.h"
#include "keeper/outbox.h"
#include "keeper/ttl_restore.h"

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

// A change that leaves everything as it is, to be filled in.
Change make_change(const Facts& facts) {
  Change change;
  change.child = facts.delegation.child;
  change.parent = facts.delegation.parent;
  change.before = facts.delegation.ds;
  change.after = facts.delegation.ds;
  change.hosts = facts.delegation.hosts();
  change.revision = facts.delegation.revision;
  change.state = ChangeState::queued;
  change.queued_at = facts.now;
  change.judged_at = facts.now;
  return change;
}

Change make_accepted(const Facts& facts) {
  Change change = make_change(facts);
  const ChosenTtl chosen = choose_ttl(facts);
  change.request = facts.verdict.request;
  change.after = facts.verdict.ds;
  change.ttl = chosen.ttl;
  change.restore_ttl = chosen.restore_ttl;
  change.request_id = facts.verdict.request_id();
  change.id = make_id(change);
  return change;
}

Change make_restore(const Facts& facts, dns::Ttl ttl) {
  Change change = make_change(facts);
  change.request = Request::update;
  change.ttl = ttl;
  change.id = make_id(change);
  return change;
}

Change make_csync(const Facts& facts, const CsyncCase& accepted) {
  Change change = make_change(facts);
  change.request = Request::update;
  change.ttl = facts.delegation.ds_ttl;
  change.name_servers = edit_of(accepted, facts.delegation);
  change.request_id = accepted.request_id;
  change.id = make_id(change);
  return change;
}

bool is_the_same_edit(const Change& a, const Change& b) {
  return a.request_id == b.request_id && a.before == b.before && a.after == b.after &&
         a.hosts == b.hosts && a.name_servers == b.name_servers &&
         (!a.is_ttl_only() || a.ttl == b.ttl);
}

Finding superseded_finding(const Change& change) {
  return {FindingCode::change_superseded, {}, {format_time(change.queued_at)}};
}

Queueing queue(const Facts& facts, const Change& wanted) {
  Queueing out;
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
    out.refreshed->is_released = false;
    out.refreshed->revision = facts.delegation.revision;
    return out;
  }
  out.superseded = superseded(open, facts.now);
  out.finding = superseded_finding(open);
  out.queue = wanted;
  return out;
}

}  // namespace

Queueing queue_accepted(const Facts& facts) {
  return queue(facts, make_accepted(facts));
}

Queueing queue_csync(const Facts& facts, const CsyncCase& accepted) {
  return queue(facts, make_csync(facts, accepted));
}

Queueing queue_restore(const Facts& facts, dns::Ttl ttl) {
  Queueing out = queue(facts, make_restore(facts, ttl));
  if (out.ready_at) out.finding.reset();  // the child asked for nothing that could have failed
  out.ready_at.reset();
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
