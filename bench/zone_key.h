// Keys of the benchmark's zones, ECDSA P-256: made, written, read, and what they sign with.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/records.h"

namespace dskeeper::bench {

inline constexpr std::uint16_t flags_ksk = 257;
inline constexpr std::uint16_t flags_zsk = 256;

class ZoneKey {
 public:
  // A new pair.
  explicit ZoneKey(std::uint16_t flags);
  // What `pem` wrote; fails on anything but a P-256 key.
  [[nodiscard]] static Result<ZoneKey> from_pem(std::uint16_t flags, std::string_view pem);
  [[nodiscard]] std::string pem() const;

  [[nodiscard]] const dns::Dnskey& dnskey() const { return dnskey_; }
  // The signature as DNSSEC writes it: r | s (RFC 6605 §4).
  [[nodiscard]] Bytes sign(ByteView data) const;

 private:
  ZoneKey(std::uint16_t flags, std::shared_ptr<EVP_PKEY> pair);
  std::shared_ptr<EVP_PKEY> pair_;
  dns::Dnskey dnskey_;
};

// One key that does both (CSK), or a KSK and a ZSK.
struct ZoneKeys {
  std::vector<ZoneKey> keys;
  [[nodiscard]] const ZoneKey& entry() const { return keys.front(); }  // what the DS names
  [[nodiscard]] const ZoneKey& data() const { return keys.back(); }
};
[[nodiscard]] ZoneKeys make_csk();
[[nodiscard]] ZoneKeys make_ksk_and_zsk();

}  // namespace dskeeper::bench
