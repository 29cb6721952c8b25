// Whatever a wire or a file holds: no parser crashes, hangs or reads beyond its end, and what it
// accepts survives being written and read again. Messages are damaged in message_test.cc and
// tsig_test.cc too. Meant to be run under the sanitizers.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/test_mutation.h"
#include "dns/csync.h"
#include "dns/denial.h"
#include "dns/dsync.h"
#include "dns/openssl_keys.h"
#include "dns/rrset.h"
#include "dns/transfer_message.h"
#include "dns/wire_reader.h"
#include "dns/zone_file.h"
#include "dns/zonemd.h"

namespace dskeeper::dns {
namespace {

const Time now = parse_time("2026-11-24T03:00:00Z").value();

Name name(std::string_view text) {
  return Name::parse(text).value();
}

const std::string zone_text =
    "$ORIGIN example.\n$TTL 1h\n"
    "@ SOA ns host ( 2026112401 ; serial\n 3600 600 86400 300 )\n"
    "@ NS ns\nns A 192.0.2.53\n  AAAA 2001:db8::53\n"
    "kid 60 IN NS ns1.kid\nkid IN 60 DS 4711 13 2 "
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "ns1.kid A 192.0.2.1\nw\\.x\\000 TXT \"a \\\" b;\" c ; comment\n"
    "* MX 5 mail\nu TYPE65280 \\# 4 0a000001\n_d DSYNC CDS NOTIFY 5359 s.example.net.\n"
    "@ RRSIG SOA 13 1 60 20261127000000 20261120000000 4711 example. AQIDBA==\n"
    "@ DNSKEY 257 3 13 AwEAAQ==\nk NSEC l.example. NS DS RRSIG NSEC TYPE1234\n";

TEST(Robustness, ZoneFiles) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    ("dskeeper_robustness_" + std::to_string(getpid()) + ".zone");
  Mutation mutation(1035);
  int whole = 0;
  constexpr int rounds = 1000;
  for (int round = 0; round < rounds; ++round) {
    std::ofstream(path, std::ios::binary) << mutation.damage(zone_text);
    auto reader = ZoneFileReader::open(path, name("example."));
    ASSERT_TRUE(reader) << reader.error().text();
    while (true) {
      const auto record = reader->next();
      if (!record) {
        EXPECT_NE(record.error().where.find(path.string() + ":"), std::string::npos);
      }
      whole += record && !*record ? 1 : 0;
      if (!record || !*record) break;
      EXPECT_FALSE(rdata_text((*record)->type, (*record)->rdata).empty());
    }
  }
  std::filesystem::remove(path);
  EXPECT_GT(whole, rounds / 20);
  EXPECT_LT(whole, rounds);
}

TEST(Robustness, NamesInTextAndOnTheWire) {
  Mutation mutation(3);
  const std::string long_name = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                std::string(63, 'c') + "." + std::string(59, 'd') + ".";
  for (const std::string& text :
       {std::string("kid.example."), std::string("a\\.b\\255.\\000x."), long_name}) {
    for (int round = 0; round < 3000; ++round) {
      const auto parsed = Name::parse(mutation.damage(text));
      if (!parsed) continue;
      EXPECT_LE(parsed->wire().size(), name_octets_max);
      EXPECT_EQ(Name::parse(parsed->text()), *parsed);
      EXPECT_EQ(Name::from_wire(parsed->wire()), *parsed);
    }
  }
  // Compressed: "kid.example." at 0, "www" and a pointer to it, a pointer to that.
  const Bytes message = {3,   'k', 'i', 'd', 7,   'e', 'x',  'a', 'm',  'p', 'l',
                         'e', 0,   3,   'w', 'w', 'w', 0xC0, 0,   0xC0, 13};
  for (int round = 0; round < 20'000; ++round) {
    const Bytes damaged = mutation.damage(message);
    std::size_t offset = mutation.below(damaged.size() + 2);
    const auto parsed = Name::from_message(damaged, offset);
    if (!parsed) continue;
    EXPECT_LE(offset, damaged.size());
    EXPECT_EQ(Name::from_wire(parsed->wire()), *parsed);
  }
}

// What a type reads from text and writes, it reads again.
template <typename T>
void damage_text(Mutation& mutation, std::string_view text) {
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto parsed = T::parse(mutation.damage(text));
    if (!parsed) continue;
    ++accepted;
    EXPECT_EQ(T::parse(parsed->text()), *parsed);
    EXPECT_EQ(T::from_rdata(parsed->to_rdata()), *parsed);
  }
  EXPECT_GT(accepted, 0);
}

TEST(Robustness, RecordsInText) {
  Mutation mutation(4034);
  damage_text<Ds>(mutation, "4711 13 2 AA BB CC DD 00 11 22 33");
  damage_text<Dnskey>(mutation, "257 3 13 AwEA AQAB AQID BA==");
  damage_text<Dsync>(mutation, "CDS NOTIFY 5359 cds-scanner.example.net.");
}

