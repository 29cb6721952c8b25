// `dskeeper serve`: the daemon. Signals: SIGINT and SIGTERM end it, SIGHUP rereads the
// configuration.
#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <optional>

#include "cli/commands.h"
#include "cli/log.h"
#include "cli/service.h"
#include "cli/typed_name.h"
#include "cli/workplace.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Runs the services of one configuration until it is to end or another one takes its place.
class Daemon {
 public:
  explicit Daemon(const Configuration& configuration)
      : configuration_(configuration), signals_(context_, SIGINT, SIGTERM, SIGHUP) {}

  // The configuration to go on with, or nothing to end.
  Result<std::optional<Configuration>> run(store::Store& store) {
    auto workplace = Workplace::make(context_.get_executor(), configuration_, clock_);
    if (!workplace) return pass_on(std::move(workplace));
    workplace_ = workplace->get();
    for (ParentWork& work : workplace_->parents()) {
      services_.push_back(std::make_unique<Service>(*workplace_, work, store,
                                                    configuration_.scan.interval, clock_));
      log(LogEvent::started,
          {DSKEEPER_VERSION, shown_name(work.settings->zone), work.settings->policy});
    }
    for (const auto& service : services_) {
      ++running_;
      asio::co_spawn(context_, serve(*service), rethrow);
    }
    wait_for_signal();
    context_.run();
    if (failure_) return tl::unexpected(*failure_);
    return std::move(next_);
  }

 private:
  static void rethrow(const std::exception_ptr& exception) {
    if (exception) std::rethrow_exception(exception);
  }

  asio::awaitable<void> serve(Service& service) {
    const Result<void> done = co_await service.run();
    if (!done) {
      failure_ = done.error();
      stop();
    }
    if (--running_ > 0) co_return;
    signals_.cancel();
    co_await workplace_->close();
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP && !reread()) {
        wait_for_signal();
        return;
      }
      if (signal != SIGHUP) log(LogEvent::stopping);
      stop();
    });
  }

  // Whether there is a new configuration to go on with.
  bool reread() {
    auto read = load_configuration(configuration_.file);
    if (!read) {
      log(LogEvent::configuration_kept, {read.error().faults.front().text()});
      return false;
    }
    next_ = *std::move(read);
    return true;
  }

  void stop() {
    for (const auto& service : services_) service->stop();
    // What is under way counts for nothing now; waiting for its time-outs would help nobody.
    asio::co_spawn(context_, workplace_->close(), rethrow);
  }

  const Configuration& configuration_;
  SystemClock clock_;
  asio::io_context context_;
  asio::signal_set signals_;
  Workplace* workplace_ = nullptr;
  std::vector<std::unique_ptr<Service>> services_;
  std::size_t running_ = 0;
  std::optional<Configuration> next_;
  std::optional<Error> failure_;
};

}  // namespace

int run_serve(const Configuration& configuration) {
  std::optional<Configuration> current = configuration;
  while (current) {
    for (const std::string& warning : current->warnings) log(LogEvent::warning, {warning});
    auto store = store::open_store(current->store.url, store::Access::read_write);
    if (!store) return could_not(store.error());
    auto next = Daemon(*current).run(**store);
    if (!next) return could_not(next.error());
    if (*next) log(LogEvent::configuration_reloaded);
    current = *std::move(next);
  }
  log(LogEvent::stopped);
  return exit_done;
}

}  // namespace dskeeper::cli
