#include "net/loop.h"

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <vector>

#include "base/check.h"

namespace dskeeper::net {
namespace {

constexpr int events_per_wake_max = 256;

std::uint64_t pack(Loop::WatchId id) {
  return std::uint64_t{id.generation} << 32U | std::uint64_t{id.slot};
}

}  // namespace

struct Loop::State : std::enable_shared_from_this<Loop::State> {
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 1;
  };
  using Tasks = boost::intrusive::list<Task, boost::intrusive::constant_time_size<false>>;

  explicit State(const boost::asio::any_io_executor& its_executor)
      : executor(its_executor),
        poller(its_executor, epoll_create1(EPOLL_CLOEXEC)),
        timer(its_executor),
        wheel(std::chrono::steady_clock::now()) {}

  void wait_for_events() {
    poller.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (error || self->is_closed) return;
                        self->dispatch();
                        self->wait_for_events();
                      });
  }

  void dispatch() {
    std::array<epoll_event, events_per_wake_max> events;
    const int count = epoll_wait(poller.native_handle(), events.data(), events_per_wake_max, 0);
    for (int at = 0; at < count; ++at) {
      const epoll_event& event = events[static_cast<std::size_t>(at)];
      const auto slot = static_cast<std::uint32_t>(event.data.u64 & 0xFFFFFFFFU);
      const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32U);
      const Slot& watched = slots[slot];
      if (watched.generation != generation || watched.watcher == nullptr) continue;
      watched.watcher->ready(event.events);
    }
  }

  void tick() {
    is_ticking = true;
    timer.expires_after(TimerWheel::tick);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      self->is_ticking = false;
      if (error || self->is_closed) return;
      self->wheel.advance(std::chrono::steady_clock::now());
      if (!self->wheel.is_empty() && !self->is_ticking) self->tick();
    });
  }

  void post_tasks() {
    is_posted = true;
    boost::asio::post(executor, [self = shared_from_this()] {
      self->is_posted = false;
      if (self->is_closed) return;
      // What these tasks defer in turn has its go after the events that have come meanwhile.
      Tasks due;
      due.swap(self->tasks);
      while (!due.empty()) {
        Task& task = due.front();
        due.pop_front();
        task.run();
      }
    });
  }

  boost::asio::any_io_executor executor;
  boost::asio::posix::stream_descriptor poller;
  boost::asio::steady_timer timer;
  TimerWheel wheel;
  std::vector<Slot> slots;
  std::vector<std::uint32_t> free_slots;
  Tasks tasks;
  bool is_ticking = false;
  bool is_posted = false;
  bool is_closed = false;
};

Loop::Loop(const boost::asio::any_io_executor& executor)
    : state_(std::make_shared<State>(executor)) {
  state_->wait_for_events();
}

Loop::~Loop() {
  close();
}

Moment Loop::now() const {
  return std::chrono::steady_clock::now();
}

Loop::WatchId Loop::watch(int socket, std::uint32_t events, Watcher& watcher) {
  if (state_->free_slots.empty()) {
    state_->free_slots.push_back(static_cast<std::uint32_t>(state_->slots.size()));
    state_->slots.emplace_back();
  }
  const std::uint32_t slot = state_->free_slots.back();
  state_->free_slots.pop_back();
  state_->slots[slot].watcher = &watcher;
  const WatchId id{slot, state_->slots[slot].generation};
  epoll_event event{};
  event.events = events;
  event.data.u64 = pack(id);
  CHECK(epoll_ctl(state_->poller.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0);
  return id;
}

void Loop::change(WatchId id, int socket, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = pack(id);
  CHECK(epoll_ctl(state_->poller.native_handle(), EPOLL_CTL_MOD, socket, &event) == 0);
}

void Loop::unwatch(WatchId id, int socket) {
  if (id.generation == 0) return;
  State::Slot& slot = state_->slots[id.slot];
  CHECK(slot.generation == id.generation);
  slot.watcher = nullptr;
  if (++slot.generation == 0) slot.generation = 1;
  state_->free_slots.push_back(id.slot);
  if (state_->poller.is_open()) {
    epoll_ctl(state_->poller.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
  }
}

void Loop::arm(TimerWheel::Entry& entry, Moment::duration after) {
  // An empty wheel stands still; it must know the time before it counts from it.
  if (state_->wheel.is_empty()) state_->wheel.advance(now());
  state_->wheel.arm(entry, now() + after);
  if (!state_->is_ticking && !state_->is_closed) state_->tick();
}

void Loop::disarm(TimerWheel::Entry& entry) {
  state_->wheel.disarm(entry);
}

void Loop::defer(Task& task) {
  if (task.is_linked() || state_->is_closed) return;
  state_->tasks.push_back(task);
  if (!state_->is_posted) state_->post_tasks();
}

void Loop::close() {
  if (state_->is_closed) return;
  state_->is_closed = true;
  state_->tasks.clear();
  state_->timer.cancel();
  state_->poller.close();
}

}  // namespace dskeeper::net
