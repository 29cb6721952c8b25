// The validating resolver: addresses of name servers, and whatever else must be true from the trust
// anchor down (RFC 9615 signals). libunbound does the resolving, in a thread of its own.
//
// It is never asked for a child's apex: those answers are judged server by server. It keeps to the
// same address permit as the DnsClient. In front of it stands a cache of host addresses, since a
// few operators serve most children, and identical lookups that run at the same time are one.
// Single-threaded towards the outside, all on one executor; must go before the io_context does.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace dskeeper::net {

enum class ResolutionStatus : std::uint8_t {
  secure,     // data, validated from the trust anchor
  insecure,   // data, from a zone that is proven to be unsigned
  nodata,     // the name is there, the type is not
  nxdomain,   // the name is not there
  bogus,      // validation failed: nothing may be believed
  servfail,   // no answer could be had
  cancelled,  // the resolver was closed
};
[[nodiscard]] std::string_view to_text(ResolutionStatus status);

struct Resolution {
  ResolutionStatus status = ResolutionStatus::cancelled;
  bool is_validated = false;  // data or denial is proven from the trust anchor down
  std::vector<Bytes> rdata;
  dns::Ttl ttl;
  std::string why;  // for bogus and servfail: a sentence's worth
  Bytes wire;       // the whole answer with its signatures, as evidence; may be empty

  [[nodiscard]] bool has_data() const {
    return status == ResolutionStatus::secure || status == ResolutionStatus::insecure;
  }
  // Absence is an answer; bogus and servfail are not.
  [[nodiscard]] bool is_answer() const {
    return has_data() || status == ResolutionStatus::nodata || status == ResolutionStatus::nxdomain;
  }
};

// Both families of one host, sorted. `trouble` says why there is none, or why one family is
// missing.
struct HostAddresses {
  std::vector<IpAddress> addresses;
  std::string trouble;
  bool is_complete = true;  // every lookup had an answer, be it that there is nothing, and no limit
                            // of ours cut it
};

struct ResolverOptions {
  std::filesystem::path root_hints;    // empty: libunbound's, which are the Internet's
  std::filesystem::path trust_anchor;  // empty: nothing is validated
  std::optional<Endpoint>
      forward_to;                // ask this resolver instead of the authorities; still validated
  std::vector<IpPrefix> permit;  // as in DnsClientOptions
  std::vector<IpAddress> source_addresses;
  bool refuse_own_addresses = true;
  bool minimises = true;  // RFC 9156
  bool over_tcp = false;  // ask the authorities so: nobody is to think that the source is forged
  bool ipv4 = true;
  bool ipv6 = true;
};

// More lookups wait for these.
inline constexpr std::size_t lookups_in_flight_max = 256;
// Hosts whose addresses are remembered; beyond, all that have expired are forgotten, or all.
inline constexpr std::size_t cached_hosts_max = 200'000;
// Of one host, in both families together; RRsets of thousands would fill the memory.
inline constexpr std::size_t host_addresses_max = 64;
inline constexpr std::uint32_t cached_ttl_min_s = 5;
inline constexpr std::uint32_t cached_ttl_max_s = 3600;
inline constexpr std::uint32_t cached_trouble_s = 60;

class Resolver {
 public:
  // Fails where a file cannot be used, with what libunbound says about it.
  [[nodiscard]] static Result<std::unique_ptr<Resolver>> create(
      const boost::asio::any_io_executor& executor, const ResolverOptions& options);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  [[nodiscard]] boost::asio::awaitable<Resolution> resolve(dns::Name name, dns::RecordType type);

  // Several at the same time; in the same order.
  [[nodiscard]] boost::asio::awaitable<std::vector<Resolution>> resolve_all(
      std::vector<dns::Question> questions);

  // Addresses of the families that are switched on, from the cache where it knows them.
  [[nodiscard]] boost::asio::awaitable<std::shared_ptr<const HostAddresses>> addresses(
      dns::Name host);
  // Those of several hosts, looked up at the same time; in the same order.
  [[nodiscard]] boost::asio::awaitable<std::vector<std::shared_ptr<const HostAddresses>>>
  addresses_of(std::vector<dns::Name> hosts);
  // What the cache has now, else null: saves the coroutine.
  [[nodiscard]] std::shared_ptr<const HostAddresses> cached_addresses(const dns::Name& host) const;

  [[nodiscard]] std::uint64_t lookups() const;  // handed to libunbound since the start

  // What waits ends as cancelled, and what comes later too.
  [[nodiscard]] boost::asio::awaitable<void> close();

 private:
  struct State;
  explicit Resolver(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace dskeeper::net
