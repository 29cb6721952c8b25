// A pass: every delegation of a parent zone once the way through the house, from survey to outbox.
//
// Thousands of children are under way at a time on one executor; what their verdicts cause is
// written in groups, each whole. A pass only queues changes: sending is the dispatcher's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "cli/agent_reports.h"
#include "cli/extra_work.h"
#include "cli/notice_journal.h"
#include "cli/parent_state.h"
#include "cli/proving.h"
#include "keeper/advance.h"
#include "keeper/outage.h"
#include "model/case.h"
#include "model/journal.h"
#include "model/notice.h"
#include "model/pass_progress.h"
#include "model/survey.h"
#include "model/verdict.h"
#include "survey/surveyor.h"
#include "survey/turns.h"

namespace dskeeper::cli {

// What one look at one child showed and led to: for `explain`, `scan --json` and the summary.
struct LookResult {
  std::vector<Survey> surveys;  // one for each vantage point
  Verdict verdict;
  Case after;
  bool is_put_off = false;  // to the next pass (extra_work.h); the verdict counts for nothing
};

struct PassOptions {
  bool is_dry_run = false;          // judges, but writes nothing
  bool is_full = false;             // named children: no look ends early
  bool spares_notified = false;     // leaves out who notifies, as the policy says
  Channel channel = Channel::scan;  // for the journal
  // When the pass before this one began: secure children are looked at in full once in the policy's
  // deep-interval. Nothing: no look is deep.
  std::optional<Time> deep_since;
  // Of a look that a NOTIFY caused: what it said, and which of it the journal shall hear; null
  // else.
  const Notice* notice = nullptr;
  NoticeJournal* notice_journal = nullptr;
  AgentReports* agent_reports = nullptr;  // null: nobody is told
  std::shared_ptr<ExtraWork> extra_work;  // shared with other passes; null: its own
  std::size_t rotation = 0;  // grows from pass to pass, so that in time each server is first
  std::size_t in_flight_max = 1000;  // children under way at a time
  std::function<void(const Delegation&, const LookResult&)> on_look;  // may be empty
};

struct PassSummary {
  std::uint64_t children = 0;
  std::map<std::string, std::uint64_t> outcomes;  // by the contract's words
  std::uint64_t changes_queued = 0;
  std::uint64_t put_off = 0;  // to the next pass, since their signatures would cost too much
  // Our own outage: these looks count for nothing, and why (design.md). Empty: all count.
  std::uint64_t void_looks = 0;
  std::string void_reason;
};

// A sentence about the children that were put off.
[[nodiscard]] std::string put_off_text(const PassSummary& summary);

class Pass {
 public:
  Pass(ParentState& state, Proving& proving, const Clock& clock, PassOptions options);

  // Looks at those children of the view's snapshot whose indices are given; at none that another
  // pass is looking at just now. Fails when the store does.
  [[nodiscard]] boost::asio::awaitable<Result<PassSummary>> run(
      const std::vector<std::size_t>& children);

  // How far run() is.
  [[nodiscard]] PassProgress progress() const;

  // Ends the pass soon: no child is begun any more, and what is under way counts for nothing.
  void stop() { is_stopped_ = true; }

 private:
  // One call of run().
  struct Round {
    Round(const boost::asio::any_io_executor& its_executor, const std::vector<std::size_t>& indices,
          const parent::Snapshot& snapshot, std::size_t places);
    boost::asio::any_io_executor executor;
    const std::vector<std::size_t>& children;
    survey::Turns turns;
    std::size_t workers = 0;
    boost::asio::steady_timer all_done;  // never expires: cancelled by the last worker
    std::exception_ptr thrown;
  };
  // What a look came to.
  struct LookEnd {
    enum class Kind : std::uint8_t {
      none,  // the child is looked at elsewhere, or its delegation is gone
      recorded,
      deferred,   // waits for the end of its stretch
      postponed,  // nobody could be asked
    };
    Kind kind = Kind::none;
    survey::LookCost cost;
  };

  void begin_all(Round& round);
  [[nodiscard]] std::optional<survey::Turn> next_turn(Round& round) const;
  boost::asio::awaitable<void> work(Round& round, survey::Turn turn);
  boost::asio::awaitable<LookEnd> take_turn(std::size_t index, bool is_last);
  boost::asio::awaitable<LookEnd> look_and_record(std::size_t index, bool is_last);
  boost::asio::awaitable<LookResult> look(const Delegation& delegation, std::size_t first);
  boost::asio::awaitable<void> judge(const Delegation& delegation, LookResult& result);
  [[nodiscard]] bool is_spared(const dns::Name& child) const;
  [[nodiscard]] bool must_be_full(const Delegation& delegation) const;
  [[nodiscard]] survey::Depth depth_of(const Delegation& delegation) const;
  void end_stretch();
  [[nodiscard]] Result<std::optional<Case>> recall(const Delegation& standing,
                                                   const Verdict& verdict) const;
  void record(const Delegation& standing, LookResult result);
  void note_notified(keeper::Step& step, const std::optional<Case>& before) const;
  void tell_of_notice(keeper::Step& step, Time looked_at);
  void meet_breakers(keeper::Step& step, store::Batch& batch);
  void write(keeper::Step step, const Inceptions& known, store::Batch batch);
  void commit();

  const Policy& policy_;
  std::vector<survey::Surveyor*> surveyors_;
  Proving& proving_;
  const ParentView& view_;
  Ledger& ledger_;
  ParentState& state_;
  const Clock& clock_;
  PassOptions options_;

  std::shared_ptr<const parent::Snapshot> snapshot_;
  ExtraWork own_extra_work_;
  ExtraWork& extra_work_;
  bool is_stopped_ = false;
  // Looks with silent servers wait until it is known whose silence it was.
  struct Deferred {
    std::size_t index = 0;
    Delegation delegation;  // as it was looked at
    LookResult result;
  };
  std::vector<Deferred> deferred_;
  keeper::PassHealth health_;  // of this stretch of the pass
  Time stretch_began_;
  Time last_commit_;
  std::optional<Error> failure_;
  PassSummary summary_;
  PassProgress progress_;
};

}  // namespace dskeeper::cli
