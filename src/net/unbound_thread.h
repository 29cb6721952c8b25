// libunbound in a thread of ours: over its event interface (unbound-event.h), since the thread of
// its own talks through pipes, at 16 system calls for each question and answer.
//
// Questions go in and answers come out in batches, each for the price of one wake-up. May be called
// from any one thread. Internal to src/net.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "dns/rrset.h"
#include "net/resolver.h"

namespace dskeeper::net {

class UnboundThread {
 public:
  struct Asked {
    std::uint64_t number = 0;
    dns::Question question;
  };
  struct Answered {
    std::uint64_t number = 0;  // that of the question
    Resolution resolution;
  };

  // Reads the files, then starts. `has_answers` is called in the thread when there are some, and
  // again only after they have been taken.
  [[nodiscard]] static Result<std::unique_ptr<UnboundThread>> start(
      const ResolverOptions& options, std::function<void()> has_answers);
  UnboundThread(const UnboundThread&) = delete;
  UnboundThread& operator=(const UnboundThread&) = delete;
  // Waits for its end. What is not answered yet never is.
  ~UnboundThread();

  void ask(std::vector<Asked> questions);
  [[nodiscard]] std::vector<Answered> take_answers();

 private:
  struct State;
  explicit UnboundThread(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace dskeeper::net
