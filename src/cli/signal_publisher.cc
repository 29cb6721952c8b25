#include "cli/signal_publisher.h"

#include <algorithm>
#include <utility>

#include "cli/log.h"
#include "cli/signal_run.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// After one that failed.
constexpr Duration pause_after_failure = std::chrono::minutes(1);
// Of an operator with a million zones that cannot be signalled for, the log says so much; the
// command says all.
constexpr std::size_t remarks_said_max = 20;

}  // namespace

SignalPublisher::SignalPublisher(SignalTask task, Workplace& workplace, const Clock& clock)
    : PeriodicPart(workplace.executor()),
      task_(std::move(task)),
      workplace_(workplace),
      clock_(clock) {}

asio::awaitable<Result<void>> SignalPublisher::turn() {
  SignalRun run(task_, &workplace_.resolver(), clock_);
  Result<child::SignalPlan> plan = co_await run.plan();
  if (!plan) co_return pass_on(std::move(plan));
  note(*plan);
  Result<void> done = co_await run.bring_about(*plan);
  if (done && changed_rrsets(*plan) > 0) log(LogEvent::signals_published, {signal_summary(*plan)});
  co_return done;
}

void SignalPublisher::note(const child::SignalPlan& plan) {
  std::set<std::string> remarks;
  std::size_t said = 0;
  for (const child::Remark& remark : plan.remarks) {
    std::string text = remark.text();
    if (!remarks_.contains(text) && said++ < remarks_said_max) {
      log(LogEvent::signal_remark, {text});
    }
    remarks.insert(std::move(text));
  }
  if (said > remarks_said_max) {
    log(LogEvent::signal_remark,
        {std::to_string(said - remarks_said_max) +
         " more zones cannot be signalled for; `dskeeper signal --check` names them"});
  }
  remarks_ = std::move(remarks);
}

Duration SignalPublisher::pause(bool has_failed) const {
  const Duration interval = *task_.settings.interval;
  return has_failed ? std::min(interval, pause_after_failure) : interval;
}

void SignalPublisher::report(const std::string& trouble) {
  log(LogEvent::signals_not_published, {trouble});
}

}  // namespace dskeeper::cli