TEST(Robustness, RecordsOnTheWire) {
  Mutation mutation(5155);
  const Bytes soa = {2, 'n', 's', 0, 1, 'h', 0, 0, 0, 0, 1, 0, 0, 0,
                     2, 0,   0,   0, 3, 0,   0, 0, 4, 0, 0, 0, 5};
  const Bytes rrsig = {0, 6, 13,   1,    0, 0,   0,   60,  0x6A, 0, 0, 0, 0x69, 0,
                       0, 0, 0x12, 0x67, 3, 'k', 'i', 'd', 0,    1, 2, 3, 4};
  const Bytes zonemd = {0, 0, 0, 7, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const Bytes csync = {0, 0, 0, 66, 0, 3, 0, 4, 0x60, 0, 0, 8};
  const Bytes bitmap = {0, 6, 0x40, 1, 0, 0, 0, 3, 1, 1, 0x40};
  for (int round = 0; round < 10'000; ++round) {
    (void)Soa::from_rdata(mutation.damage(soa));
    if (const auto parsed = Rrsig::from_rdata(mutation.damage(rrsig), now)) {
      EXPECT_FALSE(parsed->rdata_without_signature().empty());
    }
    (void)Zonemd::from_rdata(mutation.damage(zonemd));
    const Bytes damaged_bitmap = mutation.damage(bitmap);
    if (const auto parsed = TypeBitmap::from_wire(damaged_bitmap)) {
      EXPECT_LE(parsed->types().size(), 65536U);
      EXPECT_EQ(parsed->to_wire(), damaged_bitmap);
    }
    const Bytes damaged_csync = mutation.damage(csync);
    if (const auto parsed = Csync::from_rdata(damaged_csync)) {
      EXPECT_EQ(parsed->to_rdata(), damaged_csync);
    }
    // Any type's presentation, for whatever octets a stranger put there.
    const RecordType type{static_cast<std::uint16_t>(mutation.below(70))};
    EXPECT_FALSE(rdata_text(type, mutation.damage(round % 2 == 0 ? soa : rrsig)).empty());
  }
}

TEST(Robustness, DenialsInMessages) {
  Mutation mutation(8198);
  const Name apex = name("kid.example.");
  const Bytes nsec = {1,   0,   3, 'k', 'i', 'd',  7, 'e',  'x', 'a', 'm', 'p',
                      'l', 'e', 0, 0,   6,   0x62, 1, 0x80, 8,   0,   3};
  Bytes nsec3 = {1, 0, 0, 1, 2, 0xAA, 0xBB, 20};
  nsec3.resize(nsec3.size() + 20, 7);
  nsec3.insert(nsec3.end(), {0, 6, 0x62, 1, 0x80, 8, 0, 3});
  const Name hashed = name("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.kid.example.");
  for (int round = 0; round < 10'000; ++round) {
    Message message;
    message.authority = {{apex, RecordType::nsec, Ttl{60}, {mutation.damage(nsec)}, {}},
                         {hashed, RecordType::nsec3, Ttl{60}, {mutation.damage(nsec3)}, {}}};
    const auto denial = find_apex_denial(message, apex);
    EXPECT_TRUE(!denial || denial->types.has(RecordType::soa));
  }
}

TEST(Robustness, MessagesOfTransfers) {
  Bytes message = {0x12, 0x34, 0x84, 0,   0, 1, 0,   3, 0, 0, 0, 0,  // header
                   3,    'k',  'i',  'd', 0, 0, 252, 0, 1};          // question
  const auto put = [&](std::uint16_t type, const Bytes& rdata) {
    put_u16(message, 0xC00C);
    put_u16(message, type);
    put_u16(message, 1);
    put_u32(message, 60);
    put_u16(message, static_cast<std::uint16_t>(rdata.size()));
    put_bytes(message, rdata);
  };
  put(6, {0xC0, 12, 1, 'h', 0xC0, 12, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5});
  put(2, {2, 'n', 's', 0xC0, 12});
  put(43, {0x12, 0x67, 13, 2, 1, 2, 3, 4});
  ASSERT_TRUE(parse_transfer_message(message));
  Mutation mutation(5936);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Bytes damaged = mutation.damage(message);
    accepted += parse_transfer_message(damaged) ? 1 : 0;
    (void)parse_message(damaged, now);
  }
  EXPECT_GT(accepted, 0);
}

// RFC 3110, RFC 6605, RFC 8080: a key is usable or it is not, whatever its octets.
TEST(Robustness, PublicKeys) {
  Mutation mutation(3110);
  const std::array<std::pair<Algorithm, std::size_t>, 6> keys = {{{Algorithm::rsasha256, 260},
                                                                  {Algorithm::rsasha512, 516},
                                                                  {Algorithm::ecdsap256sha256, 64},
                                                                  {Algorithm::ecdsap384sha384, 96},
                                                                  {Algorithm::ed25519, 32},
                                                                  {Algorithm::ed448, 57}}};
  for (const auto& [algorithm, octets] : keys) {
    Bytes key(octets, 0x5B);
    const bool is_rsa = octets > 96;
    if (is_rsa) key = {3, 1, 0, 1};
    key.resize(octets, 0xC5);
    for (int round = 0; round < 200; ++round) {
      const Bytes damaged = mutation.damage(key);
      const Pkey made = make_pkey({257, 3, algorithm, damaged});
      EXPECT_TRUE(!made || is_rsa || damaged.size() == octets);
    }
  }
}

}  // namespace
}  // namespace dskeeper::dns
