// Where looks are proved and judged: beside the event loop, on as many threads as there are cores.
//
// Verifying is the dearest thing that is done for a child, and it needs nothing but the look. Each
// thread has a Verifier of its own, and all share what they found. The threads begin when there is
// work for them. Who gives work waits for it, so that no more of it can pile up than children are
// under way; and each goes on where it was, so that the order of things is that of one thread.
//
// run() and here() are for the executor's thread. Must go before the executor's context does, and
// before what the work refers to.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "dns/signature.h"
#include "dns/verified_signatures.h"

namespace dskeeper::cli {

class Proving {
 public:
  using Work = std::function<void(dns::Verifier&)>;

  // One thread is none: all is done on the executor's then.
  Proving(const boost::asio::any_io_executor& executor,
          std::shared_ptr<dns::VerifiedSignatures> known, unsigned threads_max = cores());
  Proving(const Proving&) = delete;
  Proving& operator=(const Proving&) = delete;
  // Waits for the work that has begun; coroutines that wait for theirs are destroyed.
  ~Proving();

  [[nodiscard]] static unsigned cores();

  // For what has nothing to verify: to change the thread would cost more than to do it.
  [[nodiscard]] dns::Verifier& here();
  // Does the work on one of the threads. What it throws is thrown here.
  [[nodiscard]] boost::asio::awaitable<void> run(Work work);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace dskeeper::cli
