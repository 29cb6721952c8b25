#include "survey/signaling_zone.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "model/signaling_name.h"
#include "net/transfer.h"
#include "net/zone_serial.h"
#include "survey/signal_walk.h"

namespace dskeeper::survey {
namespace {

// FNV-1a over one record. Those of one child are added up, in whatever order they come.
std::uint64_t digest_of(const dns::Record& record) {
  std::uint64_t hash = 0xcbf29ce484222325U ^ static_cast<std::uint64_t>(record.type);
  for (const std::uint8_t octet : record.rdata) hash = (hash ^ octet) * 0x100000001b3U;
  return hash;
}

// Sorts the records of one transfer by host and child. Without I/O.
class Sorter {
 public:
  explicit Sorter(const SignalingZoneOptions& options) : options_(options) {
    for (const dns::Name& host : options_.hosts) {
      if (auto domain = signaling_domain(host)) domains_.push_back({host, *std::move(domain)});
    }
  }

  Result<void> add(const dns::Record& record) {
    if (record.type != dns::RecordType::cds && record.type != dns::RecordType::cdnskey) return {};
    for (const Domain& domain : domains_) {
      const auto child = signalled_child(record.owner, domain.name);
      if (!child || !is_ours(*child)) continue;
      const auto [place, is_new] = found_[domain.host].try_emplace(*child, 0);
      place->second += digest_of(record);
      if (is_new && ++children_ > signalled_children_max) {
        return fail(
            fmt::format("there are signals for more than {} children", signalled_children_max),
            options_.zone.text());
      }
    }
    return {};
  }

  [[nodiscard]] std::map<dns::Name, SignalledChildren> finish() && { return std::move(found_); }

 private:
  struct Domain {
    dns::Name host;
    dns::Name name;
  };

  [[nodiscard]] bool is_ours(const dns::Name& child) const {
    return std::ranges::any_of(options_.parents,
                               [&](const dns::Name& parent) { return child.is_below(parent); });
  }

  const SignalingZoneOptions& options_;
  std::vector<Domain> domains_;
  std::map<dns::Name, SignalledChildren> found_;
  std::size_t children_ = 0;
};

}  // namespace

SignalingZone::SignalingZone(SignalingZoneOptions options, net::DnsClient& client,
                             net::Resolver& resolver, const Clock& clock)
    : options_(std::move(options)), client_(client), resolver_(resolver), clock_(clock) {}

boost::asio::awaitable<Result<void>> SignalingZone::refresh() {
  Result<void> done = fail("it is not said how the zone is read", options_.zone.text());
  if (options_.axfr) done = co_await refresh_by_transfer();
  if (!done && options_.walk) done = co_await refresh_by_walk();
  co_return done;
}

bool SignalingZone::is_known(std::optional<dns::Serial> serial) const {
  return serial && serial_ == serial && read_at_ && clock_.now() - *read_at_ < signaling_zone_kept;
}

void SignalingZone::take(Found found, std::optional<dns::Serial> serial) {
  children_ = std::move(found);
  serial_ = serial;
  read_at_ = clock_.now();
}

boost::asio::awaitable<Result<void>> SignalingZone::refresh_by_transfer() {
  net::SerialQuestion question{options_.zone, *options_.axfr, options_.key};
  const Result<dns::Serial> serial = co_await net::ask_serial(std::move(question), clock_);
  if (!serial) co_return tl::unexpected<Error>(serial.error());
  if (is_known(*serial)) co_return Result<void>();
  net::TransferOptions transfer;
  transfer.zone = options_.zone;
  transfer.server = *options_.axfr;
  transfer.key = options_.key;
  transfer.octets_max = signaling_zone_octets_max;
  Sorter sorter(options_);
  net::RecordVisitor visitor = [&sorter](dns::Record&& record) { return sorter.add(record); };
  const Result<net::TransferSummary> summary =
      co_await net::transfer_zone(std::move(transfer), clock_, std::move(visitor));
  if (!summary) co_return tl::unexpected<Error>(summary.error());
  take(std::move(sorter).finish(), summary->serial);
  co_return Result<void>();
}

// The serial is asked for first: what comes into the zone while it is walked is seen next time.
boost::asio::awaitable<Result<void>> SignalingZone::refresh_by_walk() {
  Found found;
  const Result<std::optional<dns::Serial>> serial =
      co_await ask_serial_of(options_.zone, client_, resolver_, clock_);
  if (!serial) co_return tl::unexpected<Error>(serial.error());
  if (is_known(*serial)) co_return Result<void>();
  for (const dns::Name& host : options_.hosts) {
    Result<std::vector<dns::Name>> children =
        co_await walk_signals(host, options_.parents, client_, resolver_, clock_);
    if (!children) co_return pass_on(std::move(children));
    for (dns::Name& child : *children) found[host].emplace(std::move(child), 0);
  }
  take(std::move(found), *serial);
  co_return Result<void>();
}

}  // namespace dskeeper::survey
