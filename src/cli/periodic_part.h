// A part of `serve` that does the same again and again, and whose trouble ends nothing: it is said
// once, and tried again.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/interruptible.h"
#include "cli/part.h"

namespace dskeeper::cli {

class PeriodicPart : public Part {
 public:
  explicit PeriodicPart(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  [[nodiscard]] boost::asio::awaitable<Result<void>> run() final;
  void stop() final;

 protected:
  // May be ended at any co_await.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> turn() = 0;
  // Until the next turn.
  [[nodiscard]] virtual Duration pause(bool has_failed) const = 0;
  // What failed; each time that it is something else.
  virtual void report(const std::string& trouble) = 0;

 private:
  [[nodiscard]] boost::asio::awaitable<std::string> trouble_of_turn();
  [[nodiscard]] boost::asio::awaitable<void> rest(Duration duration);

  boost::asio::steady_timer timer_;
  Interruptible work_;
  std::string trouble_;  // of the last turn; empty where there was none
};

}  // namespace dskeeper::cli
