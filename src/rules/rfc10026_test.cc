// Whether the domain stays resolvable (RFC 10026 §4, decision row 35); more in
// edge_cases_continuity_test.cc.
#include "rules/rfc10026.h"

#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

dns::Ds standby() {
  return dns::Ds::parse("4711 15 2 " + std::string(64, 'C')).value();
}

TEST(Rfc10026, S4_1_1_Row35_AlgorithmsThatMustNotBePublished_AreRefused) {
  for (const auto algorithm :
       {dns::Algorithm::rsasha1, dns::Algorithm::rsasha1_nsec3_sha1, dns::Algorithm::ecc_gost}) {
    SCOPED_TRACE(to_text(algorithm));
    TestChild child(true);
    dns::Ds old = standby();
    old.algorithm = algorithm;
    child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), old}); });
    EXPECT_EQ(summary(judge_child(child)),
              "update forbid algorithm-not-acceptable algorithm-incomplete");
    // Beside a new key it may stay where it stands.
    child.delegation.ds = dns::make_ds_set({child.a.ds(), old});
    child.everywhere([&](Zone& zone) { zone.set_cds({child.a.ds(), child.b.ds(), old}); });
    EXPECT_EQ(judge_child(child).ruling, Ruling::permit);
  }
}

// [8078-4] [9975-13]
TEST(Rfc10026, S4_1_3_DigestsOfThePolicyForAllKeys) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds(), standby()}); });
  Policy policy;
  policy.digests = {dns::DigestType::sha256, dns::DigestType::sha384, dns::DigestType::sha1};
  EXPECT_EQ(judge_child(child, policy).ds,
            dns::make_ds_set({child.b.ds(), child.b.ds(dns::DigestType::sha384), standby()}));
  policy.digests = {dns::DigestType::sha384};  // of the stand-by key only the CDS is known
  EXPECT_EQ(judge_child(child, policy).ds,
            dns::make_ds_set({child.b.ds(dns::DigestType::sha384), standby()}));
}

}  // namespace
}  // namespace dskeeper::rules::test
