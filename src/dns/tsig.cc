#include "dns/tsig.h"

#include <fmt/core.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "base/check.h"
#include "dns/rrset.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::uint16_t class_any = 255;
constexpr std::size_t arcount_at = 10;

struct AlgorithmFacts {
  TsigAlgorithm algorithm;
  const char* name;    // as people write it, and on the wire
  const char* digest;  // as OpenSSL calls it
  std::size_t mac_octets;
};
// RFC 8945 §6.
constexpr std::array<AlgorithmFacts, 2> algorithms = {{
    {TsigAlgorithm::hmac_sha256, "hmac-sha256", "SHA2-256", 32},
    {TsigAlgorithm::hmac_sha512, "hmac-sha512", "SHA2-512", 64},
}};

const AlgorithmFacts& facts_of(TsigAlgorithm algorithm) {
  const auto found = std::find_if(algorithms.begin(), algorithms.end(),
                                  [&](const auto& facts) { return facts.algorithm == algorithm; });
  CHECK(found != algorithms.end());
  return *found;
}

Name wire_name(const AlgorithmFacts& facts) {
  auto name = Name::parse(facts.name);
  CHECK(name);
  return *name;
}

void put48(Bytes& out, std::uint64_t value) {
  for (unsigned shift = 48; shift > 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> (shift - 8U) & 0xFFU));
  }
}

void set16(Bytes& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8U);
  out[at + 1] = static_cast<std::uint8_t>(value & 0xFFU);
}

// The TSIG record, RFC 8945 §4.2.
struct TsigRecord {
  std::size_t start = 0;  // where it begins in the message
  Name key_name;
  Name algorithm_name;
  std::uint64_t time_signed_s = 0;
  std::uint16_t fudge_s = 0;
  ByteView mac;
  std::uint16_t original_id = 0;
  std::uint16_t error = 0;
  ByteView other;
};

enum class Where { absent, last, malformed };

struct Found {
  Where where = Where::malformed;
  TsigRecord record;
};

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

// Finds the TSIG record, which is the last of the additional section and nowhere else (RFC 8945
// §5.1). The whole message must be well-formed as far as its records' frames go.
Found find_tsig(ByteView wire) {
  Found found{Where::absent, {}};
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
    found = {Where::last, read_record(reader)};
    const bool is_well_formed = reader.is_complete() && ttl == 0 && dns_class == class_any &&
                                additional > 0 && i + 1 == records;
    if (!is_well_formed) return {};
  }
  return walker.is_complete() ? found : Found{};
}

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

