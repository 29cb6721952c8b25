// Where delegations come from: a zone file, a transfer, a list.
//
// A source is read whole into a Snapshot, or not at all: an incomplete one must never look like
// vanished delegations.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/result.h"
#include "parent/snapshot.h"

namespace dskeeper::parent {

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::shared_ptr<const Snapshot>>> read() = 0;
  // Would reading it now give something else than this earlier reading of it? Cheap enough to be
  // asked before each sending: one question for the SOA, or a look at the files' times. Fails where
  // nobody can tell.
  [[nodiscard]] virtual boost::asio::awaitable<Result<bool>> has_changed(
      const Snapshot& snapshot) = 0;
};

}  // namespace dskeeper::parent
