// The server's side of TSIG, for tests: signs a response to a signed request (RFC 8945 §5.3).
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "dns/tsig.h"
#include "dns/types.h"

namespace dskeeper::parent {

inline void put_number(Bytes& out, std::uint64_t value, unsigned octets) {
  for (unsigned i = octets; i > 0; --i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8U * (i - 1)) & 0xFFU));
  }
}

inline void put_all(Bytes& out, ByteView octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

// `error` and `server_time` for BADTIME (RFC 8945 §5.2.3). hmac-sha256 only.
inline Bytes sign_response(const Bytes& request, Bytes response, const dns::TsigKey& key, Time now,
                           dns::Rcode error = dns::Rcode::noerror) {
  // The request's MAC: 32 octets before its original ID, error and other length, which end it.
  const Bytes request_mac(request.end() - 38, request.end() - 6);
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  const auto algorithm = dns::Name::parse("hmac-sha256.").value();
  Bytes other;
  if (error == dns::Rcode::badtime) put_number(other, seconds, 6);

  Bytes data;
  put_number(data, request_mac.size(), 2);
  put_all(data, request_mac);
  put_all(data, response);
  put_all(data, key.name.wire());
  put_number(data, 255, 2);
  put_number(data, 0, 4);
  put_all(data, algorithm.wire());
  put_number(data, seconds, 6);
  put_number(data, dns::tsig_fudge_s, 2);
  put_number(data, static_cast<std::uint64_t>(error), 2);
  put_number(data, other.size(), 2);
  put_all(data, other);
  Bytes mac(32);
  HMAC(EVP_sha256(), key.secret.data(), static_cast<int>(key.secret.size()), data.data(),
       data.size(), mac.data(), nullptr);

  Bytes rdata;
  put_all(rdata, algorithm.wire());
  put_number(rdata, seconds, 6);
  put_number(rdata, dns::tsig_fudge_s, 2);
  put_number(rdata, mac.size(), 2);
  put_all(rdata, mac);
  put_all(rdata, ByteView(response).first(2));  // the original ID
  put_number(rdata, static_cast<std::uint64_t>(error), 2);
  put_number(rdata, other.size(), 2);
  put_all(rdata, other);
  put_all(response, key.name.wire());
  put_number(response, 250, 2);
  put_number(response, 255, 2);
  put_number(response, 0, 4);
  put_number(response, rdata.size(), 2);
  put_all(response, rdata);
  response[11] = static_cast<std::uint8_t>(response[11] + 1);
  return response;
}

}  // namespace dskeeper::parent
