// RFC 8945 as tests. The server's side is written here a second time, straight from §4.3 and §5.3;
// ldns is the oracle for single messages.
#include "dns/tsig.h"

#include <gtest/gtest.h>
#include <ldns/ldns.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <functional>
#include <random>

#include "dns/rrset.h"
#include "dns/update.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

const Name key_name = Name::parse("dskeeper.example.").value();
const Bytes secret = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
const Time now = parse_time("2026-11-24T03:00:00Z").value();
constexpr std::chrono::seconds second(1);
constexpr std::size_t arcount_at = 10;

TsigKey make_key(TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256) {
  return {key_name, algorithm, secret};
}

Bytes request() {
  return make_query(0x1234, {Name::parse("example.").value(), RecordType::axfr});
}

// A response without TSIG: the header and the question alone, told apart by its RCODE.
Bytes response(std::uint8_t rcode = 0) {
  Bytes wire = request();
  wire[2] |= 0x80U;
  wire[3] = rcode;
  return wire;
}

void add_to_arcount(Bytes& wire, int count) {
  wire[arcount_at + 1] = static_cast<std::uint8_t>(wire[arcount_at + 1] + count);
}

struct Tsig {  // what a server may put into its record
  Name key = key_name;
  const char* algorithm = "hmac-sha256";
  Time time = now;
  std::uint16_t fudge_s = 300;
  std::uint16_t error = 0;
  Bytes other = {};
  bool with_mac = true;
  std::size_t mac_octets = 64;  // at most
};

// The server of an exchange.
class Server {
 public:
  // Takes the MAC of the request: its record ends with MAC, original ID, error, other length.
  explicit Server(const Bytes& signed_request, std::size_t mac_octets = 32)
      : mac_(signed_request.end() - static_cast<std::ptrdiff_t>(mac_octets + 6),
             signed_request.end() - 6) {}

  Bytes sign(const Bytes& message, const Tsig& tsig = {}) {
    Bytes data;
    put_u16(data, static_cast<std::uint16_t>(mac_.size()));
    put_bytes(data, mac_);
    put_bytes(data, unsigned_);
    put_bytes(data, message);
    const Bytes timers = timers_of(tsig);
    const Name algorithm = Name::parse(tsig.algorithm).value();
    if (is_first_) {
      put_bytes(data, tsig.key.wire());
      put_bytes(data, Bytes{0, 255, 0, 0, 0, 0});
      put_bytes(data, algorithm.wire());
      put_bytes(data, timers);
      put_u16(data, tsig.error);
      put_u16(data, static_cast<std::uint16_t>(tsig.other.size()));
      put_bytes(data, tsig.other);
    } else {
      put_bytes(data, timers);
    }
    const bool is_sha512 = tsig.algorithm == std::string("hmac-sha512");
    Bytes mac(EVP_MAX_MD_SIZE);
    unsigned length = 0;
    HMAC(is_sha512 ? EVP_sha512() : EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         data.data(), data.size(), mac.data(), &length);
    mac.resize(tsig.with_mac ? std::min<std::size_t>(length, tsig.mac_octets) : 0);
    mac_ = mac;
    unsigned_.clear();
    is_first_ = false;
    return with_record(message, tsig, algorithm, mac);
  }

  Bytes leave_unsigned(const Bytes& message) {
    put_bytes(unsigned_, message);
    return message;
  }

 private:
  static Bytes timers_of(const Tsig& tsig) {
    const auto seconds = static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::seconds>(tsig.time).time_since_epoch().count());
    Bytes out;
    put_u16(out, static_cast<std::uint16_t>(seconds >> 32U));
    put_u32(out, static_cast<std::uint32_t>(seconds & 0xFFFFFFFFU));
    put_u16(out, tsig.fudge_s);
    return out;
  }

  static Bytes with_record(Bytes message, const Tsig& tsig, const Name& algorithm,
                           const Bytes& mac) {
    Bytes rdata(algorithm.wire().begin(), algorithm.wire().end());
    put_bytes(rdata, timers_of(tsig));
    put_u16(rdata, static_cast<std::uint16_t>(mac.size()));
    put_bytes(rdata, mac);
    put_bytes(rdata, ByteView(message).first(2));
    put_u16(rdata, tsig.error);
    put_u16(rdata, static_cast<std::uint16_t>(tsig.other.size()));
    put_bytes(rdata, tsig.other);
    put_bytes(message, tsig.key.wire());
    put_bytes(message, Bytes{0, 250, 0, 255, 0, 0, 0, 0});
    put_u16(message, static_cast<std::uint16_t>(rdata.size()));
    put_bytes(message, rdata);
    add_to_arcount(message, 1);
    return message;
  }

  Bytes mac_;
  Bytes unsigned_;
  bool is_first_ = true;
};

