// `dskeeper signal`: the child's side of RFC 9615, from cron or by hand.
#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include "child/signal_zone.h"
#include "cli/commands.h"
#include "cli/optional_configuration.h"
#include "cli/shown_text.h"
#include "cli/signal_run.h"
#include "cli/signal_settings.h"
#include "cli/workplace.h"
#include "net/resolver.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

void rethrow(const std::exception_ptr& exception) {
  if (exception) std::rethrow_exception(exception);
}

void print(const char* what, const dns::Rrset& rrset) {
  fmt::print("{} {} {}\n", what, rrset.owner.text(), dns::to_text(rrset.type));
}

// What stands otherwise, as lines that say what would be done.
int report(const child::SignalPlan& plan) {
  bool is_right = true;
  for (const child::HostPlan& host : plan.hosts) {
    is_right = is_right && host.is_as_it_should_be();
    for (const dns::Rrset& rrset : host.remove) print("remove", rrset);
    for (const dns::Rrset& rrset : host.put) print("put", rrset);
  }
  fmt::print(stderr, "{}\n", signal_summary(plan));
  return is_right && plan.counts.unread == 0 ? exit_done : exit_could_not;
}

class SignalCommandRun {
 public:
  SignalCommandRun(const Configuration& configuration, SignalTask task)
      : configuration_(configuration), task_(std::move(task)) {}

  // The exit status.
  Result<int> run_all() {
    asio::io_context context;
    std::unique_ptr<net::Resolver> resolver;
    if (task_.settings.remove_secured) {
      auto made = net::Resolver::create(context.get_executor(), resolver_options(configuration_));
      if (!made) return pass_on(std::move(made));
      resolver = *std::move(made);
    }
    Result<int> status = exit_could_not;
    asio::co_spawn(context, work_and_close(resolver.get(), status), rethrow);
    context.run();
    return status;
  }

 private:
  asio::awaitable<void> work_and_close(net::Resolver* resolver, Result<int>& status) {
    status = co_await work(resolver);
    if (resolver != nullptr) co_await resolver->close();
  }

  asio::awaitable<Result<int>> work(net::Resolver* resolver) {
    SignalRun run(task_, resolver, clock_);
    Result<child::SignalPlan> plan = co_await run.plan();
    if (!plan) co_return pass_on(std::move(plan));
    for (const child::Remark& remark : plan->remarks) {
      fmt::print(stderr, "{}\n", shown_text(remark.text()));
    }
    if (task_.check) co_return report(*plan);
    if (task_.settings.directory.empty() && !task_.settings.update) {
      for (const child::HostPlan& host : plan->hosts) {
        fmt::print("{}", child::signal_records_text(host.signals));
      }
    } else {
      Result<void> done = co_await run.bring_about(*plan);
      if (!done) co_return pass_on(std::move(done));
    }
    fmt::print(stderr, "{}\n", signal_summary(*plan));
    co_return plan->counts.unread == 0 ? exit_done : exit_could_not;
  }

  const Configuration& configuration_;
  SignalTask task_;
  SystemClock clock_;
};

}  // namespace

int run_signal(const std::string& configuration_file, const SignalCommand& command) {
  const auto configuration = load_optional_configuration(configuration_file);
  if (!configuration) {
    for (const Error& fault : configuration.error().faults) could_not(fault);
    return exit_usage;
  }
  auto task = make_signal_task(*configuration, command);
  if (!task) return wrong_use(task.error());
  const Result<int> status = SignalCommandRun(*configuration, *std::move(task)).run_all();
  return status ? *status : could_not(status.error());
}

}  // namespace dskeeper::cli
