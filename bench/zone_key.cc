#include "zone_key.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>

#include "base/check.h"

namespace dskeeper::bench {
namespace {

constexpr std::size_t coordinate_octets = 32;  // P-256
constexpr std::size_t point_octets = 1 + 2 * coordinate_octets;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

}  // namespace

ZoneKey::ZoneKey(std::uint16_t flags)
    : ZoneKey(flags, std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), EVP_PKEY_free)) {}

ZoneKey::ZoneKey(std::uint16_t flags, std::shared_ptr<EVP_PKEY> pair) : pair_(std::move(pair)) {
  CHECK(pair_ != nullptr);
  unsigned char* point = nullptr;
  const std::size_t octets = EVP_PKEY_get1_encoded_public_key(pair_.get(), &point);
  CHECK(octets == point_octets);  // 04 | x | y, of which RFC 6605 §4 takes x | y
  dnskey_ = {flags, 3, dns::Algorithm::ecdsap256sha256, Bytes(point + 1, point + octets)};
  OPENSSL_free(point);
}

Result<ZoneKey> ZoneKey::from_pem(std::uint16_t flags, std::string_view pem) {
  const Bio text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  std::shared_ptr<EVP_PKEY> pair(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr),
                                 EVP_PKEY_free);
  if (pair == nullptr || EVP_PKEY_get_base_id(pair.get()) != EVP_PKEY_EC ||
      EVP_PKEY_get_bits(pair.get()) != 8 * static_cast<int>(coordinate_octets)) {
    return fail("this is no P-256 key");
  }
  return ZoneKey(flags, std::move(pair));
}

std::string ZoneKey::pem() const {
  const Bio text(BIO_new(BIO_s_mem()), BIO_free);
  CHECK(PEM_write_bio_PrivateKey(text.get(), pair_.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
  char* octets = nullptr;
  const long count = BIO_get_mem_data(text.get(), &octets);
  return {octets, static_cast<std::size_t>(count)};
}

Bytes ZoneKey::sign(ByteView data) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair_.get()) == 1);
  std::array<unsigned char, 80> der{};
  std::size_t octets = der.size();
  CHECK(EVP_DigestSign(context.get(), der.data(), &octets, data.data(), data.size()) == 1);
  const unsigned char* begin = der.data();
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(octets)), ECDSA_SIG_free);
  CHECK(signature != nullptr);
  Bytes out(2 * coordinate_octets);
  constexpr int width = coordinate_octets;
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.data(), width);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.data() + width, width);
  return out;
}

ZoneKeys make_csk() {
  return {{ZoneKey(flags_ksk)}};
}

ZoneKeys make_ksk_and_zsk() {
  return {{ZoneKey(flags_ksk), ZoneKey(flags_zsk)}};
}

}  // namespace dskeeper::bench
