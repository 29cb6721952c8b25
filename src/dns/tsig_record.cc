#include "dns/tsig_record.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"
#include "dns/rrset.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::uint16_t class_any = 255;
constexpr std::size_t arcount_at = 10;

constexpr std::array<TsigAlgorithmFacts, 2> algorithms = {{
    {TsigAlgorithm::hmac_sha256, "hmac-sha256", "SHA2-256", 32},
    {TsigAlgorithm::hmac_sha512, "hmac-sha512", "SHA2-512", 64},
}};

void set16(Bytes& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8U);
  out[at + 1] = static_cast<std::uint8_t>(value & 0xFFU);
}

TsigRecord read_record(WireReader& reader) {
  TsigRecord tsig;
  tsig.start = reader.position();
  tsig.key_name = reader.compressed_name();  // BIND does compress it
  reader.bytes(10);                          // type, class, TTL and RDLENGTH, seen before
  tsig.algorithm_name = reader.plain_name();
  const std::uint64_t high = reader.u16();
  tsig.time_signed_s = high << 32U | reader.u32();
  tsig.fudge_s = reader.u16();
  tsig.mac = reader.bytes(reader.u16());
  tsig.original_id = reader.u16();
  tsig.error = reader.u16();
  tsig.other = reader.bytes(reader.u16());
  return tsig;
}

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

Bytes encode_record(const TsigRecord& tsig) {
  Bytes rdata;
  put_bytes(rdata, tsig.algorithm_name.wire());
  put_u48(rdata, tsig.time_signed_s);
  put_u16(rdata, tsig.fudge_s);
  put_prior_mac(rdata, tsig.mac);
  put_u16(rdata, tsig.original_id);
  put_u16(rdata, tsig.error);
  put_u16(rdata, static_cast<std::uint16_t>(tsig.other.size()));
  put_bytes(rdata, tsig.other);

  Bytes record;
  put_bytes(record, tsig.key_name.wire());
  put_u16(record, static_cast<std::uint16_t>(RecordType::tsig));
  put_u16(record, class_any);
  put_u32(record, 0);
  put_u16(record, static_cast<std::uint16_t>(rdata.size()));
  put_bytes(record, rdata);
  return record;
}

}  // namespace

Name TsigAlgorithmFacts::wire_name() const {
  auto parsed = Name::parse(name);
  CHECK(parsed);
  return *parsed;
}

const TsigAlgorithmFacts& facts_of(TsigAlgorithm algorithm) {
  const auto found = std::find_if(algorithms.begin(), algorithms.end(),
                                  [&](const auto& facts) { return facts.algorithm == algorithm; });
  CHECK(found != algorithms.end());
  return *found;
}

std::optional<TsigAlgorithm> find_tsig_algorithm(std::string_view name) {
  const auto found = std::find_if(algorithms.begin(), algorithms.end(),
                                  [&](const auto& facts) { return name == facts.name; });
  return found == algorithms.end() ? std::nullopt : std::optional(found->algorithm);
}

FoundTsig find_tsig(ByteView wire) {
  FoundTsig found{FoundTsig::Where::absent, {}};
  WireReader walker(wire);
  walker.bytes(4);
  const std::uint16_t questions = walker.u16();
  std::uint32_t records = walker.u16();
  records += walker.u16();
  const std::uint16_t additional = walker.u16();
  records += additional;
  for (std::uint32_t i = 0; i < questions && !walker.failed(); ++i) {
    walker.compressed_name();
    walker.bytes(4);
  }
  for (std::uint32_t i = 0; i < records && !walker.failed(); ++i) {
    const std::size_t start = walker.position();
    walker.compressed_name();
    const auto type = static_cast<RecordType>(walker.u16());
    const std::uint16_t dns_class = walker.u16();
    const std::uint32_t ttl = walker.u32();
    walker.bytes(walker.u16());
    if (type != RecordType::tsig || walker.failed()) continue;
    WireReader reader(wire, start, walker.position());
    found = {FoundTsig::Where::last, read_record(reader)};
    const bool is_well_formed = reader.is_complete() && ttl == 0 && dns_class == class_any &&
                                additional > 0 && i + 1 == records;
    if (!is_well_formed) return {};
  }
  return walker.is_complete() ? found : FoundTsig{};
}

Bytes hmac(const TsigKey& key, ByteView data) {
  static const std::unique_ptr<EVP_MAC, FreeMac> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  CHECK(algorithm);
  const std::unique_ptr<EVP_MAC_CTX, FreeMac> context(EVP_MAC_CTX_new(algorithm.get()));
  const TsigAlgorithmFacts& facts = facts_of(key.algorithm);
  std::string digest = facts.digest;  // OSSL_PARAM wants a pointer to non-const
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  Bytes mac(facts.mac_octets);
  std::size_t length = 0;
  CHECK(EVP_MAC_init(context.get(), key.secret.data(), key.secret.size(), parameters.data()) == 1);
  CHECK(EVP_MAC_update(context.get(), data.data(), data.size()) == 1);
  CHECK(EVP_MAC_final(context.get(), mac.data(), &length, mac.size()) == 1);
  CHECK(length == mac.size());
  return mac;
}

void put_prior_mac(Bytes& data, ByteView mac) {
  put_u16(data, static_cast<std::uint16_t>(mac.size()));
  put_bytes(data, mac);
}

void put_variables(Bytes& data, const TsigRecord& tsig) {
  put_bytes(data, tsig.key_name.wire());
  put_u16(data, class_any);
  put_u32(data, 0);  // the TTL
  put_bytes(data, tsig.algorithm_name.wire());
  put_timers(data, tsig);
  put_u16(data, tsig.error);
  put_u16(data, static_cast<std::uint16_t>(tsig.other.size()));
  put_bytes(data, tsig.other);
}

void put_timers(Bytes& data, const TsigRecord& tsig) {
  put_u48(data, tsig.time_signed_s);
  put_u16(data, tsig.fudge_s);
}

// RFC 8945 §5.3 with §4.3.2: without the record, with the original ID, with one additional record
// less.
void put_message(Bytes& data, ByteView wire, const TsigRecord& tsig) {
  Bytes message(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(tsig.start));
  const auto additional =
      static_cast<std::uint16_t>(message[arcount_at] * 256U + message[arcount_at + 1]);
  set16(message, 0, tsig.original_id);
  set16(message, arcount_at, static_cast<std::uint16_t>(additional - 1U));
  put_bytes(data, message);
}

Result<Bytes> append_tsig(ByteView message, const TsigRecord& tsig) {
  Bytes out(message.begin(), message.end());
  const auto additional = static_cast<std::uint32_t>(out[arcount_at] * 256U + out[arcount_at + 1]);
  put_bytes(out, encode_record(tsig));
  if (out.size() > message_octets_max || additional == 65535) {
    return fail("the message has no room for its TSIG record", tsig.key_name.text());
  }
  set16(out, arcount_at, static_cast<std::uint16_t>(additional + 1U));
  return out;
}

std::int64_t tsig_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void put_u48(Bytes& out, std::uint64_t value) {
  for (unsigned shift = 48; shift > 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> (shift - 8U) & 0xFFU));
  }
}

}  // namespace dskeeper::dns
