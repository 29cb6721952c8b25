// RFC 4034 §4, RFC 5155 §3 and §5 at a zone's apex, as tests.
#include "dns/denial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <random>

namespace dskeeper::dns {
namespace {

using testing::ElementsAre;

const Name apex = Name::parse("kid.example.").value();
// NS SOA RRSIG NSEC DNSKEY CDS
const Bytes apex_bitmap = from_hex("00 08 2200000000038010").value();

Bytes operator+(Bytes left, ByteView right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Rrset make_rrset(const Name& owner, RecordType type, Bytes rdata) {
  return {owner, type, Ttl{3600}, {std::move(rdata)}, {}};
}

Message answer_with(std::vector<Rrset> authority) {
  Message message;
  message.authority = std::move(authority);
  return message;
}

Bytes nsec_rdata(const Bytes& bitmap = apex_bitmap) {
  return from_hex("01 61 03 6B6964 07 6578616D706C65 00").value() + bitmap;
}

struct Nsec3Facts {
  std::uint8_t algorithm = 1;
  std::uint8_t flags = 0;
  std::uint16_t iterations = 0;
  Bytes salt = {};
  Bytes bitmap = apex_bitmap;

  [[nodiscard]] Bytes rdata() const {
    Bytes out = {algorithm, flags, static_cast<std::uint8_t>(iterations >> 8U),
                 static_cast<std::uint8_t>(iterations & 0xFFU),
                 static_cast<std::uint8_t>(salt.size())};
    Bytes hash(21, 0x55);
    hash[0] = 20;
    return out + salt + hash + bitmap;
  }
};

// The owner that ldns finds for the NSEC3 of `name` in `zone`.
Name hashed_owner(const Name& name, const Nsec3Facts& facts, const Name& zone) {
  ldns_rdf* plain = ldns_dname_new_frm_str(name.text().c_str());
  ldns_rdf* hashed =
      ldns_nsec3_hash_name(plain, facts.algorithm, facts.iterations,
                           static_cast<std::uint8_t>(facts.salt.size()), facts.salt.data());
  char* text = ldns_rdf2str(hashed);
  const std::string label = text;
  free(text);
  ldns_rdf_deep_free(hashed);
  ldns_rdf_deep_free(plain);
  return Name::parse(label + zone.text()).value();
}

Message nsec3_answer(const Nsec3Facts& facts) {
  return answer_with(
      {make_rrset(hashed_owner(apex, facts, apex), RecordType::nsec3, facts.rdata())});
}

TEST(Rfc4034, S4_1_AnNsecRecordNamesTheNextOwnerAndTheTypes) {
  const auto nsec = Nsec::from_rdata(nsec_rdata());
  ASSERT_TRUE(nsec);
  EXPECT_EQ(nsec->next.text(), "a.kid.example.");
  EXPECT_TRUE(nsec->types.has(RecordType::cds));
  EXPECT_FALSE(Nsec::from_rdata({}));
  EXPECT_FALSE(Nsec::from_rdata(from_hex("03 61").value()));
}

TEST(Rfc4034, S4_1_2_TheBitmapListsTypes) {
  const auto bitmap = TypeBitmap::from_wire(apex_bitmap);
  ASSERT_TRUE(bitmap);
  using enum RecordType;
  EXPECT_THAT(bitmap->types(), ElementsAre(ns, soa, rrsig, nsec, dnskey, cds));
  EXPECT_TRUE(bitmap->has(cds));
  EXPECT_FALSE(bitmap->has(cdnskey));
}

TEST(Rfc4034, S4_3_TheExample) {  // A MX RRSIG NSEC TYPE1234
  const auto bitmap = TypeBitmap::from_wire(
      from_hex("00 06 400100000003 04 1B 000000000000000000000000000000000000000000000000000020")
          .value());
  ASSERT_TRUE(bitmap);
  EXPECT_THAT(bitmap->types(), ElementsAre(RecordType{1}, RecordType{15}, RecordType{46},
                                           RecordType{47}, RecordType{1234}));
}

TEST(Rfc4034, S4_1_2_MalformedBitmapsAreRefused) {
  const std::array<std::pair<const char*, const char*>, 8> cases = {{
      {"a window's number alone", "00"},
      {"an empty window", "00 00"},
      {"33 octets", "00 21 000000000000000000000000000000000000000000000000000000000000000001"},
      {"a window cut off", "00 02 40"},
      {"the same window twice", "00 01 40 00 01 40"},
      {"windows in falling order", "01 01 40 00 01 40"},
      {"a trailing octet of zero", "00 02 40 00"},
      {"a window without types", "00 01 00"},
  }};
  for (const auto& [says, hex] : cases) {
    EXPECT_FALSE(TypeBitmap::from_wire(from_hex(hex).value())) << says;
  }
  EXPECT_TRUE(TypeBitmap::from_wire({}));  // an empty one is well-formed: CSYNC, NSEC3
}

TEST(Rfc4035, S5_4_AnNsecAtTheApexProvesItsTypes) {
  const Message message = answer_with(
      {make_rrset(Name::parse("a.kid.example.").value(), RecordType::nsec, nsec_rdata()),
       make_rrset(apex, RecordType::soa, {}), make_rrset(apex, RecordType::nsec, nsec_rdata())});
  const auto denial = find_apex_denial(message, apex);
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->proof, &message.authority[2]);
  EXPECT_TRUE(denial->types.has(RecordType::cds));
  EXPECT_FALSE(denial->types.has(RecordType::csync));
}

TEST(Rfc4035, S5_4_OtherNsecRecordsProveNothing) {
  const Bytes without_soa = from_hex("00 08 2000000000038010").value();
  const std::array<std::pair<const char*, Rrset>, 6> cases = {{
      {"below the apex",
       make_rrset(Name::parse("a.kid.example.").value(), RecordType::nsec, nsec_rdata())},
      {"the parent's, without SOA", make_rrset(apex, RecordType::nsec, nsec_rdata(without_soa))},
      {"empty", make_rrset(apex, RecordType::nsec, {})},
      {"a compressed next name",
       make_rrset(apex, RecordType::nsec, Bytes{0xC0, 0x0C} + apex_bitmap)},
      {"a next name without end", make_rrset(apex, RecordType::nsec, {3, 'k', 'i', 'd'})},
      {"two records", {apex, RecordType::nsec, Ttl{1}, {nsec_rdata(), nsec_rdata()}, {}}},
  }};
  for (const auto& [says, rrset] : cases) {
    EXPECT_FALSE(find_apex_denial(answer_with({rrset}), apex)) << says;
  }
}

TEST(Rfc5155, S5_TheNsec3WhoseHashIsTheApexProvesItsTypes) {
  const std::array<Nsec3Facts, 5> cases = {{{},
                                            {.flags = 1},
                                            {.iterations = 12, .salt = {0xAA, 0xBB, 0xCC, 0xDD}},
                                            {.iterations = 150},
                                            {.salt = Bytes(255, 7)}}};
  for (const Nsec3Facts& facts : cases) {
    const auto denial = find_apex_denial(nsec3_answer(facts), apex);
    ASSERT_TRUE(denial) << facts.iterations;
    EXPECT_TRUE(denial->types.has(RecordType::cds));
  }
}

TEST(Rfc5155, AppendixA_TheHashOfTheExample) {
  const Nsec3Facts facts = {.flags = 1, .iterations = 12, .salt = {0xAA, 0xBB, 0xCC, 0xDD}};
  const Name example = Name::parse("example.").value();
  const Name owner = Name::parse("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.").value();
  EXPECT_TRUE(find_apex_denial(answer_with({make_rrset(owner, RecordType::nsec3, facts.rdata())}),
                               example));
}

TEST(Rfc5155, S8_OtherNsec3RecordsProveNothing) {
  const Name below = Name::parse("a.kid.example.").value();
  const std::array<std::pair<const char*, Message>, 6> cases = {{
      {"another hash algorithm (§8.1)", nsec3_answer({.algorithm = 1, .flags = 2})},
      {"more iterations than we compute", nsec3_answer({.iterations = 151})},
      {"the hash of another name",
       answer_with(
           {make_rrset(hashed_owner(below, {}, apex), RecordType::nsec3, Nsec3Facts().rdata())})},
      {"not directly under the apex",
       answer_with(
           {make_rrset(hashed_owner(apex, {}, below), RecordType::nsec3, Nsec3Facts().rdata())})},
      {"the parent's view of the cut (§8.9)",
       nsec3_answer({.bitmap = from_hex("00 06 200000000012").value()})},
      {"a malformed bitmap", nsec3_answer({.bitmap = {0}})},
  }};
  for (const auto& [says, message] : cases) {
    EXPECT_FALSE(find_apex_denial(message, apex)) << says;
  }
  Message unknown = nsec3_answer({});
  unknown.authority[0].rdata[0][0] = 2;
  EXPECT_FALSE(find_apex_denial(unknown, apex)) << "another hash algorithm (§8.1)";
}

TEST(Rfc5155, S8_2_OneSetOfParametersAMessage) {
  const Nsec3Facts facts = {.iterations = 1};
  Message message = nsec3_answer(facts);
  // In front of it one with other parameters, which an honest zone does not send.
  message.authority.insert(message.authority.begin(),
                           make_rrset(hashed_owner(Name::parse("a.kid.example.").value(), {}, apex),
                                      RecordType::nsec3, Nsec3Facts().rdata()));
  EXPECT_FALSE(find_apex_denial(message, apex));
}

TEST(Denial, CutAndFlippedRecordsNeverProveOrCrash) {
  std::mt19937 random(5155);
  const Nsec3Facts facts = {.iterations = 3, .salt = {1, 2, 3}};
  const std::array<Rrset, 2> whole = {make_rrset(apex, RecordType::nsec, nsec_rdata()),
                                      nsec3_answer(facts).authority[0]};
  for (const Rrset& rrset : whole) {
    for (std::size_t octets = 0; octets < rrset.rdata[0].size() - 10; ++octets) {
      Message message = answer_with({rrset});
      message.authority[0].rdata[0].resize(octets);
      EXPECT_FALSE(find_apex_denial(message, apex)) << octets;
    }
    for (int i = 0; i < 20'000; ++i) {
      Message message = answer_with({rrset});
      Bytes& rdata = message.authority[0].rdata[0];
      for (int flips = 0; flips < 3; ++flips) {
        rdata[random() % rdata.size()] = static_cast<std::uint8_t>(random());
      }
      (void)find_apex_denial(message, apex);
    }
  }
}

// --- names below the apex -----------------------------------------------------------------------

const Name host = Name::parse("ns1.kid.example.").value();
// A RRSIG NSEC
const Bytes host_bitmap =
    TypeBitmap({RecordType::a, RecordType::rrsig, RecordType::nsec}).to_wire();

TEST(Rfc4035, S5_4_TheNsecAtAHostTellsItsTypes) {
  const Message message =
      answer_with({make_rrset(apex, RecordType::nsec, nsec_rdata()),
                   make_rrset(host, RecordType::nsec, nsec_rdata(host_bitmap))});
  const auto denial = find_denial(message, host, apex);
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->proof, &message.authority[1]);
  EXPECT_TRUE(denial->types.has(RecordType::a));
  EXPECT_FALSE(denial->types.has(RecordType::aaaa));
  EXPECT_TRUE(find_denial(message, apex, apex)->types.has(RecordType::soa));
}

TEST(Rfc4035, S5_4_NoOtherNamesNsecTellsThem) {
  const Name other = Name::parse("ns2.kid.example.").value();
  const Message message =
      answer_with({make_rrset(other, RecordType::nsec, nsec_rdata(host_bitmap))});
  EXPECT_FALSE(find_denial(message, host, apex));
}

TEST(Rfc5155, S8_5_TheNsec3OfAHostIsFoundByItsHash) {
  Nsec3Facts facts{.iterations = 2, .salt = {0xAB}, .bitmap = host_bitmap};
  const Message message =
      answer_with({make_rrset(hashed_owner(host, facts, apex), RecordType::nsec3, facts.rdata())});
  EXPECT_TRUE(find_denial(message, host, apex));
  EXPECT_FALSE(find_denial(message, Name::parse("ns2.kid.example.").value(), apex));
  // Below another name it belongs to another zone.
  const Name other_zone = Name::parse("example.").value();
  EXPECT_FALSE(find_denial(message, host, other_zone));
}

TEST(Rfc6840, S4_1_ARecordOfAZoneCutTellsNothing) {
  const Bytes cut = TypeBitmap({RecordType::ns, RecordType::rrsig, RecordType::nsec}).to_wire();
  const Message message = answer_with({make_rrset(host, RecordType::nsec, nsec_rdata(cut))});
  EXPECT_FALSE(find_denial(message, host, apex));
}

TEST(Rfc4034, S4_1_2_ABitmapIsWrittenAsItIsRead) {
  for (const char* hex : {"", "00 04 60000008", "00 08 2200000000038010", "00 01 40 01 01 40",
                          "00 06 400100000003 01 01 40 FF 20"
                          "0000000000000000000000000000000000000000000000000000000000000001"}) {
    const Bytes wire = from_hex(hex).value();
    EXPECT_EQ(TypeBitmap::from_wire(wire).value().to_wire(), wire) << hex;
  }
}

}  // namespace
}  // namespace dskeeper::dns
