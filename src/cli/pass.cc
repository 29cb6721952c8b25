#include "cli/pass.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cli/operator_numbers.h"
#include "cli/record.h"
#include "keeper/advance.h"
#include "keeper/continuity.h"
#include "keeper/csync.h"
#include "keeper/events.h"
#include "keeper/watermark.h"
#include "rules/judge.h"
#include "rules/prove.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Commits are grouped: whichever of the two comes first.
constexpr std::size_t batch_max = 1000;
constexpr Duration batch_age_max = std::chrono::seconds(1);
// How long a stretch of a pass is that is void or counts as a whole.
constexpr Duration stretch_length = std::chrono::seconds(60);
// A delegation that changes faster than it can be looked at is left to the next pass.
constexpr int looks_at_once_max = 3;

// Looks of one pass share no id, and a later pass has later ones.
LookId make_look_id(Time now) {
  return LookId{static_cast<std::uint64_t>(now.time_since_epoch().count())};
}

// Is this what the look was about?
bool is_same_to_ask(const Delegation& standing, const Delegation& looked_at) {
  return standing.ds == looked_at.ds && standing.name_servers == looked_at.name_servers &&
         standing.lent == looked_at.lent;
}

survey::LookCost cost_of(const std::vector<Survey>& surveys) {
  survey::LookCost cost;
  for (const Survey& survey : surveys) {
    cost.took += survey.ended_at - survey.started_at;
    cost.waited += survey.waited;
  }
  return cost;
}

std::uint64_t questions_of(const std::vector<Survey>& surveys) {
  const auto was_asked = [](const Answer& answer) {
    return answer.status != AnswerStatus::not_asked && answer.status != AnswerStatus::not_permitted;
  };
  std::ptrdiff_t questions = 0;
  for (const Survey& survey : surveys) {
    questions += std::count_if(survey.answers.begin(), survey.answers.end(), was_asked);
    questions += std::ranges::count_if(survey.csync.new_answers, was_asked);
    questions += std::ranges::count_if(survey.csync.answers, was_asked, &CsyncAnswer::answer);
  }
  return static_cast<std::uint64_t>(questions);
}

// All servers that this child has are set aside.
bool is_nobody_asked(const std::vector<Survey>& surveys) {
  const auto is_without = [](const Survey& survey) {
    return !survey.answers.empty() &&
           std::all_of(survey.answers.begin(), survey.answers.end(), [](const Answer& answer) {
             return answer.status == AnswerStatus::not_asked;
           });
  };
  return std::all_of(surveys.begin(), surveys.end(), is_without);
}

// What is known of it besides; nothing where there is no case, so that nothing need be copied.
std::optional<Delegation> add_known(const std::optional<Case>& before,
                                    const Delegation& delegation) {
  if (!before) return std::nullopt;
  return keeper::with_known_facts(before, delegation);
}

bool may_be_our_silence(const Verdict& verdict) {
  return !verdict.silent.empty() || verdict.ruling == Ruling::incomplete;
}

}  // namespace

std::string put_off_text(const PassSummary& summary) {
  return fmt::format(
      "{} children are left to the next pass, since to verify their signatures would cost more "
      "than "
      "a pass may",
      summary.put_off);
}

Pass::Pass(ParentState& state, Proving& proving, const Clock& clock, PassOptions options)
    : policy_(*state.work().policy),
      surveyors_(state.work().all_surveyors()),
      proving_(proving),
      view_(state.view()),
      ledger_(state.ledger()),
      state_(state),
      clock_(clock),
      options_(std::move(options)),
      snapshot_(state.view().snapshot()),
      own_extra_work_(snapshot_->size()),
      extra_work_(options_.extra_work ? *options_.extra_work : own_extra_work_),
      stretch_began_(clock.now()),
      last_commit_(clock.now()) {}

Pass::Round::Round(const asio::any_io_executor& its_executor,
                   const std::vector<std::size_t>& indices, const parent::Snapshot& snapshot,
                   std::size_t places)
    : executor(its_executor),
      children(indices),
      turns(operator_numbers(snapshot, indices), places),
      all_done(its_executor, asio::steady_timer::time_point::max()) {}

asio::awaitable<Result<PassSummary>> Pass::run(const std::vector<std::size_t>& children) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  progress_ = {.parent = snapshot_->zone(),
               .started_at = clock_.now(),
               .at = clock_.now(),
               .total = children.size(),
               .outcomes = {}};
  Round round(executor, children, *snapshot_, options_.in_flight_max);
  begin_all(round);
  boost::system::error_code cancelled;  // which is how the last worker says that it is done
  if (round.workers > 0) {
    co_await round.all_done.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (round.thrown) std::rethrow_exception(round.thrown);
  end_stretch();
  if (!failure_) commit();
  if (failure_) co_return tl::unexpected(*failure_);
  co_return summary_;
}

PassProgress Pass::progress() const {
  PassProgress progress = progress_;
  progress.at = clock_.now();
  progress.outcomes = summary_.outcomes;
  return progress;
}

