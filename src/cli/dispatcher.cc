#include "cli/dispatcher.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unordered_set>

#include "cli/log.h"
#include "cli/typed_name.h"
#include "keeper/continuity.h"
#include "keeper/source_lag.h"
#include "keeper/suspension.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// How long `scan` goes on asking whether its changes stand.
constexpr int scan_rounds_max = 5;
constexpr Duration scan_pause = std::chrono::seconds(1);
// Before a sink that could not follow its source is tried again with the same reading.
constexpr Duration follow_pause = std::chrono::minutes(1);
// How soon a parent that did not answer is tried again.
constexpr Duration probe_pause = std::chrono::seconds(2);
// A server that is silent takes its time-out for each change: what is to be sent, and what a person
// has decided, does not wait for all of them. The rest are asked in the next rounds.
constexpr Duration asking_max = std::chrono::seconds(10);
// A child whose change waits for another judgement is looked at again this much later.
constexpr Duration judging_pause = std::chrono::seconds(5);

std::string ds_text(const dns::DsSet& set) {
  std::string text;
  for (const dns::Ds& ds : set) text += (text.empty() ? "" : ", ") + ds.text();
  return text.empty() ? "empty" : text;
}

// What is to stand, in one line.
std::string wanted_text(const Change& change) {
  if (!change.name_servers) return ds_text(change.after);
  std::string text;
  for (const NameServer& server : change.name_servers->after) {
    text += (text.empty() ? "NS " : ", NS ") + server.host.text();
    for (const IpAddress& address : server.glue) text += " " + address.text();
  }
  return text;
}

void log_progress(const Change& before, const Change& after) {
  const std::string child = shown_name(after.child);
  if (after.state == ChangeState::confirmed) {
    log(LogEvent::change_confirmed, {child});
  } else if (after.state == ChangeState::failed) {
    log(LogEvent::change_failed, {child, after.reason});
  } else if (after.attempts == 1 && before.attempts == 0) {
    log(LogEvent::change_sent, {child, wanted_text(after)});
  } else if (!after.reason.empty() && after.reason != before.reason) {
    log(LogEvent::change_waits, {child, after.reason});
  }
}

bool is_not_taken_yet(const Change& change) {
  return change.is_open() && !change.taken_at;
}

}  // namespace

Dispatcher::Dispatcher(ParentState& state, const Clock& clock)
    : state_(state),
      work_(state.work()),
      view_(state.view()),
      ledger_(state.ledger()),
      breakers_(state.breakers()),
      clock_(clock),
      minute_began_(clock.now()) {}

asio::awaitable<void> Dispatcher::confirm_sent() {
  const std::vector<Change> open = ledger_.open_changes();
  std::unordered_set<std::string_view> ids;
  for (const Change& change : open) ids.insert(change.id);
  std::erase_if(last_asked_, [&](const auto& asked) { return !ids.contains(asked.first); });
  const Time began = clock_.now();
  for (const Change& change : open) {
    if (is_stopped_ || clock_.now() - began >= asking_max) break;
    if (change.state == ChangeState::sent) co_await confirm(change);
  }
}

asio::awaitable<Result<void>> Dispatcher::send_due() {
  const std::vector<Change> due = take_due();
  Result<void> sent;
  if (work_.sink->writes_whole_zone()) {
    sent = co_await send(due);
  } else {
    sent = co_await send_one_by_one(due);
  }
  co_return sent;
}

bool Dispatcher::has_something_to_send() const {
  const std::vector<Change> open = ledger_.open_changes();
  return std::any_of(open.begin(), open.end(), is_not_taken_yet);
}

