#include "cli/parent_state.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "cli/log.h"
#include "cli/typed_name.h"
#include "keeper/acts.h"
#include "keeper/outage.h"
#include "keeper/outbox.h"

namespace dskeeper::cli {
namespace {

// Of the whole zone: with it a person also says that the source is right.
bool is_for_everything(const Act& act) {
  return act.kind == ActKind::resume_breaker && !act.breaker_kind && act.breaker_operator.empty();
}

}  // namespace

ParentState::ParentState(ParentWork& work, store::Store* store,
                         const boost::asio::any_io_executor& executor, const Clock& clock,
                         Ledger ledger, BreakerPanel breakers, Roll roll)
    : work_(work),
      store_(store),
      clock_(clock),
      ledger_(std::move(ledger)),
      breakers_(std::move(breakers)),
      roll_(std::move(roll)),
      view_(work, executor, clock, [this](const std::shared_ptr<const parent::Snapshot>& snapshot) {
        return take_reading(snapshot);
      }) {}

Result<std::unique_ptr<ParentState>> ParentState::load(ParentWork& work, store::Store* store,
                                                       const boost::asio::any_io_executor& executor,
                                                       const Clock& clock) {
  const dns::Name& zone = work.settings->zone;
  auto ledger = Ledger::load(zone, *work.policy, store);
  if (!ledger) return pass_on(std::move(ledger));
  auto breakers = BreakerPanel::load(zone, *work.policy, store, clock.now());
  if (!breakers) return pass_on(std::move(breakers));
  auto roll = Roll::load(zone, store);
  if (!roll) return pass_on(std::move(roll));
  return std::unique_ptr<ParentState>(new ParentState(
      work, store, executor, clock, *std::move(ledger), *std::move(breakers), *std::move(roll)));
}

Result<ParentView::Verdict> ParentState::take_reading(
    const std::shared_ptr<const parent::Snapshot>& snapshot) {
  const Roll::Trust trust = is_reading_trusted() ? Roll::Trust::whatever : Roll::Trust::checked;
  auto taken = roll_.take(snapshot, *work_.policy, trust, clock_.now(), ledger_);
  if (!taken) return pass_on(std::move(taken));
  if (*taken == Roll::Taken::is_behind) return keep_newer(*snapshot);
  trusts_next_reading_ = false;
  breakers_.take_zone(snapshot, roll_.secure());
  return ParentView::Verdict::takes_effect;
}

// design.md, "The source can lag or lie": an older state says nothing of what is there now. Where
// this process has none that is newer there is nothing to work on.
Result<ParentView::Verdict> ParentState::keep_newer(const parent::Snapshot& older) {
  const std::string zone = shown_name(older.zone());
  const std::string newest = roll_.revision();
  if (view_.snapshot() == nullptr) {
    return fail(fmt::format("the source is at revision {}, and {} was read before",
                            older.revision(), newest),
                zone,
                fmt::format("A server that lags catches up by itself; if the serial was set back, "
                            "run `dskeeper resume --breaker {}`.",
                            zone));
  }
  if (older.revision() != older_revision_) {
    log(LogEvent::source_lags, {zone, older.revision(), newest});
  }
  older_revision_ = older.revision();
  return ParentView::Verdict::is_behind;
}

// Also where nothing could be read yet, so that no act could be obeyed.
bool ParentState::is_reading_trusted() {
  if (trusts_next_reading_ || store_ == nullptr) return trusts_next_reading_;
  const auto acts = store_->pending_acts(work_.settings->zone);
  return acts && std::any_of(acts->begin(), acts->end(), is_for_everything);
}

Result<void> ParentState::obey_acts() {
  if (store_ == nullptr) return {};
  const auto acts = store_->pending_acts(work_.settings->zone);
  if (!acts) return tl::unexpected(acts.error());
  // Where the store took none of it last time, the acts stand there still: the journal shall have
  // each of them once.
  for (const Act& act : *acts) {
    if (!ledger_.is_obeyed(act.number)) obey(act);
  }
  return acts->empty() ? Result<void>() : ledger_.commit();
}

void ParentState::obey(const Act& act) {
  const Time now = clock_.now();
  store::Batch batch;
  batch.obeyed.push_back(act.number);
  if (act.kind == ActKind::resume_breaker) {
    trusts_next_reading_ = trusts_next_reading_ || is_for_everything(act);
    resume_breaker(act, std::move(batch));
    return;
  }
  const std::optional<Delegation> standing = view_.find(act.child);
  keeper::Obeyed obeyed =
      keeper::obey(act, ledger_.find_case(act.child), standing ? &*standing : nullptr,
                   ledger_.open_change(act.child), *work_.policy, now);
  for (const Event& event : obeyed.events) {
    if (event.kind == EventKind::act) {
      log(LogEvent::act_obeyed, {shown_name(event.child), event.summary});
    }
  }
  if (obeyed.next) batch.cases.push_back(*std::move(obeyed.next));
  if (obeyed.superseded) batch.changes.push_back(*std::move(obeyed.superseded));
  batch.events = std::move(obeyed.events);
  ledger_.apply(std::move(batch));
  if (obeyed.look_now) look_at_.push_back(act.child);
}

void ParentState::take_queued(const Change& change, store::Batch& batch) {
  if (!breakers_.take_queued(change, batch)) return;
  for (const Change& open : ledger_.open_changes()) {
    const Breaker* stop = breakers_.find_stop(open);
    if (stop == nullptr || open.child == change.child) continue;
    if (const std::optional<Case> value = ledger_.find_case(open.child)) {
      batch.cases.push_back(keeper::with_breaker(*value, stop));
    }
  }
}

// Changes that waited for the breaker go on, and their cases say so; each is looked at again before
// it leaves.
void ParentState::resume_breaker(const Act& act, store::Batch batch) {
  std::vector<Change> waiting;
  for (const Change& change : ledger_.open_changes()) {
    if (breakers_.find_stop(change) != nullptr) waiting.push_back(change);
  }
  breakers_.obey(act, clock_.now(), batch);
  for (Change& change : waiting) {
    if (breakers_.find_stop(change) != nullptr) continue;
    change.is_released = true;
    if (const std::optional<Case> value = ledger_.find_case(change.child)) {
      batch.cases.push_back(keeper::with_change(keeper::with_breaker(*value, nullptr), change));
    }
    batch.changes.push_back(std::move(change));
  }
  ledger_.apply(std::move(batch));
}

Result<std::optional<std::string>> ParentState::find_clock_fault() const {
  std::optional<Time> last_entry;
  if (store_ != nullptr) {
    const auto head = store_->journal_head(work_.settings->zone);
    if (!head) return tl::unexpected(head.error());
    if (*head) last_entry = (*head)->event.at;
  }
  std::optional<keeper::SignatureValidity> validity;
  if (view_.snapshot() != nullptr) {
    if (const auto& window = view_.snapshot()->soa_signature()) {
      validity = keeper::SignatureValidity{window->inception, window->expiration};
    }
  }
  return keeper::find_clock_fault(clock_.now(), last_entry, validity);
}

Result<std::optional<Time>> ParentState::last_pass() const {
  if (store_ == nullptr) return std::optional<Time>();
  const auto pass = store_->last_pass(work_.settings->zone);
  if (!pass) return tl::unexpected(pass.error());
  return *pass ? std::optional((*pass)->started_at) : std::nullopt;
}

}  // namespace dskeeper::cli