std::optional<survey::Turn> Pass::next_turn(Round& round) const {
  if (failure_ || is_stopped_ || round.thrown) return std::nullopt;
  return round.turns.next();
}

void Pass::begin_all(Round& round) {
  while (const auto turn = next_turn(round)) {
    ++round.workers;
    asio::co_spawn(round.executor, work(round, *turn), [&](const std::exception_ptr& exception) {
      if (exception) round.thrown = exception;
      if (--round.workers == 0) round.all_done.cancel();
    });
  }
}

// One child after the other, for as long as there is a turn for this worker.
asio::awaitable<void> Pass::work(Round& round, survey::Turn turn) {
  std::optional<survey::Turn> current = turn;
  while (current) {
    const LookEnd end = co_await take_turn(round.children[current->child], current->is_last);
    if (end.kind != LookEnd::Kind::postponed) ++progress_.done;
    if (end.kind == LookEnd::Kind::postponed) {
      round.turns.postpone(*current);
    } else if (end.kind == LookEnd::Kind::none) {
      round.turns.end(*current);
    } else {
      round.turns.end(*current, end.cost);
    }
    if (clock_.now() - stretch_began_ >= stretch_length) end_stretch();
    current = next_turn(round);
    if (current) begin_all(round);  // the end of a look may give room to several
  }
}

asio::awaitable<Pass::LookEnd> Pass::take_turn(std::size_t index, bool is_last) {
  const dns::Name child = snapshot_->child(index);
  if (is_spared(child) || !ledger_.begin_look(child)) co_return LookEnd();
  const LookEnd end = co_await look_and_record(index, is_last);
  if (end.kind != LookEnd::Kind::deferred) ledger_.end_look(child);
  co_return end;
}

// The parent may be read again while the child is looked at. What was looked at must still be the
// delegation when it is decided upon: else another look is made.
asio::awaitable<Pass::LookEnd> Pass::look_and_record(std::size_t index, bool is_last) {
  using Kind = LookEnd::Kind;
  LookEnd end;
  for (int i = 0; i < looks_at_once_max; ++i) {
    const std::shared_ptr<const parent::Snapshot> seen = view_.snapshot();
    const std::optional<Delegation> delegation = view_.find_again(*snapshot_, index);
    if (!delegation) break;
    LookResult result = co_await look(*delegation, index + options_.rotation);
    if (is_stopped_) break;
    end.cost = cost_of(result.surveys);
    progress_.questions += questions_of(result.surveys);
    if (!is_last && is_nobody_asked(result.surveys)) {
      end.kind = Kind::postponed;
      break;
    }
    if (result.is_put_off) {
      ++summary_.put_off;
      break;
    }
    for (const Survey& survey : result.surveys) health_.note(survey);
    if (may_be_our_silence(result.verdict)) {
      deferred_.push_back({index, *delegation, std::move(result)});
      end.kind = Kind::deferred;
      break;
    }
    if (view_.snapshot() == seen) {
      record(*delegation, std::move(result));
      end.kind = Kind::recorded;
      break;
    }
    const std::optional<Delegation> standing = view_.find_again(*snapshot_, index);
    if (!standing) break;
    if (is_same_to_ask(*standing, *delegation)) {
      record(*standing, std::move(result));
      end.kind = Kind::recorded;
      break;
    }
  }
  co_return end;
}

// design.md, "Our own outage is not the children's": where too many addresses were silent, the
// looks that met silence are dropped. One in which everybody answered did not suffer from it.
// Judged is a stretch of the pass at a time: an outage of ten minutes would be lost in a pass of
// hours.
void Pass::end_stretch() {
  // Of one child that a stranger has named it says nothing: he may have many silent servers, and
  // would void the looks at everybody else's.
  const std::optional<std::string> fault =
      options_.channel == Channel::notify ? std::nullopt : health_.find_fault();
  if (fault && !deferred_.empty()) {
    summary_.void_looks += deferred_.size();
    summary_.void_reason = *fault;
  }
  for (Deferred& deferred : deferred_) {
    ledger_.end_look(deferred.delegation.child);
    const std::optional<Delegation> standing = view_.find_again(*snapshot_, deferred.index);
    const bool counts = !fault && !is_stopped_ && standing;
    if (counts && is_same_to_ask(*standing, deferred.delegation)) {
      record(*standing, std::move(deferred.result));
    }
  }
  deferred_.clear();
  health_ = {};
  stretch_began_ = clock_.now();
}

asio::awaitable<LookResult> Pass::look(const Delegation& delegation, std::size_t first) {
  LookResult result;
  const LookId id = make_look_id(clock_.now());
  const survey::Depth depth = depth_of(delegation);
  const survey::Depth full =
      options_.channel == Channel::notify ? survey::Depth::notified : survey::Depth::full;
  const std::optional<Case> before = ledger_.find_case(delegation.child);
  // Once a day a record that was followed is asked about whole, like one that nobody knows of.
  const std::vector<SeenSerials>* standing =
      depth == survey::Depth::timed ? keeper::standing_serials(before, delegation) : nullptr;
  for (survey::Surveyor* surveyor : surveyors_) {
    // Once one vantage point has seen that something is asked, the others look in full.
    const survey::Depth own = result.surveys.empty() ? depth : full;
    Survey survey = co_await surveyor->look(delegation, own, id, first, standing);
    const bool is_over = survey.stopped_early;
    result.surveys.push_back(std::move(survey));
    if (is_over) break;
  }
  co_await judge(delegation, result);
  co_return result;
}

