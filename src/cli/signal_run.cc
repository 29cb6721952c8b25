#include "cli/signal_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "child/primary.h"
#include "child/signal_zone.h"
#include "child/zone_list.h"
#include "net/update_client.h"
#include "parent/aside.h"
#include "parent/atomic_file.h"
#include "parent/csv_reader.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

using Names = std::vector<dns::Name>;

// Zones whose DS is looked up at a time.
constexpr std::size_t ds_lookups_max = net::lookups_in_flight_max;

Result<Names> read_list(const std::filesystem::path& path) {
  auto text = parent::read_text_file(path);
  if (!text) return pass_on(std::move(text));
  return child::parse_zone_list(*text, path.string());
}

}  // namespace

SignalRun::SignalRun(const SignalTask& task, net::Resolver* resolver, const Clock& clock)
    : task_(task), resolver_(resolver), clock_(clock) {}

asio::awaitable<Result<child::SignalPlan>> SignalRun::plan() {
  Result<Names> zones = co_await find_zones();
  if (!zones) co_return pass_on(std::move(zones));
  std::vector<child::ReadZone> read =
      co_await child::read_zones(task_.primary, *std::move(zones), clock_);
  if (task_.settings.remove_secured && resolver_ != nullptr) co_await find_secured(read);
  Result<void> there = co_await read_standing();
  if (!there) co_return pass_on(std::move(there));
  co_return child::plan_signals(read, standing_, task_.options());
}

asio::awaitable<Result<Names>> SignalRun::find_zones() {
  const SignalSettings& settings = task_.settings;
  if (!task_.names.empty()) co_return task_.names;
  if (settings.catalog) {
    Result<Names> members = co_await child::read_catalog(task_.primary, *settings.catalog, clock_);
    co_return members;
  }
  std::function<Result<Names>()> work = [&settings] { return read_list(settings.list); };
  Result<Names> listed = co_await parent::run_aside<Result<Names>>(std::move(work));
  co_return listed;
}

// Of which zones the parent has a DS set that validates.
asio::awaitable<void> SignalRun::find_secured(std::vector<child::ReadZone>& zones) {
  for (std::size_t at = 0; at < zones.size(); at += ds_lookups_max) {
    const std::size_t count = std::min(ds_lookups_max, zones.size() - at);
    std::vector<dns::Question> questions;
    for (std::size_t i = at; i < at + count; ++i) {
      questions.push_back({zones[i].zone, dns::RecordType::ds});
    }
    const std::vector<net::Resolution> found =
        co_await resolver_->resolve_all(std::move(questions));
    for (std::size_t i = 0; i < count; ++i) {
      child::ReadZone& zone = zones[at + i];
      if (!zone.reading) continue;
      zone.reading->is_secured = found[i].status == net::ResolutionStatus::secure;
    }
  }
}

// A name for files and messages only; the planner makes the real ones.
std::vector<child::HostPlan> SignalRun::empty_plans() const {
  const std::map<dns::Name, child::Signals> nothing;
  auto plan = child::plan_signals({}, nothing, task_.options());
  return plan ? std::move(plan->hosts) : std::vector<child::HostPlan>();
}

asio::awaitable<Result<void>> SignalRun::read_standing() {
  std::vector<child::HostPlan> hosts = empty_plans();
  Result<void> read;
  if (!task_.settings.directory.empty()) {
    std::function<Result<void>()> work = [this, &hosts] { return read_files(hosts); };
    read = co_await parent::run_aside<Result<void>>(std::move(work));
  } else if (task_.settings.update) {
    read = co_await read_server(std::move(hosts));
  }
  co_return read;
}

Result<void> SignalRun::read_files(const std::vector<child::HostPlan>& hosts) {
  for (const child::HostPlan& host : hosts) {
    auto file = child::read_signal_file(path_of(host), host.domain);
    if (!file) return pass_on(std::move(file));
    standing_[host.host] = std::move(file->signals);
    serials_[host.host] = file->serial;
  }
  return {};
}

asio::awaitable<Result<void>> SignalRun::read_server(std::vector<child::HostPlan> hosts) {
  Names domains;
  for (const child::HostPlan& host : hosts) domains.push_back(host.domain);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    // One transfer has them all where they are in one zone.
    if (task_.settings.zone && i > 0) break;
    Names some = domains;
    if (!task_.settings.zone) some.assign(1, domains[i]);
    Result<std::vector<child::Signals>> signals =
        co_await child::read_signals(task_.updated, zone_of(hosts[i]), std::move(some), clock_);
    if (!signals) co_return pass_on(std::move(signals));
    for (std::size_t j = 0; j < signals->size(); ++j) {
      standing_[hosts[i + j].host] = std::move((*signals)[j]);
    }
  }
  co_return Result<void>();
}

const dns::Name& SignalRun::zone_of(const child::HostPlan& host) const {
  return task_.settings.zone ? *task_.settings.zone : host.domain;
}

std::filesystem::path SignalRun::path_of(const child::HostPlan& host) const {
  return task_.settings.directory / child::signal_file_name(host);
}

asio::awaitable<Result<void>> SignalRun::bring_about(const child::SignalPlan& plan) {
  if (!task_.settings.directory.empty()) {
    std::function<Result<void>()> work = [this, &plan] { return write_files(plan); };
    Result<void> written = co_await parent::run_aside<Result<void>>(std::move(work));
    co_return written;
  }
  for (const child::HostPlan& host : plan.hosts) {
    const dns::Name& zone = zone_of(host);
    std::vector<dns::UpdateMessage> updates = dns::make_updates({host.remove, host.put}, zone);
    // make_signal_task() sees to the key.
    net::UpdateServer to{task_.updated.server, *task_.updated.key, task_.updated.timeout};
    Result<void> sent = co_await net::send_updates(std::move(to), zone, std::move(updates), clock_);
    if (!sent) co_return sent;
  }
  co_return Result<void>();
}

Result<void> SignalRun::write_files(const child::SignalPlan& plan) const {
  for (const child::HostPlan& host : plan.hosts) {
    if (auto written = write_file(host); !written) return written;
  }
  return {};
}

// Left alone where nothing has changed, so that nothing is loaded and signed anew.
Result<void> SignalRun::write_file(const child::HostPlan& host) const {
  const std::optional<dns::Serial> before = serials_.at(host.host);
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

std::size_t changed_rrsets(const child::SignalPlan& plan) {
  std::size_t changed = 0;
  for (const child::HostPlan& host : plan.hosts) changed += host.put.size() + host.remove.size();
  return changed;
}

std::string signal_summary(const child::SignalPlan& plan) {
  const child::SignalCounts& counts = plan.counts;
  return fmt::format(
      "{} zone(s) signalled, {} without CDS and CDNSKEY, {} secured, {} that cannot be, {} unread; "
      "{} RRset(s) changed under {} host(s).",
      counts.signalled, counts.without_request, counts.secured, counts.not_possible, counts.unread,
      changed_rrsets(plan), plan.hosts.size());
}

}  // namespace dskeeper::cli
