// A message to the port of the NOTIFY receiver: what it asks for, and what is answered (RFC 9859
// §4, RFC 1996 §3).
//
// Pure. Of a NOTIFY only the question counts, and in the additional section the Report-Channel
// option and the TSIG record; whatever its other sections claim is never data (RFC 9859 §5). An
// answer is never larger than what it answers, so that nobody gains by a forged source address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "dns/name.h"
#include "dns/types.h"

namespace dskeeper::notify {

// A child says that something has changed.
struct Notification {
  dns::Name child;
  dns::RecordType type{};          // CDS, which speaks for CDNSKEY too, or CSYNC
  std::optional<dns::Name> agent;  // who wants to hear what goes wrong (RFC 9567 §5)
  bool operator==(const Notification&) const = default;
};

// A message, read as far as its answer depends on it.
struct Incoming {
  dns::Rcode rcode = dns::Rcode::noerror;    // what is wrong with it
  std::optional<Notification> notification;  // where nothing is
  std::size_t question_end = 0;              // of the question as it is repeated; 0: it is not
  bool has_opt = false;
  bool has_tsig = false;  // its last record is one; dns/tsig_request.h says what it is worth
};

// RFC 6891 §9; the number is that of BADSIG, which is TSIG's.
inline constexpr dns::Rcode badvers{16};

// Reads what came to our port. Nothing: it is not to be answered, since it is a response or too
// short for a header.
[[nodiscard]] std::optional<Incoming> read_message(ByteView wire);

// The answer to what was read from `wire`, without TSIG.
[[nodiscard]] Bytes make_answer(ByteView wire, const Incoming& incoming, dns::Rcode rcode);

}  // namespace dskeeper::notify
