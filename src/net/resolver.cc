#include "net/resolver.h"

#include <fmt/core.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "net/address_permit.h"
#include "net/signal.h"
#include "net/timer_wheel.h"

namespace dskeeper::net {
namespace {

constexpr int class_in = 1;

struct ContextDeleter {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, ContextDeleter>;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct ResultFreer {
  void operator()(ub_result* result) const { ub_resolve_free(result); }
};
using UnboundResult = std::unique_ptr<ub_result, ResultFreer>;

// One name and type on its way through libunbound, and the coroutines that wait for it.
struct Lookup {
  dns::Name name;
  dns::RecordType type{};
  bool is_done = false;
  Resolution resolution;
  std::vector<Signal*> waiting;
};

Resolution resolution_of(int error, const UnboundResult& result) {
  Resolution resolution;
  resolution.status = ResolutionStatus::servfail;
  if (error != 0 || result == nullptr) {
    resolution.why = ub_strerror(error);
    return resolution;
  }
  resolution.is_validated = result->secure != 0;
  resolution.ttl = dns::Ttl{static_cast<std::uint32_t>(std::max(0, result->ttl))};
  if (result->bogus != 0) {
    resolution.status = ResolutionStatus::bogus;
    resolution.why = result->why_bogus != nullptr ? result->why_bogus : "validation failed";
  } else if (result->havedata != 0) {
    resolution.status = result->secure != 0 ? ResolutionStatus::secure : ResolutionStatus::insecure;
    for (int at = 0; result->data[at] != nullptr; ++at) {
      const auto* const octets = reinterpret_cast<const std::uint8_t*>(result->data[at]);
      resolution.rdata.emplace_back(octets, octets + result->len[at]);
    }
  } else if (result->nxdomain != 0) {
    resolution.status = ResolutionStatus::nxdomain;
  } else if (result->rcode == 0) {
    resolution.status = ResolutionStatus::nodata;
  } else {
    resolution.why =
        fmt::format("the resolver says {}", dns::to_text(static_cast<dns::Rcode>(result->rcode)));
  }
  return resolution;
}

void add_addresses(const Lookup& lookup, HostAddresses& host) {
  const Resolution& resolution = lookup.resolution;
  if (!resolution.is_answer()) {
    if (!host.trouble.empty()) host.trouble += "; ";
    host.trouble += fmt::format("{} of {}: {}", dns::to_text(lookup.type), lookup.name.text(),
                                to_text(resolution.status));
    if (!resolution.why.empty()) host.trouble += ", " + resolution.why;
    return;
  }
  for (const Bytes& rdata : resolution.rdata) {
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
    result->trouble = fmt::format("{} {}", lookups.host.text(),
                                  is_nxdomain ? "does not exist" : "has no address");
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

struct Resolver::State : std::enable_shared_from_this<Resolver::State> {
  using Key = std::pair<dns::Name, dns::RecordType>;
  // What libunbound carries through a lookup and gives back, unless it is closed before.
  struct Launched {
    State* state;
    std::shared_ptr<Lookup> lookup;
  };
  struct CachedHost {
    std::shared_ptr<const HostAddresses> host;
    Moment expires;
  };

  State(const boost::asio::any_io_executor& its_executor, const ResolverOptions& its_options)
      : executor(its_executor), options(its_options), pipe(its_executor) {}
  ~State();

  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> configure();
  [[nodiscard]] Result<void> start_worker();
  void wait_for_results();
  static void take_result(void* its_launched, int error, ub_result* result);

  [[nodiscard]] std::shared_ptr<Lookup> look_up(const dns::Name& name, dns::RecordType type);
  void launch(const std::shared_ptr<Lookup>& lookup);
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
  Context context;
  boost::asio::posix::stream_descriptor pipe;
  std::map<Key, std::shared_ptr<Lookup>> running;  // launched or waiting for their turn
  std::deque<std::shared_ptr<Lookup>> line;
  std::vector<Signal*> to_fire;
  std::unordered_map<dns::Name, CachedHost> hosts;
  std::unordered_map<Launched*, std::unique_ptr<Launched>> in_flight;
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

Result<void> Resolver::State::configure() {
  const auto set = [&](const char* option, const std::string& value) -> Result<void> {
    const int error = ub_ctx_set_option(context.get(), option, value.c_str());
    if (error == 0) return {};
    return fail(fmt::format("libunbound refuses \"{} {}\": {}", option, value, ub_strerror(error)));
  };
  const auto yes_or_no = [](bool yes) { return yes ? std::string("yes") : std::string("no"); };
  std::vector<std::pair<const char*, std::string>> settings = {
      {"module-config:", "validator iterator"},
      {"do-ip4:", yes_or_no(options.ipv4)},
      {"do-ip6:", yes_or_no(options.ipv6)},
      {"qname-minimisation:", "yes"},
      {"edns-buffer-size:", "1232"},
      {"outgoing-range:", "512"},
      {"num-queries-per-thread:", "512"},
      {"outgoing-num-tcp:", "32"},
      {"msg-cache-size:", "16m"},
      {"rrset-cache-size:", "32m"},
      {"key-cache-size:", "16m"},
      {"cache-max-ttl:", std::to_string(cached_ttl_max_s)},
      {"cache-max-negative-ttl:", std::to_string(cached_trouble_s)},
      // A server that was down is tried again within a minute, not after a quarter of an hour.
      {"infra-host-ttl:", "60"},
      // The permit below says it exactly; this option would go beyond it.
      {"do-not-query-localhost:", "no"},
  };
  if (!options.root_hints.empty()) settings.emplace_back("root-hints:", options.root_hints);
  const AddressPermit permit(
      options.permit, options.refuse_own_addresses ? own_addresses() : std::vector<IpAddress>());
  for (const IpPrefix& prefix : permit.refused()) {
    settings.emplace_back("do-not-query-address:", prefix.text());
  }
  for (const IpAddress& source : options.source_addresses) {
    settings.emplace_back("outgoing-interface:", source.text());
  }
  for (const auto& [option, value] : settings) {
    if (Result<void> result = set(option, value); !result) return result;
  }
  if (options.forward_to) {
    const std::string to =
        fmt::format("{}@{}", options.forward_to->address.text(), options.forward_to->port);
    if (ub_ctx_set_fwd(context.get(), to.c_str()) != 0) {
      return fail("libunbound refuses the forwarder", to);
    }
  }
  if (options.trust_anchor.empty()) return {};
  if (ub_ctx_add_ta_file(context.get(), options.trust_anchor.c_str()) != 0) {
    return fail("the trust anchor cannot be used", options.trust_anchor);
  }
  return {};
}

// The files are read as the worker starts, which the first lookup makes it do: one that is answered
// without the network.
Result<void> Resolver::State::start_worker() {
  const std::unique_ptr<std::FILE, FileCloser> log(std::tmpfile());
  ub_ctx_debugout(context.get(), log.get());
  const int error = ub_resolve_async(
      context.get(), "localhost.", static_cast<int>(dns::RecordType::a), class_in, nullptr,
      [](void*, int, ub_result* result) { ub_resolve_free(result); }, nullptr);
  ub_ctx_debugout(context.get(), nullptr);
  if (error == 0) return {};
  std::string text(1000, '\0');
  std::size_t octets = 0;
  if (log != nullptr) {
    std::rewind(log.get());
    octets = std::fread(text.data(), 1, text.size(), log.get());
  }
  text.resize(octets);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return fail(fmt::format("the resolver cannot be started: {} {}", ub_strerror(error), text),
              options.root_hints, "Check the files of root hints and trust anchor.");
}

Result<void> Resolver::State::open() {
  for (const std::filesystem::path& file : {options.root_hints, options.trust_anchor}) {
    if (!file.empty() && access(file.c_str(), R_OK) != 0) {
      return fail("the file cannot be read", file,
                  "The resolver needs its root hints and its trust anchor.");
    }
  }
  context.reset(ub_ctx_create());
  if (context == nullptr) return fail("libunbound cannot be started");
  if (Result<void> result = configure(); !result) return result;
  if (ub_ctx_async(context.get(), 1) != 0) return fail("libunbound cannot start its thread");
  if (Result<void> result = start_worker(); !result) return result;
  // Asio closes the descriptor that it watches; this one is libunbound's.
  const int descriptor = dup(ub_fd(context.get()));
  if (descriptor < 0) return fail("no descriptor is left for the resolver");
  pipe.assign(descriptor);
  wait_for_results();
  return {};
}

void Resolver::State::wait_for_results() {
  pipe.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                  [weak = weak_from_this()](const boost::system::error_code& error) {
                    const std::shared_ptr<State> self = weak.lock();
                    if (error || self == nullptr || self->is_closed) return;
                    ub_process(self->context.get());
                    self->launch_waiting();
                    self->wait_for_results();
                    self->fire();
                  });
}

void Resolver::State::take_result(void* its_launched, int error, ub_result* raw) {
  const UnboundResult result(raw);
  auto* const carried = static_cast<Launched*>(its_launched);
  State& state = *carried->state;
  const std::shared_ptr<Lookup> lookup = carried->lookup;
  state.in_flight.erase(carried);
  lookup->resolution = resolution_of(error, result);
  state.done(*lookup);
}

void Resolver::State::launch(const std::shared_ptr<Lookup>& lookup) {
  auto carried = std::make_unique<Launched>(Launched{this, lookup});
  Launched* const key = carried.get();
  in_flight.emplace(key, std::move(carried));
  ++launched;
  const int error =
      ub_resolve_async(context.get(), lookup->name.text().c_str(), static_cast<int>(lookup->type),
                       class_in, key, &State::take_result, nullptr);
  if (error == 0) return;
  in_flight.erase(key);
  lookup->resolution.status = ResolutionStatus::servfail;
  lookup->resolution.why = ub_strerror(error);
  done(*lookup);
  boost::asio::post(executor, [weak = weak_from_this()] {
    if (const std::shared_ptr<State> self = weak.lock()) self->fire();
  });
}

void Resolver::State::launch_waiting() {
  while (!line.empty() && in_flight.size() < lookups_in_flight_max) {
    const std::shared_ptr<Lookup> lookup = line.front();
    line.pop_front();
    launch(lookup);
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
  boost::system::error_code ignored;
  state_->pipe.close(ignored);
}

boost::asio::awaitable<Resolution> Resolver::resolve(dns::Name name, dns::RecordType type) {
  const std::shared_ptr<Lookup> lookup = state_->look_up(name, type);
  co_await state_->wait(lookup);
  co_return lookup->resolution;
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
  boost::system::error_code ignored;
  state->pipe.close(ignored);
  while (state->waiting > 0) {
    co_await boost::asio::post(state->executor, boost::asio::use_awaitable);
  }
}

}  // namespace dskeeper::net
