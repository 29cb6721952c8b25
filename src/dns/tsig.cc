#include "dns/tsig.h"

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "dns/rrset.h"
#include "dns/tsig_record.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

std::string clock_text(std::uint64_t seconds) {
  static constexpr std::uint64_t writable_max_s = 253'402'300'799;  // the end of the year 9999
  return format_time(Time(std::chrono::seconds(std::min(seconds, writable_max_s))));
}

tl::unexpected<Error> bad_time(std::uint64_t server_s, Time now) {
  return fail(fmt::format("BADTIME: the server's clock says {}, ours {}", clock_text(server_s),
                          format_time(now)),
              {}, "Set both clocks right.");
}

// What the server says in the error field of a TSIG record whose MAC is right (RFC 8945 §5.2).
Result<void> error_of(const TsigRecord& tsig, Time now) {
  if (tsig.error == 0) return {};
  if (static_cast<Rcode>(tsig.error) != Rcode::badtime || tsig.other.size() != 6) {
    return fail(fmt::format("the server answers {}", to_text(static_cast<Rcode>(tsig.error))));
  }
  WireReader reader(tsig.other);
  const std::uint64_t high = reader.u16();
  return bad_time(high << 32U | reader.u32(), now);
}

Rcode rcode_of(ByteView wire) {
  return static_cast<Rcode>(wire[3] & 0x0FU);
}

}  // namespace

Result<TsigAlgorithm> parse_tsig_algorithm(std::string_view text) {
  if (const auto found = find_tsig_algorithm(text)) return *found;
  return fail(fmt::format("\"{}\" is not a TSIG algorithm that dskeeper knows", text), {},
              "Use hmac-sha256 or hmac-sha512.");
}

Result<Bytes> TsigExchange::sign(ByteView request, Time now) {
  if (key_.secret.empty()) return fail("the TSIG key has no secret", key_.name.text());
  if (find_tsig(request).where != FoundTsig::Where::absent) {
    return fail("the request to sign is malformed, or signed already", key_.name.text());
  }
  const TsigAlgorithmFacts& facts = facts_of(key_.algorithm);
  TsigRecord tsig;
  tsig.key_name = key_.name;
  tsig.algorithm_name = facts.wire_name();
  tsig.time_signed_s = static_cast<std::uint64_t>(std::max<std::int64_t>(0, tsig_seconds(now)));
  tsig.fudge_s = tsig_fudge_s;
  tsig.original_id = static_cast<std::uint16_t>(request[0] * 256U + request[1]);

  Bytes data(request.begin(), request.end());
  put_variables(data, tsig);
  previous_mac_ = hmac(key_, data);
  unsigned_messages_.clear();
  unsigned_count_ = 0;
  is_first_ = true;

  tsig.mac = previous_mac_;
  return append_tsig(request, tsig);
}

Result<void> TsigExchange::verify(ByteView response, Time now, bool is_last) {
  CHECK(!previous_mac_.empty());  // sign() comes first
  const FoundTsig found = find_tsig(response);
  if (found.where == FoundTsig::Where::malformed) return fail("the signed response is malformed");
  if (found.where == FoundTsig::Where::absent) return accept_unsigned(response, is_last);

  const TsigRecord& tsig = found.record;
  const TsigAlgorithmFacts& facts = facts_of(key_.algorithm);
  if (tsig.key_name != key_.name || tsig.algorithm_name != facts.wire_name()) {
    return fail(fmt::format("BADKEY: the response is signed with the key {} {}, not {} {}",
                            tsig.algorithm_name.text(), tsig.key_name.text(), facts.name,
                            key_.name.text()));
  }
  // RFC 8945 §5.3.2: a server that could not check the request's MAC does not sign its answer.
  if (tsig.mac.empty() && tsig.error != 0) {
    return fail(
        fmt::format("the server answers {}, unsigned", to_text(static_cast<Rcode>(tsig.error))), {},
        "Compare the key's name, algorithm and secret on both sides, and what the server lets it "
        "do.");
  }
  Bytes data;
  put_prior_mac(data, previous_mac_);
  put_bytes(data, unsigned_messages_);
  put_message(data, response, tsig);
  if (is_first_) {
    put_variables(data, tsig);
  } else {  // RFC 8945 §5.3.1: the timers only
    put_timers(data, tsig);
  }
  // A truncated MAC (RFC 8945 §5.2.2.1) is not ours to accept: we asked with a whole one.
  const Bytes expected = hmac(key_, data);
  if (tsig.mac.size() != expected.size() ||
      CRYPTO_memcmp(tsig.mac.data(), expected.data(), expected.size()) != 0) {
    return fail("BADSIG: the response's TSIG does not verify");
  }
  auto said = error_of(tsig, now);
  if (!said) return said;
  const std::int64_t difference = tsig_seconds(now) - static_cast<std::int64_t>(tsig.time_signed_s);
  if (std::abs(difference) > tsig.fudge_s) return bad_time(tsig.time_signed_s, now);

  previous_mac_.assign(tsig.mac.begin(), tsig.mac.end());
  unsigned_messages_.clear();
  unsigned_count_ = 0;
  is_first_ = false;
  return {};
}

Result<void> TsigExchange::accept_unsigned(ByteView response, bool is_last) {
  if (is_first_ || is_last) {
    return fail(fmt::format("the response ({}) carries no TSIG", to_text(rcode_of(response))));
  }
  if (++unsigned_count_ > tsig_unsigned_messages_max) {
    return fail("the transfer's TSIG is overdue: more than 99 messages without one");
  }
  put_bytes(unsigned_messages_, response);
  return {};
}

}  // namespace dskeeper::dns
