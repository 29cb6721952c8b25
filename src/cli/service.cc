#include "cli/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cli/log.h"
#include "cli/record.h"
#include "cli/repeater.h"
#include "cli/selection.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// How often the store hears how far a pass is.
constexpr Duration report_interval = std::chrono::seconds(5);
// Between two looks at what is due; holds, retries and changes are kept to it.
constexpr Duration tick = std::chrono::milliseconds(500);
// After a pass in which looks did not count, since the trouble was our own.
constexpr Duration pass_pause_after_void = std::chrono::minutes(5);
// A pass that cannot begin is tried again after this, then after twice as long, and so on.
constexpr Duration start_pause_min = std::chrono::seconds(1);
constexpr unsigned start_doublings_max = 8;

Duration pause_after(unsigned failed_starts, Duration interval) {
  const unsigned doublings = std::min(failed_starts, start_doublings_max);
  return std::min(start_pause_min * (1U << doublings), interval);
}

// Also where the pass ends by an exception, nobody may call it afterwards.
class PassUnderWay {
 public:
  PassUnderWay(std::set<Pass*>& all, Pass& pass) : all_(all), pass_(pass) { all_.insert(&pass_); }
  PassUnderWay(const PassUnderWay&) = delete;
  PassUnderWay& operator=(const PassUnderWay&) = delete;
  ~PassUnderWay() { all_.erase(&pass_); }

 private:
  std::set<Pass*>& all_;
  Pass& pass_;
};

std::string summary_text(const PassSummary& summary) {
  std::string text = fmt::format("{} delegations", summary.children);
  for (const auto& [outcome, count] : summary.outcomes) {
    text += fmt::format(", {} {}", count, outcome);
  }
  if (summary.void_looks > 0) {
    text += fmt::format(", {} looks that do not count", summary.void_looks);
  }
  return text + fmt::format(", {} changes queued", summary.changes_queued);
}

}  // namespace

Service::Service(Workplace& workplace, ParentWork& work, store::Store& store, Proving& proving,
                 SignatureMemory& signatures, Duration interval, const Clock& clock)
    : work_(work),
      store_(store),
      interval_(interval),
      clock_(clock),
      proving_(proving),
      signatures_(signatures),
      executor_(workplace.executor()),
      census_(store, proving, clock),
      timers_{asio::steady_timer(workplace.executor()), asio::steady_timer(workplace.executor()),
              asio::steady_timer(workplace.executor()), asio::steady_timer(workplace.executor()),
              asio::steady_timer(workplace.executor())},
      next_pass_(clock.now()) {
  if (workplace.report_channel() != nullptr) agent_reports_.emplace(*workplace.report_channel());
}

asio::awaitable<Result<void>> Service::run() {
  auto state = ParentState::load(work_, &store_, executor_, clock_);
  if (!state) co_return tl::unexpected(state.error());
  state_ = *std::move(state);
  dispatcher_ = std::make_unique<Dispatcher>(*state_, clock_);

  asio::steady_timer all_ended(executor_, asio::steady_timer::time_point::max());
  std::exception_ptr thrown;
  std::size_t running = loop_count;
  for (const Loop loop : {passes, looks, wanted, sending, counting}) {
    asio::co_spawn(executor_, run_loop(loop), [&](const std::exception_ptr& exception) {
      if (exception) {
        thrown = exception;
        stop();
      }
      if (--running == 0) all_ended.cancel();
    });
  }
  boost::system::error_code cancelled;  // which is how the last loop says that it has ended
  co_await all_ended.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (thrown) std::rethrow_exception(thrown);
  note_store(state_->ledger().commit());
  co_return Result<void>();
}

void Service::stop() {
  is_stopped_ = true;
  for (Pass* pass : under_way_) pass->stop();
  if (state_ != nullptr) state_->view().stop();
  if (dispatcher_ != nullptr) dispatcher_->stop();
  for (asio::steady_timer& timer : timers_) timer.cancel();
}

asio::awaitable<void> Service::run_loop(Loop loop) {
  while (!is_stopped_) {
    co_await turn(loop);
    if (!is_stopped_) co_await rest(loop);
  }
}

