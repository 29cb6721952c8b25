#include "cli/signal_watch.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "cli/log.h"
#include "cli/typed_name.h"
#include "model/signaling_name.h"

namespace dskeeper::cli {
namespace asio = boost::asio;
namespace {

// Between two looks at what is due.
constexpr Duration tick = std::chrono::seconds(1);
// For so long the first reading waits for parent zones that cannot be read.
constexpr Duration parents_wait_max = std::chrono::minutes(1);

// Children of a zone that are held against the parent at a time.
constexpr std::size_t taken_at_once = 1000;

// One zone has the signals of all hosts, or each host has its own.
std::vector<survey::SignalingZoneOptions> zones_of(const Configuration& configuration,
                                                   const SignalingSettings& settings,
                                                   const std::vector<KeptParent*>& parents) {
  survey::SignalingZoneOptions options;
  options.axfr = settings.axfr;
  if (!settings.key.empty()) options.key = configuration.keys.at(settings.key);
  options.walk = settings.walk;
  for (const KeptParent* parent : parents) options.parents.push_back(parent->zone());
  std::vector<survey::SignalingZoneOptions> zones;
  if (settings.zone) {
    options.zone = *settings.zone;
    options.hosts = settings.hosts;
    zones.push_back(std::move(options));
    return zones;
  }
  for (const dns::Name& host : settings.hosts) {
    auto domain = signaling_domain(host);
    if (!domain) continue;  // too long for any signal
    options.zone = *std::move(domain);
    options.hosts = {host};
    zones.push_back(options);
  }
  return zones;
}

}  // namespace

SignalWatch::SignalWatch(const Configuration& configuration, const SignalingSettings& settings,
                         Workplace& workplace, const std::vector<KeptParent*>& parents,
                         const Clock& clock)
    : PeriodicPart(workplace.executor()),
      settings_(settings),
      parents_(parents),
      signals_(workplace.signals()),
      clock_(clock),
      next_reading_(clock.now()),
      waits_until_(clock.now() + parents_wait_max) {
  for (survey::SignalingZoneOptions& options : zones_of(configuration, settings, parents)) {
    for (const dns::Name& host : options.hosts) looks_.emplace_back(host, parents_);
    zones_.push_back(std::make_unique<survey::SignalingZone>(std::move(options), workplace.client(),
                                                             workplace.resolver(), clock_));
  }
}

asio::awaitable<Result<void>> SignalWatch::turn() {
  const bool waits = waits_for_parents();
  if (!waits && clock_.now() >= next_reading_) {
    next_reading_ = clock_.now() + settings_.interval;
    co_await read_all();
  }
  want_due();
  co_return Result<void>();
}

// Only a parent that was read says whether a child is one of its own.
bool SignalWatch::waits_for_parents() const {
  return clock_.now() < waits_until_ && std::ranges::any_of(parents_, [](const KeptParent* parent) {
           return parent->snapshot() == nullptr;
         });
}

asio::awaitable<void> SignalWatch::read_all() {
  for (const auto& zone : zones_) {
    const Result<void> read = co_await zone->refresh();
    note(zone->options().zone, read);
    co_await take(*zone);
  }
}

// Also what was read before: delegations may be new.
asio::awaitable<void> SignalWatch::take(const survey::SignalingZone& zone) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  for (SignalLooks& looks : looks_) {
    const auto& hosts = zone.options().hosts;
    if (std::ranges::find(hosts, looks.host()) == hosts.end()) continue;
    looks.begin();
    const auto found = zone.children().find(looks.host());
    if (found != zone.children().end()) {
      std::size_t taken = 0;
      for (const auto& [child, digest] : found->second) {
        looks.add(child, digest, clock_.now());
        // Others have their turn in between.
        if (++taken % taken_at_once == 0) co_await asio::post(executor, asio::use_awaitable);
      }
    }
    looks.end();
  }
}

void SignalWatch::want_due() {
  for (SignalLooks& looks : looks_) {
    const std::vector<dns::Name> wanted = looks.want_due(clock_.now());
    if (wanted.empty()) continue;
    for (const dns::Name& child : wanted) signals_.doubt_absence(child);
    log(LogEvent::signals_found, {shown_name(looks.host()), std::to_string(looks.size()),
                                  std::to_string(wanted.size()), shown_name(wanted.front())});
  }
}

void SignalWatch::note(const dns::Name& zone, const Result<void>& read) {
  const std::string trouble = read ? std::string() : read.error().text();
  std::string& said = troubles_[zone];
  if (!trouble.empty() && trouble != said) {
    log(LogEvent::signals_unreadable, {shown_name(zone), trouble});
  }
  said = trouble;
}

Duration SignalWatch::pause(bool /*has_failed*/) const {
  return std::min(tick, settings_.interval);
}

void SignalWatch::report(const std::string& trouble) {
  log(LogEvent::signals_unreadable, {shown_name(settings_.hosts.front()), trouble});
}

}  // namespace dskeeper::cli
