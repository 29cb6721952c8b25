// What was verified is known, whatever happens to the table and its file.
#include "dns/verified_signatures.h"

#include <gtest/gtest.h>

#include "dns/signature.h"
#include "dns/test_signer.h"

namespace dskeeper::dns::test {
namespace {

using Tag = VerifiedSignatures::Tag;

// As evenly spread as hashes are.
Tag tag_of(std::uint32_t number) {
  Bytes octets;
  put_u32(octets, number);
  const Sha256 hash = sha256(octets);
  Tag tag{};
  std::copy_n(hash.begin(), tag.size(), tag.begin());
  return tag;
}

std::size_t count_known(const VerifiedSignatures& signatures, std::uint32_t from,
                        std::uint32_t to) {
  std::size_t known = 0;
  for (std::uint32_t i = from; i < to; ++i) known += signatures.contains(tag_of(i)) ? 1U : 0U;
  return known;
}

TEST(VerifiedSignatures, AllButFewAreKeptWhileTheTableGrows) {
  constexpr std::uint32_t count = 100'000;
  VerifiedSignatures signatures;
  for (std::uint32_t i = 0; i < count; ++i) signatures.add(tag_of(i), now + day, now);
  EXPECT_EQ(count_known(signatures, 0, count), signatures.size());
  EXPECT_GT(signatures.size(), count * 95 / 100);
  EXPECT_EQ(count_known(signatures, count, 2 * count), 0U);
}

TEST(VerifiedSignatures, TheSameOneTakesOnePlace) {
  VerifiedSignatures signatures;
  for (int i = 0; i < 100; ++i) signatures.add(tag_of(1), now + day, now);
  EXPECT_EQ(signatures.size(), 1U);
}

TEST(VerifiedSignatures, WhatHasExpiredGivesWayBeforeTheTableGrows) {
  VerifiedSignatures signatures;
  std::uint32_t number = 0;
  for (int today = 0; today < 50; ++today) {
    const Time then = now + today * day;
    for (int i = 0; i < 1000; ++i) signatures.add(tag_of(number++), then + day, then);
  }
  EXPECT_LT(signatures.size(), 5000U);
  EXPECT_GT(count_known(signatures, number - 1000, number), 950U);
}

TEST(VerifiedSignatures, AtItsBoundTheTableKeepsThoseThatLastLongest) {
  VerifiedSignatures signatures(1024);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    signatures.add(tag_of(i), i < 256 ? now + 9 * day : now + day, now);
  }
  EXPECT_LE(signatures.size(), 1024U);
  EXPECT_EQ(count_known(signatures, 0, 256), 256U);
}

TEST(VerifiedSignatures, AFileKnowsThemAndTheirSecret) {
  const Signer signer(Algorithm::ecdsap256sha256, 256);
  const Rrset cds = make_cds();
  const Rrsig signature = signer.sign(cds);
  const auto first = std::make_shared<VerifiedSignatures>();
  VerificationBudget budget;
  EXPECT_EQ(Verifier(first).verify(cds, signature, signer.dnskey(), zone, now, budget),
            SignatureStatus::valid);

  const auto second = VerifiedSignatures::from_octets(first->to_octets()).value();
  Verifier verifier(second);
  VerificationBudget another;
  EXPECT_EQ(verifier.verify(cds, signature, signer.dnskey(), zone, now, another),
            SignatureStatus::valid);
  EXPECT_EQ(verifier.counts().verified, 0U);
  EXPECT_EQ(verifier.verify(cds, signature, signer.dnskey(), zone, now + 2 * day, another),
            SignatureStatus::expired);
}

// With a secret in common, an attacker who knew it could look for colliding tags.
TEST(VerifiedSignatures, EachHasASecretOfItsOwn) {
  EXPECT_NE(VerifiedSignatures().secret(), VerifiedSignatures().secret());
}

TEST(VerifiedSignatures, AFileThatIsNotWholeToTheLastBitIsRefused) {
  VerifiedSignatures signatures;
  signatures.add(tag_of(1), now + day, now);
  const Bytes whole = signatures.to_octets();
  ASSERT_TRUE(VerifiedSignatures::from_octets(whole));
  for (std::size_t at = 0; at < whole.size(); at += at < 128 ? 1 : 97) {
    Bytes damaged = whole;
    damaged[at] ^= 0x10U;
    EXPECT_FALSE(VerifiedSignatures::from_octets(damaged)) << at;
    EXPECT_FALSE(VerifiedSignatures::from_octets(ByteView(whole).first(at))) << at;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(VerifiedSignatures::from_octets(longer));
}

}  // namespace
}  // namespace dskeeper::dns::test
