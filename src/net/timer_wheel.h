// Deadlines by the ten thousand, on one timer.
//
// A hashed wheel with coarse ticks: arming and disarming cost a few instructions, while a timer of
// the event loop for each question was measured to cost several times as much as the question.
// Entries fire up to one tick late, never early. Knows no event loop: loop.h drives it. Not
// thread-safe.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dskeeper::net {

using Moment = std::chrono::steady_clock::time_point;

class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds tick{10};

  // Something with a deadline. Destroying it disarms it.
  class Entry : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    virtual ~Entry() {
      if (wheel_ != nullptr) wheel_->disarm(*this);
    }
    [[nodiscard]] bool is_armed() const { return wheel_ != nullptr; }

   private:
    friend class TimerWheel;
    // May arm and disarm any entry, this one included.
    virtual void expired() = 0;

    TimerWheel* wheel_ = nullptr;
    std::uint64_t due_ = 0;  // in ticks
  };

  explicit TimerWheel(Moment start) : start_(start) {}
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  // An entry that is armed already gets the new deadline.
  void arm(Entry& entry, Moment due);
  void disarm(Entry& entry);
  [[nodiscard]] bool is_empty() const { return armed_ == 0; }
  // Fires whatever is due.
  void advance(Moment now);

 private:
  static constexpr std::size_t slot_count = 1024;  // 10 s; longer deadlines go round again
  using List = boost::intrusive::list<Entry, boost::intrusive::constant_time_size<false>>;

  [[nodiscard]] List& slot(std::uint64_t at) { return slots_[at % slot_count]; }
  void fire(List& due, std::uint64_t now);

  Moment start_;
  std::uint64_t now_ = 0;  // ticks since start_ that have been dealt with
  std::size_t armed_ = 0;
  std::array<List, slot_count> slots_;
};

}  // namespace dskeeper::net
