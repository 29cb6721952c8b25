// Asking name servers: the one way in which questions about children leave this machine.
//
// UDP with EDNS 1232 and DO from many random ports, resent once, over to TCP on truncation; TCP
// pipelined and shared (RFC 7766). Every question passes the address permit and the pacing, and is
// bounded in time. What comes back is octets: what they are worth is for survey/ and rules/.
// Single-threaded, all on one executor; must be destroyed before the io_context.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/time.h"
#include "dns/rrset.h"
#include "model/survey.h"

namespace dskeeper::net {

class RandomSource;

// What came of asking. Closed.
enum class AskStatus : std::uint8_t {
  answered,       // a response to this question is here, whatever it says
  timeout,        // silence
  unreachable,    // no route, connection refused or reset, or the family is switched off
  truncated,      // TC over UDP and TCP did not help, or TC over TCP; the truncated octets are here
  not_permitted,  // a special-purpose address that nobody permitted
  set_aside,      // not asked, since the server was silent for others, or slow for too many; says
                  // nothing of this child
  cancelled,      // the client was closed; says nothing about the server
};
[[nodiscard]] std::string_view to_text(AskStatus status);

struct Ask {
  IpAddress address;
  dns::Question question;
  Transport transport = Transport::udp;
  // Asked also where the server is set aside: what it says or does not say is to be counted. A few
  // such questions at a time, to one address.
  bool is_needed = false;
  // A NOTIFY caused it, so that strangers choose when: gets a quarter of the address' rate.
  bool is_notified = false;
};

struct Reply {
  AskStatus status = AskStatus::cancelled;
  Transport transport = Transport::udp;  // that the octets came over, else the last one tried
  Duration waited{};                     // for its turn (pacing), before it was sent
  Duration round_trip{};                 // from sending to the response or to giving up
  Bytes wire;                            // for answered and truncated
};

// What an operator agreed to: a rate for its addresses, which its networks then do not cap.
struct AgreedRate {
  std::vector<IpPrefix> addresses;
  unsigned rate = 0;
};

struct DnsClientOptions {
  Duration timeout = std::chrono::seconds(5);  // for each transport
  unsigned rate = 50;                          // questions a second to one address; 0: no limit
  unsigned network_rate = 500;                 // to one /24 or /48; 0: no limit
  std::vector<AgreedRate> agreed;
  std::vector<IpPrefix> permit;             // special-purpose ranges that may be asked
  std::vector<IpAddress> source_addresses;  // of this vantage; none: the kernel chooses
  bool ipv4 = true;
  bool ipv6 = true;

  unsigned udp_sockets = 128;           // for each family, each on a random port
  unsigned udp_in_flight_max = 8192;    // more questions wait
  unsigned server_in_flight_max = 100;  // to one address, for each transport
  unsigned tcp_connections_max = 2000;  // more servers wait
  Duration tcp_idle = std::chrono::seconds(10);

  // Above this, addresses of which there is nothing to remember are forgotten.
  std::size_t paced_servers_max = 100'000;

  std::uint16_t port = 53;  // only tests ask another one
  bool refuse_own_addresses = true;
  RandomSource* random = nullptr;  // none: the system's
};

// Since the start; for the summary, the metrics and the benchmark.
struct DnsClientCounts {
  std::uint64_t udp_questions = 0;  // datagrams sent first
  std::uint64_t udp_resent = 0;
  std::uint64_t udp_truncated = 0;
  std::uint64_t udp_strays = 0;  // datagrams that answered nothing we asked
  std::uint64_t tcp_questions = 0;
  std::uint64_t tcp_connections = 0;
  std::uint64_t tcp_cut = 0;      // questions that a server left unanswered as it closed
  std::uint64_t octets_sent = 0;  // DNS messages only
  std::uint64_t octets_received = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t unreachable = 0;
  std::uint64_t not_permitted = 0;
  std::uint64_t not_sent = 0;  // the server was set aside
  std::uint64_t slowed = 0;    // paces of servers that a burst of trouble changed
};

class DnsClient {
 public:
  DnsClient(const boost::asio::any_io_executor& executor, const DnsClientOptions& options);
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;
  ~DnsClient();

  [[nodiscard]] boost::asio::awaitable<Reply> ask(IpAddress address, dns::Question question,
                                                  Transport transport);
  // All at once; the replies stand in the order of the questions. Those to one server over TCP go
  // in one write.
  [[nodiscard]] boost::asio::awaitable<std::vector<Reply>> ask_all(std::vector<Ask> asks);

  // Which of these would be refused as not permitted.
  [[nodiscard]] bool is_permitted(const IpAddress& address) const;
  [[nodiscard]] const DnsClientCounts& counts() const;
  [[nodiscard]] std::size_t in_flight() const;
  // Addresses whose rate or silence is remembered.
  [[nodiscard]] std::size_t paced_servers() const;

  // The gate: everything in flight ends as cancelled, and what comes later too. Returns when all
  // have been resumed. After that the io_context may run out of work.
  [[nodiscard]] boost::asio::awaitable<void> close();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the coroutines, which may go later
};

}  // namespace dskeeper::net
