// KeyTrap (CVE-2023-50387): what an RRset and a child may cost.
#include "dns/verification_budget.h"

#include <gtest/gtest.h>

#include "dns/signature.h"
#include "dns/test_signer.h"

namespace dskeeper::dns::test {
namespace {

// An answer with many signatures of one key, all of them wrong.
Rrset answer_with_bad_signatures(const Signer& signer, std::size_t count, std::uint8_t flip = 0) {
  Rrset rrset = make_cds();
  for (std::size_t i = 0; i < count; ++i) {
    Rrsig signature = signer.sign(rrset);
    signature.signature[0] ^= static_cast<std::uint8_t>(i + 1);
    signature.signature[1] ^= flip;
    rrset.signatures.push_back(signature);
  }
  return rrset;
}

struct Look {
  SignatureStatus verify(const Rrset& rrset, std::size_t i, const Signer& signer) {
    return verifier.verify(rrset, rrset.signatures[i], signer.dnskey(), zone, now, budget);
  }

  Verifier verifier;
  VerificationBudget budget;
};

TEST(KeyTrap, EightFailuresAreAllThatOneAnswerGets) {
  const Signer signer(Algorithm::ed25519, 256);
  const Rrset hostile = answer_with_bad_signatures(signer, 100);
  Look look;
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(look.verify(hostile, i, signer), SignatureStatus::bad_signature);
  }
  for (std::size_t i = 8; i < 100; ++i) {
    EXPECT_EQ(look.verify(hostile, i, signer), SignatureStatus::too_much_work);
  }
  EXPECT_EQ(look.verify(hostile, 0, signer), SignatureStatus::bad_signature);  // known
  EXPECT_EQ(look.verifier.counts().verified, 8U);
  EXPECT_FALSE(look.budget.is_exhausted());

  Rrset honest = make_cds();  // the same data from another server
  honest.signatures.push_back(signer.sign(honest));
  look.budget.begin_rrset();
  EXPECT_EQ(look.verify(honest, 0, signer), SignatureStatus::valid);
}

TEST(KeyTrap, SixtyFourFailuresAreAllThatOneChildGets) {
  const Signer signer(Algorithm::ed25519, 256);
  Look look;
  for (std::uint8_t server = 0; server < 30; ++server) {
    const Rrset hostile = answer_with_bad_signatures(signer, 8, server);
    look.budget.begin_rrset();
    for (std::size_t i = 0; i < 8; ++i) (void)look.verify(hostile, i, signer);
  }
  EXPECT_EQ(look.verifier.counts().verified, 64U);
  EXPECT_TRUE(look.budget.is_exhausted());
}

TEST(KeyTrap, DearAlgorithmsUseUpAChildsBudgetSooner) {
  const Signer signer(Algorithm::ecdsap384sha384, 384);
  Look look;
  for (int server = 0; server < 100; ++server) {
    Rrset cds = make_cds();
    cds.signatures.push_back(signer.sign(cds, now - server * second));
    look.budget.begin_rrset();
    const SignatureStatus status = look.verify(cds, 0, signer);
    EXPECT_EQ(status, server < 64 ? SignatureStatus::valid : SignatureStatus::too_much_work);
  }
}

TEST(KeyTrap, ServersThatSignEachAnswerAnewAreNotLimited) {
  const Signer signer(Algorithm::ecdsap256sha256, 256);
  Look look;
  for (int answer = 0; answer < 26 * 4 * 2; ++answer) {  // 26 addresses, four types, two each
    Rrset cds = make_cds();
    cds.signatures.push_back(signer.sign(cds, now - answer * second));
    look.budget.begin_rrset();
    EXPECT_EQ(look.verify(cds, 0, signer), SignatureStatus::valid);
  }
}

// Else a decision could not be made again from its evidence.
TEST(KeyTrap, WhatIsKnownFromAnotherLookCountsAllTheSame) {
  const Signer signer(Algorithm::ed25519, 256);
  Rrset cds = make_cds();
  for (int i = 0; i < 20; ++i) cds.signatures.push_back(signer.sign(cds, now - i * second));
  Verifier verifier;
  for (int time = 0; time < 2; ++time) {
    VerificationBudget budget;
    for (std::size_t i = 0; i < 20; ++i) {
      const SignatureStatus status =
          verifier.verify(cds, cds.signatures[i], signer.dnskey(), zone, now, budget);
      EXPECT_EQ(status, i < 16 ? SignatureStatus::valid : SignatureStatus::too_much_work);
    }
    EXPECT_EQ(budget.computed(), time == 0 ? 16U : 0U);
  }
  EXPECT_EQ(verifier.counts().verified, 16U);
}

}  // namespace
}  // namespace dskeeper::dns::test
