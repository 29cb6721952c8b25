// The parent zone as it was last read, and reading it again.
//
// Passes, due looks and sending share one view, so that none of them decides on an older state than
// another one knows. One reading at a time, and one question whether it is due: who comes while one
// is under way waits for it. One thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "base/result.h"
#include "base/time.h"
#include "cli/workplace.h"
#include "parent/source.h"

namespace dskeeper::cli {

class ParentView {
 public:
  enum class Verdict : std::uint8_t {
    takes_effect,
    is_behind,  // nothing wrong with it, but the last one is newer and stays
  };
  // Each reading has to pass the gate before it takes effect.
  using Gate = std::function<Result<Verdict>(const std::shared_ptr<const parent::Snapshot>&)>;
  ParentView(ParentWork& work, const boost::asio::any_io_executor& executor, const Clock& clock,
             Gate gate);

  // Null before the first reading. Who holds it may go on with it while a newer one comes.
  [[nodiscard]] const std::shared_ptr<const parent::Snapshot>& snapshot() const {
    return snapshot_;
  }
  // The delegation as it was last read; nothing where the parent no longer has it.
  [[nodiscard]] std::optional<Delegation> find(const dns::Name& child) const;

  // The child that an older snapshot has at this place, as it was last read.
  [[nodiscard]] std::optional<Delegation> find_again(const parent::Snapshot& older,
                                                     std::size_t index) const;

  // Reads the source whole. Where that fails, or the gate refuses, the last snapshot stays.
  [[nodiscard]] boost::asio::awaitable<Result<void>> read();
  // Reads it where it has changed since. Asks for that at most once a second, and more rarely while
  // it fails or gives what is older.
  [[nodiscard]] boost::asio::awaitable<Result<void>> refresh();
  // Ends a reading that is under way, and lets none begin: they fail from now on.
  void stop();

 private:
  boost::asio::awaitable<Result<bool>> is_due(const parent::Snapshot& known);
  template <typename T>
  boost::asio::awaitable<Result<T>> until_stopped(boost::asio::awaitable<Result<T>> reading);
  void take(std::shared_ptr<const parent::Snapshot> reading);
  void note(Result<void> result, bool is_in_vain);

  ParentWork& work_;
  const Clock& clock_;
  Gate gate_;
  std::shared_ptr<const parent::Snapshot> snapshot_;
  bool is_refreshing_ = false;
  bool is_reading_ = false;
  bool is_stopped_ = false;
  std::set<boost::asio::cancellation_signal*> stops_;  // one for each call of the source
  Result<void> last_result_;  // of reading, or of asking whether it has changed
  std::uint64_t noted_ = 0;   // results so far
  unsigned vain_ = 0;         // in a row
  Time ask_again_at_;         // for refresh()
  // Never expire: cancelled when a reading, or asking for one, has ended.
  boost::asio::steady_timer reading_ended_;
  boost::asio::steady_timer refresh_ended_;
};

}  // namespace dskeeper::cli
