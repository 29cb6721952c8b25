// Edge cases 34 to 47 of standards.md §19: whether the domain stays resolvable, and which DS are
// made.
#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::Algorithm;
using dns::DigestType;
using dns::RecordType;

// Of a key that nobody has shown.
dns::Ds standby(Algorithm algorithm = Algorithm::ed25519) {
  dns::Ds ds = dns::Ds::parse("4711 15 2 " + std::string(64, 'C')).value();
  ds.algorithm = algorithm;
  return ds;
}

std::string judged_cds(const std::function<std::vector<dns::Ds>(const TestChild&)>& cds) {
  return judged(true, [&](Zone& zone, const TestChild& child) { zone.set_cds(cds(child)); });
}

// [7344-A3] [10026-2]
TEST(EdgeCase, N034_AKeyThatDoesNotSignDnskey_WouldBreak) {
  EXPECT_EQ(judged(true,
                   [](Zone& zone, const TestChild& child) {
                     zone.ask({&child.b});
                     zone.signers[RecordType::dnskey] = {&child.a};
                   }),
            "update forbid would-break");
}

// [8078-3]
TEST(EdgeCase, N035_AStandbyKeyBesideOneThatSigns_IsAccepted) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), standby()}); });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::make_ds_set({child.a.ds(), standby()}));
}

TEST(EdgeCase, N036_AStandbyKeyAlone_WouldBreak) {
  EXPECT_EQ(judged_cds([](const TestChild&) { return std::vector{standby()}; }),
            "update forbid would-break");
}

// [7344-B7] [9975-13]
TEST(EdgeCase, N037_Sha384CdsBesideCdnskey_MakesSha256OfCdnskey) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.set_cds({child.b.ds(DigestType::sha384)});
    zone.set_cdnskey({child.b.record()});
  });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
  // Where CDNSKEY is not everywhere, it decides nothing.
  child.zones[1].set_cdnskey({});
  EXPECT_EQ(summary(judge_child(child)), "update inconsistent type-not-everywhere");
}

// [9975-12]
TEST(EdgeCase, N038_Sha384CdsAlone_IsNothingToActOn) {
  EXPECT_EQ(judged_cds(
                [](const TestChild& child) { return std::vector{child.b.ds(DigestType::sha384)}; }),
            "update forbid no-eligible-digest");
}

// [9975-12]
TEST(EdgeCase, N039_AnExtraSha384AtOneServer_IsConsistent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds()}); });
  child.zones[0].set_cds({child.b.ds(), child.b.ds(DigestType::sha384)});
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
}

// [9975-12]
TEST(EdgeCase, N040_ASha384OfAnotherKeyAtOneServer_IsNotLookedAt) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds()}); });
  child.zones[0].set_cds({child.b.ds(), child.zsk.ds(DigestType::sha384)});
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
}

TEST(EdgeCase, N041_RsaSha1Only_IsRefused) {
  EXPECT_EQ(judged_cds([](const TestChild&) { return std::vector{standby(Algorithm::rsasha1)}; }),
            "update forbid algorithm-not-acceptable would-break algorithm-incomplete");
}

// [8078-4]
TEST(EdgeCase, N042_Sha1CdsThatStand_ChangeNothing) {
  TestChild child(true);
  child.delegation.ds = {child.a.ds(DigestType::sha1)};
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(DigestType::sha1)}); });
  EXPECT_EQ(summary(judge_child(child)), "none in-sync");
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds(DigestType::sha1)}); });
  EXPECT_EQ(summary(judge_child(child)), "update forbid no-eligible-digest");
}

// RFC 9975 §3: content equal to the current state is the status quo, here with a key that is named
// by SHA-384 only.
TEST(EdgeCase, N042_CdsEqualToTheStandingSet_ChangeNothing) {
  TestChild child(true);
  const TestKey other(8);
  child.delegation.ds = dns::make_ds_set({child.a.ds(), other.ds(DigestType::sha384)});
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), other.ds(DigestType::sha384)}); });
  EXPECT_EQ(summary(judge_child(child)), "none in-sync");
}

TEST(EdgeCase, N043_AnAlgorithmRoll_IsAcceptedOnceBothSign) {
  TestChild child(true);
  const dns::Ds other = standby(Algorithm::ecdsap256sha256);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), other}); });
  EXPECT_EQ(summary(judge_child(child)), "update permit algorithm-incomplete");
  child.everywhere([&](Zone& zone) { zone.set_cds({other}); });
  EXPECT_EQ(summary(judge_child(child)), "update forbid would-break algorithm-incomplete");
}

