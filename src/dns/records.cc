#include "dns/records.h"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"
#include "dns/fields.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

std::string_view trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
  return text.substr(0, text.find_last_not_of(white_space) + 1);
}

constexpr std::string_view ds_form =
    "Write key tag, algorithm, digest type and digest, as 2371 13 2 C1F9….";
constexpr std::string_view dnskey_form =
    "Write flags, protocol, algorithm and key, as 257 3 13 mdsswUyr….";

struct FreeMd {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};
using Method = std::unique_ptr<EVP_MD, FreeMd>;

// Fetched once: an implicit fetch costs more than the hash.
const EVP_MD* digest_method(DigestType type) {
  static const Method sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr));
  static const Method sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  static const Method sha384(EVP_MD_fetch(nullptr, "SHA384", nullptr));
  switch (type) {
    case DigestType::sha1:
      return sha1.get();
    case DigestType::sha256:
      return sha256.get();
    case DigestType::sha384:
      return sha384.get();
    default:
      return nullptr;
  }
}

// RFC 4034 §3.1.5: 32 bits of seconds, to be read in serial number arithmetic around the present.
Time nearest_time(std::uint32_t seconds, Time reference) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(reference);
  const auto now = static_cast<std::uint32_t>(whole.time_since_epoch().count());
  return whole + std::chrono::seconds(static_cast<std::int32_t>(seconds - now));
}

std::uint32_t wire_seconds(Time time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return static_cast<std::uint32_t>(whole.time_since_epoch().count());
}

}  // namespace

Result<Ds> Ds::from_rdata(ByteView rdata) {
  WireReader reader(rdata);
  Ds ds;
  ds.key_tag = KeyTag{reader.u16()};
  ds.algorithm = Algorithm{reader.u8()};
  ds.digest_type = DigestType{reader.u8()};
  const ByteView digest = reader.rest();
  if (reader.failed()) return fail("a DS or CDS record is cut off");
  if (digest.empty()) return fail("a DS or CDS record has no digest");
  ds.digest.assign(digest.begin(), digest.end());
  return ds;
}

Result<Ds> Ds::parse(std::string_view text) {
  const std::string remedy(ds_form);
  const auto tag = parse_number<std::uint16_t>(take_field(text), "key tag");
  if (!tag) return fail(tag.error().what, {}, remedy);
  const auto algorithm = parse_number<std::uint8_t>(take_field(text), "algorithm number");
  if (!algorithm) return fail(algorithm.error().what, {}, remedy);
  const auto digest_type = parse_number<std::uint8_t>(take_field(text), "digest type number");
  if (!digest_type) return fail(digest_type.error().what, {}, remedy);

  Ds ds{KeyTag{*tag}, Algorithm{*algorithm}, DigestType{*digest_type}, {}};
  const bool is_sentinel = *tag == 0 && *algorithm == 0 && *digest_type == 0;
  // The printed RFC 8078 §4 says "0 0 0 0"; erratum 5049 makes it one octet of zero.
  auto digest = is_sentinel && trim(text) == "0" ? Result<Bytes>(Bytes{0}) : from_hex(text);
  if (!digest) return fail(digest.error().what, {}, remedy);
  if (digest->empty()) return fail("the digest is missing", {}, remedy);
  ds.digest = *std::move(digest);
  return ds;
}

Bytes Ds::to_rdata() const {
  Bytes out;
  out.reserve(4 + digest.size());
  put_u16(out, key_tag.value);
  out.push_back(static_cast<std::uint8_t>(algorithm));
  out.push_back(static_cast<std::uint8_t>(digest_type));
  put_bytes(out, digest);
  return out;
}

std::string Ds::text() const {
  return fmt::format("{} {} {} {}", key_tag.value, static_cast<unsigned>(algorithm),
                     static_cast<unsigned>(digest_type), to_hex(digest));
}

DsSet make_ds_set(std::vector<Ds> records) {
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  return records;
}

std::optional<std::size_t> digest_octets(DigestType type) {
  switch (type) {
    case DigestType::sha1:
      return 20;
    case DigestType::sha256:
    case DigestType::gost94:
      return 32;
    case DigestType::sha384:
      return 48;
    default:
      return std::nullopt;
  }
}

Result<Dnskey> Dnskey::from_rdata(ByteView rdata) {
  WireReader reader(rdata);
  Dnskey key;
  key.flags = reader.u16();
  key.protocol = reader.u8();
  key.algorithm = Algorithm{reader.u8()};
  const ByteView public_key = reader.rest();
  if (reader.failed()) return fail("a DNSKEY or CDNSKEY record is cut off");
  if (public_key.empty()) return fail("a DNSKEY or CDNSKEY record has no key");
  key.public_key.assign(public_key.begin(), public_key.end());
  return key;
}

