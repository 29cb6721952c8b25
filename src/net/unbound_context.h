// libunbound behind an asynchronous call: its settings, its thread, and its results on our
// executor.
//
// Internal to src/net; resolver.h is what others use. Must go before the io_context does.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>

#include "base/result.h"
#include "dns/name.h"
#include "dns/types.h"
#include "net/resolver.h"

namespace dskeeper::net {

class UnboundContext {
 public:
  using Done = std::function<void(Resolution)>;

  // Reads the files and starts the thread. `after_results` is called after each batch of results
  // has been handed to its Done.
  [[nodiscard]] static Result<std::unique_ptr<UnboundContext>> open(
      const boost::asio::any_io_executor& executor, const ResolverOptions& options,
      std::function<void()> after_results);
  UnboundContext(const UnboundContext&) = delete;
  UnboundContext& operator=(const UnboundContext&) = delete;
  ~UnboundContext();

  // Calls `done` later, on the executor.
  void resolve(const dns::Name& name, dns::RecordType type, Done done);
  [[nodiscard]] std::size_t in_flight() const;
  // Nothing is called any more, and the io_context may run out of work.
  void close();

 private:
  struct State;
  explicit UnboundContext(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace dskeeper::net
