#include "cli/dispatcher.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cli/log.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// How long `scan` goes on asking whether its changes stand.
constexpr int scan_rounds_max = 5;
constexpr Duration scan_pause = std::chrono::seconds(1);
// A child whose change waits for another judgement is looked at again this much later.
constexpr Duration judging_pause = std::chrono::seconds(5);

std::string ds_text(const dns::DsSet& set) {
  std::string text;
  for (const dns::Ds& ds : set) text += (text.empty() ? "" : ", ") + ds.text();
  return text.empty() ? "empty" : text;
}

void log_progress(const Change& before, const Change& after) {
  const std::string child = shown_name(after.child);
  if (after.state == ChangeState::confirmed) {
    log(LogEvent::change_confirmed, {child});
  } else if (after.state == ChangeState::failed) {
    log(LogEvent::change_failed, {child, after.reason});
  } else if (after.attempts == 1 && before.attempts == 0) {
    log(LogEvent::change_sent, {child, ds_text(after.after)});
  } else if (!after.reason.empty() && after.reason != before.reason) {
    log(LogEvent::change_waits, {child, after.reason});
  }
}

}  // namespace

Dispatcher::Dispatcher(ParentWork& work, Ledger& ledger, const Clock& clock)
    : work_(work), ledger_(ledger), clock_(clock), minute_began_(clock.now()) {}

asio::awaitable<Result<void>> Dispatcher::round(const parent::Snapshot& snapshot) {
  for (const Change& change : ledger_.open_changes()) {
    if (change.state == ChangeState::sent) co_await confirm(change, snapshot);
  }
  Result<void> sent = co_await send(snapshot);
  if (!sent) co_return sent;
  co_return ledger_.commit();
}

asio::awaitable<Result<void>> Dispatcher::send_and_confirm(const parent::Snapshot& snapshot) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  for (int i = 0; i < scan_rounds_max && !ledger_.open_changes().empty(); ++i) {
    if (i > 0) {
      timer.expires_after(scan_pause);
      co_await timer.async_wait(asio::use_awaitable);
    }
    Result<void> done = co_await round(snapshot);
    if (!done) co_return done;
    const std::vector<Change> open = ledger_.open_changes();
    const bool any_sent = std::any_of(open.begin(), open.end(), [](const Change& change) {
      return change.state == ChangeState::sent;
    });
    if (!any_sent) break;
  }
  co_return Result<void>();
}

// Where no server can be asked, the source's next reading is the answer.
asio::awaitable<void> Dispatcher::confirm(const Change& change, const parent::Snapshot& snapshot) {
  const Time now = clock_.now();
  const auto asked = last_asked_.find(change.id);
  if (asked != last_asked_.end() && now < keeper::next_asking_at(change, asked->second)) co_return;
  last_asked_[change.id] = now;
  Standing standing = Standing::not_yet;
  if (work_.can_confirm()) {
    standing = co_await work_.confirmation->ask(change);
  } else if (const Delegation* delegation = snapshot.find(change.child);
             delegation != nullptr && delegation->ds == change.after) {
    standing = Standing::stands;
  }
  note(keeper::after_confirmation(change, standing, clock_.now()));
}

asio::awaitable<Result<void>> Dispatcher::send(const parent::Snapshot& snapshot) {
  std::vector<Change> leaving;
  for (const Change& change : sendable()) {
    keeper::Progress progress = keeper::before_send(change, clock_.now());
    note(progress);
    leaving.push_back(std::move(progress.change));
  }
  if (leaving.empty()) co_return Result<void>();
  Result<void> written = ledger_.commit();
  if (!written) co_return written;

  const std::vector<parent::SendResult> results = co_await work_.sink->send(leaving, snapshot);
  for (std::size_t i = 0; i < leaving.size(); ++i) {
    note(keeper::after_send(leaving[i], results.at(i).status, results.at(i).reason, clock_.now()));
  }
  // Most parents show a change at once: no need to wait for the next round.
  for (const Change& change : ledger_.open_changes()) {
    const bool is_taken = change.state == ChangeState::sent && change.taken_at.has_value();
    if (is_taken && !last_asked_.contains(change.id)) co_await confirm(change, snapshot);
  }
  co_return Result<void>();
}

std::vector<Change> Dispatcher::sendable() {
  const Time now = clock_.now();
  unsigned left = pace_left(now);
  std::vector<Change> chosen;
  for (const Change& change : ledger_.open_changes()) {
    if (left == 0) break;
    if (change.taken_at || now < keeper::next_sending_at(change)) continue;
    if (keeper::needs_judging_again(change, now) || !is_still_decided(change)) {
      const std::optional<Case> value = ledger_.find_case(change.child);
      if (!value || now - value->at >= judging_pause) ask_to_judge(change.child);
      continue;
    }
    chosen.push_back(change);
    --left;
  }
  sent_this_minute_ += static_cast<unsigned>(chosen.size());
  return chosen;
}

// design.md, "Fresh before sent": the case must still say what the change rests on.
bool Dispatcher::is_still_decided(const Change& change) {
  const std::optional<Case> value = ledger_.find_case(change.child);
  return value && value->outcome == Outcome::accept && value->request_id == change.request_id;
}

unsigned Dispatcher::pace_left(Time now) {
  if (now - minute_began_ >= std::chrono::minutes(1)) {
    minute_began_ = now;
    sent_this_minute_ = 0;
  }
  const unsigned pace = work_.settings->changes_per_minute;
  return pace > sent_this_minute_ ? pace - sent_this_minute_ : 0;
}

void Dispatcher::note(const keeper::Progress& progress) {
  const Change& change = progress.change;
  if (const auto before = ledger_.open_change(change.child)) {
    if (*before == change && progress.events.empty()) return;
    log_progress(*before, change);
  }
  store::Batch batch;
  batch.changes.push_back(change);
  batch.events = progress.events;
  if (const auto value = ledger_.find_case(change.child)) {
    batch.cases.push_back(keeper::with_change(*value, change));
  }
  ledger_.apply(std::move(batch));
  if (!change.is_open()) last_asked_.erase(change.id);
  if (progress.judge_again) ask_to_judge(change.child);
}

void Dispatcher::ask_to_judge(const dns::Name& child) {
  if (std::find(to_be_judged_.begin(), to_be_judged_.end(), child) == to_be_judged_.end()) {
    to_be_judged_.push_back(child);
  }
}

}  // namespace dskeeper::cli
