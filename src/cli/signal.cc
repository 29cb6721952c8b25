// `dskeeper signal`: the child's side of RFC 9615, from cron or by hand.
//
// Reads what the zones have at the operator's primary, works out which signals shall stand, and
// brings them there: into zone files, by DNS UPDATE, or onto standard output.
#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <map>
#include <utility>

#include "child/primary.h"
#include "child/signal_update.h"
#include "child/signal_zone.h"
#include "child/zone_list.h"
#include "cli/commands.h"
#include "cli/shown_text.h"
#include "cli/signal_settings.h"
#include "cli/workplace.h"
#include "net/resolver.h"
#include "parent/atomic_file.h"
#include "parent/csv_reader.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Zones whose DS is looked up at a time.
constexpr std::size_t ds_lookups_max = 64;

void rethrow(const std::exception_ptr& exception) {
  if (exception) std::rethrow_exception(exception);
}

template <typename T>
T run(asio::awaitable<T> coroutine) {
  asio::io_context context;
  std::optional<T> result;
  asio::co_spawn(context, std::move(coroutine), [&](const std::exception_ptr& trouble, T value) {
    rethrow(trouble);
    result.emplace(std::move(value));
  });
  context.run();
  return *std::move(result);
}

// Which of the zones the parent has a validated DS set of.
class SecuredZones {
 public:
  explicit SecuredZones(std::vector<child::ReadZone>& zones) : zones_(zones) {}

  Result<void> find(const Configuration& configuration) {
    asio::io_context context;
    auto resolver = net::Resolver::create(context.get_executor(), resolver_options(configuration));
    if (!resolver) return pass_on(std::move(resolver));
    for (std::size_t i = 0; i < ds_lookups_max; ++i) {
      ++working_;
      asio::co_spawn(context, work(**resolver), rethrow);
    }
    context.run();
    return {};
  }

 private:
  asio::awaitable<void> work(net::Resolver& resolver) {
    while (next_ < zones_.size()) {
      child::ReadZone& zone = zones_[next_++];
      if (!zone.reading) continue;
      const net::Resolution ds = co_await resolver.resolve(zone.zone, dns::RecordType::ds);
      zone.reading->is_secured = ds.status == net::ResolutionStatus::secure;
    }
    if (--working_ == 0) co_await resolver.close();
  }

  std::vector<child::ReadZone>& zones_;
  std::size_t next_ = 0;
  std::size_t working_ = 0;
};

class SignalRun {
 public:
  SignalRun(const Configuration& configuration, SignalTask task)
      : configuration_(configuration), task_(std::move(task)) {}

  // The exit status.
  Result<int> run_all() {
    auto zones = find_zones();
    if (!zones) return pass_on(std::move(zones));
    std::vector<child::ReadZone> read = run(child::read_zones(task_.primary, *zones, clock_));
    if (task_.settings.remove_secured) {
      if (auto found = SecuredZones(read).find(configuration_); !found) {
        return pass_on(std::move(found));
      }
    }
    if (auto there = read_standing(); !there) return pass_on(std::move(there));
    auto plan = child::plan_signals(read, standing_, task_.options());
    if (!plan) return pass_on(std::move(plan));
    for (const child::Remark& remark : plan->remarks) {
      fmt::print(stderr, "{}\n", shown_text(remark.text()));
    }
    if (task_.check) return report(*plan);
    if (auto done = bring_about(*plan); !done) return pass_on(std::move(done));
    return plan->counts.unread == 0 ? exit_done : exit_could_not;
  }

 private:
  Result<std::vector<dns::Name>> find_zones() {
    const SignalSettings& settings = task_.settings;
    if (!task_.names.empty()) return task_.names;
    if (settings.catalog) {
      return run(child::read_catalog(task_.primary, *settings.catalog, clock_));
    }
    auto text = parent::read_text_file(settings.list);
    if (!text) return pass_on(std::move(text));
    return child::parse_zone_list(*text, settings.list.string());
  }

  // A name for files and messages only; the planner makes the real ones.
  [[nodiscard]] std::vector<child::HostPlan> empty_plans() const {
    const std::map<dns::Name, child::Signals> nothing;
    auto plan = child::plan_signals({}, nothing, task_.options());
    return plan ? std::move(plan->hosts) : std::vector<child::HostPlan>();
  }

  Result<void> read_standing() {
    if (!task_.settings.directory.empty()) return read_files();
    if (task_.settings.update) return read_server();
    return {};
  }

  Result<void> read_files() {
    for (const child::HostPlan& host : empty_plans()) {
      auto file = child::read_signal_file(path_of(host), host.domain);
      if (!file) return pass_on(std::move(file));
      standing_[host.host] = std::move(file->signals);
      serials_[host.host] = file->serial;
    }
    return {};
  }

