// A zone from its server over TCP, whole (AXFR, RFC 5936) or what has changed since the version
// that we hold (IXFR, RFC 1995); signed with TSIG where there is a key (RFC 8945 §5.3.1).
//
// The records are handed on as they come, so that a large zone is never held twice. What was handed
// on counts only when the transfer succeeds: up to 99 messages may stand between two signatures.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/rrset.h"
#include "dns/transfer_answer.h"
#include "dns/tsig.h"

namespace dskeeper::net {

struct TransferOptions {
  dns::Name zone;
  Endpoint server;
  std::optional<dns::TsigKey> key;
  Duration silence_max = std::chrono::seconds(30);  // between two messages
  Duration total_max = std::chrono::hours(2);
  std::uint64_t octets_max = std::uint64_t{256} << 30U;
};

struct TransferSummary {
  dns::TransferKind kind = dns::TransferKind::whole;
  dns::Serial serial;         // of the server's version
  std::uint64_t records = 0;  // handed on
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;
};

// Gets each record of the zone once, the SOA first; an error ends the transfer with it.
using RecordVisitor = std::function<Result<void>(dns::Record&& record)>;

// Fails where the server refuses, where the zone changes while it is sent (the SOA at the end is
// not the one at the start), and where a limit is reached; the error says what to do about it.
[[nodiscard]] boost::asio::awaitable<Result<TransferSummary>> transfer_zone(TransferOptions options,
                                                                            const Clock& clock,
                                                                            RecordVisitor visitor);

// Gets each record of the answer and what it is there, but for the SOA behind all.
using PartVisitor = std::function<Result<void>(dns::TransferPart part, dns::Record&& record)>;

// Asks for the differences from the version with this SOA (its RDATA). The server may answer with
// the whole zone instead, or that it has nothing newer.
[[nodiscard]] boost::asio::awaitable<Result<TransferSummary>> transfer_differences(
    TransferOptions options, Bytes held_soa, const Clock& clock, PartVisitor visitor);

}  // namespace dskeeper::net
