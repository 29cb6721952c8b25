// The dispatcher: sends what is in the outbox, and asks whether it stands, until it does.
//
// What a change becomes is decided by keeper/outbox.h; here are the order and the pace. Every state
// is in the store before it is acted on: killed at any point, the next process goes on from there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/ledger.h"
#include "cli/workplace.h"
#include "keeper/outbox.h"

namespace dskeeper::cli {

class Dispatcher {
 public:
  Dispatcher(ParentWork& work, Ledger& ledger, const Clock& clock);

  // One round: asks about what was sent, sends what is due. Fails when the store does.
  [[nodiscard]] boost::asio::awaitable<Result<void>> round(const parent::Snapshot& snapshot);

  // Rounds until nothing is on its way any more, for a few seconds at most: for `scan`, whose user
  // wants to see it done. What is not, the next scan goes on with.
  [[nodiscard]] boost::asio::awaitable<Result<void>> send_and_confirm(
      const parent::Snapshot& snapshot);

  // Children that must be looked at before their change goes on; each is named once.
  [[nodiscard]] std::vector<dns::Name> take_to_be_judged() { return std::move(to_be_judged_); }

 private:
  boost::asio::awaitable<void> confirm(const Change& change, const parent::Snapshot& snapshot);
  boost::asio::awaitable<Result<void>> send(const parent::Snapshot& snapshot);
  [[nodiscard]] std::vector<Change> sendable();
  [[nodiscard]] bool is_still_decided(const Change& change);
  [[nodiscard]] unsigned pace_left(Time now);
  void note(const keeper::Progress& progress);
  void ask_to_judge(const dns::Name& child);

  ParentWork& work_;
  Ledger& ledger_;
  const Clock& clock_;
  std::unordered_map<std::string, Time> last_asked_;  // by change id
  std::vector<dns::Name> to_be_judged_;
  Time minute_began_;
  unsigned sent_this_minute_ = 0;
};

}  // namespace dskeeper::cli
