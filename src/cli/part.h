// One of the things that `serve` does side by side under one configuration: keeping a parent zone,
// listening for NOTIFY, reading signaling zones.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <vector>

#include "base/result.h"

namespace dskeeper::cli {

class Part {
 public:
  Part() = default;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  virtual ~Part() = default;

  // Works until stop(). An error ends `serve`; what can be tried again is logged and tried again.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> run() = 0;
  // run() then ends soon. At any time, also more than once.
  virtual void stop() = 0;
};

// Runs them to the end of the last one. Where one fails or throws, `stop_all` is called, once, and
// the others end as they always do; the first trouble is the result. No exception passes while
// another part still works on what it would destroy.
[[nodiscard]] boost::asio::awaitable<Result<void>> run_side_by_side(std::vector<Part*> parts,
                                                                    std::function<void()> stop_all);

// An exception as the error that it is for `serve`.
[[nodiscard]] Error unexpected_trouble(const std::exception_ptr& exception);

}  // namespace dskeeper::cli
