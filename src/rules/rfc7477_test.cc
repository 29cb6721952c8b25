// RFC 7477 with RFC 9975 §3.2: which CSYNC records are processed, and what they come to. Edge cases
// 84 to 100 stand in edge_cases_csync_test.cc.
#include "rules/rfc7477.h"

#include <gtest/gtest.h>

#include "rules/test_csync.h"

namespace dskeeper::rules::test {
namespace {

constexpr std::uint16_t immediate = dns::Csync::immediate;
constexpr std::uint16_t soaminimum = dns::Csync::soaminimum;
const dns::Name ns1 = named("ns1.kid.example.");
const dns::Name ns2 = named("ns2.kid.example.");

// A child with two servers outside of it, which asks for one more inside.
struct GrowingChild : CsyncChild {
  explicit GrowingChild(std::size_t servers = 2) : CsyncChild(servers) {
    all([this](CsyncZone& zone) {
      zone.hosts = hosts;
      zone.hosts.push_back(named("ns9.kid.example."));
      zone.addresses[named("ns9.kid.example.")] = addresses({"192.0.2.9", "2001:db8::9"});
    });
    ask({RecordType::ns, RecordType::a, RecordType::aaaa});
  }
};
const std::string grown =
    ": ns9.kid.example. 2001:db8::9 192.0.2.9, ns1.op.example., ns2.op.example.";

// A child with both servers inside it.
struct InsideChild : CsyncChild {
  InsideChild() { name_servers({"ns1.kid.example.", "ns2.kid.example."}); }
};

TEST(Rfc7477, S2_WhoAsksForNothing_IsIdle) {
  CsyncChild child;
  EXPECT_EQ(csync_judged(child), "idle");
  EXPECT_EQ(csync_summary(judge_surveys(child, {child.survey()}).csync), "idle");
}

TEST(Rfc7477, S2_UnderAPolicyThatCopiesNothing_NothingIsJudged) {
  GrowingChild child;
  Policy policy;
  policy.csync.clear();
  EXPECT_EQ(csync_judged(child, policy), "idle");
}

// [7477-6] What is not to be compared is not remembered.
TEST(Rfc7477, S2_1_1_1_TheSerialField_IsKeptWithSoaminimumOnly) {
  GrowingChild child;
  child.says[0].records.front().flags = immediate | soaminimum;
  const CsyncVerdict verdict = judge_csync_of(child);
  ASSERT_EQ(verdict.serials.size(), 2U);
  EXPECT_EQ(verdict.serials[0].csync, dns::Serial{0});
  EXPECT_EQ(verdict.serials[1].csync, std::nullopt);
}

// [7477-8] [9975-23] [7477-4]
TEST(Rfc7477, S3_2_NamesAndGlueAreCopiedTogether) {
  const GrowingChild child;
  const CsyncVerdict verdict = judge_csync_of(child);
  EXPECT_EQ(csync_summary(verdict), "permit" + grown);
  EXPECT_TRUE(verdict.is_immediate);
  EXPECT_EQ(verdict.vantages, std::vector<std::string>{"local"});
  ASSERT_EQ(verdict.serials.size(), 2U);
  EXPECT_EQ(verdict.serials[0].zone, dns::Serial{2026112401});
}

// [7477-8]
TEST(Rfc7477, S3_2_1_WhatStandsAlready_IsInSync) {
  CsyncChild child;
  child.ask({RecordType::ns, RecordType::a, RecordType::aaaa});
  EXPECT_EQ(csync_judged(child), "in-sync");
}

// [7477-8]
TEST(Rfc7477, S3_2_1_AnEmptyNsSet_IsNeverCopied) {
  CsyncChild child;
  child.ask({RecordType::ns});
  child.all([](CsyncZone& zone) { zone.hosts.clear(); });
  EXPECT_EQ(csync_judged(child), "forbid csync-ns-empty");
}

TEST(Rfc7477, S3_2_1_TheMinimumIsForNewSets_NotForStandingOnes) {
  CsyncChild child(1);
  child.name_servers({"ns1.kid.example."});
  child.all([](CsyncZone& zone) { zone.addresses[ns1] = addresses({"192.0.2.91"}); });
  child.ask({RecordType::ns, RecordType::a});
  EXPECT_EQ(csync_judged(child), "permit csync-none-remains: ns1.kid.example. 192.0.2.91");
}

TEST(Rfc7477, S3_2_1_MoreServersThanCanBeAsked_AreRefused) {
  CsyncChild child;
  child.all([](CsyncZone& zone) {
    zone.hosts.clear();
    for (int i = 0; i < 33; ++i) zone.hosts.push_back(named("ns" + std::to_string(i) + ".b."));
  });
  child.ask({RecordType::ns});
  EXPECT_EQ(csync_judged(child), "forbid too-many-records");
}

// What a look could not afford to ask is refused at once, and not asked again for ever.
TEST(Rfc7477, S3_2_MoreDataThanALookAsksFor_AreRefused) {
  const GrowingChild child;
  Survey survey = child.look();
  survey.csync.is_over_limit = true;
  std::erase_if(survey.csync.answers, [](const CsyncAnswer& asked) {
    return asked.answer.type == RecordType::a || asked.answer.type == RecordType::aaaa;
  });
  const CsyncVerdict verdict = judge_surveys(child, {survey}).csync;
  EXPECT_EQ(verdict.ruling, Ruling::forbid);
  EXPECT_EQ(verdict.findings.front().code, FindingCode::csync_over_limit);
}

// Of a family that we do not use none is asked, so that no limit of the look holds.
TEST(Rfc7477, S3_2_2_MoreAddressesInAllThanCanBeAsked_AreRefused) {
  InsideChild child;
  child.all([](CsyncZone& zone) {
    zone.hosts.clear();
    for (int host = 1; host <= 5; ++host) {
      const dns::Name inside = named("ns" + std::to_string(host) + ".kid.example.");
      zone.hosts.push_back(inside);
      zone.addresses[inside].clear();
      for (int i = 10; i < 23; ++i) {
        zone.addresses[inside].push_back(
            address("2001:db8:" + std::to_string(host) + "::" + std::to_string(i)));
      }
    }
  });
  child.ask({RecordType::ns, RecordType::aaaa});
  EXPECT_EQ(csync_judged(child), "forbid too-many-records");
}

// [7477-9]
TEST(Rfc7477, S3_2_2_GlueIsRenumbered_InTheFamilyThatIsFlaggedOnly) {
  InsideChild child;
  child.all([](CsyncZone& zone) {
    zone.addresses[ns1] = addresses({"192.0.2.91", "2001:db8::91"});
  });
  child.ask({RecordType::a});
  EXPECT_EQ(csync_judged(child), "permit: ns1.kid.example. 192.0.2.91, ns2.kid.example. 192.0.2.2");
  child.ask({RecordType::aaaa});
  EXPECT_EQ(csync_judged(child),
            "permit: ns1.kid.example. 2001:db8::91 192.0.2.1, ns2.kid.example. 192.0.2.2");
}

// [7477-9]
TEST(Rfc7477, S3_2_2_WithTheNsBit_TheNewSetsHostsCount) {
  InsideChild child;
  child.all([](CsyncZone& zone) {
    zone.hosts = names({"ns2.kid.example.", "ns3.kid.example."});
    zone.addresses[named("ns3.kid.example.")] = addresses({"192.0.2.3"});
  });
  child.ask({RecordType::ns, RecordType::a, RecordType::aaaa});
  EXPECT_EQ(csync_judged(child), "permit: ns2.kid.example. 192.0.2.2, ns3.kid.example. 192.0.2.3");
}

// [7477-9]
TEST(Rfc7477, S3_2_2_OneHostThatLosesItsLastAddress_IsRefusedAlthoughAnotherKeepsIts) {
  InsideChild child;
  child.all([](CsyncZone& zone) { zone.addresses.erase(ns2); });
  child.ask({RecordType::a, RecordType::aaaa});
  EXPECT_EQ(csync_judged(child), "forbid csync-host-without-glue");
}

TEST(Rfc7477, S3_2_2_AHostThatDoesNotExist_IsRefused) {
  GrowingChild child;
  for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
    child.says[1].statuses[{named("ns9.kid.example."), type}] = AnswerStatus::nxdomain;
  }
  EXPECT_EQ(csync_judged(child), "forbid csync-host-unusable");
}

TEST(Rfc7477, S3_2_2_MoreAddressesThanAHostShouldHave_AreRefused) {
  GrowingChild child;
  child.all([](CsyncZone& zone) {
    auto& glue = zone.addresses[named("ns9.kid.example.")];
    for (int i = 10; i < 30; ++i) glue.push_back(address("192.0.2." + std::to_string(i)));
  });
  EXPECT_EQ(csync_judged(child), "forbid too-many-records");
}

// [7477-2]
TEST(Rfc7477, S2_SeveralRecords_AreNotProcessed) {
  GrowingChild child;
  child.all([](CsyncZone& zone) {
    zone.records.push_back(zone.records.front());
    zone.records.back().serial = dns::Serial{2};
  });
  EXPECT_EQ(csync_judged(child), "forbid csync-not-single");
}

TEST(Rfc7477, S2_1_ARecordWithoutAReadableListOfTypes_IsMalformed) {
  GrowingChild child;
  child.all([](CsyncZone& zone) {
    zone.edit = [](dns::Rrset& rrset) {
      if (rrset.type == RecordType::csync) rrset.rdata = {{0, 0, 0, 1, 0, 1, 0, 1, 0}};
    };
  });
  EXPECT_EQ(csync_judged(child), "forbid record-malformed");
}

TEST(Rfc7477, S2_1_1_2_1_ATypeThatThePolicyDoesNotCopy_RefusesAllOfIt) {
  const GrowingChild child;
  Policy policy;
  policy.csync = {"a", "aaaa"};
  EXPECT_EQ(csync_judged(child, policy), "forbid csync-types-off");
}

// [7477-5]
TEST(Rfc7477, S3_WithoutImmediate_TheVerdictSaysSo) {
  GrowingChild child;
  child.ask({RecordType::ns, RecordType::a, RecordType::aaaa}, 0);
  const CsyncVerdict verdict = judge_csync_of(child);
  EXPECT_EQ(csync_summary(verdict), "permit" + grown);
  EXPECT_FALSE(verdict.is_immediate);
}

// [7477-6] [9975-21]
TEST(Rfc7477, S3_1_ASerialThatIsTooLowEverywhere_IsRefused) {
  GrowingChild child;
  child.all(
      [](CsyncZone& zone) { zone.ask(immediate | soaminimum, {RecordType::ns}, zone.serial + 1); });
  EXPECT_EQ(csync_judged(child), "forbid csync-serial-too-low");
}

// [9975-21] Decision row 45.
TEST(Rfc7477, S3_1_ASerialThatIsTooLowAtOneServer_ContradictsTheOthers) {
  GrowingChild child;
  child.all(
      [](CsyncZone& zone) { zone.ask(immediate | soaminimum, {RecordType::ns}, zone.serial); });
  child.says[1].serial -= 1;
  const CsyncVerdict verdict = judge_csync_of(child);
  EXPECT_EQ(csync_summary(verdict), "inconsistent csync-serial-too-low");
  EXPECT_EQ(verdict.findings.front().servers, std::vector<ServerAddress>{server_address(1)});
}

// [7477-1]
TEST(Rfc7477, S3_1_EachRrset_MustValidate) {
  const std::vector<std::pair<RecordType, const char*>> cases = {
      {RecordType::csync, "forbid signature-invalid"},
      {RecordType::soa, "forbid signature-invalid"},
      {RecordType::ns, "forbid signature-invalid"},
      {RecordType::a, "forbid signature-invalid"},
      {RecordType::aaaa, "forbid signature-invalid"}};
  for (const auto& [type, expected] : cases) {
    GrowingChild child;
    child.says[1].edit = [type = type](dns::Rrset& rrset) {
      if (rrset.type == type) rrset.signatures.front().signature.back() ^= 1U;
    };
    EXPECT_EQ(csync_judged(child), expected) << dns::to_text(type);
  }
}

// [7477-1]
TEST(Rfc7477, S3_1_RecordsWithoutSignature_AreRefused) {
  GrowingChild child;
  child.says[0].edit = [](dns::Rrset& rrset) {
    if (rrset.type == RecordType::csync) rrset.signatures.clear();
  };
  EXPECT_EQ(csync_judged(child), "forbid signature-missing");
}

// [7477-1] CSYNC needs Secure, not the signer rule of RFC 7344 §4.1: a zone-signing key will do.
TEST(Rfc7477, S3_1_AnyKeyOfTheZoneMaySign) {
  GrowingChild child;
  child.all([&](CsyncZone& zone) { zone.signer = &child.zsk; });
  EXPECT_EQ(csync_judged(child), "permit" + grown);
}

// [7477-1]
TEST(Rfc7477, S3_1_AServerWhoseKeysDoNotValidate_StopsIt) {
  GrowingChild child;
  child.zones[1].signers[RecordType::dnskey] = {&child.zsk};
  EXPECT_EQ(csync_judged(child), "forbid csync-chain-broken");
}

// [7477-4]
TEST(Rfc7477, S3_AnAbsenceThatIsNotProven_IsNoNoData) {
  InsideChild child;
  child.all([](CsyncZone& zone) { zone.denies = false; });
  child.ask({RecordType::aaaa});
  EXPECT_EQ(csync_judged(child), "incomplete denial-unproven");
}

// [7477-10]
TEST(Rfc7477, S3_1_AddressesInAZoneBelow_AreRefused) {
  CsyncChild child;
  const dns::Name host = named("ns1.sub.kid.example.");
  child.all([&](CsyncZone& zone) {
    zone.hosts.push_back(host);
    zone.addresses[host] = addresses({"192.0.2.9"});
    zone.grandchild[host] = &child.b;
  });
  child.ask({RecordType::ns, RecordType::a});
  EXPECT_EQ(csync_judged(child), "forbid csync-in-grandchild");
}

// [9975-20]
TEST(Rfc9975, S3_2_FlagsAndTypes_AreTheSameEverywhere) {
  GrowingChild child;
  child.says[1].ask(0, {RecordType::ns, RecordType::a, RecordType::aaaa});
  EXPECT_EQ(csync_judged(child), "inconsistent servers-differ");
  child.says[1].ask(immediate, {RecordType::ns, RecordType::a});
  EXPECT_EQ(csync_judged(child), "inconsistent servers-differ");
}

// [9975-22] Decision row 46.
TEST(Rfc9975, S3_2_NameServersThatDiffer_AreInconsistent) {
  GrowingChild child;
  child.says[1].hosts.pop_back();
  EXPECT_EQ(csync_judged(child), "inconsistent csync-data-differ");
}

// [9975-22]
TEST(Rfc9975, S3_2_AddressesThatDiffer_AreInconsistentAlsoWhereOneServerHasNone) {
  GrowingChild child;
  child.says[1].addresses[named("ns9.kid.example.")] = addresses({"192.0.2.9"});
  EXPECT_EQ(csync_judged(child), "inconsistent csync-data-differ");
}

// [9975-20]
TEST(Rfc9975, S3_2_AServerThatDoesNotAnswer_IsMissing) {
  GrowingChild child(3);
  child.server_status(2, AnswerStatus::timeout);
  for (const RecordType type : {RecordType::soa, RecordType::csync, RecordType::ns}) {
    child.says[2].statuses[{child_name, type}] = AnswerStatus::timeout;
  }
  const CsyncVerdict verdict = judge_csync_of(child);
  EXPECT_EQ(csync_summary(verdict), "incomplete server-silent");
  EXPECT_TRUE(verdict.only_silence_missing);
  EXPECT_EQ(verdict.name_servers.size(), 4U);
}

TEST(Rfc9975, S3_2_ARefusedQuestion_IsNoSilence) {
  GrowingChild child;
  child.says[1].statuses[{child_name, RecordType::csync}] = AnswerStatus::refused;
  const CsyncVerdict verdict = judge_csync_of(child);
  EXPECT_EQ(csync_summary(verdict), "incomplete server-refuses");
  EXPECT_FALSE(verdict.only_silence_missing);
}

// [9975-24]
TEST(Rfc9975, S3_2_ANewServerThatNobodyHeard_IsMissing) {
  GrowingChild child;
  child.newcomers[address("2001:db8::9")] = {AnswerStatus::timeout, nullptr};
  const CsyncVerdict verdict = judge_csync_of(child);
  EXPECT_EQ(csync_summary(verdict), "incomplete csync-server-silent");
  EXPECT_FALSE(verdict.only_silence_missing);
  child.newcomers.clear();
  child.asks_new_servers = false;
  EXPECT_EQ(csync_judged(child), "incomplete csync-server-silent");
}

// [9975-24]
TEST(Rfc9975, S3_2_ANewHostWithoutAddress_IsRefused_OneThatCouldNotBeResolvedIsMissing) {
  GrowingChild child;
  const dns::Name host = named("ns.elsewhere.example.");
  child.all([&](CsyncZone& zone) { zone.hosts.push_back(host); });
  child.outside[host] = {host, {}, "NXDOMAIN", true};
  EXPECT_EQ(csync_judged(child), "forbid server-without-address");
  child.outside[host] = {host, {}, "SERVFAIL", false};
  EXPECT_EQ(csync_judged(child), "incomplete server-not-resolved");
}

TEST(Rfc7477, S4_3_NoneOfThePresentServersRemains_IsSaid) {
  InsideChild child;
  child.all([](CsyncZone& zone) {
    zone.addresses[ns1] = addresses({"192.0.2.91"});
    zone.addresses[ns2] = addresses({"192.0.2.92"});
  });
  child.ask({RecordType::a});
  EXPECT_EQ(csync_judged(child),
            "permit csync-none-remains: ns1.kid.example. 192.0.2.91, ns2.kid.example. 192.0.2.92");
}

TEST(Rfc7477, S3_2_2_GlueThatOthersUse_IsNamed) {
  GrowingChild child;
  child.delegation.lent = {{named("ns9.kid.example."), addresses({"192.0.2.99"})}};
  EXPECT_EQ(csync_judged(child), "permit csync-glue-shared" + grown);
  child.delegation.lent.front().glue = addresses({"2001:db8::9", "192.0.2.9"});
  EXPECT_EQ(csync_judged(child), "permit" + grown);
}

// What stands at the parent for a host that it lends is what a family that is not flagged keeps.
TEST(Rfc7477, S3_2_2_AHostThatTheParentLends_HasGlueAlready) {
  GrowingChild child;
  child.delegation.lent = {{named("ns9.kid.example."), addresses({"192.0.2.9"})}};
  child.ask({RecordType::ns});
  child.all([](CsyncZone& zone) {
    zone.addresses[named("ns9.kid.example.")] = addresses({"192.0.2.9"});
  });
  EXPECT_EQ(csync_judged(child),
            "permit: ns9.kid.example. 192.0.2.9, ns1.op.example., ns2.op.example.");
}

// Nothing depends on the order in which servers and vantage points come.
TEST(Rfc7477, TheOrderOfAnswers_DecidesNothing) {
  GrowingChild child;
  const Verdict verdict = judge_surveys(child, {child.look("a"), child.look("b")});
  Survey turned = child.look("a");
  std::reverse(turned.servers.begin(), turned.servers.end());
  std::reverse(turned.answers.begin(), turned.answers.end());
  std::reverse(turned.csync.new_servers.begin(), turned.csync.new_servers.end());
  EXPECT_EQ(judge_surveys(child, {child.look("b"), turned}).csync, verdict.csync);
  EXPECT_EQ(verdict.csync.vantages, (std::vector<std::string>{"a", "b"}));
}

// A vantage point that did not ask for CSYNC has not seen it.
TEST(Rfc7477, AVantagePointThatDidNotAsk_IsNoneOfThoseThatAgree) {
  const GrowingChild child;
  const Verdict verdict = judge_surveys(child, {child.look("a"), child.survey("b")});
  EXPECT_EQ(csync_summary(verdict.csync), "permit" + grown);
  EXPECT_EQ(verdict.csync.vantages, std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace dskeeper::rules::test
