// Who signed it (RFC 7344 §4.1, decision rows 17, 18, 33, edge cases 20–32), and denial.
#include "rules/rfc7344.h"

#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

const RecordType both_types[] = {RecordType::cds, RecordType::cdnskey};

void sign_request(Zone& zone, const std::vector<const TestKey*>& keys) {
  for (const RecordType type : both_types) zone.signers[type] = keys;
}

struct SignerCase {
  const char* name;
  std::function<void(Zone&, TestChild&)> edit;
  const char* summary;
};

// [7344-A2] [7344-A4]
TEST(Rfc7344, S4_1_WhoMaySign) {
  const SignerCase cases[] = {
      {"16: a key of DNSKEY and DS", [](Zone&, TestChild&) {}, "update permit"},
      {"DNSKEY not signed by the key of DS",
       [](Zone& zone, TestChild& child) { zone.signers[RecordType::dnskey] = {&child.b}; },
       "update forbid signer-not-in-ds chain-broken"},
      {"not signed", [](Zone& zone, TestChild&) { sign_request(zone, {}); },
       "update forbid signature-missing signature-missing"},
      {"expired of the right key, valid of another",
       [](Zone& zone, TestChild& child) {
         zone.edit = [&child](dns::Rrset& rrset) {
           if (rrset.type != RecordType::cds) return;
           rrset.signatures = {make_signature(rrset, child.a, {now - hour, now - hour}),
                               make_signature(rrset, child.zsk)};
         };
       },
       "update forbid signature-expired"},
      {"forged",
       [](Zone& zone, TestChild&) {
         zone.edit = [](dns::Rrset& rrset) {
           if (rrset.type == RecordType::cds) rrset.signatures[0].signature[5] ^= 1U;
         };
       },
       "update forbid signature-invalid"},
      {"no DNSKEY at all", [](Zone& zone, TestChild&) { zone.records.erase(RecordType::dnskey); },
       "update forbid dnskey-missing chain-broken"},
  };
  for (const SignerCase& test : cases) {
    SCOPED_TRACE(test.name);
    TestChild child(true);
    child.everywhere([&](Zone& zone) {
      zone.ask({&child.a, &child.b});
      test.edit(zone, child);
    });
    const std::string said = summary(judge_child(child));
    // What the new set would do to the chain is rfc10026_test's.
    EXPECT_EQ(said, test.summary);
  }
}

// [7344-A2] [8078-5]
TEST(Rfc7344, S4_1_Row33_UnsignedDelete_IsRefused) {
  TestChild child(true);
  child.everywhere([](Zone& zone) {
    zone.ask_removal();
    sign_request(zone, {});
  });
  EXPECT_EQ(summary(judge_child(child)), "delete forbid signature-missing signature-missing");
}

TEST(Rfc7344, S4_1_ASha1DsCountsUnlessThereIsABetterOne) {
  TestChild child(true);
  child.delegation.ds = {child.a.ds(dns::DigestType::sha1)};
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");  // the way from SHA-1 to SHA-256
  EXPECT_EQ(verdict.ds, dns::DsSet{child.a.ds()});
  // RFC 4509 §3.
  child.delegation.ds = dns::make_ds_set({child.a.ds(dns::DigestType::sha1), child.b.ds()});
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  EXPECT_EQ(judge_child(child).ruling, Ruling::forbid);
}

// --- denial -------------------------------------------------------------------------------------

TEST(Rfc7344, S4_1_ADenialMayBeSignedByAnyZoneKey) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.set_cds({child.b.ds()});
    zone.signers[RecordType::nsec] = {&child.zsk};
  });
  EXPECT_EQ(summary(judge_child(child)), "update permit");
  child.everywhere([](Zone& zone) { zone.validity[RecordType::nsec] = {now - hour, now - hour}; });
  EXPECT_EQ(summary(judge_child(child)), "update incomplete denial-unproven");
}

// [7344-B2]
TEST(Rfc7344, S6_1_1_NothingPublished_IsIdle) {
  EXPECT_EQ(summary(judge_child(TestChild(true))), "none idle");
  EXPECT_EQ(summary(judge_child(TestChild(false))), "none idle");
}

// [10026-3]
TEST(Rfc7344, S4_1_Row41_ABrokenChainWithoutARequest_IsAWarning) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.set_keys({&child.b});
    zone.default_signers = {&child.b};
    zone.signers.clear();
  });
  EXPECT_EQ(summary(judge_child(child)), "none idle chain-broken");
}

// --- the watermark ------------------------------------------------------------------------------

// [7344-B5]
TEST(Rfc7344, S6_2_TheNewestValidatedInceptionIsKept) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.ask({&child.b});
    zone.validity[RecordType::cds] = {now - 5 * hour, now + hour};
    zone.validity[RecordType::cdnskey] = {now - 4 * hour, now + hour};
  });
  child.zones[1].validity[RecordType::cds] = {now - 3 * hour, now + hour};
  const Inceptions both = {now - 3 * hour, now - 4 * hour};
  EXPECT_EQ(judge_child(child).inception, both);
  EXPECT_EQ(judge_child(child).asked_by, both);
  child.zones[1].signers[RecordType::cds] = {&child.zsk};
  EXPECT_EQ(judge_child(child).inception, (Inceptions{now - 5 * hour, now - 4 * hour}));
}

TEST(Rfc7344, S6_2_UnsignedChildrenHaveNoInception) {
  TestChild child(false);
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  EXPECT_EQ(judge_child(child, delay_policy()).inception, Inceptions());
}

}  // namespace
}  // namespace dskeeper::rules::test
