// The TSIG record on the wire, and what its MAC covers (RFC 8945 §4). Internal to src/dns.
//
// Both sides of an exchange are built on it: tsig.h who asks, tsig_request.h who is asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/tsig.h"

namespace dskeeper::dns {

// RFC 8945 §6.
struct TsigAlgorithmFacts {
  TsigAlgorithm algorithm;
  const char* name;    // as people write it, and on the wire
  const char* digest;  // as OpenSSL calls it
  std::size_t mac_octets;

  [[nodiscard]] Name wire_name() const;
};
[[nodiscard]] const TsigAlgorithmFacts& facts_of(TsigAlgorithm algorithm);
[[nodiscard]] std::optional<TsigAlgorithm> find_tsig_algorithm(std::string_view name);

// RFC 8945 §4.2. The views point into the message that it was found in.
struct TsigRecord {
  std::size_t start = 0;  // where it begins in the message
  Name key_name;
  Name algorithm_name;
  std::uint64_t time_signed_s = 0;
  std::uint16_t fudge_s = 0;
  ByteView mac;
  std::uint16_t original_id = 0;
  std::uint16_t error = 0;
  ByteView other;
};

struct FoundTsig {
  enum class Where { absent, last, malformed };
  Where where = Where::malformed;
  TsigRecord record;
};
// The TSIG record is the last of the additional section and nowhere else (RFC 8945 §5.1). The whole
// message must be well-formed as far as its records' frames go.
[[nodiscard]] FoundTsig find_tsig(ByteView wire);

// The message with the record behind it. Fails where there is no room.
[[nodiscard]] Result<Bytes> append_tsig(ByteView message, const TsigRecord& tsig);

// What is signed, part by part (RFC 8945 §4.3): the MAC of the message before, the message as it
// was without its TSIG, the TSIG variables or only its timers.
void put_prior_mac(Bytes& data, ByteView mac);
void put_message(Bytes& data, ByteView wire, const TsigRecord& tsig);
void put_variables(Bytes& data, const TsigRecord& tsig);
void put_timers(Bytes& data, const TsigRecord& tsig);
[[nodiscard]] Bytes hmac(const TsigKey& key, ByteView data);

// Time Signed counts whole seconds.
[[nodiscard]] std::int64_t tsig_seconds(Time time);
void put_u48(Bytes& out, std::uint64_t value);

}  // namespace dskeeper::dns
