// `dskeeper notify NAME`: the child's side of RFC 9859, by hand or as a hook of a signer.
//
// Finds out where the parent takes NOTIFY (§4.1), waits until every public server of the child
// shows the records that it is about (§4.2), and sends one message until it is answered.
#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "child/parent_side.h"
#include "child/published.h"
#include "cli/commands.h"
#include "cli/notify_memory.h"
#include "cli/notify_report.h"
#include "cli/optional_configuration.h"
#include "cli/sender_settings.h"
#include "cli/shown_text.h"
#include "cli/workplace.h"
#include "model/report_agent.h"
#include "net/address_permit.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Between two looks at the public servers: first, and at most.
constexpr Duration look_pause_min = std::chrono::milliseconds(250);
constexpr Duration look_pause_max = std::chrono::seconds(10);

void rethrow(const std::exception_ptr& exception) {
  if (exception) std::rethrow_exception(exception);
}

class NotifyRun {
 public:
  NotifyRun(const Configuration& configuration, NotifyTask task)
      : configuration_(configuration),
        task_(std::move(task)),
        memory_(task_.settings.memory, task_.child, task_.type) {
    report_.child = task_.child;
    report_.type = task_.type;
  }

  // The exit status.
  Result<int> run() {
    asio::io_context context;
    auto resolver = net::Resolver::create(context.get_executor(), resolver_options(configuration_));
    if (!resolver) return pass_on(std::move(resolver));
    resolver_ = resolver->get();
    net::DnsClient client(context.get_executor(),
                          client_options(configuration_, configuration_.vantages.front()));
    client_ = &client;
    Result<void> done;
    asio::co_spawn(context, work(done), rethrow);
    context.run();
    if (!done) {
      report_.outcome = "not-sent";
      report_.reason = done.error().text();
    }
    if (task_.json) fmt::print("{}\n", to_json(report_));
    if (!done) return pass_on(std::move(done));
    const bool is_well = report_.outcome == "acknowledged" || report_.outcome == "not-needed";
    return is_well ? exit_done : exit_could_not;
  }

 private:
  asio::awaitable<void> work(Result<void>& done) {
    done = co_await steps();
    co_await client_->close();
    co_await resolver_->close();
  }

  asio::awaitable<Result<void>> steps() {
    Result<void> found = co_await find_target();
    if (!found) co_return found;
    const std::vector<Endpoint> to = co_await target_endpoints();
    if (to.empty()) {
      co_return fail(
          fmt::format("{} has no address that may be asked", report_.target->target.text()), {},
          "That is the parent's to mend (RFC 9859 §2.1).");
    }
    co_await look_at_parent_side();
    Result<child::Records> shown = co_await wait_for_servers();
    if (!shown) co_return pass_on(std::move(shown));
    if (task_.force || is_needed(*shown)) co_await send(to);
    if (report_.outcome == "acknowledged" || report_.outcome == "not-needed") remember(*shown);
    co_return Result<void>();
  }

  bool is_needed(const child::Records& shown) {
    const bool asks_for_nothing =
        std::ranges::all_of(shown, [](const auto& set) { return set.second.empty(); });
    if (!asks_for_nothing && !memory_.knows(shown)) return true;
    report_.outcome = "not-needed";
    report_.reason =
        asks_for_nothing
            ? fmt::format("the zone has no {}, so that there is nothing to look at", types_text())
            : "the parent was notified of these records before";
    say(fmt::format("Nothing is sent: {}.", report_.reason));
    return false;
  }
  // What was sent was sent, also where that cannot be remembered.
  void remember(const child::Records& shown) {
    const Result<void> kept = memory_.remember(shown);
    if (kept) return;
    remark(fmt::format("{}; the same records will be notified of again", kept.error().text()));
  }
  [[nodiscard]] const char* types_text() const {
    return task_.type == dns::RecordType::csync ? "CSYNC" : "CDS and CDNSKEY";
  }

