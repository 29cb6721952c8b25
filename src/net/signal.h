// One coroutine waits, somebody else tells it to go on. For src/net and cli/proving.
//
// The price of suspending: no timer, no post. `fire` resumes the coroutine inside the call, so it
// belongs at the end of a batch (Loop::Task). Per-operation cancellation is not supported: what is
// waited for has a deadline of its own.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

namespace dskeeper::net {

class Signal {
 public:
  // At most one coroutine at a time.
  [[nodiscard]] boost::asio::awaitable<void> wait() {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
        [this](Handler handler) { handler_.emplace(std::move(handler)); },
        boost::asio::use_awaitable);
  }

  [[nodiscard]] bool is_awaited() const { return handler_.has_value(); }

  void fire() {
    if (!handler_) return;
    // The coroutine may destroy this object.
    Handler handler = std::move(*handler_);
    handler_.reset();
    std::move(handler)();
  }

  // Destroys the coroutine that waits, and with it perhaps this object.
  void abandon() {
    if (!handler_) return;
    const Handler handler = std::move(*handler_);
    handler_.reset();
  }

 private:
  using Handler = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;
  std::optional<Handler> handler_;
};

}  // namespace dskeeper::net
