// One message of a zone transfer (RFC 5936 §2.2): the answer section record by record, in its
// order.
//
// Unlike parse_message it keeps the order, which is what tells where a transfer ends, and knows no
// limit but the message's own size, since servers fill 64 KiB. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

struct TransferMessage {
  std::uint16_t id = 0;
  bool is_response = false;
  Rcode rcode = Rcode::noerror;
  std::optional<Question> question;  // later messages may leave it out (RFC 5936 §2.2.1)
  std::vector<Record> records;       // RDATA in canonical form
};

// Fails on anything malformed, and on records of another class than IN. The additional section,
// where OPT and TSIG stand, is not looked at: tsig.h verifies it.
[[nodiscard]] Result<TransferMessage> parse_transfer_message(ByteView wire);

// The request for the whole zone (RFC 5936 §2.1).
[[nodiscard]] Bytes make_transfer_query(std::uint16_t id, const Name& zone);
// The request for what has changed since this version, of whose SOA record it has the RDATA
// (RFC 1995 §3).
[[nodiscard]] Bytes make_difference_query(std::uint16_t id, const Name& zone, ByteView held_soa);

}  // namespace dskeeper::dns