TEST(EdgeCase, N044_AlgorithmsWithoutStanding_AreNoPath) {
  for (const unsigned number : {17U, 23U, 253U, 254U}) {
    SCOPED_TRACE(number);
    EXPECT_EQ(judged_cds([&](const TestChild&) {
                return std::vector{standby(static_cast<Algorithm>(number))};
              }),
              "update forbid would-break algorithm-incomplete");
    // Beside a key that carries the zone they may be published.
    EXPECT_EQ(judged_cds([&](const TestChild& child) {
                return std::vector{child.a.ds(), standby(static_cast<Algorithm>(number))};
              }),
              "update permit algorithm-incomplete");
  }
  EXPECT_EQ(judged_cds([](const TestChild& child) {
              return std::vector{child.a.ds(), standby(Algorithm::ecc_gost)};
            }),
            "update forbid algorithm-not-acceptable algorithm-incomplete");
}

TEST(EdgeCase, N045_AProviderThatLeavesOutTheOthersKey_IsInconsistent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.a, &child.b}); });
  child.zones[1].ask({&child.b});
  EXPECT_EQ(summary(judge_child(child)), "update inconsistent servers-differ servers-differ");
}

// [10026-1]
TEST(EdgeCase, N046_ADsSetThatCoversOneProviderOnly_WouldBreak) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.zones[1].set_keys({&child.a, &child.zsk});
  child.zones[1].signers[RecordType::dnskey] = {&child.a};
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update forbid would-break");
  EXPECT_EQ(verdict.findings[0].servers, std::vector<ServerAddress>{server_address(1)});
  child.everywhere([&](Zone& zone) { zone.ask({&child.a, &child.b}); });
  EXPECT_EQ(summary(judge_child(child)), "update permit");
}

// [9975-7]
TEST(EdgeCase, N047_WhatThePolicyPublished_IsInSyncAtTheNextLook) {
  Policy policy;
  policy.digests = {DigestType::sha256, DigestType::sha384};
  for (const bool is_enforced : {false, true}) {
    policy.digests_enforce = is_enforced;
    TestChild child(true);
    child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), child.b.ds()}); });
    const Verdict first = judge_child(child, policy);
    ASSERT_EQ(first.ruling, Ruling::permit);
    EXPECT_EQ(first.ds.size(), 4U);
    child.delegation.ds = first.ds;
    EXPECT_EQ(summary(judge_child(child, policy)), "none in-sync");
  }
}

TEST(EdgeCase, N047_OtherDigestsOfTheSameKeys_AreInSyncUnlessEnforced) {
  TestChild child(true);
  child.delegation.ds = dns::make_ds_set({child.a.ds(), child.a.ds(DigestType::sha384)});
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  Policy policy;
  EXPECT_EQ(summary(judge_child(child, policy)), "none in-sync");
  policy.digests_enforce = true;
  EXPECT_EQ(judge_child(child, policy).ds, dns::DsSet{child.a.ds()});
  policy.digests = {DigestType::sha256, DigestType::sha384};
  EXPECT_EQ(summary(judge_child(child, policy)), "none in-sync");
}

// A stand-by key is known by its CDS alone, and keeps the digest that this has.
TEST(EdgeCase, N047_AStandbyKeysOwnDigest_IsInSyncAtTheNextLook) {
  Policy policy;
  policy.digests = {DigestType::sha384};
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), standby()}); });
  const Verdict first = judge_child(child, policy);
  EXPECT_EQ(first.ds, dns::make_ds_set({child.a.ds(DigestType::sha384), standby()}));
  child.delegation.ds = first.ds;
  EXPECT_EQ(summary(judge_child(child, policy)), "none in-sync");
}

TEST(EdgeCase, N047_ASecondDigestOfAKeyThatIsNotShown_IsNoRequest) {
  TestChild child(true);
  const TestKey hidden(8);
  child.delegation.ds =
      dns::make_ds_set({child.a.ds(), hidden.ds(), hidden.ds(DigestType::sha384)});
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), hidden.ds()}); });
  EXPECT_EQ(summary(judge_child(child)), "none in-sync");
  // Nor where a look ended after the first CDS, so that no DNSKEY was seen.
  child.stopped_early = true;
  for (std::size_t i = 0; i < 2; ++i) {
    child.answer_status(i, RecordType::dnskey, AnswerStatus::not_asked);
    child.answer_status(i, RecordType::cdnskey, AnswerStatus::not_asked);
  }
  EXPECT_EQ(summary(judge_child(child)), "none in-sync");
}

}  // namespace
}  // namespace dskeeper::rules::test
