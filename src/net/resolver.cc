#include "net/resolver.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "net/signal.h"
#include "net/timer_wheel.h"
#include "net/unbound_context.h"

namespace dskeeper::net {
namespace {

// One name and type on its way through libunbound, and the coroutines that wait for it.
struct Lookup {
  dns::Name name;
  dns::RecordType type{};
  bool is_done = false;
  Resolution resolution;
  std::vector<Signal*> waiting;
};

void add_addresses(const Lookup& lookup, HostAddresses& host) {
  const Resolution& resolution = lookup.resolution;
  if (!resolution.is_answer()) {
    if (!host.trouble.empty()) host.trouble += "; ";
    host.trouble += fmt::format("{} of {}: {}", dns::to_text(lookup.type), lookup.name.text(),
                                to_text(resolution.status));
    if (!resolution.why.empty()) host.trouble += ", " + resolution.why;
    host.is_complete = false;
    return;
  }
  for (const Bytes& rdata : resolution.rdata) {
    if (host.addresses.size() >= host_addresses_max) {
      host.trouble =
          fmt::format("{} has more than {} addresses", lookup.name.text(), host_addresses_max);
      host.is_complete = false;
      return;
    }
    const std::span<const std::uint8_t> octets(rdata);
    if (octets.size() == 4) host.addresses.push_back(IpAddress::v4(octets.first<4>()));
    if (octets.size() == 16) host.addresses.push_back(IpAddress::v6(octets.first<16>()));
  }
}

// Both families of one host.
struct HostLookups {
  dns::Name host;
  std::vector<std::shared_ptr<Lookup>> lookups;
};

std::shared_ptr<const HostAddresses> addresses_in(const HostLookups& lookups) {
  auto result = std::make_shared<HostAddresses>();
  bool is_nxdomain = false;
  for (const std::shared_ptr<Lookup>& lookup : lookups.lookups) {
    add_addresses(*lookup, *result);
    is_nxdomain |= lookup->resolution.status == ResolutionStatus::nxdomain;
  }
  std::sort(result->addresses.begin(), result->addresses.end());
  if (result->addresses.empty() && result->trouble.empty()) {
    // It may have one of a family that is switched off: that is our affair, not the host's.
    const bool is_half = lookups.lookups.size() < 2 && !is_nxdomain;
    result->is_complete = !is_half;
    result->trouble = fmt::format("{} {}", lookups.host.text(),
                                  is_nxdomain ? "does not exist"
                                  : is_half   ? "has no address of a family that we use"
                                              : "has no address");
  }
  return result;
}

std::uint32_t seconds_to_remember(const HostLookups& lookups, const HostAddresses& addresses) {
  std::uint32_t seconds = addresses.trouble.empty() ? cached_ttl_max_s : cached_trouble_s;
  for (const std::shared_ptr<Lookup>& lookup : lookups.lookups) {
    const Resolution& resolution = lookup->resolution;
    if (resolution.has_data()) seconds = std::min(seconds, resolution.ttl.seconds);
  }
  return std::max(seconds, cached_ttl_min_s);
}

}  // namespace

std::string_view to_text(ResolutionStatus status) {
  switch (status) {
    case ResolutionStatus::secure:
      return "secure";
    case ResolutionStatus::insecure:
      return "insecure";
    case ResolutionStatus::nodata:
      return "nodata";
    case ResolutionStatus::nxdomain:
      return "nxdomain";
    case ResolutionStatus::bogus:
      return "bogus";
    case ResolutionStatus::servfail:
      return "servfail";
    case ResolutionStatus::cancelled:
      return "cancelled";
  }
  return "unknown";
}

struct Resolver::State {
  using Key = std::pair<dns::Name, dns::RecordType>;
  struct CachedHost {
    std::shared_ptr<const HostAddresses> host;
    Moment expires;
  };

  State(const boost::asio::any_io_executor& its_executor, const ResolverOptions& its_options)
      : executor(its_executor), options(its_options) {}
  ~State();

  [[nodiscard]] Result<void> open();