asio::awaitable<void> Pass::judge(const Delegation& delegation, LookResult& result) {
  const Time now = clock_.now();
  const std::optional<Delegation> told = add_known(ledger_.find_case(delegation.child), delegation);
  const Delegation& known = told ? *told : delegation;
  const Proving::Work work = [&](dns::Verifier& verifier) {
    dns::VerificationBudget budget = extra_work_.budget();
    std::vector<rules::Proved> proved;
    for (const Survey& survey : result.surveys) {
      proved.push_back(rules::prove(survey, delegation, verifier, budget, now));
    }
    result.verdict = rules::judge(known, proved, policy_, now);
    result.is_put_off = extra_work_.take(budget);
  };
  // A look that ended early has seen no keys, and has nothing to verify.
  const bool is_short = result.surveys.size() == 1 && result.surveys.front().stopped_early;
  if (is_short) {
    work(proving_.here());
  } else {
    co_await proving_.run(work);
  }
}

// The case from before. A secure child at rest has none, but a replay watermark with its entry of
// the roll: then as if it had one that says no more than that.
Result<std::optional<Case>> Pass::recall(const Delegation& standing, const Verdict& verdict) const {
  std::optional<Case> known = ledger_.find_case(standing.child);
  if (known || !verdict.whole || !standing.is_secure()) return known;
  const Result<Inceptions> watermark = ledger_.find_watermark(standing.parent, standing.child);
  if (!watermark) return tl::unexpected(watermark.error());
  if (*watermark == Inceptions{}) return known;
  return std::optional(keeper::case_at_rest(standing, policy_, *watermark));
}

void Pass::record(const Delegation& standing, LookResult result) {
  const Result<std::optional<Case>> recalled = recall(standing, result.verdict);
  if (!recalled) {
    failure_ = recalled.error();
    return;
  }
  const std::optional<Case>& before = *recalled;
  const std::optional<Delegation> told = add_known(before, standing);
  const Delegation& delegation = told ? *told : standing;
  const std::optional<Change> open_change = ledger_.open_change(delegation.child);
  const auto vantages = static_cast<unsigned>(surveyors_.size());
  const Time now = result.verdict.at;
  keeper::Step step =
      keeper::advance(before, delegation, result.verdict, open_change, policy_, vantages, now);
  note_notified(step, before);
  ++summary_.children;
  ++summary_.outcomes[std::string(to_text(step.next.outcome))];
  if (step.queue) ++summary_.changes_queued;
  store::Batch batch;
  if (!options_.is_dry_run) {
    add_record(step,
               {result.surveys, result.verdict, delegation, before, open_change, policy_, vantages,
                now, options_.channel},
               ledger_.shelf(), batch);
    tell_of_notice(step, result.surveys.front().started_at);
    if (options_.agent_reports != nullptr) options_.agent_reports->tell(step, delegation, now);
  }
  meet_breakers(step, batch);
  if (options_.on_look) {
    result.after = step.next;
    options_.on_look(delegation, result);
  }
  if (options_.is_dry_run) return;

  write(std::move(step), before ? before->watermark : Inceptions{}, std::move(batch));
  if (ledger_.uncommitted() >= batch_max || now - last_commit_ >= batch_age_max) commit();
}

// `known` is the watermark from before; the batch has the step's evidence already.
void Pass::write(keeper::Step step, const Inceptions& known, store::Batch batch) {
  const bool has_case = ledger_.has_case(step.next.child);
  const bool is_worth_a_case =
      has_case ? step.is_worth_storing : keeper::is_worth_storing(std::nullopt, step.next);
  if (is_worth_a_case) {
    batch.cases.push_back(std::move(step.next));
  } else if (has_case) {
    ledger_.remember(step.next);
  } else if (step.next.watermark != known) {
    batch.watermarks.push_back({step.next.parent, step.next.child, step.next.watermark});
  }
  batch.changes = std::move(step.changes);
  std::move(batch.events.begin(), batch.events.end(), std::back_inserter(step.events));
  batch.events = std::move(step.events);
  ledger_.apply(std::move(batch));
}

// A dry run counts for no breaker, but is told of the one that a change of its own would wait for.
void Pass::meet_breakers(keeper::Step& step, store::Batch& batch) {
  if (!step.queue) return;
  if (!options_.is_dry_run) state_.take_queued(*step.queue, batch);
  const Breaker* stop = state_.breakers().find_stop(*step.queue);
  if (stop != nullptr) step.next = keeper::with_breaker(std::move(step.next), stop);
}

void Pass::commit() {
  last_commit_ = clock_.now();
  if (options_.is_dry_run) return;
  const Result<void> done = ledger_.commit();
  if (!done) failure_ = done.error();
}

}  // namespace dskeeper::cli