Bytes hmac(const TsigKey& key, ByteView data) {
  static const std::unique_ptr<EVP_MAC, FreeMac> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  CHECK(algorithm);
  const std::unique_ptr<EVP_MAC_CTX, FreeMac> context(EVP_MAC_CTX_new(algorithm.get()));
  const AlgorithmFacts& facts = facts_of(key.algorithm);
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

// RFC 8945 §4.3.3: the TSIG variables, all of them.
void put_variables(Bytes& data, const TsigRecord& tsig) {
  put_bytes(data, tsig.key_name.wire());
  put_u16(data, class_any);
  put_u32(data, 0);  // the TTL
  put_bytes(data, tsig.algorithm_name.wire());
  put48(data, tsig.time_signed_s);
  put_u16(data, tsig.fudge_s);
  put_u16(data, tsig.error);
  put_u16(data, static_cast<std::uint16_t>(tsig.other.size()));
  put_bytes(data, tsig.other);
}

// The message as it was before its TSIG was added (RFC 8945 §5.3 with §4.3.2): without the record,
// with the original ID, with one additional record less.
void put_message(Bytes& data, ByteView wire, const TsigRecord& tsig) {
  Bytes message(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(tsig.start));
  const auto additional =
      static_cast<std::uint16_t>(message[arcount_at] * 256U + message[arcount_at + 1]);
  set16(message, 0, tsig.original_id);
  set16(message, arcount_at, static_cast<std::uint16_t>(additional - 1U));
  put_bytes(data, message);
}

Bytes encode_record(const TsigRecord& tsig) {
  Bytes rdata;
  put_bytes(rdata, tsig.algorithm_name.wire());
  put48(rdata, tsig.time_signed_s);
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

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string clock_text(std::uint64_t seconds) {
  static constexpr std::uint64_t writable_max_s = 253'402'300'799;  // the end of the year 9999
  return format_time(Time(std::chrono::seconds(std::min(seconds, writable_max_s))));
}

tl::unexpected<Error> bad_time(std::uint64_t server_s, Time now) {
  return fail(fmt::format("BADTIME: the server's clock says {}, ours {}", clock_text(server_s),
                          format_time(now)),
              {}, "Set both clocks right.");
}

// What the server says in the error field of a TSIG record whose MAC is right (RFC 8945 §5.2).
Result<void> error_of(const TsigRecord& tsig, Time now) {
  if (tsig.error == 0) return {};
  if (static_cast<Rcode>(tsig.error) != Rcode::badtime || tsig.other.size() != 6) {
    return fail(fmt::format("the server answers {}", to_text(static_cast<Rcode>(tsig.error))));
  }
  WireReader reader(tsig.other);
  const std::uint64_t high = reader.u16();
  return bad_time(high << 32U | reader.u32(), now);
}

Rcode rcode_of(ByteView wire) {
  return static_cast<Rcode>(wire[3] & 0x0FU);
}

}  // namespace

Result<TsigAlgorithm> parse_tsig_algorithm(std::string_view text) {
  const auto found = std::find_if(algorithms.begin(), algorithms.end(),
                                  [&](const auto& facts) { return text == facts.name; });
  if (found != algorithms.end()) return found->algorithm;
  return fail(fmt::format("\"{}\" is not a TSIG algorithm that dskeeper knows", text), {},
              "Use hmac-sha256 or hmac-sha512.");
}

Result<Bytes> TsigExchange::sign(ByteView request, Time now) {
  if (key_.secret.empty()) return fail("the TSIG key has no secret", key_.name.text());
  if (find_tsig(request).where != Where::absent) {
    return fail("the request to sign is malformed, or signed already", key_.name.text());
  }
  const AlgorithmFacts& facts = facts_of(key_.algorithm);
  TsigRecord tsig;
  tsig.key_name = key_.name;
  tsig.algorithm_name = wire_name(facts);
  tsig.time_signed_s = static_cast<std::uint64_t>(std::max<std::int64_t>(0, seconds_of(now)));
  tsig.fudge_s = tsig_fudge_s;
  tsig.original_id = static_cast<std::uint16_t>(request[0] * 256U + request[1]);

  Bytes data(request.begin(), request.end());
  put_variables(data, tsig);
  previous_mac_ = hmac(key_, data);
  unsigned_messages_.clear();
  unsigned_count_ = 0;
  is_first_ = true;

  tsig.mac = previous_mac_;
  Bytes out(request.begin(), request.end());
  const auto additional = static_cast<std::uint32_t>(out[arcount_at] * 256U + out[arcount_at + 1]);
  put_bytes(out, encode_record(tsig));
  if (out.size() > message_octets_max || additional == 65535) {
    return fail("the request has no room for its TSIG record", key_.name.text());
  }
  set16(out, arcount_at, static_cast<std::uint16_t>(additional + 1U));
  return out;
}

Result<void> TsigExchange::verify(ByteView response, Time now, bool is_last) {
  CHECK(!previous_mac_.empty());  // sign() comes first
  const Found found = find_tsig(response);
  if (found.where == Where::malformed) return fail("the signed response is malformed");
  if (found.where == Where::absent) return accept_unsigned(response, is_last);

  const TsigRecord& tsig = found.record;
  const AlgorithmFacts& facts = facts_of(key_.algorithm);
  if (tsig.key_name != key_.name || tsig.algorithm_name != wire_name(facts)) {
    return fail(fmt::format("BADKEY: the response is signed with the key {} {}, not {} {}",
                            tsig.algorithm_name.text(), tsig.key_name.text(), facts.name,
                            key_.name.text()));
  }
  // RFC 8945 §5.3.2: a server that could not check the request's MAC does not sign its answer.
  if (tsig.mac.empty() && tsig.error != 0) {
    return fail(
        fmt::format("the server answers {}, unsigned", to_text(static_cast<Rcode>(tsig.error))), {},
        "Compare the key's name, algorithm and secret on both sides, and what the server lets it "
        "do.");
  }
  Bytes data;
  put_prior_mac(data, previous_mac_);
  put_bytes(data, unsigned_messages_);
  put_message(data, response, tsig);
  if (is_first_) {
    put_variables(data, tsig);
  } else {  // RFC 8945 §5.3.1: the timers only
    put48(data, tsig.time_signed_s);
    put_u16(data, tsig.fudge_s);
  }
  // A truncated MAC (RFC 8945 §5.2.2.1) is not ours to accept: we asked with a whole one.
  const Bytes expected = hmac(key_, data);
  if (tsig.mac.size() != expected.size() ||
      CRYPTO_memcmp(tsig.mac.data(), expected.data(), expected.size()) != 0) {
    return fail("BADSIG: the response's TSIG does not verify");
  }
  auto said = error_of(tsig, now);
  if (!said) return said;
  const std::int64_t difference = seconds_of(now) - static_cast<std::int64_t>(tsig.time_signed_s);
  if (std::abs(difference) > tsig.fudge_s) return bad_time(tsig.time_signed_s, now);

  previous_mac_.assign(tsig.mac.begin(), tsig.mac.end());
  unsigned_messages_.clear();
  unsigned_count_ = 0;
  is_first_ = false;
  return {};
}

Result<void> TsigExchange::accept_unsigned(ByteView response, bool is_last) {
  if (is_first_ || is_last) {
    return fail(fmt::format("the response ({}) carries no TSIG", to_text(rcode_of(response))));
  }
  if (++unsigned_count_ > tsig_unsigned_messages_max) {
    return fail("the transfer's TSIG is overdue: more than 99 messages without one");
  }
  put_bytes(unsigned_messages_, response);
  return {};
}

}  // namespace dskeeper::dns
