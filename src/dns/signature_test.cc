// RFC 4035 §5.3 as tests. ldns is the oracle: its signatures must verify, and so must those printed
// in the RFCs.
#include "dns/signature.h"

#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <functional>
#include <random>

#include "dns/openssl_keys.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

const Name zone = Name::parse("kid.example.").value();
const Time now = parse_time("2026-11-24T03:00:00Z").value();
constexpr std::chrono::seconds second(1);
constexpr std::chrono::hours day(24);

struct FreeLdns {
  void operator()(ldns_key_list* keys) const { ldns_key_list_free(keys); }  // and the keys
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rr_list* records) const { ldns_rr_list_deep_free(records); }
};
template <typename T>
using Ldns = std::unique_ptr<T, FreeLdns>;

Bytes rdata_of(const ldns_rr* record) {
  ldns_buffer* buffer = ldns_buffer_new(LDNS_MAX_PACKETLEN);
  EXPECT_EQ(ldns_rr_rdata2buffer_wire(buffer, record), LDNS_STATUS_OK);
  const Bytes out(ldns_buffer_begin(buffer),
                  ldns_buffer_begin(buffer) + ldns_buffer_position(buffer));
  ldns_buffer_free(buffer);
  return out;
}

// A key pair of ldns that signs.
class Signer {
 public:
  Signer(Algorithm algorithm, std::uint16_t bits, const Name& owner = zone)
      : keys_(ldns_key_list_new()),
        key_(ldns_key_new_frm_algorithm(static_cast<ldns_signing_algorithm>(algorithm), bits)) {
    ldns_key_list_push_key(keys_.get(), key_);
    ldns_key_set_flags(key_, LDNS_KEY_ZONE_KEY);
    ldns_key_set_pubkey_owner(key_, ldns_dname_new_frm_str(owner.text().c_str()));
    const Ldns<ldns_rr> record(ldns_key2rr(key_));
    dnskey_ = Dnskey::from_rdata(rdata_of(record.get())).value();
    ldns_key_set_keytag(key_, ldns_calc_keytag(record.get()));
  }

  [[nodiscard]] const Dnskey& dnskey() const { return dnskey_; }

  [[nodiscard]] Rrsig sign(const Rrset& rrset, Time inception = now - day,
                           Time expiration = now + day) const {
    const Ldns<ldns_rr_list> records(ldns_rr_list_new());
    for (const Bytes& rdata : rrset.rdata) {
      Bytes wire(rrset.owner.wire().begin(), rrset.owner.wire().end());
      put_u16(wire, static_cast<std::uint16_t>(rrset.type));
      put_u16(wire, 1);
      put_u32(wire, rrset.ttl.seconds);
      put_u16(wire, static_cast<std::uint16_t>(rdata.size()));
      put_bytes(wire, rdata);
      ldns_rr* record = nullptr;
      std::size_t at = 0;
      EXPECT_EQ(ldns_wire2rr(&record, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER),
                LDNS_STATUS_OK);
      ldns_rr_list_push_rr(records.get(), record);
    }
    ldns_key_set_inception(key_, seconds_of(inception));
    ldns_key_set_expiration(key_, seconds_of(expiration));
    const Ldns<ldns_rr_list> signatures(ldns_sign_public(records.get(), keys_.get()));
    return Rrsig::from_rdata(rdata_of(ldns_rr_list_rr(signatures.get(), 0)), now).value();
  }

 private:
  static std::uint32_t seconds_of(Time time) {
    return static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  }

  Ldns<ldns_key_list> keys_;
  ldns_key* key_;  // the one in the list
  Dnskey dnskey_;
};

Rrset make_cds(const Name& owner = zone, std::uint8_t salt = 0) {
  Rrset rrset{owner, RecordType::cds, Ttl{3600}, {}, {}};
  for (std::uint8_t i = 0; i < 2; ++i) {
    Bytes rdata = {0x09, 0x43, 13, 2};
    rdata.insert(rdata.end(), 32, static_cast<std::uint8_t>(salt * 2U + i));
    rrset.rdata.push_back(rdata);
  }
  return rrset;
}

struct KeyKind {
  Algorithm algorithm;
  std::uint16_t bits;
};
constexpr std::array<KeyKind, 7> key_kinds = {{{Algorithm::rsasha256, 512},
                                               {Algorithm::rsasha256, 2048},
                                               {Algorithm::rsasha512, 1024},
                                               {Algorithm::ecdsap256sha256, 256},
                                               {Algorithm::ecdsap384sha384, 384},
                                               {Algorithm::ed25519, 256},
                                               {Algorithm::ed448, 456}}};

