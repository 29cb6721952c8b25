// Transaction signatures (TSIG, RFC 8945) for UPDATE and zone transfer.
//
// One TsigExchange a request; it keeps the MAC that the next message is chained to. A message that
// does not verify changes nothing, so that a forged datagram can be dropped and the real one
// awaited. Not thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"

namespace dskeeper::dns {

enum class TsigAlgorithm { hmac_sha256, hmac_sha512 };
[[nodiscard]] Result<TsigAlgorithm> parse_tsig_algorithm(std::string_view text);

struct TsigKey {
  Name name;
  TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256;
  Bytes secret;  // never printed
};

// RFC 8945 §10: how far the clocks of the two sides may differ.
inline constexpr unsigned tsig_fudge_s = 300;
// RFC 8945 §5.3.1: a signature at least every 100th message.
inline constexpr int tsig_unsigned_messages_max = 99;

// One exchange under one key: a request, then its response or the messages of a transfer.
class TsigExchange {
 public:
  explicit TsigExchange(TsigKey key) : key_(std::move(key)) {}

  // The request with its TSIG record appended; fudge 300 s. Starts the exchange anew.
  [[nodiscard]] Result<Bytes> sign(ByteView request, Time now);

  // Verifies the next message of the response against what went before. In a transfer up to 99
  // messages may come unsigned between signed ones (RFC 8945 §5.3.1); `is_last` demands a
  // signature. The error names BADSIG, BADKEY, BADTIME (with the server's time) or a missing TSIG.
  [[nodiscard]] Result<void> verify(ByteView response, Time now, bool is_last);

 private:
  [[nodiscard]] Result<void> accept_unsigned(ByteView response, bool is_last);

  TsigKey key_;
  Bytes previous_mac_;       // of the request, then of the last signed message
  Bytes unsigned_messages_;  // what the next signature covers besides its own message
  int unsigned_count_ = 0;
  bool is_first_ = true;
};

}  // namespace dskeeper::dns
