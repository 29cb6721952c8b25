#include "cli/record.h"

#include <algorithm>

#include "model/record.h"

namespace dskeeper::cli {
namespace {

// A change, and a look that counts for one, can be proved whatever the child publishes later.
bool is_always_kept(const keeper::Step& step) {
  return step.queue || std::ranges::any_of(step.events, [](const Event& event) {
           return event.kind == EventKind::look;
         });
}

bool is_kept_at_all(const keeper::Step& step) {
  return !is_at_rest(step.next.outcome) || !is_at_rest(step.next.csync.outcome) ||
         !step.changes.empty();
}

// Of each change that is judged again the first and the latest time, besides its first judgement.
std::string group_of(const keeper::Step& step, const Basis& basis, const EvidenceShelf& shelf) {
  if (is_always_kept(step)) return {};
  const auto judged_again = std::ranges::find_if(step.changes, &Change::is_open);
  if (judged_again != step.changes.end()) return "change " + judged_again->id;
  return shelf.group_of(basis.delegation.child, step.next);
}

Evidence evidence_of(const keeper::Step& step, const Basis& basis, std::string group) {
  return {.judged_at = basis.verdict.at,
          .decided_at = basis.now,
          .surveys = basis.surveys,
          .delegation = basis.delegation,
          .policy = basis.policy,
          .before = basis.before,
          .open_change = basis.open_change,
          .vantages_configured = basis.vantages_configured,
          .decision = Decision::of(basis.verdict, step.next),
          .group = std::move(group)};
}

}  // namespace

void add_record(keeper::Step& step, const Basis& basis, EvidenceShelf& shelf, store::Batch& batch) {
  if (step.events.empty()) return;
  std::string& first = step.events.front().details;
  first = with_observation(first, basis.channel, basis.surveys);
  if (!is_kept_at_all(step)) return;

  PackedEvidence packed = pack(evidence_of(step, basis, group_of(step, basis, shelf)));
  const EvidenceShelf::Place place = shelf.place(packed);
  if (!place.is_kept) {
    first = without_evidence(first, "more was seen of this child today than is kept");
    return;
  }
  for (Event& event : step.events) {
    event.details = with_evidence(event.details, {.id = packed.id, .replaces = place.replaces});
  }
  if (place.replaces) batch.replaced_evidence.push_back(*place.replaces);
  batch.evidence.push_back(std::move(packed));
}

Result<void> drop_old_evidence(store::Store& store, const dns::Name& parent, const Policy& policy,
                               Time now) {
  const Time before = now - policy.keep;
  return store.prune_evidence(parent, before, prune_event(parent, before, now))
      .map([](std::uint64_t) {});
}

}  // namespace dskeeper::cli
