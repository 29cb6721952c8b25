// `dskeeper serve`: the daemon. Signals: SIGINT and SIGTERM end it, SIGHUP rereads the
// configuration.
#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>

#include "cli/commands.h"
#include "cli/dsync_part.h"
#include "cli/http_part.h"
#include "cli/log.h"
#include "cli/notify_part.h"
#include "cli/part.h"
#include "cli/proving.h"
#include "cli/service.h"
#include "cli/signal_publisher.h"
#include "cli/signal_settings.h"
#include "cli/signal_watch.h"
#include "cli/signature_memory.h"
#include "cli/typed_name.h"
#include "cli/workplace.h"
#include "http/server.h"
#include "net/listening_sockets.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// What runs under one configuration. Members end in the reverse order.
struct Generation {
  Configuration configuration;
  std::unique_ptr<Workplace> workplace;
  std::vector<std::unique_ptr<Service>> services;  // one for each parent zone
  std::vector<std::unique_ptr<Part>> others;
  const NotifyPart* receiver = nullptr;  // among them; null where no NOTIFY is received

  [[nodiscard]] std::vector<Part*> parts() const {
    std::vector<Part*> parts;
    for (const auto& service : services) parts.push_back(service.get());
    for (const auto& other : others) parts.push_back(other.get());
    return parts;
  }

  // Whose policy wants signals.
  [[nodiscard]] std::vector<KeptParent*> parents_with_signals() const {
    std::vector<KeptParent*> parents;
    for (const auto& service : services) {
      if (service->policy().offers(BootstrapMethod::authenticated)) {
        parents.push_back(service.get());
      }
    }
    return parents;
  }
};

// Runs one generation after the other. The next one is prepared whole before the one that runs is
// ended, so that a configuration that cannot work changes nothing; store and leases stay.
class Daemon {
 public:
  Daemon(store::Store& store, std::filesystem::path signatures)
      : store_(store),
        signals_(context_, SIGINT, SIGTERM, SIGHUP),
        signatures_(std::move(signatures)),
        proving_(context_.get_executor(), signatures_.known()) {}

  Result<void> run(const Configuration& configuration) {
    auto first = prepare(configuration);
    if (!first) return pass_on(std::move(first));
    current_ = *std::move(first);
    if (!signatures_.trouble().empty()) log(LogEvent::warning, {signatures_.trouble()});
    begin();
    wait_for_signal();
    run_to_end();
    const Result<void> saved = signatures_.save();
    if (!saved) log(LogEvent::warning, {saved.error().text()});
    if (failure_) return tl::unexpected(*failure_);
    return {};
  }

 private:
  // What an exception goes past is still needed by those that work beside it: each ends as it would
  // without.
  void run_to_end() {
    while (true) {
      try {
        context_.run();
        return;
      } catch (...) {
        end_with(unexpected_trouble(std::current_exception()));
      }
    }
  }

  static void rethrow(const std::exception_ptr& exception) {
    if (exception) std::rethrow_exception(exception);
  }

  Result<std::shared_ptr<Generation>> prepare(const Configuration& configuration) {
    auto made = std::make_shared<Generation>();
    made->configuration = configuration;
    auto workplace = Workplace::make(context_.get_executor(), made->configuration, clock_);
    if (!workplace) return pass_on(std::move(workplace));
    made->workplace = *std::move(workplace);
    std::map<dns::Name, std::unique_ptr<store::Lease>> taken;
    for (ParentWork& work : made->workplace->parents()) {
      const dns::Name& zone = work.settings->zone;
      if (leases_.contains(zone)) continue;
      auto lease = store_.take_lease(zone);
      if (!lease) return pass_on(std::move(lease));
      taken.emplace(zone, *std::move(lease));
    }
    for (ParentWork& work : made->workplace->parents()) {
      made->services.push_back(
          std::make_unique<Service>(*made->workplace, work, store_, proving_, signatures_,
                                    made->configuration.scan.interval, clock_));
    }
    if (auto added = add_notify_part(*made); !added) return pass_on(std::move(added));
    if (auto added = add_signal_parts(*made); !added) return pass_on(std::move(added));
    add_dsync_part(*made);
    if (auto added = add_http_part(*made); !added) return pass_on(std::move(added));
    if (made->parts().empty()) {
      return fail("there is nothing to serve", configuration.file.string(),
                  "Add a [[parent]], or an interval to [signal].");
    }
    leases_.merge(taken);
    return made;
  }

  // RFC 9859.
  Result<void> add_notify_part(Generation& generation) {
    if (!generation.configuration.notify) return {};
    std::vector<KeptParent*> parents;
    for (const auto& service : generation.services) parents.push_back(service.get());
    auto part = NotifyPart::make(context_.get_executor(), generation.configuration,
                                 std::move(parents), notify_memory_, clock_);
    if (!part) return pass_on(std::move(part));
    generation.receiver = part->get();
    generation.others.push_back(*std::move(part));
    return {};
  }