TEST(Rfc4035, S5_3_3_WhatLdnsSignsIsValid) {
  for (const KeyKind& kind : key_kinds) {
    SCOPED_TRACE(to_text(kind.algorithm));
    const Signer signer(kind.algorithm, kind.bits);
    const Rrset cds = make_cds();
    // Several, since the length of an ECDSA signature in DER form varies.
    for (int i = 0; i < 20; ++i) {
      const Rrsig signature = signer.sign(cds, now - i * second);
      EXPECT_EQ(Verifier().verify(cds, signature, signer.dnskey(), zone, now),
                SignatureStatus::valid);
    }
  }
}

TEST(Rfc4035, S5_3_3_AnyChangeOfDataSignatureOrKeyIsSeen) {
  std::mt19937 random(4035);
  for (const KeyKind& kind : key_kinds) {
    SCOPED_TRACE(to_text(kind.algorithm));
    const Signer signer(kind.algorithm, kind.bits);
    const Rrset cds = make_cds();
    const Rrsig signature = signer.sign(cds);
    for (int i = 0; i < 100; ++i) {
      Verifier verifier;  // with a work limit that is not used up
      Rrset other_cds = cds;
      Rrsig other_signature = signature;
      Dnskey other_key = signer.dnskey();
      const std::array<Bytes*, 3> targets = {&other_cds.rdata[0], &other_signature.signature,
                                             &other_key.public_key};
      Bytes& target = *targets[static_cast<std::size_t>(i) % 3];
      target[random() % target.size()] ^= static_cast<std::uint8_t>(1U << random() % 8U);
      other_signature.key_tag = other_key.key_tag();
      EXPECT_NE(verifier.verify(other_cds, other_signature, other_key, zone, now),
                SignatureStatus::valid);
    }
  }
}

TEST(Rfc4035, S5_3_3_CutSignaturesAndKeysAreBad) {
  for (const KeyKind& kind : key_kinds) {
    SCOPED_TRACE(to_text(kind.algorithm));
    const Signer signer(kind.algorithm, kind.bits);
    const Rrset cds = make_cds();
    const Rrsig whole = signer.sign(cds);
    for (std::size_t octets = 0; octets < whole.signature.size(); ++octets) {
      Verifier verifier;
      Rrsig signature = whole;
      signature.signature.resize(octets);
      EXPECT_EQ(verifier.verify(cds, signature, signer.dnskey(), zone, now),
                SignatureStatus::bad_signature);
    }
    Verifier verifier;
    for (std::size_t octets = 0; octets < signer.dnskey().public_key.size(); ++octets) {
      Dnskey key = signer.dnskey();
      key.public_key.resize(octets);
      Rrsig signature = whole;
      signature.key_tag = key.key_tag();
      EXPECT_NE(verifier.verify(cds, signature, key, zone, now), SignatureStatus::valid);
    }
  }
}

// What a case of the table below may change before the signature is verified.
struct Subject {
  Rrset rrset;
  Rrsig signature;
  Dnskey key;
  Name zone;
};
struct Condition {
  const char* says;
  SignatureStatus status;
  std::function<void(Subject&)> change;
};