  asio::awaitable<Result<void>> find_target() {
    Result<child::Discovery> discovery = co_await child::discover_dsync(*resolver_, task_.child);
    if (!discovery) co_return pass_on(std::move(discovery));
    report_.discovery = *std::move(discovery);
    for (const std::string& line : discovery_lines(*report_.discovery)) say(line);
    if (report_.discovery->records.empty()) {
      co_return fail("the parent announces nobody who takes NOTIFY", {},
                     "It finds changes at its own pace.");
    }
    const dns::Dsync* target = report_.discovery->find(task_.type);
    if (target == nullptr) {
      co_return fail(fmt::format("the parent announces nobody who takes NOTIFY for {}",
                                 dns::to_text(task_.type)),
                     {}, "It finds such changes at its own pace.");
    }
    if (task_.settings.secure_only && !report_.discovery->is_secure()) {
      co_return fail("the parent's DSYNC records are not secured by DNSSEC", {},
                     "Leave --secure-only out to follow them nevertheless.");
    }
    report_.target = *target;
    co_return Result<void>();
  }

  asio::awaitable<std::vector<Endpoint>> target_endpoints() {
    const dns::Dsync target = *report_.target;
    const auto found = co_await resolver_->addresses(target.target);
    if (!found->trouble.empty()) remark(found->trouble);
    std::vector<Endpoint> endpoints;
    for (const IpAddress& address : found->addresses) {
      // Strangers choose it, as they choose the addresses of name servers.
      if (client_->is_permitted(address)) {
        endpoints.push_back({address, target.port});
      } else {
        remark(fmt::format("{} lies in a special-purpose range, which nothing is sent to",
                           address.text()));
      }
    }
    co_return endpoints;
  }

  // Which servers the parent names, and whether it would report to the agent.
  asio::awaitable<void> look_at_parent_side() {
    Result<child::ParentSide> side =
        co_await child::find_parent_side(*resolver_, *client_, task_.child);
    if (side) {
      hosts_ = side->hosts;
    } else {
      remark(side.error().text());
    }
    const std::optional<dns::Name>& agent = task_.settings.agent;
    if (!agent) co_return;
    const AgentTrouble trouble = check_agent(*agent, task_.child, hosts_);
    if (!side) {
      remark(fmt::format("{} is left out as agent, since the parent's delegation is not known",
                         agent->text()));
    } else if (trouble != AgentTrouble::none) {
      remark(fmt::format("{} is left out as agent: it {}", agent->text(), to_text(trouble)));
    } else {
      report_.agent = *agent;
    }
  }

  // The parent's and the child's own NS set.
  asio::awaitable<void> find_servers() {
    const net::Resolution own = co_await resolver_->resolve(task_.child, dns::RecordType::ns);
    for (const Bytes& rdata : own.rdata) {
      if (auto host = dns::Name::from_wire(rdata)) hosts_.push_back(*std::move(host));
    }
    std::ranges::sort(hosts_);
    hosts_.erase(std::unique(hosts_.begin(), hosts_.end()), hosts_.end());
    report_.servers = co_await child::find_addresses(*resolver_, hosts_, trouble_);
    for (const std::string& trouble : std::exchange(trouble_, {})) remark(trouble);
  }

  // What all of them show. Fails where they do not do so in time.
  asio::awaitable<Result<child::Records>> wait_for_servers() {
    co_await find_servers();
    const Time end = clock_.now() + task_.settings.wait;
    Duration pause = look_pause_min;
    while (true) {
      Result<std::optional<child::Records>> wanted = co_await ask_primary();
      if (!wanted) co_return pass_on(std::move(wanted));
      const std::vector<child::Shown> shown = co_await child::ask_servers(
          *client_, report_.servers, task_.child, child::types_of(task_.type));
      const std::vector<std::string> laggards = child::find_laggards(*wanted, shown);
      if (shown.empty() && task_.settings.wait > Duration::zero() && !task_.anyway) {
        co_return fail("no public server of the zone can be found", task_.child.text(),
                       "Is it delegated? --wait 0s sends without looking.");
      }
      if (laggards.empty() || clock_.now() >= end) {
        co_return settle(std::move(*wanted), shown, laggards);
      }
      for (const std::string& line : laggards) say_once(line);
      co_await rest(std::min(pause, end - clock_.now()));
      pause = std::min(pause * 2, look_pause_max);
    }
  }

