// Consistency over servers, types and vantage points (RFC 9975 §3, decision rows 21–28, 31, 36).
#include "rules/rfc9975.h"

#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

std::vector<ServerAddress> servers_of(const Verdict& verdict, FindingCode code) {
  for (const Finding& finding : verdict.findings) {
    if (finding.code == code) return finding.servers;
  }
  return {};
}

// [7344-A5] [7344-B1] [7344-B3] [9975-10]
TEST(Rfc9975, S3_1_TheSameKeysEverywhere_IsPermitted) {
  TestChild child(true, 3);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
  EXPECT_EQ(verdict.vantages, std::vector<std::string>{"local"});
  EXPECT_EQ(verdict.asked.size(), 3U);
  EXPECT_TRUE(verdict.whole);
}

// [9975-4] [9975-11]
TEST(Rfc9975, S3_1_KeyAtOneServerOnly_IsInconsistent) {
  TestChild child(true, 3);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.zones[2].ask({&child.a, &child.b});
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update inconsistent servers-differ servers-differ");
  EXPECT_EQ(servers_of(verdict, FindingCode::servers_differ),
            std::vector<ServerAddress>{server_address(2)});
}

struct OneServerCase {
  const char* name;
  bool secure;
  std::function<void(Zone&, const TestChild&)> others;
  std::function<void(Zone&, const TestChild&)> last;
  const char* summary;
};

// [9975-2] [9975-4] [9975-11]
TEST(Rfc9975, S3_1_OneServerSaysOtherwise_IsInconsistent) {
  const auto asks_b = [](Zone& zone, const TestChild& child) { zone.ask({&child.b}); };
  const auto removes = [](Zone& zone, const TestChild&) { zone.ask_removal(); };
  const auto nothing = [](Zone& zone, const TestChild&) { zone.ask_nothing(); };
  const auto stands = [](Zone& zone, const TestChild& child) { zone.ask({&child.a}); };
  const OneServerCase cases[] = {
      {"25: NODATA at one", true, asks_b, nothing,
       "update inconsistent type-not-everywhere type-not-everywhere"},
      {"54: what stands at one", true, asks_b, stands,
       "update inconsistent servers-differ servers-differ"},
      {"26: removal at one, update", true, asks_b, removes,
       "update inconsistent delete-not-everywhere"},
      {"26: removal at one, nothing", true, nothing, removes,
       "delete inconsistent delete-not-everywhere"},
      {"26: removal but at one", true, removes, nothing,
       "delete inconsistent delete-not-everywhere"},
      {"26: removal, what stands at one", true, removes, stands,
       "delete inconsistent delete-not-everywhere"},
      {"unsigned, NODATA at one", false, asks_b, nothing,
       "bootstrap inconsistent type-not-everywhere type-not-everywhere"},
      {"unsigned, removal at one", false, asks_b, removes,
       "bootstrap inconsistent delete-not-everywhere"},
      {"unsigned, removal and nothing", false, removes, nothing, "none idle"},
      {"nothing, what stands at one", true, nothing, stands, "none in-sync"},
  };
  for (const OneServerCase& test : cases) {
    SCOPED_TRACE(test.name);
    TestChild child(test.secure, 3);
    child.everywhere([&](Zone& zone) { test.others(zone, child); });
    test.last(child.zones[2], child);
    EXPECT_EQ(summary(judge_child(child, delay_policy())), test.summary);
  }
}

// [9975-11] [10026-1] [10026-6]
TEST(Rfc9975, S3_1_Row21_KeyInCdsButNotInCdnskey_IsInconsistent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.ask({&child.b});
    zone.set_cds({child.a.ds(), child.b.ds()});
  });
  EXPECT_EQ(summary(judge_child(child)), "update inconsistent types-differ");
}

// [7344-B1] [9975-2]
TEST(Rfc9975, S3_1_Row22_CdsAlone_IsPermittedUnlessBothAreDemanded) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds()}); });
  EXPECT_EQ(summary(judge_child(child)), "update permit");
  Policy policy;
  policy.strict_both = true;
  EXPECT_EQ(summary(judge_child(child, policy)), "update inconsistent types-differ");
}

TEST(Rfc9975, S3_1_Row23_CdnskeyAtSomeServersOnly_IsInconsistent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.set_cds({child.b.ds()}); });
  child.zones[0].set_cdnskey({child.b.record()});
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update inconsistent type-not-everywhere");
  EXPECT_EQ(servers_of(verdict, FindingCode::type_not_everywhere),
            std::vector<ServerAddress>{server_address(1)});
}

// [9975-11]
TEST(Rfc9975, S3_1_Row31_CdsRemovesAndCdnskeyKeeps_IsInconsistent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.ask_removal();
    zone.set_cdnskey({child.a.record()});
  });
  EXPECT_EQ(summary(judge_child(child)), "delete inconsistent types-differ");
}

