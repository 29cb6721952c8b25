#include "cli/service.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cli/dispatcher.h"
#include "cli/log.h"
#include "cli/selection.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Between two looks at what is due; holds, retries and changes are kept to it.
constexpr Duration tick = std::chrono::milliseconds(500);

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
      timer_(workplace.executor()),
      next_pass_(clock.now()) {}

asio::awaitable<Result<void>> Service::run() {
  const dns::Name& zone = work_.settings->zone;
  auto lease = store_.take_lease(zone);
  if (!lease) co_return tl::unexpected(lease.error());
  auto ledger = Ledger::load(zone, &store_);
  if (!ledger) co_return tl::unexpected(ledger.error());
  ledger_ = std::make_unique<Ledger>(*std::move(ledger));

  Dispatcher dispatcher(work_, *ledger_, clock_);
  while (!is_stopped_) {
    if (clock_.now() >= next_pass_) {
      co_await timed_pass();
    } else if (snapshot_ != nullptr) {
      co_await due_looks(dispatcher);
    }
    if (is_stopped_) break;
    if (snapshot_ != nullptr) {
      const Result<void> sent = co_await dispatcher.round(*snapshot_);
      if (!sent) log(LogEvent::store_failed, {sent.error().text()});
      log_journal_head();
    }
    co_await rest();
  }
  const Result<void> committed = ledger_->commit();
  if (!committed) log(LogEvent::store_failed, {committed.error().text()});
  co_return Result<void>();
}

void Service::stop() {
  is_stopped_ = true;
  if (pass_ != nullptr) pass_->stop();
  timer_.cancel();
}

asio::awaitable<void> Service::timed_pass() {
  const Time started = clock_.now();
  next_pass_ = started + interval_;
  ++passes_;
  const bool is_read = co_await read_source();
  if (!is_read || is_stopped_) co_return;
  log(LogEvent::pass_started,
      {std::to_string(snapshot_->size()), shown_name(snapshot_->zone()), snapshot_->revision()});
  const std::vector<std::size_t> children = all_children(*snapshot_);
  const auto summary = co_await pass(children, false);
  if (!summary || is_stopped_) co_return;
  log(LogEvent::pass_ended, {shown_name(snapshot_->zone()), summary_text(*summary)});
  note_pass(started, *summary);
}

// Holds and retries that are due, and children whose change waits for a new look.
asio::awaitable<void> Service::due_looks(Dispatcher& dispatcher) {
  std::vector<dns::Name> due = ledger_->due(*work_.policy, interval_, clock_.now());
  for (dns::Name& child : dispatcher.take_to_be_judged()) {
    if (std::find(due.begin(), due.end(), child) == due.end()) due.push_back(std::move(child));
  }
  const std::vector<std::size_t> children = present_children(*snapshot_, due);
  if (children.empty()) co_return;
  const auto summary = co_await pass(children, true);
  static_cast<void>(summary);  // a failure is logged already, and the children stay due
}

asio::awaitable<Result<PassSummary>> Service::pass(const std::vector<std::size_t>& children,
                                                   bool is_full) {
  PassOptions options;
  options.is_full = is_full;
  options.rotation = passes_;
  Pass current(*work_.policy, work_.all_surveyors(), verifier_, *ledger_, clock_,
               std::move(options));
  pass_ = &current;
  auto summary = co_await current.run(*snapshot_, children);
  pass_ = nullptr;
  if (!summary) {
    log(LogEvent::pass_failed, {shown_name(snapshot_->zone()), summary.error().text()});
  }
  co_return summary;
}

asio::awaitable<bool> Service::read_source() {
  auto snapshot = co_await work_.source->read();
  if (!snapshot) {
    log(LogEvent::source_unreadable, {shown_name(work_.settings->zone), snapshot.error().text()});
    co_return false;
  }
  snapshot_ = *std::move(snapshot);
  for (const std::string& warning : snapshot_->warnings()) log(LogEvent::warning, {warning});
  co_return true;
}

void Service::note_pass(Time started, const PassSummary& summary) {
  const Result<void> recorded = store_.record_pass({.parent = work_.settings->zone,
                                                    .started_at = started,
                                                    .ended_at = clock_.now(),
                                                    .revision = snapshot_->revision(),
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

asio::awaitable<void> Service::rest() {
  timer_.expires_after(tick);
  boost::system::error_code cancelled;  // stop() ends the rest early
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace dskeeper::cli
