// DNSKEY public keys and signatures in the forms that OpenSSL takes. Internal to src/dns.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "dns/records.h"

using EVP_PKEY = struct evp_pkey_st;

namespace dskeeper::dns {

struct FreePkey {
  void operator()(EVP_PKEY* key) const;
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;

// RSA moduli outside these bounds are refused: shorter ones prove nothing, longer ones cost us
// milliseconds (RFC 5702 §2; RFC 3110 §2 for the upper bound).
inline constexpr int rsa_modulus_bits_min = 512;
inline constexpr int rsa_modulus_bits_max = 4096;
inline constexpr int rsa_sha512_modulus_bits_min = 1024;  // RFC 5702 §2.2
// A long exponent makes verification as slow as signing.
inline constexpr int rsa_exponent_bits_max = 64;

// Null for keys that cannot be parsed, break these bounds, or are of another algorithm than 8, 10
// (RFC 3110, RFC 5702), 13, 14 (RFC 6605), 15, 16 (RFC 8080).
[[nodiscard]] Pkey make_pkey(const Dnskey& key);

// The DER form (RFC 3279 §2.2.3) of an ECDSA signature r | s, each of `octets` octets (RFC 6605
// §4); nothing where the length is wrong.
[[nodiscard]] std::optional<Bytes> ecdsa_der(ByteView raw, std::size_t octets);

}  // namespace dskeeper::dns