TEST(Rfc9975, S3_1_APolicyForOneType_DoesNotLookAtTheOther) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) {
    zone.ask({&child.b});
    zone.set_cdnskey({child.a.record(), child.zsk.record()});
  });
  Policy policy;
  policy.signals = SignalTypes::cds;
  EXPECT_EQ(judge_child(child, policy).ds, dns::DsSet{child.b.ds()});
  policy.signals = SignalTypes::cdnskey;
  EXPECT_EQ(judge_child(child, policy).ds, dns::make_ds_set({child.a.ds(), child.zsk.ds()}));
}

// [9975-12] [9975-13]
TEST(Rfc9975, S3_1_Row36_OtherDigestTypesAreIgnored) {
  TestChild child(true);
  const TestKey other(8);
  child.everywhere([&](Zone& zone) {
    zone.set_cds({child.b.ds(), child.b.ds(dns::DigestType::sha384)});
  });
  // Edge cases 39 and 40: only at one server, and of another key.
  child.zones[1].set_cds({child.b.ds(), other.ds(dns::DigestType::sha384)});
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
}

// --- what did not answer ------------------------------------------------------------------------

struct StatusCase {
  AnswerStatus status;
  const char* summary;
  bool only_silence;
};

// [9975-1] [9975-3]
TEST(Rfc9975, S3_AnswersThatAreNotReceived_AreIncompleteAndNamed) {
  const StatusCase cases[] = {
      {AnswerStatus::timeout, "update incomplete server-silent", true},
      {AnswerStatus::unreachable, "update incomplete server-silent", true},
      {AnswerStatus::refused, "update incomplete server-refuses", false},
      {AnswerStatus::servfail, "update incomplete server-fails", false},
      {AnswerStatus::nxdomain, "update incomplete server-fails", false},
      {AnswerStatus::other_rcode, "update incomplete server-fails", false},
      {AnswerStatus::referral, "update incomplete server-not-authoritative", false},
      {AnswerStatus::not_authoritative, "update incomplete server-not-authoritative", false},
      {AnswerStatus::malformed, "update incomplete answer-malformed", false},
      {AnswerStatus::truncated, "update incomplete answer-truncated", false},
      {AnswerStatus::not_permitted, "update incomplete server-not-permitted", false},
      {AnswerStatus::not_asked, "update incomplete server-silent", false},
      // The wire form bears out neither.
      {AnswerStatus::answer, "update incomplete answer-malformed", false},
      {AnswerStatus::nodata, "update incomplete answer-malformed", false},
  };
  for (const StatusCase& test : cases) {
    SCOPED_TRACE(to_text(test.status));
    TestChild child(true, 3);
    child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
    child.server_status(1, test.status);
    const Verdict verdict = judge_child(child);
    EXPECT_EQ(summary(verdict), test.summary);
    EXPECT_EQ(verdict.only_silence_missing, test.only_silence);
    EXPECT_EQ(verdict.silent.size(), test.only_silence ? 1U : 0U);
    EXPECT_EQ(verdict.ds, dns::DsSet{child.b.ds()});
    ASSERT_EQ(verdict.findings.size(), 1U);
    EXPECT_EQ(verdict.findings[0].servers, std::vector<ServerAddress>{server_address(1)});
  }
}

TEST(Rfc9975, S3_AServerThatAnswersSomeQuestionsOnly_IsNotSilent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.answer_status(1, RecordType::cdnskey, AnswerStatus::timeout);
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update incomplete server-silent");
  EXPECT_TRUE(verdict.silent.empty());
  EXPECT_FALSE(verdict.only_silence_missing);
}

TEST(Rfc9975, S3_AServerThatWasNotAsked_IsNotSilent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  child.server_status(1, AnswerStatus::not_asked);
  const Verdict unasked = judge_child(child);
  EXPECT_EQ(summary(unasked), "update incomplete server-silent");
  EXPECT_TRUE(unasked.silent.empty());
  EXPECT_EQ(unasked.passed_over, std::vector<ServerAddress>{server_address(1)});
  EXPECT_FALSE(unasked.only_silence_missing) << "so that it is never dropped";
  EXPECT_TRUE(unasked.only_unheard_missing) << "so that nothing is held against the child";

  // One real question suffices to find out.
  child.answer_status(1, RecordType::soa, AnswerStatus::timeout);
  const Verdict silent = judge_child(child);
  EXPECT_EQ(silent.silent, std::vector<ServerAddress>{server_address(1)});
  EXPECT_TRUE(silent.passed_over.empty());
  EXPECT_TRUE(silent.only_silence_missing);
}

