// The service: keeps one parent zone for as long as the process runs.
//
// Five things side by side, on one thread: timed passes; looks at children whose hold, retry or
// change is due; looks that somebody asked for; the dispatcher's rounds; and counting what was
// read. They share the view of
// the parent zone and the ledger, so that none acts on what another one knows better. A pass over a
// large zone takes hours, and nothing waits for it.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <set>

#include "base/result.h"
#include "base/time.h"
#include "cli/agent_reports.h"
#include "cli/census.h"
#include "cli/dispatcher.h"
#include "cli/extra_work.h"
#include "cli/kept_parent.h"
#include "cli/notice_journal.h"
#include "cli/parent_state.h"
#include "cli/part.h"
#include "cli/pass.h"
#include "cli/proving.h"
#include "cli/signature_memory.h"
#include "cli/wanted_looks.h"
#include "cli/workplace.h"
#include "store/store.h"

namespace dskeeper::cli {

// After looks that did not count, since the trouble was our own.
inline constexpr Duration void_looks_pause = std::chrono::minutes(1);

class Service final : public Part, public KeptParent {
 public:
  Service(Workplace& workplace, ParentWork& work, store::Store& store, Proving& proving,
          SignatureMemory& signatures, Duration interval, const Clock& clock);

  // The caller holds the parent's lease. Fails where it cannot begin; what goes wrong later is
  // logged, and tried again.
  [[nodiscard]] boost::asio::awaitable<Result<void>> run() override;
  void stop() override;

  [[nodiscard]] const Policy& policy() const { return *work_.policy; }
  [[nodiscard]] const dns::Name& zone() const override { return work_.settings->zone; }
  [[nodiscard]] std::shared_ptr<const parent::Snapshot> snapshot() const override;
  bool want_look(const dns::Name& child, Channel channel) override;
  [[nodiscard]] bool has_room_for(Channel channel) const override {
    return wanted_.has_room_for(channel);
  }
  [[nodiscard]] std::size_t looks_waiting() const override { return wanted_.size(); }
  [[nodiscard]] boost::asio::awaitable<bool> look_at_notified(const Notice& notice) override;

 private:
  // What runs side by side, each with its own rest in between.
  enum Loop : std::size_t { passes, looks, wanted, sending, counting, loop_count };

  boost::asio::awaitable<void> run_loop(Loop loop);
  boost::asio::awaitable<void> turn(Loop loop);
  boost::asio::awaitable<void> timed_pass();
  boost::asio::awaitable<void> due_looks();
  boost::asio::awaitable<void> wanted_looks();
  boost::asio::awaitable<bool> is_ready_to_look();
  boost::asio::awaitable<bool> look_in_full(const std::vector<dns::Name>& children,
                                            Channel channel);
  [[nodiscard]] std::shared_ptr<ExtraWork> notified_work();
  boost::asio::awaitable<void> send_round();
  boost::asio::awaitable<void> count_zone();
  boost::asio::awaitable<Result<PassSummary>> pass(const std::vector<std::size_t>& children,
                                                   PassOptions options);
  [[nodiscard]] bool is_clock_right();
  bool is_store_writable();
  void note_store(const Result<void>& done);
  void note_void(const std::string& reason);
  boost::asio::awaitable<bool> read_source();
  boost::asio::awaitable<bool> refresh_source();
  boost::asio::awaitable<void> rest(Loop loop);
  void note_progress(const Pass& pass);
  void note_reading(const Result<void>& read);
  boost::asio::awaitable<void> save_signatures();
  void note_pass(Time started, const PassSummary& summary);
  void log_journal_head();

  ParentWork& work_;
  store::Store& store_;
  const Duration interval_;
  const Clock& clock_;
  Proving& proving_;
  SignatureMemory& signatures_;
  boost::asio::any_io_executor executor_;
  std::unique_ptr<ParentState> state_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::vector<dns::Name> look_at_;  // beside what is due; kept until it can be done
  WantedLooks wanted_;
  NoticeJournal notice_journal_;
  CensusTaker census_;
  std::optional<AgentReports> agent_reports_;  // where NOTIFY is received
  std::shared_ptr<ExtraWork> notified_work_;   // of all looks by NOTIFY in the hour that began then
  Time notified_work_began_;
  std::array<boost::asio::steady_timer, loop_count> timers_;
  Time next_pass_;
  unsigned failed_starts_ = 0;  // of passes, in a row
  std::string source_trouble_;  // what was logged last of it; empty where it can be read
  std::string noted_revision_;  // whose warnings were logged
  Time no_looks_before_;        // after looks that were void
  std::string void_reason_;     // what was logged last of it
  std::string store_trouble_;   // likewise; empty where it works
  std::size_t passes_ = 0;
  std::uint64_t journal_head_ = 0;  // the number of the entry that was logged last
  std::set<Pass*> under_way_;
  bool is_stopped_ = false;
};

}  // namespace dskeeper::cli