asio::awaitable<Result<void>> Dispatcher::send_and_confirm(const Freshen& freshen) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  for (int i = 0; i < scan_rounds_max && !ledger_.open_changes().empty() && !is_stopped_; ++i) {
    if (i > 0) {
      timer.expires_after(scan_pause);
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_await confirm_sent();
    if (has_something_to_send()) {
      std::vector<dns::Name> stale = take_to_be_judged();
      Result<void> fresh = co_await freshen(std::move(stale));
      if (!fresh) co_return fresh;
    }
    Result<void> sent = co_await send_due();
    if (!sent) co_return sent;
    Result<void> written = ledger_.commit();
    if (!written) co_return written;
    const std::vector<Change> open = ledger_.open_changes();
    const bool any_sent = std::any_of(open.begin(), open.end(), [](const Change& change) {
      return change.state == ChangeState::sent;
    });
    if (!any_sent && to_be_judged_.empty()) break;
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Dispatcher::follow_source() {
  const std::shared_ptr<const parent::Snapshot> snapshot = view_.snapshot();
  const std::string& revision = snapshot->revision();
  const bool is_too_soon = revision == failed_revision_ && clock_.now() < follow_again_at_;
  if (revision == followed_revision_ || is_too_soon) co_return Result<void>();
  Result<void> followed = co_await work_.sink->follow(*snapshot);
  if (followed) {
    followed_revision_ = revision;
    co_return followed;
  }
  const bool is_known = revision == failed_revision_;
  failed_revision_ = revision;
  follow_again_at_ = clock_.now() + follow_pause;
  if (!is_known) log(LogEvent::sink_lags, {shown_name(snapshot->zone()), followed.error().text()});
  co_return followed;
}

// Where no server can be asked, the source's next reading is the answer.
asio::awaitable<void> Dispatcher::confirm(const Change& change) {
  const Time now = clock_.now();
  const auto asked = last_asked_.find(change.id);
  if (asked != last_asked_.end() && now < keeper::next_asking_at(change, asked->second)) co_return;
  last_asked_[change.id] = now;
  Standing standing = Standing::not_yet;
  if (work_.can_confirm()) {
    standing = co_await work_.confirmation->ask(change);
  } else if (const std::optional<Delegation> delegation = view_.find(change.child);
             delegation && keeper::is_met_by(change, *delegation)) {
    standing = Standing::stands;
  }
  if (ledger_.open_change(change.child) != change) co_return;  // it went on meanwhile
  note(keeper::after_confirmation(change, standing, clock_.now()));
}

asio::awaitable<Result<void>> Dispatcher::send_one_by_one(const std::vector<Change>& due) {
  for (const Change& change : due) {
    if (is_stopped_) break;
    const bool was_down = probe_at_.has_value();
    const std::vector<Change> leaving = {change};
    Result<void> sent = co_await send(leaving);
    if (!sent) co_return sent;
    if (was_down || probe_at_) break;  // the next round knows more
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Dispatcher::send(const std::vector<Change>& due) {
  // What a person has decided while others were on their way binds this one (contract.md).
  Result<void> obeyed = state_.obey_acts();
  if (!obeyed) co_return obeyed;
  std::vector<Change> leaving;
  for (const Change& change : due) {
    // While another one was on its way, a pass may have decided otherwise.
    if (ledger_.open_change(change.child) != change || !may_leave(change)) continue;
    keeper::Progress progress = keeper::before_send(change, clock_.now());
    note(progress);
    breakers_.take_sent(progress.change);
    leaving.push_back(std::move(progress.change));
  }
  if (leaving.empty()) co_return Result<void>();
  Result<void> written = ledger_.commit();
  if (!written) co_return written;

  sent_this_minute_ += static_cast<unsigned>(leaving.size());
  const std::shared_ptr<const parent::Snapshot> snapshot = view_.snapshot();
  const std::vector<parent::SendResult> results = co_await work_.sink->send(leaving, *snapshot);
  for (std::size_t i = 0; i < leaving.size(); ++i) take_result(leaving[i], results.at(i));
  // Most parents show a change at once: no need to wait for the next round.
  for (const Change& change : leaving) {
    const std::optional<Change> now = ledger_.open_change(change.child);
    if (now && now->taken_at && !last_asked_.contains(now->id)) co_await confirm(*now);
  }
  co_return Result<void>();
}

void Dispatcher::take_result(const Change& change, const parent::SendResult& result) {
  const Time now = clock_.now();
  note(keeper::after_send(change, result.status, result.reason, now));
  if (result.concerns_all) {
    if (!probe_at_) log(LogEvent::parent_silent, {shown_name(change.parent), result.reason});
    probe_at_ = now + probe_pause;
    put_off_others(change, "not sent: " + result.reason);
  } else if (probe_at_) {
    probe_at_.reset();
    log(LogEvent::parent_answers, {shown_name(change.parent)});
  }
}

// Who asks why a change does not go on shall find the reason at the change itself.
void Dispatcher::put_off_others(const Change& tried, const std::string& reason) {
  for (const Change& change : ledger_.open_changes()) {
    if (change.id == tried.id || change.taken_at) continue;
    note(keeper::put_off(change, reason, clock_.now()));
  }
}

// Where nobody answered last time, one change is sent to see whether somebody is there again; the
// others keep the place that they have.
std::vector<Change> Dispatcher::take_due() {
  const Time now = clock_.now();
  std::vector<Change> due;
  if (probe_at_ && now < *probe_at_) return due;
  const std::size_t count_max = probe_at_ ? 1 : pace_left(now);
  std::size_t first_left = breakers_.first_ds_left(now);
  for (const Change& change : ledger_.open_changes()) {
    if (due.size() == count_max) break;
    // First DS are paced, not tripped (design.md, "The breaker"); a repetition takes no new place.
    const bool takes_place = change.request == Request::bootstrap && change.attempts == 0;
    if (takes_place && first_left == 0) continue;
    if (!is_due(change, now) || !may_leave(change)) continue;
    due.push_back(change);
    if (takes_place) --first_left;
  }
  return due;
}

bool Dispatcher::is_due(const Change& change, Time now) const {
  if (!is_not_taken_yet(change)) return false;
  return probe_at_ || now >= keeper::next_sending_at(change);
}

// What may not leave as it is, is looked at again first; what a breaker stops waits for a person.
bool Dispatcher::may_leave(const Change& change) {
  if (breakers_.find_stop(change) != nullptr) return false;
  if (!keeper::needs_judging_again(change, clock_.now()) && is_still_decided(change)) return true;
  const std::optional<Case> value = ledger_.find_case(change.child);
  if (!value || clock_.now() - value->at >= judging_pause) ask_to_judge(change.child);
  return false;
}

// The case must still say what the change rests on, and the parent too.
bool Dispatcher::is_still_decided(const Change& change) const {
  const std::optional<Case> value = ledger_.find_case(change.child);
  if (!keeper::is_still_decided(value, change)) return false;
  const std::optional<Delegation> delegation = view_.find(change.child);
  if (!delegation || delegation->hosts() != change.hosts) return false;
  if (change.name_servers && !keeper::is_before(change, *delegation)) return false;
  if (delegation->ds != change.before && delegation->ds != change.after) return false;
  const Delegation known = keeper::with_known_facts(value, *delegation);
  const auto find_bars = change.name_servers ? keeper::find_csync_bars : keeper::find_bars;
  return find_bars(value->suspension, known, *work_.policy).empty();
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
