// Where changes go: DNS UPDATE, a zone file, a command; and asking the parent whether they stand.
//
// Sending may be repeated at any time: each sink is safe to repeat, by prerequisites or by the
// change's stable id.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/change.h"
#include "model/sending.h"
#include "parent/source.h"

namespace dskeeper::parent {

// What comes of sending and of asking is read by the keeper too, which does not know this room.
using dskeeper::SendStatus;
using dskeeper::Standing;

struct SendResult {
  SendStatus status = SendStatus::unknown;
  std::string reason;         // one sentence, where it was not taken
  bool concerns_all = false;  // every other change would fare the same now: nobody is there
};

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // Whether one call takes all changes that are due, since it writes the whole zone anyway. Else
  // they are given one at a time, each checked right before it leaves.
  [[nodiscard]] virtual bool writes_whole_zone() const { return false; }

  // One result for each change, in order. `snapshot` is the source as it was last read.
  [[nodiscard]] virtual boost::asio::awaitable<std::vector<SendResult>> send(
      std::span<const Change> changes, const Snapshot& snapshot) = 0;

  // Makes what holds the whole zone follow the source, with no change of ours. Fails where it stays
  // as it was.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> follow(const Snapshot& /*snapshot*/) {
    co_return Result<void>();
  }
};

// Asks the parent's servers for what a change is about, the DS set or the name servers (`confirm`
// in the configuration). Without servers, the source's next reading confirms.
class Confirmation {
 public:
  Confirmation() = default;
  Confirmation(const Confirmation&) = delete;
  Confirmation& operator=(const Confirmation&) = delete;
  virtual ~Confirmation() = default;
  [[nodiscard]] virtual boost::asio::awaitable<Standing> ask(const Change& change) = 0;
};

}  // namespace dskeeper::parent
