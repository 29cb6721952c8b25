// The service: keeps one parent zone for as long as the process runs.
//
// Timed passes, looks at children whose hold or retry is due, and the dispatcher's rounds in
// between, one after the other: what the pass decides the next round sends.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "cli/ledger.h"
#include "cli/pass.h"
#include "cli/workplace.h"
#include "dns/signature.h"
#include "store/store.h"

namespace dskeeper::cli {

class Dispatcher;

class Service {
 public:
  Service(Workplace& workplace, ParentWork& work, store::Store& store, Duration interval,
          const Clock& clock);

  // Takes the parent's lease and works until stop(). Fails where it cannot begin; what goes wrong
  // later is logged, and tried again.
  [[nodiscard]] boost::asio::awaitable<Result<void>> run();
  void stop();

 private:
  boost::asio::awaitable<void> timed_pass();
  boost::asio::awaitable<void> due_looks(Dispatcher& dispatcher);
  boost::asio::awaitable<Result<PassSummary>> pass(const std::vector<std::size_t>& children,
                                                   bool is_full);
  boost::asio::awaitable<bool> read_source();
  boost::asio::awaitable<void> rest();
  void note_pass(Time started, const PassSummary& summary);
  void log_journal_head();

  ParentWork& work_;
  store::Store& store_;
  const Duration interval_;
  const Clock& clock_;
  dns::Verifier verifier_;
  std::unique_ptr<Ledger> ledger_;
  std::shared_ptr<const parent::Snapshot> snapshot_;
  boost::asio::steady_timer timer_;
  Time next_pass_;
  std::size_t passes_ = 0;
  std::uint64_t journal_head_ = 0;  // the number of the entry that was logged last
  Pass* pass_ = nullptr;
  bool is_stopped_ = false;
};

}  // namespace dskeeper::cli
