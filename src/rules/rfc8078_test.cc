// Removal (RFC 8078 §4) and a first DS (§3, §5; decision rows 7, 11, 12); malformed requests are in
// edge_cases_request_test.cc.
#include "rules/rfc8078.h"

#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

// [8078-5] [N082]
TEST(Rfc8078, S4_DeleteAtAnUnsignedDelegation_IsIdle) {
  TestChild child(false);
  child.everywhere([](Zone& zone) { zone.ask_removal(); });
  EXPECT_EQ(summary(judge_child(child, delay_policy())), "none idle");
}

// [8078-5]
TEST(Rfc8078, S4_DeleteByCdsAlone_IsPermittedUnlessBothAreDemanded) {
  TestChild child(true);
  child.everywhere([](Zone& zone) {
    zone.ask_removal();
    zone.set_cdnskey({});
  });
  EXPECT_EQ(summary(judge_child(child)), "delete permit");
  Policy policy;
  policy.strict_both = true;
  EXPECT_EQ(summary(judge_child(child, policy)), "delete inconsistent types-differ");
}

// --- a first DS ---------------------------------------------------------------------------------

struct BootstrapCase {
  const char* name;
  std::function<void(Zone&, TestChild&)> edit;
  const char* summary;
};

// [8078-1] [8078-6] [9975-14]
TEST(Rfc8078, S5_TheZoneMustValidateWithItsFirstDs) {
  const BootstrapCase cases[] = {
      {"7: consistent and signed", [](Zone&, TestChild&) {}, "bootstrap permit"},
      {"11: no DNSKEY", [](Zone& zone, TestChild&) { zone.records.erase(RecordType::dnskey); },
       "bootstrap forbid dnskey-missing"},
      {"11: DNSKEY not signed by it",
       [](Zone& zone, TestChild& child) { zone.signers[RecordType::dnskey] = {&child.b}; },
       "bootstrap forbid would-break"},
      {"11: CDS not signed", [](Zone& zone, TestChild&) { zone.signers[RecordType::cds] = {}; },
       "bootstrap forbid signature-missing"},
      {"11: SOA expired",
       [](Zone& zone, TestChild&) {
         zone.validity[RecordType::soa] = {now - hour, now - hour};
       },
       "bootstrap forbid signature-expired"},
      {"signed by a ZSK", [](Zone& zone, TestChild& child) { zone.default_signers = {&child.zsk}; },
       "bootstrap permit"},
      {"NODATA without proof",
       [](Zone& zone, TestChild&) {
         zone.set_cdnskey({});
         zone.denies = false;
       },
       "bootstrap permit"},
  };
  for (const BootstrapCase& test : cases) {
    SCOPED_TRACE(test.name);
    TestChild child(false);
    child.everywhere([&](Zone& zone) {
      zone.ask({&child.a});
      test.edit(zone, child);
    });
    const Verdict verdict = judge_child(child, delay_policy());
    EXPECT_EQ(summary(verdict), test.summary);
    EXPECT_EQ(verdict.ds, dns::DsSet{child.a.ds()});
  }
}

// [7344-B11] [8078-1] [8078-2]
TEST(Rfc8078, S3_WithoutDelayInThePolicy_AFirstDsIsForbidden) {
  TestChild child(false);
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  EXPECT_EQ(summary(judge_child(child)), "bootstrap forbid bootstrap-off");
  Policy never;
  never.bootstrap = {};
  EXPECT_EQ(summary(judge_child(child, never)), "bootstrap forbid bootstrap-off");
}

TEST(Rfc8078, S3_Row12_OnlyUnsupportedAlgorithms_AreRefused) {
  TestChild child(false);
  dns::Ds old = dns::Ds::parse("4711 15 2 " + std::string(64, 'C')).value();
  old.algorithm = dns::Algorithm::rsasha1;
  child.everywhere([&](Zone& zone) { zone.set_cds({old}); });
  EXPECT_EQ(summary(judge_child(child, delay_policy())),
            "bootstrap forbid algorithm-not-acceptable would-break algorithm-incomplete");
}

}  // namespace
}  // namespace dskeeper::rules::test