  [[nodiscard]] std::shared_ptr<Lookup> look_up(const dns::Name& name, dns::RecordType type);
  void launch_waiting();
  void done(Lookup& lookup);
  void fire();
  void remember(const dns::Name& name, const std::shared_ptr<const HostAddresses>& host,
                std::uint32_t ttl_s);
  [[nodiscard]] boost::asio::awaitable<void> wait(std::shared_ptr<Lookup> lookup);
  [[nodiscard]] HostLookups look_up_host(const dns::Name& host);
  [[nodiscard]] boost::asio::awaitable<std::shared_ptr<const HostAddresses>> finish(
      HostLookups lookups);

  boost::asio::any_io_executor executor;
  ResolverOptions options;
  std::unique_ptr<UnboundContext> unbound;
  std::map<Key, std::shared_ptr<Lookup>> running;  // launched or waiting for their turn
  std::deque<std::shared_ptr<Lookup>> line;
  std::vector<Signal*> to_fire;
  std::unordered_map<dns::Name, CachedHost> hosts;
  std::size_t waiting = 0;  // coroutines
  std::uint64_t launched = 0;
  bool is_closed = false;
};

Resolver::State::~State() {
  for (const auto& [key, lookup] : running) {
    const std::vector<Signal*> signals = std::exchange(lookup->waiting, {});
    for (Signal* const signal : signals) signal->abandon();
  }
}

Result<void> Resolver::State::open() {
  auto opened = UnboundContext::open(executor, options, [this] {
    launch_waiting();
    fire();
  });
  if (!opened) return pass_on(std::move(opened));
  unbound = *std::move(opened);
  return {};
}

void Resolver::State::launch_waiting() {
  while (!line.empty() && unbound->in_flight() < lookups_in_flight_max) {
    const std::shared_ptr<Lookup> lookup = line.front();
    line.pop_front();
    ++launched;
    unbound->resolve(lookup->name, lookup->type, [this, lookup](Resolution resolution) {
      lookup->resolution = std::move(resolution);
      done(*lookup);
    });
  }
}

std::shared_ptr<Lookup> Resolver::State::look_up(const dns::Name& name, dns::RecordType type) {
  std::shared_ptr<Lookup>& slot = running[{name, type}];
  if (slot != nullptr) return slot;
  slot = std::make_shared<Lookup>();
  const std::shared_ptr<Lookup> lookup = slot;
  lookup->name = name;
  lookup->type = type;
  if (is_closed) {
    done(*lookup);
  } else {
    line.push_back(lookup);
    launch_waiting();
  }
  return lookup;
}

void Resolver::State::done(Lookup& lookup) {
  lookup.is_done = true;
  to_fire.insert(to_fire.end(), lookup.waiting.begin(), lookup.waiting.end());
  lookup.waiting.clear();
  running.erase({lookup.name, lookup.type});
}

void Resolver::State::fire() {
  const std::vector<Signal*> signals = std::exchange(to_fire, {});
  for (Signal* const signal : signals) signal->fire();
}

boost::asio::awaitable<void> Resolver::State::wait(std::shared_ptr<Lookup> lookup) {
  if (lookup->is_done) co_return;
  Signal signal;
  lookup->waiting.push_back(&signal);
  ++waiting;
  co_await signal.wait();
  --waiting;
}

void Resolver::State::remember(const dns::Name& name,
                               const std::shared_ptr<const HostAddresses>& host,
                               std::uint32_t ttl_s) {
  const Moment now = std::chrono::steady_clock::now();
  if (hosts.size() >= cached_hosts_max) {
    std::erase_if(hosts, [&](const auto& entry) { return entry.second.expires <= now; });
    if (hosts.size() >= cached_hosts_max) hosts.clear();
  }
  hosts[name] = {host, now + std::chrono::seconds(ttl_s)};
}

HostLookups Resolver::State::look_up_host(const dns::Name& host) {
  HostLookups lookups{host, {}};
  if (options.ipv4) lookups.lookups.push_back(look_up(host, dns::RecordType::a));
  if (options.ipv6) lookups.lookups.push_back(look_up(host, dns::RecordType::aaaa));
  return lookups;
}

boost::asio::awaitable<std::shared_ptr<const HostAddresses>> Resolver::State::finish(
    HostLookups lookups) {
  for (const std::shared_ptr<Lookup>& lookup : lookups.lookups) {
    co_await wait(lookup);
  }
  const std::shared_ptr<const HostAddresses> addresses = addresses_in(lookups);
  const auto is_cancelled = [](const std::shared_ptr<Lookup>& lookup) {
    return lookup->resolution.status == ResolutionStatus::cancelled;
  };
  if (!std::any_of(lookups.lookups.begin(), lookups.lookups.end(), is_cancelled)) {
    remember(lookups.host, addresses, seconds_to_remember(lookups, *addresses));
  }
  co_return addresses;
}

Result<std::unique_ptr<Resolver>> Resolver::create(const boost::asio::any_io_executor& executor,
                                                   const ResolverOptions& options) {
  auto state = std::make_shared<State>(executor, options);
  if (Result<void> result = state->open(); !result) return pass_on(std::move(result));
  return std::unique_ptr<Resolver>(new Resolver(std::move(state)));
}

Resolver::Resolver(std::shared_ptr<State> state) : state_(std::move(state)) {}

Resolver::~Resolver() {
  state_->is_closed = true;
  state_->unbound->close();
}

boost::asio::awaitable<Resolution> Resolver::resolve(dns::Name name, dns::RecordType type) {
  const std::shared_ptr<Lookup> lookup = state_->look_up(name, type);
  co_await state_->wait(lookup);
  co_return lookup->resolution;
}

boost::asio::awaitable<std::vector<Resolution>> Resolver::resolve_all(
    std::vector<dns::Question> questions) {
  std::vector<std::shared_ptr<Lookup>> lookups;
  for (const dns::Question& question : questions) {
    lookups.push_back(state_->look_up(question.name, question.type));
  }
  std::vector<Resolution> resolutions;
  for (const std::shared_ptr<Lookup>& lookup : lookups) {
    co_await state_->wait(lookup);
    resolutions.push_back(lookup->resolution);
  }
  co_return resolutions;
}

std::shared_ptr<const HostAddresses> Resolver::cached_addresses(const dns::Name& host) const {
  const auto found = state_->hosts.find(host);
  if (found == state_->hosts.end()) return nullptr;
  if (found->second.expires <= std::chrono::steady_clock::now()) return nullptr;
  return found->second.host;
}

boost::asio::awaitable<std::shared_ptr<const HostAddresses>> Resolver::addresses(dns::Name host) {
  if (std::shared_ptr<const HostAddresses> cached = cached_addresses(host)) co_return cached;
  HostLookups lookups = state_->look_up_host(host);
  co_return co_await state_->finish(std::move(lookups));
}

boost::asio::awaitable<std::vector<std::shared_ptr<const HostAddresses>>> Resolver::addresses_of(
    std::vector<dns::Name> hosts) {
  std::vector<std::shared_ptr<const HostAddresses>> found(hosts.size());
  std::vector<HostLookups> lookups(hosts.size());
  for (std::size_t at = 0; at < hosts.size(); ++at) {
    found[at] = cached_addresses(hosts[at]);
    if (found[at] == nullptr) lookups[at] = state_->look_up_host(hosts[at]);
  }
  for (std::size_t at = 0; at < hosts.size(); ++at) {
    if (found[at] != nullptr) continue;
    HostLookups one = std::move(lookups[at]);
    found[at] = co_await state_->finish(std::move(one));
  }
  co_return found;
}

std::uint64_t Resolver::lookups() const {
  return state_->launched;
}

boost::asio::awaitable<void> Resolver::close() {
  const std::shared_ptr<State> state = state_;
  state->is_closed = true;
  while (!state->running.empty()) {
    const std::shared_ptr<Lookup> lookup = state->running.begin()->second;
    state->done(*lookup);  // with the status it was made with: cancelled
  }
  state->line.clear();
  state->fire();
  state->unbound->close();
  while (state->waiting > 0) {
    co_await boost::asio::post(state->executor, boost::asio::use_awaitable);
  }
}

}  // namespace dskeeper::net
