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
#include "parent/source.h"

namespace dskeeper::parent {

enum class SendStatus {
  taken,         // the parent accepted it, or already had it
  not_as_judged, // the delegation is no longer what the change was judged on; judge again
  later,         // not now; send again
  unknown,       // no answer: it may or may not have been applied; send again or ask
  failed,        // it will never be accepted as it is; the reason says why
};

struct SendResult {
  SendStatus status = SendStatus::unknown;
  std::string reason;  // one sentence, where it was not taken
};

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // One result for each change, in order. `snapshot` is the source as it was last read.
  [[nodiscard]] virtual boost::asio::awaitable<std::vector<SendResult>> send(
      std::span<const Change> changes, const Snapshot& snapshot) = 0;
};

enum class Standing {
  stands,     // every server that was asked has the new set
  not_yet,    // some server still has the old set, or did not answer
  otherwise,  // a server has a set that is neither the old nor the new
};

// Asks the parent's servers for the DS set of a child (`confirm` in the configuration). Without
// servers, the source's next reading confirms.
class Confirmation {
 public:
  Confirmation() = default;
  Confirmation(const Confirmation&) = delete;
  Confirmation& operator=(const Confirmation&) = delete;
  virtual ~Confirmation() = default;
  [[nodiscard]] virtual boost::asio::awaitable<Standing> ask(const Change& change) = 0;
};

}  // namespace dskeeper::parent
