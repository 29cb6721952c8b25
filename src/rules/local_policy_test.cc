// What a registry's policy adds to the standards (standards.md §17, policies.md).
#include "rules/local_policy.h"

#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

// §17-F, RFC 4035 §2.2.
TEST(LocalPolicy, S17F_AnAlgorithmThatDoesNotSign_IsRefusedWhereThePolicyDemandsAll) {
  TestChild child(true);
  const dns::Ds other = dns::Ds::parse("4711 13 2 " + std::string(64, 'C')).value();
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), other}); });
  EXPECT_EQ(summary(judge_child(child)), "update permit algorithm-incomplete");
  Policy policy;
  policy.algorithms_complete = true;
  EXPECT_EQ(summary(judge_child(child, policy)), "update forbid algorithm-not-signing");
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), child.b.ds()}); });
  EXPECT_EQ(summary(judge_child(child, policy)), "update permit");
}

// §17-H.
TEST(LocalPolicy, S17H_AFirstDsIsRefusedWhileAStatusBarsIt) {
  for (const char* status : {"serverHold", "pendingDelete", "redemptionPeriod"}) {
    SCOPED_TRACE(status);
    TestChild child(false);
    child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
    child.delegation.registration.statuses =
        std::vector<std::string>{"clientTransferProhibited", status};
    const Verdict verdict = judge_child(child, delay_policy());
    EXPECT_EQ(summary(verdict), "bootstrap forbid bootstrap-status-bars");
    EXPECT_EQ(verdict.findings[0].facts, std::vector<std::string>{status});
    Policy policy = delay_policy();
    policy.bootstrap_bar_status.clear();
    EXPECT_EQ(summary(judge_child(child, policy)), "bootstrap permit");
  }
}

TEST(LocalPolicy, S17H_NoneOfTheseStatusesBarsAnUpdateOrADelete) {
  TestChild child(true);
  child.delegation.registration.statuses =
      std::vector<std::string>{"serverHold", "pendingDelete", "redemptionPeriod"};
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  EXPECT_EQ(summary(judge_child(child)), "update permit");
  child.everywhere([](Zone& zone) { zone.ask_removal(); });
  EXPECT_EQ(summary(judge_child(child)), "delete permit");
}

// §17-I.
TEST(LocalPolicy, S17I_MoreThanTheLimit_RefusesTheWholeSet) {
  for (const auto limit : {&Policy::cds_max, &Policy::keys_max, &Policy::ds_max}) {
    TestChild child(true);
    child.everywhere([&](Zone& zone) { zone.ask({&child.a, &child.b}); });
    Policy policy;
    policy.*limit = 2;
    EXPECT_EQ(summary(judge_child(child, policy)), "update permit");
    policy.*limit = 1;
    EXPECT_EQ(summary(judge_child(child, policy)), "update forbid too-many-records");
  }
}

// §17-I: keys that only CDS names count like those of CDNSKEY.
TEST(LocalPolicy, S17I_KeysAreCountedWhicheverTypeNamesThem) {
  TestChild child(true);
  const TestKey c(8);
  Policy policy;
  policy.keys_max = 2;
  child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), child.b.ds(), c.ds()}); });
  EXPECT_EQ(summary(judge_child(child, policy)), "update forbid too-many-records");
  child.everywhere([&](Zone& zone) {
    zone.set_cds({});
    zone.set_cdnskey({child.a.record(), child.b.record(), c.record()});
  });
  EXPECT_EQ(summary(judge_child(child, policy)), "update forbid too-many-records");
  // The same keys in both types are counted once.
  child.everywhere([&](Zone& zone) { zone.ask({&child.a, &child.b}); });
  EXPECT_EQ(summary(judge_child(child, policy)), "update permit");
}

// §17-J: which digest types count is the policy's table, not the program's.
TEST(LocalPolicy, S17J_APolicysOwnTableDecides) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds(dns::DigestType::sha384)}); });
  EXPECT_EQ(summary(judge_child(child)), "update forbid no-eligible-digest");
  Policy policy;
  policy.algorithms.set(dns::DigestType::sha384,
                        {.is_eligible = true, .may_publish = true, .counts = true});
  EXPECT_EQ(judge_child(child, policy).ds, dns::DsSet{child.b.ds()});
  policy.algorithms.set(dns::Algorithm::ed25519, AlgorithmUse::refused);
  EXPECT_EQ(summary(judge_child(child, policy)),
            "update forbid algorithm-not-acceptable would-break");
}

// policies.md, se: CDS is read, CDNSKEY is optional but must match.
TEST(LocalPolicy, CdsMatched_CdnskeyAloneIsNoRequest) {
  Policy policy;
  policy.signals = SignalTypes::cds_matched;
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cdnskey({child.b.record()}); });
  EXPECT_EQ(summary(judge_child(child, policy)), "none idle");
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  EXPECT_EQ(summary(judge_child(child, policy)), "update permit");
  child.everywhere([&](Zone& zone) { zone.set_cdnskey({child.a.record()}); });
  EXPECT_EQ(summary(judge_child(child, policy)), "update inconsistent types-differ");
  child.everywhere([&](Zone& zone) { zone.set_cdnskey({}); });
  EXPECT_EQ(summary(judge_child(child, policy)), "update permit");
}

TEST(LocalPolicy, DeleteUnderAPolicyWithoutIt_IsForbidden) {
  TestChild child(true);
  child.everywhere([](Zone& zone) { zone.ask_removal(); });
  Policy policy;
  policy.accept_delete = false;
  EXPECT_EQ(summary(judge_child(child, policy)), "delete forbid delete-off");
}

}  // namespace
}  // namespace dskeeper::rules::test
