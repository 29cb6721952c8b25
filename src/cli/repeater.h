// Calls a function again and again, beside whatever else runs, for as long as it lives.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "base/time.h"

namespace dskeeper::cli {

class Repeater {
 public:
  // For the first time after one interval.
  Repeater(const boost::asio::any_io_executor& executor, Duration interval,
           std::function<void()> call);
  Repeater(const Repeater&) = delete;
  Repeater& operator=(const Repeater&) = delete;
  ~Repeater();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the timer's handler, which may come late
};

}  // namespace dskeeper::cli
