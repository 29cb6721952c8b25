// The records that dskeeper reasons about, decoded: DS (and CDS), DNSKEY (and CDNSKEY), RRSIG, SOA.
//
// Each is read from RDATA in wire form with every bound checked, and written back to the same.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"

namespace dskeeper::dns {

// DS and CDS share their RDATA (RFC 4034 §5.1, RFC 7344 §3.1).
struct Ds {
  KeyTag key_tag;
  Algorithm algorithm = Algorithm::none;
  DigestType digest_type = DigestType::none;
  Bytes digest;

  [[nodiscard]] static Result<Ds> from_rdata(ByteView rdata);
  // "2371 13 2 C1F9…", hexadecimal in either case.
  [[nodiscard]] static Result<Ds> parse(std::string_view text);
  [[nodiscard]] Bytes to_rdata() const;
  [[nodiscard]] std::string text() const;
  auto operator<=>(const Ds&) const = default;
};

// The whole DS set of a delegation: sorted, without duplicates; empty means unsigned.
using DsSet = std::vector<Ds>;
[[nodiscard]] DsSet make_ds_set(std::vector<Ds> records);

// The number of octets that a digest of this type has (RFC 4509, RFC 6605, …); nothing where we do
// not know the type.
[[nodiscard]] std::optional<std::size_t> digest_octets(DigestType type);

// DNSKEY and CDNSKEY share their RDATA (RFC 4034 §2.1, RFC 7344 §3.2).
struct Dnskey {
  std::uint16_t flags = 0;
  std::uint8_t protocol = 0;
  Algorithm algorithm = Algorithm::none;
  Bytes public_key;

  [[nodiscard]] static Result<Dnskey> from_rdata(ByteView rdata);
  [[nodiscard]] static Result<Dnskey> parse(std::string_view text);
  [[nodiscard]] Bytes to_rdata() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] KeyTag key_tag() const;
  [[nodiscard]] bool is_zone_key() const { return (flags & 0x0100U) != 0; }  // RFC 4034 §2.1.1
  [[nodiscard]] bool is_revoked() const { return (flags & 0x0080U) != 0; }   // RFC 5011 §2.1
  [[nodiscard]] bool is_secure_entry_point() const { return (flags & 0x0001U) != 0; }
  auto operator<=>(const Dnskey&) const = default;
};

// digest(canonical owner name | DNSKEY RDATA), RFC 4034 §5.1.4. Fails for digest types that we
// cannot compute (we can: SHA-1, SHA-256, SHA-384).
[[nodiscard]] Result<Ds> make_ds(const Name& owner, const Dnskey& key, DigestType type);
// Does the DS name this very key? By recomputing the digest; the tag alone proves nothing.
[[nodiscard]] bool names_key(const Ds& ds, const Name& owner, const Dnskey& key);

// RFC 4034 §3.1.
struct Rrsig {
  RecordType covered{};
  Algorithm algorithm = Algorithm::none;
  std::uint8_t labels = 0;
  Ttl original_ttl;
  Time expiration;  // RFC 4034 §3.1.5: the 32-bit value nearest to `reference` of from_rdata
  Time inception;
  KeyTag key_tag;
  Name signer;
  Bytes signature;

  // `reference` is about now: times on the wire wrap every 136 years.
  [[nodiscard]] static Result<Rrsig> from_rdata(ByteView rdata, Time reference);
  // The RDATA with the signature left out: what is hashed in front of the RRset (RFC 4034
  // §3.1.8.1).
  [[nodiscard]] Bytes rdata_without_signature() const;
  bool operator==(const Rrsig&) const = default;
};

// The serial of an SOA record's RDATA, and its minimum field.
struct Soa {
  Name mname;
  Name rname;
  Serial serial;
  Ttl minimum;
  [[nodiscard]] static Result<Soa> from_rdata(ByteView rdata);
};

}  // namespace dskeeper::dns
