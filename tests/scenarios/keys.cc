#include "scenarios/keys.h"

#include <fmt/core.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include <utility>

namespace dskeeper::scenarios {
namespace {

using rules::test::FreeOpenssl;
using rules::test::TestKey;
using Pair = std::unique_ptr<EVP_PKEY, FreeOpenssl>;

constexpr int rsa_bits = 1024;  // the least that RFC 3110 recommends; quick to make
constexpr int p256_octets = 32;

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

Bytes octets_of(const BIGNUM* number, int octets) {
  Bytes out(static_cast<std::size_t>(octets));
  CHECK(BN_bn2binpad(number, out.data(), octets) == octets);
  return out;
}

Bytes parameter(const EVP_PKEY* pair, const char* name, int octets = 0) {
  BIGNUM* number = nullptr;
  CHECK(EVP_PKEY_get_bn_param(pair, name, &number) == 1);
  const std::unique_ptr<BIGNUM, FreeNumber> owned(number);
  return octets_of(number, octets == 0 ? BN_num_bytes(number) : octets);
}

Bytes sign_digest(EVP_PKEY* pair, const EVP_MD* digest, ByteView data) {
  const std::unique_ptr<EVP_MD_CTX, FreeOpenssl> context(EVP_MD_CTX_new());
  CHECK(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, pair) == 1);
  std::size_t octets = 0;
  CHECK(EVP_DigestSign(context.get(), nullptr, &octets, data.data(), data.size()) == 1);
  Bytes signature(octets);
  CHECK(EVP_DigestSign(context.get(), signature.data(), &octets, data.data(), data.size()) == 1);
  signature.resize(octets);
  return signature;
}

// RFC 3110, RFC 5702.
class RsaKey final : public TestKey {
 public:
  static std::unique_ptr<TestKey> make(dns::Algorithm algorithm, std::uint16_t flags) {
    Pair pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsa_bits)));
    CHECK(pair != nullptr);
    const Bytes exponent = parameter(pair.get(), OSSL_PKEY_PARAM_RSA_E);
    Bytes public_key = {static_cast<std::uint8_t>(exponent.size())};
    rules::test::put_bytes(public_key, exponent);
    rules::test::put_bytes(public_key, parameter(pair.get(), OSSL_PKEY_PARAM_RSA_N));
    return std::make_unique<RsaKey>(std::move(pair),
                                    dns::Dnskey{flags, 3, algorithm, std::move(public_key)});
  }
  RsaKey(Pair pair, dns::Dnskey record) : TestKey(std::move(pair), std::move(record)) {}

  [[nodiscard]] Bytes sign(ByteView data) const override {
    const bool is_sha1 = record().algorithm == dns::Algorithm::rsasha1;
    return sign_digest(pair(), is_sha1 ? EVP_sha1() : EVP_sha256(), data);
  }
};

// RFC 6605.
class P256Key final : public TestKey {
 public:
  static std::unique_ptr<TestKey> make(std::uint16_t flags) {
    Pair pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    CHECK(pair != nullptr);
    Bytes public_key = parameter(pair.get(), OSSL_PKEY_PARAM_EC_PUB_X, p256_octets);
    rules::test::put_bytes(public_key,
                           parameter(pair.get(), OSSL_PKEY_PARAM_EC_PUB_Y, p256_octets));
    return std::make_unique<P256Key>(
        std::move(pair),
        dns::Dnskey{flags, 3, dns::Algorithm::ecdsap256sha256, std::move(public_key)});
  }
  P256Key(Pair pair, dns::Dnskey record) : TestKey(std::move(pair), std::move(record)) {}

  [[nodiscard]] Bytes sign(ByteView data) const override {
    const Bytes der = sign_digest(pair(), EVP_sha256(), data);
    const std::uint8_t* at = der.data();
    const std::unique_ptr<ECDSA_SIG, FreeNumber> signature(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    CHECK(signature != nullptr);
    Bytes out = octets_of(ECDSA_SIG_get0_r(signature.get()), p256_octets);
    rules::test::put_bytes(out, octets_of(ECDSA_SIG_get0_s(signature.get()), p256_octets));
    return out;
  }
};

}  // namespace

Result<void> KeyRing::add(const std::string& name, const std::string& algorithm,
                          bool is_zone_key_only) {
  const std::uint16_t flags = is_zone_key_only ? 256 : 257;
  std::unique_ptr<TestKey> key;
  if (algorithm == "ed25519") {
    key = std::make_unique<TestKey>(static_cast<std::uint8_t>(keys_.size() + 1), flags);
  } else if (algorithm == "rsasha256") {
    key = RsaKey::make(dns::Algorithm::rsasha256, flags);
  } else if (algorithm == "rsasha1") {
    key = RsaKey::make(dns::Algorithm::rsasha1, flags);
  } else if (algorithm == "ecdsap256sha256") {
    key = P256Key::make(flags);
  } else {
    return fail(fmt::format("\"{}\" is no algorithm that a timeline can sign with", algorithm));
  }
  if (!keys_.emplace(name, std::move(key)).second) {
    return fail(fmt::format("there is a key {} already", name));
  }
  return {};
}

const TestKey* KeyRing::find(const std::string& name) const {
  const auto found = keys_.find(name);
  return found == keys_.end() ? nullptr : found->second.get();
}

}  // namespace dskeeper::scenarios
