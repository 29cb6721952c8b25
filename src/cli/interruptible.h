// Work of `serve` that may end at any time, since nothing is lost with it.
//
// Waits for sockets and timers end at once, others when they have what they waited for. One thread.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace dskeeper::cli {

class Interruptible {
 public:
  // One at a time. Nothing where it was interrupted; an exception of its own passes.
  template <typename T>
  [[nodiscard]] boost::asio::awaitable<std::optional<T>> run(boost::asio::awaitable<T> work) {
    if (is_interrupted_) co_return std::nullopt;
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    auto token = boost::asio::bind_cancellation_slot(
        signal_.slot(), boost::asio::as_tuple(boost::asio::use_awaitable));
    auto [thrown, result] =
        co_await boost::asio::co_spawn(executor, std::move(work), std::move(token));
    if (is_interrupted_) co_return std::nullopt;
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(result);
  }

  // What runs, and whatever comes later; not from inside of the work.
  void interrupt() {
    is_interrupted_ = true;
    signal_.emit(boost::asio::cancellation_type::terminal);
  }
  [[nodiscard]] bool is_interrupted() const { return is_interrupted_; }

 private:
  boost::asio::cancellation_signal signal_;
  bool is_interrupted_ = false;
};

}  // namespace dskeeper::cli
