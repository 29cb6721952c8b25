#include "cli/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cli/log.h"
#include "cli/selection.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Between two looks at what is due; holds, retries and changes are kept to it.
constexpr Duration tick = std::chrono::milliseconds(500);
// A source that cannot be read is tried again after this, then after twice as long, and so on.
constexpr Duration source_pause_min = std::chrono::seconds(1);
constexpr unsigned source_doublings_max = 8;

Duration pause_after(unsigned failed_readings, Duration interval) {
  const unsigned doublings = std::min(failed_readings, source_doublings_max);
  return std::min(source_pause_min * (1U << doublings), interval);
}

std::string summary_text(const PassSummary& summary) {
  std::string text = fmt::format("{} delegations", summary.children);
  for (const auto& [outcome, count] : summary.outcomes) {
    text += fmt::format(", {} {}", count, outcome);
  }
  return text + fmt::format(", {} changes queued", summary.changes_queued);
}

}  // namespace

Service::Service(Workplace& workplace, ParentWork& work, store::Store& store, Duration interval,
                 const Clock& clock)
    : work_(work),
      store_(store),
      interval_(interval),
      clock_(clock),
      view_(work, workplace.executor(), clock),
      timers_{asio::steady_timer(workplace.executor()), asio::steady_timer(workplace.executor()),
              asio::steady_timer(workplace.executor())},
      next_pass_(clock.now()) {}

asio::awaitable<Result<void>> Service::run() {
  auto ledger = Ledger::load(work_.settings->zone, &store_);
  if (!ledger) co_return tl::unexpected(ledger.error());
  ledger_ = std::make_unique<Ledger>(*std::move(ledger));
  dispatcher_ = std::make_unique<Dispatcher>(work_, view_, *ledger_, clock_);

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer all_ended(executor, asio::steady_timer::time_point::max());
  std::exception_ptr thrown;
  std::size_t running = loop_count;
  for (const Loop loop : {passes, looks, sending}) {
    asio::co_spawn(executor, run_loop(loop), [&](const std::exception_ptr& exception) {
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
  const Result<void> committed = ledger_->commit();
  if (!committed) log(LogEvent::store_failed, {committed.error().text()});
  co_return Result<void>();
}

void Service::stop() {
  is_stopped_ = true;
  for (Pass* pass : under_way_) pass->stop();
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
      if (view_.snapshot() != nullptr) co_await due_looks();
      break;
    case sending:
      if (view_.snapshot() != nullptr) co_await send_round();
      break;
    case loop_count:
      break;
  }
}

asio::awaitable<void> Service::timed_pass() {
  const Time started = clock_.now();
  const bool is_read = co_await read_source();
  if (is_stopped_) co_return;
  if (!is_read) {
    next_pass_ = started + pause_after(failed_readings_, interval_);
    co_return;
  }
  next_pass_ = started + interval_;
  ++passes_;
  const parent::Snapshot& snapshot = *view_.snapshot();
  const std::string zone = shown_name(snapshot.zone());
  const std::string revision = snapshot.revision();
  log(LogEvent::pass_started, {std::to_string(snapshot.size()), zone, revision});
  const std::vector<std::size_t> children = all_children(snapshot);
  const auto summary = co_await pass(children, false);
  if (!summary || is_stopped_) co_return;
  log(LogEvent::pass_ended, {zone, summary_text(*summary)});
  note_pass(started, *summary);
}

// Holds and retries that are due, and children whose change waits for a new look.
asio::awaitable<void> Service::due_looks() {
  std::vector<dns::Name> due = ledger_->due(*work_.policy, clock_.now());
  for (dns::Name& child : dispatcher_->take_to_be_judged()) {
    if (std::find(due.begin(), due.end(), child) == due.end()) due.push_back(std::move(child));
  }
  if (due.empty()) co_return;
  const bool is_fresh = co_await refresh_source();
  if (!is_fresh || is_stopped_) co_return;
  const std::vector<std::size_t> children = present_children(*view_.snapshot(), due);
  if (children.empty()) co_return;
  const auto summary = co_await pass(children, true);
  static_cast<void>(summary);  // a failure is logged already, and the children stay due
}

asio::awaitable<void> Service::send_round() {
  co_await dispatcher_->confirm_sent();
  // design.md, "Fresh before sent": nothing leaves on a state of the parent that is past.
  bool is_fresh = true;
  if (dispatcher_->has_something_to_send()) is_fresh = co_await refresh_source();
  if (is_fresh && !is_stopped_) {
    co_await dispatcher_->follow_source();
    const Result<void> sent = co_await dispatcher_->send_due();
    if (!sent) log(LogEvent::store_failed, {sent.error().text()});
  }
  const Result<void> written = ledger_->commit();
  if (!written) log(LogEvent::store_failed, {written.error().text()});
  log_journal_head();
}

asio::awaitable<Result<PassSummary>> Service::pass(const std::vector<std::size_t>& children,
                                                   bool is_full) {
  PassOptions options;
  options.is_full = is_full;
  options.channel = is_full ? Channel::due : Channel::scan;
  options.rotation = passes_;
  Pass current(*work_.policy, work_.all_surveyors(), verifier_, view_, *ledger_, clock_,
               std::move(options));
  under_way_.insert(&current);
  auto summary = co_await current.run(children);
  under_way_.erase(&current);
  if (!summary) {
    log(LogEvent::pass_failed, {shown_name(work_.settings->zone), summary.error().text()});
  }
  co_return summary;
}

asio::awaitable<bool> Service::read_source() {
  const Result<void> read = co_await view_.read();
  note_reading(read);
  failed_readings_ = read ? 0 : failed_readings_ + 1;
  co_return read.has_value();
}

asio::awaitable<bool> Service::refresh_source() {
  const Result<void> read = co_await view_.refresh();
  note_reading(read);
  co_return read.has_value();
}

// Said once, not at every try.
void Service::note_reading(const Result<void>& read) {
  const std::string trouble = read ? std::string() : read.error().text();
  if (!trouble.empty() && trouble != source_trouble_) {
    log(LogEvent::source_unreadable, {shown_name(work_.settings->zone), trouble});
  }
  source_trouble_ = trouble;
  if (!read || view_.snapshot()->revision() == noted_revision_) return;
  noted_revision_ = view_.snapshot()->revision();
  for (const std::string& warning : view_.snapshot()->warnings()) log(LogEvent::warning, {warning});
}

void Service::note_pass(Time started, const PassSummary& summary) {
  const Result<void> recorded = store_.record_pass({.parent = work_.settings->zone,
                                                    .started_at = started,
                                                    .ended_at = clock_.now(),
                                                    .revision = view_.snapshot()->revision(),
                                                    .children = summary.children,
                                                    .outcomes = summary.outcomes});
  if (!recorded) log(LogEvent::store_failed, {recorded.error().text()});
}

// design.md, "Evidence": whoever keeps the log can later tell whether the journal was cut.
void Service::log_journal_head() {
  const auto head = store_.journal_head(work_.settings->zone);
  if (!head) {
    log(LogEvent::store_failed, {head.error().text()});
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
