#include "cli/pass.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <algorithm>

#include "keeper/advance.h"
#include "rules/judge.h"
#include "rules/prove.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Commits are grouped: whichever of the two comes first.
constexpr std::size_t batch_max = 1000;
constexpr Duration batch_age_max = std::chrono::seconds(1);

// Looks of one pass share no id, and a later pass has later ones.
LookId make_look_id(Time now) {
  return LookId{static_cast<std::uint64_t>(now.time_since_epoch().count())};
}

}  // namespace

Pass::Pass(const Policy& policy, std::vector<survey::Surveyor*> surveyors, dns::Verifier& verifier,
           Ledger& ledger, const Clock& clock, PassOptions options)
    : policy_(policy),
      surveyors_(std::move(surveyors)),
      verifier_(verifier),
      ledger_(ledger),
      clock_(clock),
      options_(std::move(options)),
      last_commit_(clock.now()) {}

asio::awaitable<Result<PassSummary>> Pass::run(const parent::Snapshot& snapshot,
                                               const std::vector<std::size_t>& children) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  using Work = decltype(asio::co_spawn(executor, work(snapshot, children), asio::deferred));
  std::vector<Work> workers;
  const std::size_t count = std::min(options_.in_flight_max, children.size());
  for (std::size_t i = 0; i < count; ++i) {
    workers.push_back(asio::co_spawn(executor, work(snapshot, children), asio::deferred));
  }
  if (!workers.empty()) {
    auto group = asio::experimental::make_parallel_group(std::move(workers));
    co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  }
  if (!failure_) commit();
  if (failure_) co_return tl::unexpected(*failure_);
  co_return summary_;
}

asio::awaitable<void> Pass::work(const parent::Snapshot& snapshot,
                                 const std::vector<std::size_t>& children) {
  while (next_ < children.size() && !failure_ && !is_stopped_) {
    const std::size_t index = children[next_++];
    const Delegation& delegation = snapshot.at(index);
    LookResult result = co_await look(delegation, index);
    if (is_stopped_) co_return;
    record(delegation, std::move(result));
  }
}

// design.md: only a timed look at a child without an open request may stop early.
bool Pass::must_be_full(const dns::Name& child) const {
  if (options_.is_full || ledger_.open_change(child)) return true;
  const std::optional<Case> before = ledger_.find_case(child);
  return before && before->request != Request::none;
}

asio::awaitable<LookResult> Pass::look(const Delegation& delegation, std::size_t first) {
  LookResult result;
  const LookId id = make_look_id(clock_.now());
  const survey::Depth depth =
      must_be_full(delegation.child) ? survey::Depth::full : survey::Depth::timed;
  for (survey::Surveyor* surveyor : surveyors_) {
    // Once one vantage point has seen that something is asked, the others look in full.
    const survey::Depth own = result.surveys.empty() ? depth : survey::Depth::full;
    Survey survey = co_await surveyor->look(delegation, own, id, first);
    const bool is_over = survey.stopped_early;
    result.surveys.push_back(std::move(survey));
    if (is_over) break;
  }
  const Time now = clock_.now();
  std::vector<rules::Proved> proved;
  for (const Survey& survey : result.surveys) {
    proved.push_back(rules::prove(survey, delegation, verifier_, now));
  }
  result.verdict = rules::judge(delegation, proved, policy_, now);
  co_return result;
}

void Pass::record(const Delegation& delegation, LookResult result) {
  const Time now = clock_.now();
  keeper::Step step =
      keeper::advance(ledger_.find_case(delegation.child), delegation, result.verdict,
                      ledger_.open_change(delegation.child), policy_,
                      static_cast<unsigned>(surveyors_.size()), now);
  ++summary_.children;
  ++summary_.outcomes[std::string(to_text(step.next.outcome))];
  if (step.queue) ++summary_.changes_queued;
  if (options_.on_look) {
    result.after = step.next;
    options_.on_look(delegation, result);
  }
  if (options_.is_dry_run) return;

  store::Batch batch;
  if (step.is_worth_storing) batch.cases.push_back(std::move(step.next));
  batch.changes = std::move(step.changes);
  batch.events = std::move(step.events);
  ledger_.apply(std::move(batch));
  if (ledger_.uncommitted() >= batch_max || now - last_commit_ >= batch_age_max) commit();
}

void Pass::commit() {
  last_commit_ = clock_.now();
  if (options_.is_dry_run) return;
  const Result<void> done = ledger_.commit();
  if (!done) failure_ = done.error();
}

}  // namespace dskeeper::cli
