// RFC 4035 §5.3 as tests. ldns is the oracle: its signatures must verify, and so must those printed
// in the RFCs.
#include "dns/signature.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "dns/openssl_keys.h"
#include "dns/test_signer.h"

namespace dskeeper::dns::test {
namespace {

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

// With a budget that is not used up.
SignatureStatus verify(Verifier& verifier, const Rrset& rrset, const Rrsig& signature,
                       const Dnskey& key, const Name& owner, Time time) {
  VerificationBudget budget;
  return verifier.verify(rrset, signature, key, owner, time, budget);
}

TEST(Rfc4035, S5_3_3_WhatLdnsSignsIsValid) {
  for (const KeyKind& kind : key_kinds) {
    SCOPED_TRACE(to_text(kind.algorithm));
    const Signer signer(kind.algorithm, kind.bits);
    const Rrset cds = make_cds();
    // Several, since the length of an ECDSA signature in DER form varies.
    for (int i = 0; i < 20; ++i) {
      const Rrsig signature = signer.sign(cds, now - i * second);
      Verifier verifier;
      EXPECT_EQ(verify(verifier, cds, signature, signer.dnskey(), zone, now),
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
      Verifier verifier;
      Rrset other_cds = cds;
      Rrsig other_signature = signature;
      Dnskey other_key = signer.dnskey();
      const std::array<Bytes*, 3> targets = {&other_cds.rdata[0], &other_signature.signature,
                                             &other_key.public_key};
      Bytes& target = *targets[static_cast<std::size_t>(i) % 3];
      target[random() % target.size()] ^= static_cast<std::uint8_t>(1U << random() % 8U);
      other_signature.key_tag = other_key.key_tag();
      EXPECT_NE(verify(verifier, other_cds, other_signature, other_key, zone, now),
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
      EXPECT_EQ(verify(verifier, cds, signature, signer.dnskey(), zone, now),
                SignatureStatus::bad_signature);
    }
    Verifier verifier;
    for (std::size_t octets = 0; octets < signer.dnskey().public_key.size(); ++octets) {
      Dnskey key = signer.dnskey();
      key.public_key.resize(octets);
      Rrsig signature = whole;
      signature.key_tag = key.key_tag();
      EXPECT_NE(verify(verifier, cds, signature, key, zone, now), SignatureStatus::valid);
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
        verify(verifier, subject.rrset, subject.signature, subject.key, subject.zone, now);
    EXPECT_EQ(status, condition.status) << condition.says << ": " << to_text(status);
  }
}

TEST(Rfc4035, S5_3_1_BothEndsOfTheWindowBelongToIt) {
  const Signer signer(Algorithm::ed25519, 256);
  const Rrset cds = make_cds();
  const Rrsig signature = signer.sign(cds, now, now + day);
  Verifier verifier;
  const auto at = [&](Time time) {
    return verify(verifier, cds, signature, signer.dnskey(), zone, time);
  };
  EXPECT_EQ(at(now - second), SignatureStatus::not_yet_valid);
  EXPECT_EQ(at(now), SignatureStatus::valid);
  EXPECT_EQ(at(now + day), SignatureStatus::valid);
  EXPECT_EQ(at(now + day + second), SignatureStatus::expired);
  EXPECT_EQ(verifier.counts().verified, 1U);  // time is checked at each call, the rest once
  EXPECT_EQ(verifier.counts().known, 1U);
}

TEST(Rfc4034, S3_1_3_TheAsteriskOfAWildcardsOwnRecordIsNotCounted) {
  const Signer signer(Algorithm::ed25519, 256);
  const Rrset wildcard = make_cds(Name::parse("*.kid.example.").value());
  const Rrsig signature = signer.sign(wildcard);
  EXPECT_EQ(signature.labels, 2);
  Verifier verifier;
  EXPECT_EQ(verify(verifier, wildcard, signature, signer.dnskey(), zone, now),
            SignatureStatus::valid);
  const Rrset expanded = make_cds(Name::parse("a.kid.example.").value());
  EXPECT_EQ(verify(verifier, expanded, signature, signer.dnskey(), zone, now),
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
      EXPECT_EQ(verify(verifier, cds, by_one, one.dnskey(), zone, now), SignatureStatus::valid);
      EXPECT_EQ(verify(verifier, cds, by_two, two.dnskey(), zone, now), SignatureStatus::valid);
      by_one.key_tag = two.dnskey().key_tag();
      EXPECT_NE(verify(verifier, cds, by_one, two.dnskey(), zone, now), SignatureStatus::valid);
    }
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
}  // namespace dskeeper::dns::test