asio::awaitable<void> Service::turn(Loop loop) {
  switch (loop) {
    case passes:
      if (clock_.now() >= next_pass_) co_await timed_pass();
      break;
    case looks:
      if (state_->view().snapshot() != nullptr) co_await due_looks();
      break;
    case wanted:
      if (state_->view().snapshot() != nullptr) co_await wanted_looks();
      break;
    case sending:
      if (state_->view().snapshot() != nullptr) co_await send_round();
      break;
    case counting:
      if (state_->view().snapshot() != nullptr) co_await count_zone();
      break;
    case loop_count:
      break;
  }
}

asio::awaitable<void> Service::timed_pass() {
  const Time started = clock_.now();
  const bool is_read = co_await read_source();
  if (is_stopped_) co_return;
  if (!is_read || !is_store_writable() || !is_clock_right()) {
    next_pass_ = started + pause_after(++failed_starts_, interval_);
    co_return;
  }
  next_pass_ = started + interval_;
  ++passes_;
  const std::shared_ptr<const parent::Snapshot> snapshot = state_->view().snapshot();
  const std::string zone = shown_name(snapshot->zone());
  log(LogEvent::pass_started, {std::to_string(snapshot->size()), zone, snapshot->revision()});
  const Result<std::optional<Time>> last_pass = state_->last_pass();
  if (!last_pass) log(LogEvent::store_failed, {last_pass.error().text()});
  PassOptions options;
  // What was acknowledged may have been lost with the process before this one.
  options.spares_notified = passes_ > 1;
  options.deep_since = last_pass.value_or(std::nullopt).value_or(started - interval_);
  const std::vector<std::size_t> children = all_children(*snapshot);
  const auto summary = co_await pass(children, std::move(options));
  if (is_stopped_) co_return;
  if (!summary) {
    next_pass_ = clock_.now() + pause_after(++failed_starts_, interval_);
    co_return;
  }
  failed_starts_ = 0;
  if (summary->void_looks > 0) next_pass_ = started + std::min(interval_, pass_pause_after_void);
  log(LogEvent::pass_ended, {zone, summary_text(*summary)});
  if (summary->put_off > 0) log(LogEvent::warning, {zone + ": " + put_off_text(*summary)});
  note_pass(started, *summary);
  co_await save_signatures();
}

// Of a large zone they are half a gigabyte: not on this thread. Services take turns.
asio::awaitable<void> Service::save_signatures() {
  Result<void> saved;
  const Proving::Work work = [&](dns::Verifier&) { saved = signatures_.save(); };
  co_await proving_.run(work);
  if (!saved) log(LogEvent::warning, {saved.error().text()});
}

asio::awaitable<void> Service::send_round() {
  // While nothing can be written nothing leaves, and what would have to be written does not grow.
  if (!is_store_writable()) co_return;
  const Result<void> obeyed = state_->obey_acts();
  note_store(obeyed);
  if (!obeyed) co_return;
  co_await dispatcher_->confirm_sent();
  // design.md, "Fresh before sent": nothing leaves on a state of the parent that is past.
  bool is_fresh = true;
  if (dispatcher_->has_something_to_send()) is_fresh = co_await refresh_source();
  if (is_fresh && !is_stopped_) {
    // It logs by itself what is in the way, and changes wait for the same reason.
    [[maybe_unused]] const Result<void> followed = co_await dispatcher_->follow_source();
    const Result<void> sent = co_await dispatcher_->send_due();
    note_store(sent);
  }
  if (is_store_writable()) log_journal_head();
}

asio::awaitable<void> Service::count_zone() {
  std::shared_ptr<const parent::Snapshot> reading = state_->view().snapshot();
  const Result<void> counted = co_await census_.take_if_due(std::move(reading));
  if (!counted) note_store(counted);
}

// What could not be written last time comes first.
bool Service::is_store_writable() {
  const Result<void> written = state_->ledger().commit();
  note_store(written);
  return written.has_value();
}

// Said once for each trouble, not at every try.
void Service::note_store(const Result<void>& done) {
  const std::string trouble = done ? std::string() : done.error().text();
  if (!trouble.empty() && trouble != store_trouble_) log(LogEvent::store_failed, {trouble});
  store_trouble_ = trouble;
}