// A request that has been signed, and the server that received it.
struct Exchange {
  TsigExchange client;
  Bytes sent;
  Server server;
  explicit Exchange(TsigKey key = make_key())
      : client(key),
        sent(client.sign(request(), now).value()),
        server(sent, key.algorithm == TsigAlgorithm::hmac_sha512 ? 64 : 32) {}

  std::string verify(const Bytes& wire, Time time = now, bool is_last = true) {
    const auto result = client.verify(wire, time, is_last);
    return result ? "" : result.error().what;
  }
};

testing::AssertionResult starts_with(const std::string& text, const std::string& prefix) {
  if (text.starts_with(prefix)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << '"' << text << "\" does not start with " << prefix;
}

TEST(Rfc8945, S6_TheAlgorithmsByName) {
  EXPECT_EQ(parse_tsig_algorithm("hmac-sha256").value(), TsigAlgorithm::hmac_sha256);
  EXPECT_EQ(parse_tsig_algorithm("hmac-sha512").value(), TsigAlgorithm::hmac_sha512);
  for (const char* text : {"hmac-md5", "hmac-sha1", "HMAC-SHA256", "hmac-sha256.", ""}) {
    EXPECT_FALSE(parse_tsig_algorithm(text)) << text;
  }
}

TEST(Rfc8945, S5_1_TheRequestIsSignedAsLdnsReadsIt) {
  for (const auto& [algorithm, name] : {std::pair(TsigAlgorithm::hmac_sha256, "hmac-sha256."),
                                        std::pair(TsigAlgorithm::hmac_sha512, "hmac-sha512.")}) {
    const Bytes wire = TsigExchange(make_key(algorithm)).sign(request(), now).value();
    ldns_pkt* packet = nullptr;
    ASSERT_EQ(ldns_wire2pkt(&packet, wire.data(), wire.size()), LDNS_STATUS_OK);
    EXPECT_TRUE(ldns_pkt_tsig_verify(packet, wire.data(), wire.size(), key_name.text().c_str(),
                                     to_base64(secret).c_str(), nullptr))
        << name;
    ldns_pkt_free(packet);
  }
}

TEST(Rfc8945, S5_3_WhatLdnsSignsIsAccepted) {
  const Time present = SystemClock().now();  // which ldns asks the system for
  TsigExchange client(make_key());
  const Bytes sent = client.sign(request(), present).value();
  ldns_pkt* query = nullptr;
  ASSERT_EQ(ldns_wire2pkt(&query, sent.data(), sent.size()), LDNS_STATUS_OK);
  const Bytes plain = response();
  ldns_pkt* answer = nullptr;
  ASSERT_EQ(ldns_wire2pkt(&answer, plain.data(), plain.size()), LDNS_STATUS_OK);
  ldns_rdf* mac = ldns_rdf_clone(ldns_rr_rdf(ldns_pkt_tsig(query), 3));
  ASSERT_EQ(ldns_pkt_tsig_sign(answer, key_name.text().c_str(), to_base64(secret).c_str(), 300,
                               "hmac-sha256.", mac),
            LDNS_STATUS_OK);
  std::uint8_t* wire = nullptr;
  std::size_t octets = 0;
  ASSERT_EQ(ldns_pkt2wire(&wire, answer, &octets), LDNS_STATUS_OK);
  const auto result = client.verify({wire, octets}, present, true);
  EXPECT_TRUE(result) << result.error().what;
  free(wire);
  ldns_rdf_deep_free(mac);
  ldns_pkt_free(answer);
  ldns_pkt_free(query);
}

TEST(Rfc8945, S5_1_OnlyWholeUnsignedRequestsAreSigned) {
  TsigExchange client(make_key());
  const Bytes whole = request();
  const Bytes once = client.sign(whole, now).value();
  EXPECT_FALSE(client.sign(once, now)) << "signed twice";
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    EXPECT_FALSE(client.sign(ByteView(whole).first(octets), now)) << octets;
  }
  EXPECT_FALSE(TsigExchange({key_name, TsigAlgorithm::hmac_sha256, {}}).sign(whole, now));
  UpdateMessage long_update(Name{});
  long_update.add({Name{}, RecordType::txt, Ttl{1}, Bytes(65'480)});
  EXPECT_FALSE(client.sign(long_update.encode(1).value(), now)) << "no room";
}

TEST(Rfc8945, S5_3_TheResponseIsChainedToTheRequest) {
  Exchange exchange;
  EXPECT_EQ(exchange.verify(exchange.server.sign(response())), "");
  Exchange other(TsigKey{key_name, TsigAlgorithm::hmac_sha512, secret});
  EXPECT_EQ(other.verify(other.server.sign(response(), {.algorithm = "hmac-sha512"})), "");

  Exchange one;
  TsigExchange later(make_key());
  const Bytes sent_later = later.sign(request(), now + second).value();
  Server server(sent_later);  // answers another request than ours
  EXPECT_TRUE(starts_with(one.verify(server.sign(response())), "BADSIG"));
}

TEST(Rfc8945, S5_3_AForwarderMayChangeTheId) {
  Exchange exchange;
  Bytes wire = exchange.server.sign(response());
  wire[0] ^= 0xFFU;
  EXPECT_EQ(exchange.verify(wire), "");
}

TEST(Rfc8945, S5_3_TheOwnersCaseAndCompressionDoNotMatter) {
  Exchange exchange;
  Bytes wire = exchange.server.sign(response());
  const std::string plain(wire.begin(), wire.end());
  const std::string owner =
      "\x08"
      "dskeeper"
      "\x07"
      "example" +
      std::string(1, '\0');
  const std::size_t at = plain.find(owner);
  ASSERT_NE(at, std::string::npos);
  // "example." stands in the question, behind the header.
  const std::string compressed = plain.substr(0, at) +
                                 "\x08"
                                 "DSkeeper"
                                 "\xC0\x0C" +
                                 plain.substr(at + owner.size());
  EXPECT_EQ(exchange.verify({compressed.begin(), compressed.end()}), "");
}

struct Refusal {
  const char* says;
  Tsig tsig;
  const char* error;
};

TEST(Rfc8945, S5_4_WhatIsNotAcceptedSaysWhy) {
  const std::array<Refusal, 10> cases = {{
      {"another key", {.key = Name::parse("other.example.").value()}, "BADKEY"},
      {"another algorithm", {.algorithm = "hmac-sha512"}, "BADKEY"},
      {"a server behind",
       {.time = now - 301 * second},
       "BADTIME: the server's clock says 2026-11-24T02:54:59Z, ours 2026-11-24T03:00:00Z"},
      {"a server ahead", {.time = now + 301 * second}, "BADTIME"},
      {"a smaller fudge", {.time = now - 2 * second, .fudge_s = 1}, "BADTIME"},
      {"§5.2.3: our clock is wrong, says the server",
       {.error = 18, .other = from_hex("0000 6A240000").value()},
       "BADTIME: the server's clock says 2026-06-06T11:09:52Z"},
      {"§5.3.2: unsigned", {.error = 17, .with_mac = false}, "the server answers BADKEY, unsigned"},
      {"§5.3.2: unsigned", {.error = 16, .with_mac = false}, "the server answers BADSIG, unsigned"},
      {"no error and no MAC", {.with_mac = false}, "BADSIG"},
      {"§5.2.2.1: a truncated MAC", {.mac_octets = 31}, "BADSIG"},
  }};
  for (const Refusal& refusal : cases) {
    Exchange exchange;
    const std::string error = exchange.verify(exchange.server.sign(response(9), refusal.tsig));
    EXPECT_TRUE(starts_with(error, refusal.error)) << refusal.says;
  }
  for (const int offset : {-300, 300}) {
    Exchange exchange;
    EXPECT_EQ(exchange.verify(exchange.server.sign(response(), {.time = now + offset * second})),
              "");
  }
}

TEST(Rfc8945, S5_3_1_AResponseWithoutTsigIsNotAccepted) {
  Exchange exchange;
  EXPECT_EQ(exchange.verify(response(5)), "the response (REFUSED) carries no TSIG");
  EXPECT_EQ(exchange.verify(response(), now, false), "the response (NOERROR) carries no TSIG");
}

TEST(Rfc8945, S5_3_1_AForgedMessageDoesNotSpoilTheRealOne) {
  Exchange exchange;
  Exchange forger(TsigKey{key_name, TsigAlgorithm::hmac_sha256, {9}});
  EXPECT_TRUE(starts_with(exchange.verify(forger.sent), "BADSIG"));
  EXPECT_EQ(exchange.verify(exchange.server.sign(response())), "");
}

TEST(Rfc8945, S5_3_1_EachMessageOfATransferIsChainedToTheOneBefore) {
  Exchange exchange;
  for (std::uint8_t i = 0; i < 5; ++i) {
    EXPECT_EQ(exchange.verify(exchange.server.sign(response(i)), now, i == 4), "") << int{i};
  }
}

TEST(Rfc8945, S5_3_1_MessagesOfATransferKeepTheirOrder) {
  Exchange exchange;
  const Bytes first = exchange.server.sign(response(1));
  const Bytes second_message = exchange.server.sign(response(2));
  const Bytes third = exchange.server.sign(response(3));
  EXPECT_EQ(exchange.verify(first, now, false), "");
  EXPECT_TRUE(starts_with(exchange.verify(third, now, false), "BADSIG"));
  EXPECT_TRUE(starts_with(exchange.verify(first, now, false), "BADSIG"));
  EXPECT_EQ(exchange.verify(second_message, now, false), "");
  EXPECT_EQ(exchange.verify(third, now, true), "");
}

TEST(Rfc8945, S5_3_1_ThoseBetweenSignedOnesAreCoveredByTheNextSignature) {
  for (const bool is_changed : {false, true}) {
    Exchange exchange;
    EXPECT_EQ(exchange.verify(exchange.server.sign(response()), now, false), "");
    for (std::uint8_t i = 0; i < 99; ++i) {
      Bytes wire = exchange.server.leave_unsigned(response(i % 16));
      if (is_changed && i == 50) wire[3] ^= 1U;
      EXPECT_EQ(exchange.verify(wire, now, false), "");
    }
    const std::string error = exchange.verify(exchange.server.sign(response()));
    EXPECT_TRUE(starts_with(error, is_changed ? "BADSIG" : ""));
    EXPECT_EQ(error.empty(), !is_changed);
  }
}

TEST(Rfc8945, S5_3_1_NoMoreThan99MessagesInARowAreUnsignedAndNotTheLast) {
  Exchange exchange;
  EXPECT_EQ(exchange.verify(exchange.server.sign(response()), now, false), "");
  EXPECT_EQ(exchange.verify(response(), now, true), "the response (NOERROR) carries no TSIG");
  for (int i = 0; i < 99; ++i) EXPECT_EQ(exchange.verify(response(), now, false), "");
  EXPECT_TRUE(
      starts_with(exchange.verify(response(), now, false), "the transfer's TSIG is overdue"));
}

TEST(Rfc8945, S5_1_TheRecordStandsLastOrTheMessageIsMalformed) {
  const Bytes opt = from_hex("00 0029 04D0 00000000 0000").value();
  const auto changed = [&](const std::function<void(Bytes&)>& change) {
    Exchange exchange;
    Bytes wire = exchange.server.sign(response());
    change(wire);
    return exchange.verify(wire);
  };
  const std::string malformed = "the signed response is malformed";
  EXPECT_EQ(changed([&](Bytes& wire) {
              put_bytes(wire, opt);
              add_to_arcount(wire, 1);
            }),
            malformed);
  EXPECT_EQ(changed([](Bytes& wire) { wire.push_back(0); }), malformed);
  EXPECT_EQ(changed([](Bytes& wire) { add_to_arcount(wire, 1); }), malformed);
  EXPECT_EQ(changed([](Bytes& wire) { add_to_arcount(wire, -1); }), malformed);
  EXPECT_EQ(changed([](Bytes& wire) {  // counted as an answer
              wire[7] = wire[arcount_at + 1];
              wire[arcount_at + 1] = 0;
            }),
            malformed);
}

TEST(Rfc8945, CutAndFlippedMessagesAreNeverAccepted) {
  std::mt19937 random(8945);
  Exchange exchange;
  const Bytes whole = exchange.server.sign(response());
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(octets));
    EXPECT_NE(exchange.verify(cut), "") << octets;
  }
  for (int i = 0; i < 20'000; ++i) {
    Bytes wire = whole;
    // Not the ID, which is restored from the record.
    const std::size_t at = 2 + random() % (wire.size() - 2);
    wire[at] ^= static_cast<std::uint8_t>(1U << random() % 8U);
    const bool is_case = (wire[at] ^ whole[at]) == 0x20;  // the key's name in another case
    EXPECT_TRUE(is_case || !exchange.verify(wire).empty()) << at;
    wire[random() % wire.size()] = static_cast<std::uint8_t>(random());
    wire[random() % wire.size()] = static_cast<std::uint8_t>(random());
    (void)exchange.verify(wire);
    Bytes noise(random() % 100);
    for (std::uint8_t& octet : noise) octet = static_cast<std::uint8_t>(random());
    EXPECT_NE(exchange.verify(noise), "");
  }
  // None of this has touched the exchange.
  EXPECT_EQ(exchange.verify(whole), "");
}

}  // namespace
}  // namespace dskeeper::dns