TEST(Rfc4035, S5_3_1_EachConditionIsChecked) {
  using enum SignatureStatus;
  const auto name = [](const char* text) { return Name::parse(text).value(); };
  const std::vector<Condition> conditions = {
      {"all in order", valid, [](Subject&) {}},
      {"covers the type", wrong_scope, [](Subject& s) { s.rrset.type = RecordType::cdnskey; }},
      {"the zone contains the RRset", wrong_scope,
       [&](Subject& s) { s.rrset.owner = name("kid2.example."); }},
      {"the zone is not below the RRset", wrong_scope,
       [&](Subject& s) { s.rrset.owner = name("example."); }},
      {"fewer labels: a wildcard's expansion", wrong_scope,
       [](Subject& s) { s.signature.labels = 1; }},
      {"more labels than the owner has", wrong_scope, [](Subject& s) { s.signature.labels = 3; }},
      {"a zone does not sign its own DS (§2.4)", wrong_scope,
       [](Subject& s) { s.rrset.type = s.signature.covered = RecordType::ds; }},
      {"the signer is the zone", wrong_key,
       [&](Subject& s) { s.signature.signer = name("example."); }},
      {"the zone is the signer", wrong_key, [&](Subject& s) { s.zone = name("example."); }},
      {"the key tag", wrong_key, [](Subject& s) { ++s.signature.key_tag.value; }},
      {"the algorithm", wrong_key, [](Subject& s) { s.signature.algorithm = Algorithm::ed25519; }},
      {"an algorithm without support", unsupported_algorithm,
       [](Subject& s) {
         s.signature.algorithm = s.key.algorithm = Algorithm::rsasha1;
         s.signature.key_tag = s.key.key_tag();
       }},
      {"the zone flag", bad_key,
       [](Subject& s) {
         s.key.flags = 0;
         s.signature.key_tag = s.key.key_tag();
       }},
      {"a revoked key (RFC 5011 §2.1)", bad_key,
       [](Subject& s) {
         s.key.flags = 0x0180;
         s.signature.key_tag = s.key.key_tag();
       }},
      {"protocol 3 (RFC 4034 §2.1.2)", bad_key,
       [](Subject& s) {
         s.key.protocol = 2;
         s.signature.key_tag = s.key.key_tag();
       }},
      {"expired", expired, [](Subject& s) { s.signature.expiration = now - second; }},
      {"not yet valid", not_yet_valid, [](Subject& s) { s.signature.inception = now + second; }},
      {"the original TTL is signed", bad_signature,
       [](Subject& s) { s.signature.original_ttl.seconds = 1; }},
      {"the times are signed", bad_signature, [](Subject& s) { s.signature.expiration += second; }},
      {"the TTL seen is not", valid, [](Subject& s) { s.rrset.ttl.seconds = 1; }},
      {"names compare without case", valid,
       [&](Subject& s) { s.rrset.owner = name("KID.eXample"); }},
  };
  const Signer signer(Algorithm::ecdsap256sha256, 256);
  const Rrset cds = make_cds();
  const Rrsig signature = signer.sign(cds);
  for (const Condition& condition : conditions) {
    Verifier verifier;
    Subject subject{cds, signature, signer.dnskey(), zone};
    condition.change(subject);
    const auto status =
        verifier.verify(subject.rrset, subject.signature, subject.key, subject.zone, now);
    EXPECT_EQ(status, condition.status) << condition.says << ": " << to_text(status);
  }
}

TEST(Rfc4035, S5_3_1_BothEndsOfTheWindowBelongToIt) {
  const Signer signer(Algorithm::ed25519, 256);
  const Rrset cds = make_cds();
  const Rrsig signature = signer.sign(cds, now, now + day);
  Verifier verifier;
  const auto at = [&](Time time) {
    return verifier.verify(cds, signature, signer.dnskey(), zone, time);
  };
  EXPECT_EQ(at(now - second), SignatureStatus::not_yet_valid);
  EXPECT_EQ(at(now), SignatureStatus::valid);
  EXPECT_EQ(at(now + day), SignatureStatus::valid);
  EXPECT_EQ(at(now + day + second), SignatureStatus::expired);
  EXPECT_EQ(verifier.counts().verified, 1U);  // time is checked at each call, the rest once
  EXPECT_EQ(verifier.counts().cached, 1U);
}

TEST(Rfc4034, S3_1_3_TheAsteriskOfAWildcardsOwnRecordIsNotCounted) {
  const Signer signer(Algorithm::ed25519, 256);
  const Rrset wildcard = make_cds(Name::parse("*.kid.example.").value());
  const Rrsig signature = signer.sign(wildcard);
  EXPECT_EQ(signature.labels, 2);
  Verifier verifier;
  EXPECT_EQ(verifier.verify(wildcard, signature, signer.dnskey(), zone, now),
            SignatureStatus::valid);
  const Rrset expanded = make_cds(Name::parse("a.kid.example.").value());
  EXPECT_EQ(verifier.verify(expanded, signature, signer.dnskey(), zone, now),
            SignatureStatus::wrong_scope);
}

TEST(Verifier, KeysOfOneAlgorithmAreNotMixedUp) {
  for (const KeyKind& kind : key_kinds) {
    SCOPED_TRACE(to_text(kind.algorithm));
    const Signer one(kind.algorithm, kind.bits);
    const Signer two(kind.algorithm, kind.bits);
    Verifier verifier;
    for (std::uint8_t i = 0; i < 4; ++i) {
      const Rrset cds = make_cds(zone, i);
      Rrsig by_one = one.sign(cds);
      const Rrsig by_two = two.sign(cds);
      EXPECT_EQ(verifier.verify(cds, by_one, one.dnskey(), zone, now), SignatureStatus::valid);
      EXPECT_EQ(verifier.verify(cds, by_two, two.dnskey(), zone, now), SignatureStatus::valid);
      by_one.key_tag = two.dnskey().key_tag();
      EXPECT_NE(verifier.verify(cds, by_one, two.dnskey(), zone, now), SignatureStatus::valid);
    }
  }
}

