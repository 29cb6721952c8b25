// The small numbers of DNS: record types, response codes, algorithms, digest types, key tags, TTLs.
//
// Enumerations are open: a value that has no name here is legal and keeps its number.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dskeeper::dns {

enum class RecordType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  txt = 16,
  aaaa = 28,
  dname = 39,
  opt = 41,
  ds = 43,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  nsec3 = 50,
  nsec3param = 51,
  cds = 59,
  cdnskey = 60,
  csync = 62,
  zonemd = 63,
  dsync = 66,  // RFC 9859
  tsig = 250,
  ixfr = 251,
  axfr = 252,
  any = 255,
};
// "CDS"; types without a name are "TYPE65280" (RFC 3597).
[[nodiscard]] std::string to_text(RecordType type);
[[nodiscard]] Result<RecordType> parse_record_type(std::string_view text);

enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  yxrrset = 7,
  nxrrset = 8,
  notauth = 9,
  notzone = 10,
  badsig = 16,  // TSIG errors, RFC 8945
  badkey = 17,
  badtime = 18,
  badtrunc = 22,
};
[[nodiscard]] std::string to_text(Rcode rcode);  // "NXRRSET"; others "RCODE23"

enum class Opcode : std::uint8_t { query = 0, notify = 4, update = 5 };

// DNSSEC algorithm numbers (IANA); 0 is the sentinel of RFC 8078 §4 in CDS and CDNSKEY only.
enum class Algorithm : std::uint8_t {
  none = 0,
  rsasha1 = 5,
  rsasha1_nsec3_sha1 = 7,
  rsasha256 = 8,
  rsasha512 = 10,
  ecc_gost = 12,
  ecdsap256sha256 = 13,
  ecdsap384sha384 = 14,
  ed25519 = 15,
  ed448 = 16,
};
[[nodiscard]] std::string to_text(Algorithm algorithm);  // "ECDSAP256SHA256", else the number

enum class DigestType : std::uint8_t { none = 0, sha1 = 1, sha256 = 2, gost94 = 3, sha384 = 4 };
[[nodiscard]] std::string to_text(DigestType type);  // "SHA-256", else the number

// RFC 4034 appendix B. A hint for humans and for looking up; never the identity of a key.
struct KeyTag {
  std::uint16_t value = 0;
  auto operator<=>(const KeyTag&) const = default;
};

struct Ttl {
  std::uint32_t seconds = 0;
  auto operator<=>(const Ttl&) const = default;
};

// A zone's serial number, ordered by RFC 1982 arithmetic: not a total order.
struct Serial {
  std::uint32_t value = 0;
  bool operator==(const Serial&) const = default;
  // Serials exactly 2^31 apart have no order (RFC 1982 §3.2): both `is_newer_than` are false.
  [[nodiscard]] bool is_newer_than(Serial other) const {
    const std::uint32_t distance = value - other.value;
    return distance != 0 && distance < 0x80000000U;
  }
};

}  // namespace dskeeper::dns