TEST(Rfc9975, S3_AServerThatAnsweredAllThatItWasAsked_IsAskedForTheRest) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  for (const RecordType type : {RecordType::dnskey, RecordType::cds, RecordType::cdnskey}) {
    child.answer_status(1, type, AnswerStatus::not_asked);
  }
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update incomplete server-silent");
  EXPECT_TRUE(verdict.silent.empty());
  EXPECT_FALSE(verdict.only_silence_missing);
  EXPECT_TRUE(verdict.only_unheard_missing);
}

TEST(Rfc9975, S3_Row28_AllServersSilent_IsIncompleteWithoutARequest) {
  TestChild child(true);
  for (std::size_t i = 0; i < 2; ++i) child.server_status(i, AnswerStatus::timeout);
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "none incomplete server-silent");
  EXPECT_FALSE(verdict.only_silence_missing);
  EXPECT_EQ(verdict.silent.size(), 2U);
}

// [9975-6]
TEST(Rfc9975, S3_SilenceBesideTheStatusQuo_IsIdle) {
  TestChild child(true);
  child.server_status(1, AnswerStatus::timeout);
  EXPECT_EQ(summary(judge_child(child)), "none idle");
}

TEST(Rfc9975, S3_SilenceBesideADifference_IsInconsistent) {
  TestChild child(true, 3);
  child.zones[0].ask({&child.b});
  child.server_status(2, AnswerStatus::timeout);
  EXPECT_EQ(judge_child(child).ruling, Ruling::inconsistent);
}

TEST(Rfc9975, S3_AHostThatWasNotFullyResolved_IsIncomplete) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  Survey survey = child.survey();
  survey.servers[1].trouble = "AAAA of ns2.op.example.: bogus";
  survey.servers[1].is_complete = false;
  const Verdict verdict = judge_surveys(child, {survey});
  EXPECT_EQ(summary(verdict), "update incomplete server-not-resolved");
  EXPECT_FALSE(verdict.only_silence_missing);
  // Where nobody's name can be resolved, it is not the child's fault.
  survey.resolver = {ResolverFault::silent, {"the root zone", "nothing came within 10 s"}};
  const Verdict own = judge_surveys(child, {survey});
  EXPECT_EQ(summary(own), "update incomplete resolver-silent");
  EXPECT_FALSE(own.only_silence_missing);
}

// Its name may lead anywhere by tomorrow: only a proven absence counts as silence (edge case 51).
TEST(Rfc9975, S3_AHostWhoseLookupFailedWhole_IsNeverSilence) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  const dns::Name lost = dns::Name::parse("ns3.lost.example.").value();
  child.delegation.name_servers.push_back({lost, {}});
  Survey survey = child.survey();
  survey.servers.push_back({lost, {}, "A of ns3.lost.example.: servfail", false});
  const Verdict verdict = judge_surveys(child, {survey});
  EXPECT_EQ(summary(verdict), "update incomplete server-not-resolved");
  EXPECT_FALSE(verdict.only_silence_missing);
}

TEST(Rfc9975, S3_AHostWithTroubleButAllItsAddresses_IsAsAnyOther) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  Survey survey = child.survey();
  survey.servers[1].trouble = "ns2.op.example. does not exist";
  EXPECT_EQ(summary(judge_surveys(child, {survey})), "update permit");
}

// --- several vantage points, and looks that ended early -----------------------------------------

// [9975-3] [8078-6]
TEST(Rfc9975, S3_AnotherVantagePointMaySeeWhatOneMissed) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  const Survey whole = child.survey("east");
  child.server_status(1, AnswerStatus::timeout);
  const Survey partial = child.survey("west");
  const Verdict verdict = judge_surveys(child, {partial, whole});
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.vantages, std::vector<std::string>{"east"});
  EXPECT_TRUE(verdict.silent.empty());
}

TEST(Rfc9975, S3_VantagePointsThatContradict_AreInconsistent) {
  TestChild child(true);
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  const Survey east = child.survey("east");
  child.everywhere([&](Zone& zone) { zone.ask_removal(); });
  EXPECT_EQ(judge_surveys(child, {east, child.survey("west")}).ruling, Ruling::inconsistent);
}

// [9975-6]
TEST(Rfc9975, S3_ALookThatEndedEarly_NeverPermits) {
  TestChild child(true);
  child.stopped_early = true;
  for (const auto type : {RecordType::dnskey, RecordType::cdnskey}) {
    child.answer_status(0, type, AnswerStatus::not_asked);
  }
  child.server_status(1, AnswerStatus::not_asked);
  Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "none idle");
  EXPECT_FALSE(verdict.whole);
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  EXPECT_EQ(summary(judge_child(child)), "none in-sync");
  child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
  EXPECT_EQ(summary(judge_child(child)), "update incomplete");
}

TEST(Rfc9975, S3_NoSurveyAtAll_IsIncomplete) {
  const TestChild child(true);
  EXPECT_EQ(summary(judge_surveys(child, {})), "none incomplete");
}

}  // namespace
}  // namespace dskeeper::rules::test