  asio::awaitable<Result<std::optional<child::Records>>> ask_primary() {
    if (!task_.primary) co_return std::optional<child::Records>();
    child::Primary primary = *task_.primary;
    auto types = child::types_of(task_.type);
    Result<child::Records> records =
        co_await child::ask_primary(std::move(primary), task_.child, std::move(types), clock_);
    if (!records) co_return pass_on(std::move(records));
    co_return std::optional(*std::move(records));
  }

  Result<child::Records> settle(std::optional<child::Records> wanted,
                                const std::vector<child::Shown>& shown,
                                const std::vector<std::string>& laggards) {
    if (laggards.empty()) {
      say(fmt::format("All {} addresses of the zone's name servers show the same {}{}.",
                      shown.size(), types_text(),
                      task_.primary ? " as the primary " + task_.primary->server.text() : ""));
    } else if (task_.anyway || task_.settings.wait == Duration::zero()) {
      for (const std::string& laggard : laggards) remark(laggard);
    } else {
      return fail(fmt::format("after {} not all public servers show the same {}: {}",
                              format_duration(task_.settings.wait), types_text(), laggards.front()),
                  {},
                  "Nothing was sent. See why it lags behind, and try again, or send --anyway: the "
                  "parent would look, find it inconsistent and look again later.");
    }
    if (wanted) return *std::move(wanted);
    for (const child::Shown& one : shown) {
      if (one.records) return *one.records;
    }
    return child::Records();
  }

  asio::awaitable<void> rest(Duration duration) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::awaitable<void> send(std::vector<Endpoint> to) {
    child::NotifyOptions options;
    options.to = std::move(to);
    options.question = {task_.child, task_.type};
    options.agent = report_.agent;
    options.interval = task_.settings.interval;
    options.retries = task_.settings.retries;
    report_.result = co_await child::send_notify(std::move(options));
    const child::NotifyResult& result = *report_.result;
    const std::string what =
        fmt::format("NOTIFY({}) to {}", dns::to_text(task_.type), report_.target->target.text());
    if (!result.rcode) {
      report_.outcome = "unanswered";
      report_.reason =
          fmt::format("{}: no answer to {} message(s): {}", what, result.sent, result.trouble);
      complain(report_.reason);
    } else if (*result.rcode == dns::Rcode::noerror) {
      report_.outcome = "acknowledged";
      say(fmt::format("{} at {}: acknowledged after {} ms.", what, result.from.text(),
                      result.round_trip.count()));
    } else {
      // Any answer ends the sending (RFC 1996 §3.6), but this one is no acknowledgement.
      report_.outcome = "answered";
      report_.reason =
          fmt::format("{}: {} answers {}", what, result.from.text(), dns::to_text(*result.rcode));
      complain(report_.reason);
    }
  }

  void say(const std::string& line) const {
    if (!task_.json) fmt::print("{}: {}\n", task_.child.text(), shown_text(line));
  }
  void say_once(const std::string& line) {
    if (line == last_line_) return;
    last_line_ = line;
    say("waiting: " + line);
  }
  void complain(const std::string& line) const {
    fmt::print(stderr, "{}: {}.\n", task_.child.text(), shown_text(line));
  }
  void remark(const std::string& line) {
    report_.remarks.push_back(line);
    complain(line);
  }

  const Configuration& configuration_;
  NotifyTask task_;
  NotifyMemory memory_;
  SystemClock clock_;
  net::Resolver* resolver_ = nullptr;
  net::DnsClient* client_ = nullptr;
  std::vector<dns::Name> hosts_;  // of the child
  std::vector<std::string> trouble_;
  std::string last_line_;
  NotifyReport report_;
};

}  // namespace

int run_notify(const std::string& configuration_file, const NotifyCommand& command) {
  const auto configuration = load_optional_configuration(configuration_file);
  if (!configuration) {
    for (const Error& fault : configuration.error().faults) could_not(fault);
    return exit_usage;
  }
  auto task = make_notify_task(*configuration, command);
  if (!task) return wrong_use(task.error());
  const Result<int> status = NotifyRun(*configuration, *std::move(task)).run();
  return status ? *status : could_not(status.error());
}

}  // namespace dskeeper::cli
