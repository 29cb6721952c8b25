#include "dns/tsig_request.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "dns/tsig_record.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

// RFC 8945 §5.2.2.1: no MAC is shorter than ten octets or half of the whole.
constexpr std::size_t mac_octets_min = 10;

enum class MacIs { right, cut_short, wrong, malformed };

MacIs compare(ByteView given, ByteView expected) {
  const std::size_t least = std::max(mac_octets_min, expected.size() / 2);
  if (given.size() > expected.size() || given.size() < least) return MacIs::malformed;
  if (CRYPTO_memcmp(given.data(), expected.data(), given.size()) != 0) return MacIs::wrong;
  return given.size() == expected.size() ? MacIs::right : MacIs::cut_short;
}

bool is_in_time(const TsigRecord& tsig, Time now) {
  const std::int64_t difference = tsig_seconds(now) - static_cast<std::int64_t>(tsig.time_signed_s);
  return std::abs(difference) <= tsig.fudge_s;
}

}  // namespace

// In the order of RFC 8945 §5.2: the key, the MAC, the time, and whether the MAC is whole.
TsigRequest TsigRequest::read(ByteView request, std::span<const TsigKey> keys, Time now) {
  TsigRequest out;
  const FoundTsig found = find_tsig(request);
  if (found.where != FoundTsig::Where::last) {
    out.rcode_ = Rcode::formerr;
    return out;
  }
  const TsigRecord& tsig = found.record;
  out.key_name_ = tsig.key_name;
  out.algorithm_name_ = tsig.algorithm_name;
  out.mac_.assign(tsig.mac.begin(), tsig.mac.end());
  out.time_signed_s_ = tsig.time_signed_s;
  out.original_id_ = tsig.original_id;
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const TsigKey& known) {
    return known.name == tsig.key_name &&
           facts_of(known.algorithm).wire_name() == tsig.algorithm_name;
  });
  out.rcode_ = Rcode::notauth;
  if (key == keys.end()) {
    out.error_ = Rcode::badkey;
    return out;
  }
  Bytes data;
  put_message(data, request, tsig);
  put_variables(data, tsig);
  const MacIs mac = compare(tsig.mac, hmac(*key, data));
  if (mac == MacIs::malformed) {
    out.rcode_ = Rcode::formerr;
  } else if (mac == MacIs::wrong) {
    out.error_ = Rcode::badsig;
  } else {
    out.key_ = *key;
    if (!is_in_time(tsig, now)) {
      out.error_ = Rcode::badtime;
    } else if (mac == MacIs::cut_short) {
      out.error_ = Rcode::badtrunc;
    } else {
      out.rcode_ = Rcode::noerror;
    }
  }
  return out;
}

Result<Bytes> TsigRequest::sign(ByteView answer, Time now) const {
  CHECK(rcode_ != Rcode::formerr);
  const auto now_s = static_cast<std::uint64_t>(std::max<std::int64_t>(0, tsig_seconds(now)));
  TsigRecord tsig;
  tsig.key_name = key_name_;
  tsig.algorithm_name = algorithm_name_;
  tsig.time_signed_s = now_s;
  tsig.fudge_s = tsig_fudge_s;
  tsig.original_id = original_id_;
  tsig.error = static_cast<std::uint16_t>(error_);
  Bytes our_clock;
  if (error_ == Rcode::badtime) {  // RFC 8945 §5.2.3: the asker's time, and beside it ours
    tsig.time_signed_s = time_signed_s_;
    put_u48(our_clock, now_s);
    tsig.other = our_clock;
  }
  Bytes mac;
  if (!key_.secret.empty()) {
    Bytes data;
    put_prior_mac(data, mac_);
    put_bytes(data, answer);
    put_variables(data, tsig);
    mac = hmac(key_, data);
    tsig.mac = mac;
  }
  return append_tsig(answer, tsig);
}

}  // namespace dskeeper::dns
