// The dispatcher: sends what is in the outbox, and asks whether it stands, until it does.
//
// What a change becomes is decided by keeper/outbox.h; here are the order and the pace. Every state
// is in the store before it is acted on: killed at any point, the next process goes on from there.
// Each change is checked right before it leaves (design.md, "Fresh before sent").
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/parent_state.h"
#include "cli/workplace.h"
#include "keeper/outbox.h"

namespace dskeeper::cli {

class Dispatcher {
 public:
  Dispatcher(ParentState& state, const Clock& clock);

  // Asks about what was sent.
  [[nodiscard]] boost::asio::awaitable<void> confirm_sent();
  // Sends what is due; the view must have been read. Fails when the store does.
  [[nodiscard]] boost::asio::awaitable<Result<void>> send_due();
  [[nodiscard]] bool has_something_to_send() const;

  // Rounds until nothing is on its way any more, for a few seconds at most: for `scan`, whose user
  // wants to see it done. What is not, the next scan goes on with. Before each sending the parent
  // is to be read, the operator obeyed and the given children looked at (design.md, "Fresh before
  // sent").
  using Freshen = std::function<boost::asio::awaitable<Result<void>>(std::vector<dns::Name>)>;
  [[nodiscard]] boost::asio::awaitable<Result<void>> send_and_confirm(const Freshen& freshen);

  // Makes a sink that holds the whole zone follow the source, changes or none. Fails where it stays
  // behind; then it is tried again with the source's next reading, or in a minute.
  [[nodiscard]] boost::asio::awaitable<Result<void>> follow_source();

  // Children that must be looked at before their change goes on; each is named once.
  [[nodiscard]] std::vector<dns::Name> take_to_be_judged() {
    return std::exchange(to_be_judged_, {});
  }

  // Ends the round soon: nothing leaves any more.
  void stop() { is_stopped_ = true; }

 private:
  boost::asio::awaitable<void> confirm(const Change& change);
  boost::asio::awaitable<Result<void>> send_one_by_one(const std::vector<Change>& due);
  boost::asio::awaitable<Result<void>> send(const std::vector<Change>& due);
  [[nodiscard]] std::vector<Change> take_due();
  [[nodiscard]] bool is_due(const Change& change, Time now) const;
  [[nodiscard]] bool may_leave(const Change& change);
  [[nodiscard]] bool is_still_decided(const Change& change) const;
  [[nodiscard]] unsigned pace_left(Time now);
  void take_result(const Change& change, const parent::SendResult& result);
  void put_off_others(const Change& tried, const std::string& reason);
  void note(const keeper::Progress& progress);
  void ask_to_judge(const dns::Name& child);

  ParentState& state_;
  const ParentWork& work_;
  const ParentView& view_;
  Ledger& ledger_;
  BreakerPanel& breakers_;
  const Clock& clock_;
  std::unordered_map<std::string, Time> last_asked_;  // by change id
  std::vector<dns::Name> to_be_judged_;
  Time minute_began_;
  unsigned sent_this_minute_ = 0;
  std::optional<Time> probe_at_;  // nobody is there: one change at a time, not before this
  std::string followed_revision_;
  std::string failed_revision_;  // that the sink did not follow; tried again at …
  Time follow_again_at_;
  bool is_stopped_ = false;
};

}  // namespace dskeeper::cli