Result<Dnskey> Dnskey::parse(std::string_view text) {
  const std::string remedy(dnskey_form);
  const auto flags = parse_number<std::uint16_t>(take_field(text), "number of flags");
  if (!flags) return fail(flags.error().what, {}, remedy);
  const auto protocol = parse_number<std::uint8_t>(take_field(text), "protocol number");
  if (!protocol) return fail(protocol.error().what, {}, remedy);
  const auto algorithm = parse_number<std::uint8_t>(take_field(text), "algorithm number");
  if (!algorithm) return fail(algorithm.error().what, {}, remedy);
  auto public_key = from_base64(text);
  if (!public_key) return fail(public_key.error().what, {}, remedy);
  if (public_key->empty()) return fail("the key is missing", {}, remedy);
  return Dnskey{*flags, *protocol, Algorithm{*algorithm}, *std::move(public_key)};
}

Bytes Dnskey::to_rdata() const {
  Bytes out;
  out.reserve(4 + public_key.size());
  put_u16(out, flags);
  out.push_back(protocol);
  out.push_back(static_cast<std::uint8_t>(algorithm));
  put_bytes(out, public_key);
  return out;
}

std::string Dnskey::text() const {
  return fmt::format("{} {} {} {}", flags, protocol, static_cast<unsigned>(algorithm),
                     to_base64(public_key));
}

KeyTag Dnskey::key_tag() const {
  constexpr unsigned rsamd5 = 1;
  if (static_cast<unsigned>(algorithm) == rsamd5) {
    // RFC 4034 appendix B.1: the second and third last octets of the modulus.
    if (public_key.size() < 3) return {};
    const std::size_t at = public_key.size() - 3;
    return KeyTag{static_cast<std::uint16_t>(public_key[at] << 8U | public_key[at + 1])};
  }
  // RFC 4034 appendix B, over the RDATA: 65535 octets of at most 0xFF00 each do not overflow it.
  std::uint32_t sum = flags;
  sum += static_cast<std::uint32_t>(protocol) << 8U | static_cast<std::uint32_t>(algorithm);
  for (std::size_t i = 0; i < public_key.size(); ++i) {
    const std::uint32_t octet = public_key[i];
    sum += i % 2 == 0 ? octet << 8U : octet;
  }
  sum += sum >> 16U;
  return KeyTag{static_cast<std::uint16_t>(sum & 0xFFFFU)};
}

Result<Ds> make_ds(const Name& owner, const Dnskey& key, DigestType type) {
  const EVP_MD* method = digest_method(type);
  if (method == nullptr) {
    return fail(fmt::format("digest type {} cannot be computed", to_text(type)), {},
                "Use SHA-256 (2) or SHA-384 (4).");
  }
  Bytes input;
  const Bytes rdata = key.to_rdata();
  input.reserve(owner.wire().size() + rdata.size());
  put_bytes(input, owner.wire());
  put_bytes(input, rdata);

  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CHECK(EVP_Digest(input.data(), input.size(), digest.data(), &size, method, nullptr) == 1);
  return Ds{key.key_tag(), key.algorithm, type, Bytes(digest.begin(), digest.begin() + size)};
}

bool names_key(const Ds& ds, const Name& owner, const Dnskey& key) {
  if (ds.algorithm != key.algorithm || ds.key_tag != key.key_tag()) return false;
  const auto computed = make_ds(owner, key, ds.digest_type);
  return computed && *computed == ds;
}

Result<Rrsig> Rrsig::from_rdata(ByteView rdata, Time reference) {
  WireReader reader(rdata);
  Rrsig rrsig;
  rrsig.covered = RecordType{reader.u16()};
  rrsig.algorithm = Algorithm{reader.u8()};
  rrsig.labels = reader.u8();
  rrsig.original_ttl = Ttl{reader.u32()};
  rrsig.expiration = nearest_time(reader.u32(), reference);
  rrsig.inception = nearest_time(reader.u32(), reference);
  rrsig.key_tag = KeyTag{reader.u16()};
  rrsig.signer = reader.plain_name();  // never compressed, RFC 4034 §3.1.7
  const ByteView signature = reader.rest();
  if (reader.failed()) return fail("an RRSIG record is malformed");
  if (signature.empty()) return fail("an RRSIG record has no signature");
  rrsig.signature.assign(signature.begin(), signature.end());
  return rrsig;
}

Bytes Rrsig::rdata_without_signature() const {
  Bytes out;
  out.reserve(18 + signer.wire().size());
  put_u16(out, static_cast<std::uint16_t>(covered));
  out.push_back(static_cast<std::uint8_t>(algorithm));
  out.push_back(labels);
  put_u32(out, original_ttl.seconds);
  put_u32(out, wire_seconds(expiration));
  put_u32(out, wire_seconds(inception));
  put_u16(out, key_tag.value);
  put_bytes(out, signer.wire());
  return out;
}

Result<Soa> Soa::from_rdata(ByteView rdata) {
  WireReader reader(rdata);
  Soa soa;
  soa.mname = reader.plain_name();
  soa.rname = reader.plain_name();
  soa.serial = Serial{reader.u32()};
  reader.bytes(12);  // refresh, retry, expire
  soa.minimum = Ttl{reader.u32()};
  if (!reader.is_complete()) return fail("an SOA record is malformed");
  return soa;
}

}  // namespace dskeeper::dns
