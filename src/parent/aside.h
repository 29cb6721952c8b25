// Blocking work (large files, fsync) on a thread of its own, so that the io thread goes on.
//
// For src/parent, and where src/cli writes files. What the work refers to must outlive it: await it
// where it was started.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <utility>

namespace dskeeper::parent {

template <typename T>
boost::asio::awaitable<T> call(std::function<T()> work) {
  co_return work();
}

template <typename T>
[[nodiscard]] boost::asio::awaitable<T> run_aside(std::function<T()> work) {
  boost::asio::thread_pool pool(1);
  boost::asio::awaitable<T> called = call<T>(std::move(work));
  // What blocks cannot be cancelled. And Asio 1.81 would hand a cancellation over to the pool's
  // thread, which may be done with the coroutine that it is meant for, and have freed it.
  auto token = boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(),
                                                   boost::asio::use_awaitable);
  T result = co_await boost::asio::co_spawn(pool, std::move(called), std::move(token));
  co_return result;
}

}  // namespace dskeeper::parent
