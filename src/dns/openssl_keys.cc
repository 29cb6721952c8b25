#include "dns/openssl_keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace dskeeper::dns {
namespace {

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Pkey from_parameters(const char* type, int selection, OSSL_PARAM* parameters) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  CHECK(context && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters) != 1) return {};
  return Pkey(key);
}

Owned<BIGNUM> number(ByteView octets) {
  return Owned<BIGNUM>(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

// RFC 3110 §2: the exponent's length in one octet, or a zero and two octets; exponent; modulus.
Pkey make_rsa(ByteView wire, int modulus_bits_min) {
  if (wire.size() < 3) return {};
  const bool is_long = wire[0] == 0;
  const std::size_t length = is_long ? wire[1] * 256U + wire[2] : wire[0];
  const ByteView rest = wire.subspan(is_long ? 3 : 1);
  // The octet counts come first, so that no number is even built out of bounds.
  static constexpr std::size_t modulus_octets_max = rsa_modulus_bits_max / 8;
  if (length == 0 || length > modulus_octets_max || rest.size() <= length ||
      rest.size() - length > modulus_octets_max) {
    return {};
  }
  const auto exponent = number(rest.first(length));
  const auto modulus = number(rest.subspan(length));
  CHECK(exponent && modulus);
  const int bits = BN_num_bits(modulus.get());
  if (bits < modulus_bits_min || BN_num_bits(exponent.get()) > rsa_exponent_bits_max) return {};
  if (!BN_is_odd(modulus.get()) || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
    return {};
  }
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  CHECK(builder);
  CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1);
  CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  CHECK(parameters);
  return from_parameters("RSA", EVP_PKEY_PUBLIC_KEY, parameters.get());
}

// A key of that curve without its point. To set up the curve costs OpenSSL far more than to copy
// it.
Pkey make_curve(const char* group) {
  std::string curve = group;  // OSSL_PARAM wants a pointer to non-const
  std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0),
      OSSL_PARAM_construct_end()};
  Pkey key = from_parameters("EC", EVP_PKEY_KEY_PARAMETERS, parameters.data());
  CHECK(key);
  return key;
}

// RFC 6605 §4: the point as x | y. OpenSSL checks that it lies on the curve.
Pkey make_ec(ByteView wire, EVP_PKEY* curve, std::size_t octets) {
  if (wire.size() != 2 * octets) return {};
  Bytes point = {0x04};  // uncompressed (SEC 1 §2.3.3)
  point.insert(point.end(), wire.begin(), wire.end());
  Pkey key(EVP_PKEY_dup(curve));
  CHECK(key);
  if (EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) != 1) return {};
  return key;
}

// RFC 8080 §3.
Pkey make_ed(ByteView wire, const char* type, std::size_t octets) {
  if (wire.size() != octets) return {};
  return Pkey(EVP_PKEY_new_raw_public_key_ex(nullptr, type, nullptr, wire.data(), wire.size()));
}

// One INTEGER: no leading zeros, but one where the number would else read as negative.
void put_der_integer(Bytes& out, ByteView number) {
  while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
  const bool needs_zero = (number[0] & 0x80U) != 0;
  out.push_back(0x02);
  out.push_back(static_cast<std::uint8_t>(number.size() + (needs_zero ? 1 : 0)));
  if (needs_zero) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

}  // namespace

void FreePkey::operator()(EVP_PKEY* key) const {
  EVP_PKEY_free(key);
}

Pkey make_pkey(const Dnskey& key) {
  static const Pkey p256 = make_curve("P-256");
  static const Pkey p384 = make_curve("P-384");
  switch (key.algorithm) {
    case Algorithm::rsasha256:
      return make_rsa(key.public_key, rsa_modulus_bits_min);
    case Algorithm::rsasha512:
      return make_rsa(key.public_key, rsa_sha512_modulus_bits_min);
    case Algorithm::ecdsap256sha256:
      return make_ec(key.public_key, p256.get(), 32);
    case Algorithm::ecdsap384sha384:
      return make_ec(key.public_key, p384.get(), 48);
    case Algorithm::ed25519:
      return make_ed(key.public_key, "ED25519", 32);
    case Algorithm::ed448:
      return make_ed(key.public_key, "ED448", 57);
    default:
      return {};
  }
}

std::optional<Bytes> ecdsa_der(ByteView raw, std::size_t octets) {
  static constexpr std::size_t octets_max = 48;  // keeps every length in one octet
  if (octets == 0 || octets > octets_max || raw.size() != 2 * octets) return std::nullopt;
  Bytes out = {0x30, 0};
  put_der_integer(out, raw.first(octets));
  put_der_integer(out, raw.subspan(octets));
  out[1] = static_cast<std::uint8_t>(out.size() - 2);
  return out;
}

}  // namespace dskeeper::dns
