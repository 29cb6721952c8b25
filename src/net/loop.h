// The event loop as the pools see it: readiness of sockets, deadlines, and work put off to the end
// of the batch.
//
// All sockets hang on an epoll of our own, and only that one hangs on Asio: a wake-up hands over a
// batch of events for the price of one (measured, style.md). Deadlines run on one TimerWheel.
// Single-threaded: everything happens on the executor. Must go before the io_context does.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <memory>

#include "base/time.h"
#include "net/timer_wheel.h"

namespace dskeeper::net {

class Loop {
 public:
  class Watcher {
   public:
    // `events` are those of epoll(7). May watch and unwatch any socket.
    virtual void ready(std::uint32_t events) = 0;

   protected:
    ~Watcher() = default;
  };

  // Work for the end of the batch, so that what a batch of events causes is done in one go.
  class Task : public boost::intrusive::list_base_hook<
                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    virtual void run() = 0;

   protected:
    ~Task() = default;
  };

  // Names one watching, so that an event that was reported before its end is not mistaken for
  // another socket's.
  struct WatchId {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;  // 0: none
  };

  explicit Loop(const boost::asio::any_io_executor& executor);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  [[nodiscard]] Moment now() const;

  // Level-triggered. The socket must be unwatched before it is closed.
  [[nodiscard]] WatchId watch(int socket, std::uint32_t events, Watcher& watcher);
  void change(WatchId id, int socket, std::uint32_t events);
  void unwatch(WatchId id, int socket);

  void arm(TimerWheel::Entry& entry, Moment::duration after);
  void disarm(TimerWheel::Entry& entry);

  // Runs the task once, soon; deferring it again before that changes nothing.
  void defer(Task& task);

  // No more events, deadlines or tasks; the io_context may then run out of work.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace dskeeper::net