  Result<void> read_server() {
    const std::vector<child::HostPlan> hosts = empty_plans();
    std::vector<dns::Name> domains;
    for (const child::HostPlan& host : hosts) domains.push_back(host.domain);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      // One transfer has them all where they are in one zone.
      if (task_.settings.zone && i > 0) break;
      auto some = task_.settings.zone ? domains : std::vector<dns::Name>{domains[i]};
      auto signals = run(child::read_signals(task_.updated, zone_of(hosts[i]), some, clock_));
      if (!signals) return pass_on(std::move(signals));
      for (std::size_t j = 0; j < signals->size(); ++j) {
        standing_[hosts[i + j].host] = std::move((*signals)[j]);
      }
    }
    return {};
  }

  [[nodiscard]] const dns::Name& zone_of(const child::HostPlan& host) const {
    return task_.settings.zone ? *task_.settings.zone : host.domain;
  }
  [[nodiscard]] std::filesystem::path path_of(const child::HostPlan& host) const {
    return task_.settings.directory / child::signal_file_name(host);
  }

  // What stands otherwise, as lines that say what would be done.
  static int report(const child::SignalPlan& plan) {
    bool is_right = true;
    for (const child::HostPlan& host : plan.hosts) {
      is_right = is_right && host.is_as_it_should_be();
      for (const dns::Rrset& rrset : host.remove) print("remove", rrset);
      for (const dns::Rrset& rrset : host.put) print("put", rrset);
    }
    print_summary(plan);
    return is_right && plan.counts.unread == 0 ? exit_done : exit_could_not;
  }

  static void print(const char* what, const dns::Rrset& rrset) {
    fmt::print("{} {} {}\n", what, rrset.owner.text(), dns::to_text(rrset.type));
  }

  static void print_summary(const child::SignalPlan& plan) {
    const child::SignalCounts& counts = plan.counts;
    std::size_t changed = 0;
    for (const child::HostPlan& host : plan.hosts) changed += host.put.size() + host.remove.size();
    fmt::print(stderr,
               "{} zone(s) signalled, {} without CDS and CDNSKEY, {} secured, {} that cannot be, "
               "{} unread; {} RRset(s) changed under {} host(s).\n",
               counts.signalled, counts.without_request, counts.secured, counts.not_possible,
               counts.unread, changed, plan.hosts.size());
  }

  Result<void> bring_about(const child::SignalPlan& plan) {
    for (const child::HostPlan& host : plan.hosts) {
      Result<void> done;
      if (!task_.settings.directory.empty()) {
        done = write_file(host);
      } else if (task_.settings.update) {
        done = run(child::send_updates(task_.updated, zone_of(host),
                                       child::updates_of(host, zone_of(host)), clock_));
      } else {
        fmt::print("{}", child::signal_records_text(host.signals));
      }
      if (!done) return done;
    }
    print_summary(plan);
    return {};
  }

  // Left alone where nothing has changed, so that nothing is loaded and signed anew.
  Result<void> write_file(const child::HostPlan& host) {
    const std::optional<dns::Serial> before = serials_[host.host];
    const auto text = [&](dns::Serial serial) {
      return child::signal_zone_text(host, task_.settings.hosts, task_.options().ttl, serial);
    };
    const std::filesystem::path path = path_of(host);
    if (before) {
      const auto old = parent::read_text_file(path);
      if (old && *old == text(*before)) return {};
    }
    auto file = parent::AtomicFile::create(path);
    if (!file) return pass_on(std::move(file));
    if (auto written = file->write(text(child::next_serial(before, clock_.now()))); !written) {
      return written;
    }
    return file->commit();
  }

  const Configuration& configuration_;
  SignalTask task_;
  SystemClock clock_;
  std::map<dns::Name, child::Signals> standing_;
  std::map<dns::Name, std::optional<dns::Serial>> serials_;
};

// A configuration is needed only where it is named or where it holds keys.
tl::expected<Configuration, ConfigurationFaults> load(const std::string& named) {
  const std::filesystem::path file = find_configuration_file(named);
  std::error_code ignored;
  if (!named.empty() || std::filesystem::exists(file, ignored)) return load_configuration(file);
  Configuration none;
  none.vantages.emplace_back();
  return none;
}

}  // namespace

int run_signal(const std::string& configuration_file, const SignalCommand& command) {
  const auto configuration = load(configuration_file);
  if (!configuration) {
    for (const Error& fault : configuration.error().faults) could_not(fault);
    return exit_usage;
  }
  auto task = make_signal_task(*configuration, command);
  if (!task) return wrong_use(task.error());
  const Result<int> status = SignalRun(*configuration, *std::move(task)).run_all();
  return status ? *status : could_not(status.error());
}

}  // namespace dskeeper::cli