  // RFC 9615, both sides.
  Result<void> add_signal_parts(Generation& generation) {
    const Configuration& configuration = generation.configuration;
    const std::vector<KeptParent*> parents = generation.parents_with_signals();
    for (const SignalingSettings& settings : configuration.signaling) {
      if (parents.empty()) break;
      generation.others.push_back(std::make_unique<SignalWatch>(
          configuration, settings, *generation.workplace, parents, clock_));
    }
    if (!configuration.signal || !configuration.signal->interval) return {};
    auto task = make_signal_task(configuration, {});
    if (!task) return pass_on(std::move(task));
    generation.others.push_back(
        std::make_unique<SignalPublisher>(*std::move(task), *generation.workplace, clock_));
    return {};
  }

  // RFC 9859 §2, where a parent wants it.
  void add_dsync_part(Generation& generation) {
    if (!DsyncPart::is_wanted(generation.configuration)) return;
    std::vector<KeptParent*> parents;
    for (const auto& service : generation.services) parents.push_back(service.get());
    generation.others.push_back(std::make_unique<DsyncPart>(
        context_.get_executor(), generation.configuration, std::move(parents), clock_));
  }

  Result<void> add_http_part(Generation& generation) {
    if (!generation.configuration.http) return {};
    std::vector<KeptParent*> parents;
    for (const auto& service : generation.services) parents.push_back(service.get());
    auto part = HttpPart::make(context_.get_executor(), generation.configuration,
                               std::move(parents), http_sockets_, clock_);
    if (!part) return pass_on(std::move(part));
    if (const NotifyPart* const receiver = generation.receiver; receiver != nullptr) {
      (*part)->set_notify_report([receiver] { return receiver->standing(); });
    }
    generation.others.push_back(*std::move(part));
    return {};
  }

  void begin() {
    for (const std::string& warning : current_->configuration.warnings) {
      log(LogEvent::warning, {warning});
    }
    for (const ParentWork& work : current_->workplace->parents()) {
      log(LogEvent::started,
          {DSKEEPER_VERSION, shown_name(work.settings->zone), work.settings->policy});
    }
    std::erase_if(leases_, [this](const auto& lease) {
      return current_->workplace->find(lease.first) == nullptr;
    });
    asio::co_spawn(context_, serve(*current_), [this](const std::exception_ptr& exception) {
      if (exception) end_with(unexpected_trouble(exception));
      end_generation();
    });
  }

  asio::awaitable<void> serve(Generation& generation) {
    const std::vector<Part*> parts = generation.parts();
    const std::function<void()> stop_all = [this] { stop(); };
    const Result<void> done = co_await run_side_by_side(parts, stop_all);
    if (!done) end_with(done.error());
    co_await generation.workplace->close();
  }

  // The first trouble is the one that is said.
  void end_with(Error trouble) {
    if (!failure_) failure_ = std::move(trouble);
    next_.reset();
    stop();
  }

  void end_generation() {
    if (next_ == nullptr) {
      signals_.cancel();
      return;
    }
    current_ = std::move(next_);
    log(LogEvent::configuration_reloaded);
    begin();
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        reread();
      } else if (is_stopping_) {
        // Asked twice. Nothing is lost: a killed process leaves everything as it must be.
        std::_Exit(exit_could_not);
      } else {
        log(LogEvent::stopping);
        is_stopping_ = true;
        next_.reset();
        stop();
      }
      wait_for_signal();
    });
  }

  void reread() {
    if (is_stopping_) return;
    auto read = load_configuration(current_->configuration.file);
    if (!read) {
      log(LogEvent::configuration_kept, {read.error().faults.front().text()});
      return;
    }
    if (read->store.url != current_->configuration.store.url) {
      log(LogEvent::configuration_kept, {"store.url has changed, which needs a restart"});
      return;
    }
    auto prepared = prepare(*read);
    if (!prepared) {
      log(LogEvent::configuration_kept, {prepared.error().text()});
      return;
    }
    next_ = *std::move(prepared);
    stop();
  }

  void stop() {
    for (Part* const part : current_->parts()) part->stop();
    // What is under way counts for nothing now; waiting for its time-outs would help nobody.
    asio::co_spawn(context_, close(current_), rethrow);
  }

  // Signals may come faster than a generation ends: it lives until nobody is closing it any more.
  static asio::awaitable<void> close(std::shared_ptr<Generation> generation) {
    co_await generation->workplace->close();
  }

  store::Store& store_;
  SystemClock clock_;
  asio::io_context context_;
  asio::signal_set signals_;
  std::map<dns::Name, std::unique_ptr<store::Lease>> leases_;
  ReceiverMemory notify_memory_;
  net::ListeningSockets http_sockets_{http::listening_purpose};
  std::shared_ptr<Generation> current_;
  std::shared_ptr<Generation> next_;  // takes over when the current one has ended
  bool is_stopping_ = false;
  std::optional<Error> failure_;
  SignatureMemory signatures_;
  Proving proving_;  // the last one: what it works for must be there until it has ended
};

}  // namespace

int run_serve(const Configuration& configuration) {
  auto store = store::open_store(configuration.store.url, store::Access::read_write);
  if (!store) return could_not(store.error());
  const auto signatures = store::path_beside(configuration.store.url, signatures_ending);
  if (!signatures) return could_not(signatures.error());
  const Result<void> done = Daemon(**store, *signatures).run(configuration);
  if (!done) return could_not(done.error());
  log(LogEvent::stopped);
  return exit_done;
}

}  // namespace dskeeper::cli
