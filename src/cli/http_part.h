// Pages, API and metrics as a part of `serve`, on a thread of their own.
//
// It reads the store through a connection of its own, so that neither a flood of requests holds up
// the looks nor a large commit the requests. What it wants of a parent zone is posted to the thread
// that keeps it; what it tells of one was noted there a second ago at most.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/configuration.h"
#include "cli/kept_parent.h"
#include "cli/part.h"
#include "net/listening_sockets.h"
#include "web/settings.h"

namespace dskeeper::cli {

class HttpPart final : public Part {
 public:
  // What its thread is at when it shall end is bounded: the store waits ten seconds for another
  // process.
  static constexpr Duration end_time_max = std::chrono::seconds(30);

  // Fails where it cannot listen or read the store. `sockets` outlive the configuration; they, the
  // parents and `clock` must outlive the part.
  [[nodiscard]] static Result<std::unique_ptr<HttpPart>> make(
      const boost::asio::any_io_executor& executor, const Configuration& configuration,
      std::vector<KeptParent*> parents, net::ListeningSockets& sockets, const Clock& clock,
      Duration end_time = end_time_max);
  HttpPart(const HttpPart&) = delete;
  HttpPart& operator=(const HttpPart&) = delete;
  ~HttpPart() override;

  // Before run(): where it hears how the NOTIFY receiver does. Called on the parents' thread, for
  // as long as the part runs.
  using NotifyReport = std::function<web::NotifyStanding()>;
  void set_notify_report(NotifyReport report);

  // Fails where its thread has not ended `end_time` after stop().
  [[nodiscard]] boost::asio::awaitable<Result<void>> run() override;
  void stop() override;

 private:
  class KeptDesk;
  class Worker;
  HttpPart(const boost::asio::any_io_executor& executor, std::vector<KeptParent*> parents,
           Duration end_time);
  boost::asio::awaitable<bool> has_ended_in_time();

  std::shared_ptr<KeptDesk> desk_;
  std::unique_ptr<Worker> worker_;
  const Duration end_time_;
  bool is_stopped_ = false;
};

}  // namespace dskeeper::cli
