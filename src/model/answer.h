// One answer to one question at one server address, in wire form.
//
// A value. What it is worth is said elsewhere (rules/prove.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"

namespace dskeeper {

enum class Transport : std::uint8_t { udp, tcp };

// What came of one question to one server address. Closed: every case has its word.
enum class AnswerStatus : std::uint8_t {
  answer,             // authoritative, the RRset is there
  nodata,             // authoritative, NOERROR, the RRset is not there
  nxdomain,           // the server says that the name does not exist
  referral,           // NOERROR, not authoritative, points elsewhere
  not_authoritative,  // an answer without AA
  refused,
  servfail,
  other_rcode,
  malformed,  // cannot be parsed, or a CNAME or DNAME where an apex must be
  truncated,  // TC over UDP and TCP did not help, or TC over TCP
  timeout,
  unreachable,    // no route, connection refused or reset; also: the host has no address
  not_permitted,  // a special-purpose address that scan.permit does not name
  not_asked,      // the look ended before its turn came, or the server was silent for others
};
[[nodiscard]] std::string_view to_text(AnswerStatus status);  // "not-authoritative"
[[nodiscard]] std::string_view to_text(Transport transport);
[[nodiscard]] Result<AnswerStatus> parse_answer_status(std::string_view text);
[[nodiscard]] Result<Transport> parse_transport(std::string_view text);

// RFC 9975 §3 counts only these as received responses (standards.md §5.4, §17-B).
[[nodiscard]] constexpr bool is_received(AnswerStatus status) {
  return status == AnswerStatus::answer || status == AnswerStatus::nodata;
}
// Nobody answered, so that the server may in time be dropped from consideration (RFC 9975 §3,
// standards.md §17-K). A malformed or refused answer is retried too, but never dropped.
[[nodiscard]] constexpr bool is_silence(AnswerStatus status) {
  return status == AnswerStatus::timeout || status == AnswerStatus::unreachable;
}

struct ServerAddress {
  dns::Name host;
  IpAddress address;                       // 0.0.0.0 where none is known
  [[nodiscard]] std::string text() const;  // "ns2.op.example. 192.0.2.2"
  auto operator<=>(const ServerAddress&) const = default;
};

// Tells looks apart: counted looks of a hold must be different ones. Grows with time.
struct LookId {
  std::uint64_t value = 0;
  auto operator<=>(const LookId&) const = default;
};

struct Answer {
  ServerAddress server;  // where hosts share an address, the first of them
  dns::RecordType type{};
  Transport transport = Transport::udp;
  Time asked_at;
  Duration round_trip{};
  AnswerStatus status = AnswerStatus::not_asked;
  Bytes wire;  // empty where nothing came
  bool operator==(const Answer&) const = default;
};

// How the addresses of a name server were found.
struct SurveyedServer {
  dns::Name host;
  std::vector<IpAddress> addresses;  // glue and resolver together, sorted; each was asked, or
                                     // has answers with the status not_permitted
  std::string trouble;               // what went wrong in finding them, for people; else empty
  bool is_complete = true;           // these are all: no lookup failed, no limit of ours cut them
  bool operator==(const SurveyedServer&) const = default;
};

}  // namespace dskeeper