asio::awaitable<Result<PassSummary>> Service::pass(const std::vector<std::size_t>& children,
                                                   PassOptions options) {
  options.rotation = passes_;
  options.agent_reports = agent_reports_ ? &*agent_reports_ : nullptr;
  const Channel channel = options.channel;
  const bool is_timed = channel == Channel::scan;
  Pass current(*state_, proving_, clock_, std::move(options));
  const PassUnderWay entry(under_way_, current);
  std::optional<Repeater> reports;
  if (is_timed) reports.emplace(executor_, report_interval, [&] { note_progress(current); });
  auto summary = co_await current.run(children);
  reports.reset();
  if (is_timed) note_store(store_.clear_progress(work_.settings->zone));
  if (!summary) {
    log(LogEvent::pass_failed, {shown_name(work_.settings->zone), summary.error().text()});
  } else if (summary->void_looks > 0) {
    note_void(summary->void_reason);
    no_looks_before_ = clock_.now() + void_looks_pause;
  } else if (channel != Channel::notify) {
    void_reason_.clear();
  }
  co_return summary;
}

// design.md, "Our own outage is not the children's".
bool Service::is_clock_right() {
  const auto fault = state_->find_clock_fault();
  if (!fault) {
    note_store(tl::unexpected(fault.error()));
    return false;
  }
  if (*fault) note_void(**fault);
  return !*fault;
}

// Said once for each reason, not at every try.
void Service::note_void(const std::string& reason) {
  if (reason != void_reason_) {
    log(LogEvent::pass_void, {shown_name(work_.settings->zone), reason});
  }
  void_reason_ = reason;
}

asio::awaitable<bool> Service::read_source() {
  const Result<void> read = co_await state_->view().read();
  note_reading(read);
  co_return read.has_value();
}

asio::awaitable<bool> Service::refresh_source() {
  const Result<void> read = co_await state_->view().refresh();
  note_reading(read);
  co_return read.has_value();
}

void Service::note_progress(const Pass& pass) {
  note_store(store_.record_progress(pass.progress()));
}

// Said once, not at every try.
void Service::note_reading(const Result<void>& read) {
  if (is_stopped_) return;
  const std::string trouble = read ? std::string() : read.error().text();
  if (!trouble.empty() && trouble != source_trouble_) {
    log(LogEvent::source_unreadable, {shown_name(work_.settings->zone), trouble});
  }
  source_trouble_ = trouble;
  if (!read) return;
  const parent::Snapshot& snapshot = *state_->view().snapshot();
  if (snapshot.revision() == noted_revision_) return;
  noted_revision_ = snapshot.revision();
  if (!snapshot.reading().empty()) {
    log(LogEvent::source_read,
        {shown_name(work_.settings->zone), snapshot.revision(), snapshot.reading()});
  }
  for (const std::string& warning : snapshot.warnings()) log(LogEvent::warning, {warning});
}

void Service::note_pass(Time started, const PassSummary& summary) {
  const Result<void> recorded =
      store_.record_pass({.parent = work_.settings->zone,
                          .started_at = started,
                          .ended_at = clock_.now(),
                          .revision = state_->view().snapshot()->revision(),
                          .children = summary.children,
                          .outcomes = summary.outcomes,
                          .is_void = summary.void_looks > 0,
                          .void_reason = summary.void_reason});
  note_store(recorded);
  const Result<void> dropped =
      drop_old_evidence(store_, work_.settings->zone, *work_.policy, clock_.now());
  note_store(dropped);
}

// design.md, "Evidence": whoever keeps the log can later tell whether the journal was cut.
void Service::log_journal_head() {
  const auto head = store_.journal_head(work_.settings->zone);
  if (!head) {
    note_store(tl::unexpected(head.error()));
    return;
  }
  if (!*head || (*head)->number == journal_head_) return;
  journal_head_ = (*head)->number;
  log(LogEvent::journal_head,
      {shown_name(work_.settings->zone), std::to_string(journal_head_), to_hex((*head)->hash)});
}

asio::awaitable<void> Service::rest(Loop loop) {
  asio::steady_timer& timer = timers_.at(loop);
  timer.expires_after(tick);
  boost::system::error_code cancelled;  // stop() ends the rest early
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace dskeeper::cli