// An answer with many signatures of one key, all of them wrong.
Rrset answer_with_bad_signatures(const Signer& signer, std::size_t count) {
  Rrset rrset = make_cds();
  for (std::size_t i = 0; i < count; ++i) {
    Rrsig signature = signer.sign(rrset);
    signature.signature[0] ^= static_cast<std::uint8_t>(i + 1);
    rrset.signatures.push_back(signature);
  }
  return rrset;
}

TEST(KeyTrap, EightFailuresAreAllThatOneAnswerGets) {
  const Signer signer(Algorithm::ed25519, 256);
  const Rrset hostile = answer_with_bad_signatures(signer, 100);
  Verifier verifier;
  const auto verify = [&](std::size_t i) {
    return verifier.verify(hostile, hostile.signatures[i], signer.dnskey(), zone, now);
  };
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(verify(i), SignatureStatus::bad_signature);
  for (std::size_t i = 8; i < 100; ++i) EXPECT_EQ(verify(i), SignatureStatus::too_much_work);
  EXPECT_EQ(verify(0), SignatureStatus::bad_signature);  // known, costs nothing
  EXPECT_EQ(verifier.counts().verified, 8U);

  Rrset honest = make_cds();  // the same data from another server
  honest.signatures.push_back(signer.sign(honest));
  EXPECT_EQ(verifier.verify(honest, honest.signatures[0], signer.dnskey(), zone, now),
            SignatureStatus::valid);
}

TEST(KeyTrap, ServersThatSignEachAnswerAnewAreNotLimited) {
  const Signer signer(Algorithm::ecdsap256sha256, 256);
  Verifier verifier;
  for (int server = 0; server < 30; ++server) {
    Rrset cds = make_cds();
    cds.signatures.push_back(signer.sign(cds, now - server * second));
    EXPECT_EQ(verifier.verify(cds, cds.signatures[0], signer.dnskey(), zone, now),
              SignatureStatus::valid);
  }
}

// RFC 3110 §2, with a modulus of ones and the exponent 65537.
Dnskey rsa_key(Algorithm algorithm, std::size_t modulus_bits, Bytes exponent = {3, 1, 0, 1}) {
  Bytes key = std::move(exponent);
  const std::size_t odd_bits = modulus_bits % 8;
  if (odd_bits != 0) key.push_back(static_cast<std::uint8_t>((1U << odd_bits) - 1U));
  key.insert(key.end(), modulus_bits / 8, 0xFF);
  return {256, 3, algorithm, key};
}

TEST(Rfc3110, S2_KeysOutOfBoundsAreRefused) {
  struct Case {
    bool ok;
    Dnskey key;
  };
  using enum Algorithm;
  Bytes long_exponent(3 + 9, 0xFF);  // 72 bits
  long_exponent[0] = 0;
  long_exponent[1] = 0;
  long_exponent[2] = 9;
  const std::vector<Case> cases = {
      {false, rsa_key(rsasha256, 511)},
      {true, rsa_key(rsasha256, 512)},
      {true, rsa_key(rsasha256, 4096)},
      {false, rsa_key(rsasha256, 4097)},
      {false, rsa_key(rsasha512, 1023)},
      {true, rsa_key(rsasha512, 1024)},
      {true, rsa_key(rsasha256, 2048, {0, 0, 3, 1, 0, 1})},  // the long form
      {false, rsa_key(rsasha256, 2048, long_exponent)},
      {false, rsa_key(rsasha256, 2048, {1, 1})},  // exponent 1: everyone signs
      {false, rsa_key(rsasha256, 2048, {1, 4})},  // even
      {false, rsa_key(rsasha256, 2048, {0})},     // the length cut off: 0xFFFF octets
      {false, {256, 3, rsasha256, {}}},
      {false, {256, 3, rsasha256, {3, 1, 0, 1}}},     // no modulus
      {false, {256, 3, ecdsap256sha256, Bytes(64)}},  // not on the curve
      {false, {256, 3, ecdsap384sha384, Bytes(64)}},
      {false, {256, 3, ed25519, Bytes(31)}},
      {false, {256, 3, ed448, Bytes(32)}},
      {false, rsa_key(rsasha1, 2048)},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(make_pkey(cases[i].key) != nullptr, cases[i].ok) << "case " << i;
  }
}

}  // namespace
}  // namespace dskeeper::dns
