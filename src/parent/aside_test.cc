#include "parent/aside.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

namespace dskeeper::parent {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> work_aside(std::atomic<bool>& is_done, int& result) {
  std::function<int()> work = [&is_done] {
    is_done = true;
    return 7;
  };
  result = co_await run_aside<int>(std::move(work));
}

// The work has ended, and the loop does not know yet: nothing is left there to be cancelled.
TEST(RunAside, ACancellationInItsLastMomentDoesNoHarm) {
  for (int i = 0; i < 2000; ++i) {
    asio::io_context io;
    asio::cancellation_signal stop;
    std::atomic<bool> is_done = false;
    int result = 0;
    asio::co_spawn(io, work_aside(is_done, result),
                   asio::bind_cancellation_slot(stop.slot(), asio::detached));
    io.poll();
    while (!is_done) std::this_thread::yield();
    for (int turn = 0; turn < i % 20; ++turn) std::this_thread::yield();
    stop.emit(asio::cancellation_type::terminal);
    io.run();
    EXPECT_EQ(result, 7);
  }
}

}  // namespace
}  // namespace dskeeper::parent
