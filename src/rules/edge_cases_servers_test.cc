// Edge cases 48 to 60 of standards.md §19: which servers are asked, and what counts as an answer.
// 59 and the times of 49 and 56 are the keeper's.
#include <gtest/gtest.h>

#include "rules/test_child.h"

namespace dskeeper::rules::test {
namespace {

using dns::RecordType;

// A child that asks for another key at all of its servers.
struct AskingChild : TestChild {
  explicit AskingChild(std::size_t servers = 2) : TestChild(true, servers) {
    everywhere([&](Zone& zone) { zone.ask({&b}); });
  }
};

// The second server's answers as those of another address of the first one.
Survey as_one_host(TestChild& child, const IpAddress& other) {
  Survey survey = child.survey();
  const ServerAddress second = survey.servers[1].host == server_address(1).host
                                   ? ServerAddress{server_address(0).host, other}
                                   : server_address(1);
  for (Answer& answer : survey.answers) {
    if (answer.server == server_address(1)) answer.server = second;
  }
  survey.servers.pop_back();
  survey.servers[0].addresses.push_back(other);
  child.delegation.name_servers.pop_back();
  return survey;
}

const IpAddress ipv6 = IpAddress::parse("2001:db8::1").value();

// [9975-1] [9975-10]
TEST(EdgeCase, N048_AnAddressWithAStaleZone_IsInconsistent) {
  AskingChild child;
  child.zones[1].ask({&child.a});
  const Verdict verdict = judge_surveys(child, {as_one_host(child, ipv6)});
  EXPECT_EQ(summary(verdict), "update inconsistent servers-differ servers-differ");
}

// [9975-3]
TEST(EdgeCase, N049_AnAddressThatTimesOut_IsMissingAndOnlySilent) {
  AskingChild child;
  child.server_status(1, AnswerStatus::timeout);
  const Verdict verdict = judge_surveys(child, {as_one_host(child, ipv6)});
  EXPECT_EQ(summary(verdict), "update incomplete server-silent");
  EXPECT_TRUE(verdict.only_silence_missing);
  EXPECT_EQ(verdict.silent, (std::vector<ServerAddress>{{server_address(0).host, ipv6}}));
}

// [9975-1]
TEST(EdgeCase, N050_GlueAndAuthoritativeAddress_AreBothAsked) {
  AskingChild child;
  const IpAddress glue = IpAddress::parse("192.0.2.77").value();
  const Survey survey = as_one_host(child, glue);
  const Verdict verdict = judge_surveys(child, {survey});
  EXPECT_EQ(summary(verdict), "update permit");
  EXPECT_EQ(verdict.asked.size(), 2U);
}

TEST(EdgeCase, N051_AHostThatDoesNotExist_IsSilent) {
  AskingChild child;
  const dns::Name lost = dns::Name::parse("ns9.gone.example.").value();
  child.delegation.name_servers.push_back({lost, {}});
  Survey survey = child.survey();
  survey.servers.push_back({lost, {}, "NXDOMAIN"});
  const Verdict verdict = judge_surveys(child, {survey});
  EXPECT_EQ(summary(verdict), "update incomplete server-without-address");
  EXPECT_TRUE(verdict.only_silence_missing);
  EXPECT_EQ(verdict.silent, (std::vector<ServerAddress>{{lost, {}}}));
}

TEST(EdgeCase, N052_Refused_IsNoNodata) {
  TestChild child(true);
  child.server_status(1, AnswerStatus::refused);
  child.zones[0].ask({&child.b});
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update incomplete server-refuses");
  EXPECT_FALSE(verdict.only_silence_missing);
}

TEST(EdgeCase, N053_AnAnswerCutOffWithoutTcp_IsNone) {
  AskingChild child;
  child.answer_status(1, RecordType::cds, AnswerStatus::truncated);
  EXPECT_EQ(summary(judge_child(child)), "update incomplete answer-truncated");
}

// [9975-6]
TEST(EdgeCase, N054_TheStatusQuoAtTheFirstServer_EndsTheLook) {
  AskingChild child;
  child.zones[0].ask({&child.a});
  child.stopped_early = true;
  for (const auto type : {RecordType::soa, RecordType::dnskey, RecordType::cdnskey}) {
    child.answer_status(0, type, AnswerStatus::not_asked);
  }
  child.server_status(1, AnswerStatus::not_asked);
  EXPECT_EQ(summary(judge_child(child)), "none in-sync");
}

TEST(EdgeCase, N055_OnlyTheParentsServersCount) {
  AskingChild child(3);
  child.zones[2].ask_removal();
  child.delegation.name_servers.pop_back();
  EXPECT_EQ(summary(judge_child(child)), "update permit");
}

TEST(EdgeCase, N056_OneSlowServerOfMany_IsMissing) {
  AskingChild child(13);
  child.server_status(7, AnswerStatus::timeout);
  const Verdict verdict = judge_child(child);
  EXPECT_EQ(summary(verdict), "update incomplete server-silent");
  EXPECT_EQ(verdict.silent, std::vector<ServerAddress>{server_address(7)});
}

TEST(EdgeCase, N057_HostsThatShareAnAddress_AreBothAnswered) {
  AskingChild child;
  const dns::Name twin = dns::Name::parse("twin.op.example.").value();
  child.delegation.name_servers.push_back({twin, {}});
  Survey survey = child.survey();
  survey.servers.push_back({twin, {server_address(0).address}, {}});
  EXPECT_EQ(summary(judge_surveys(child, {survey})), "update permit");
}

// The UPDATE's prerequisite on NS is tested in src/dns/update_test.cc.
TEST(EdgeCase, N058_ASurveyOfAnotherNsSet_IsNotWhole) {
  AskingChild child(3);
  Survey survey = child.survey();
  survey.servers.pop_back();
  survey.answers.resize(8);
  const Verdict verdict = judge_surveys(child, {survey});
  EXPECT_EQ(verdict.ruling, Ruling::incomplete);
  EXPECT_FALSE(verdict.only_silence_missing);
}

TEST(EdgeCase, N060_UdpAnswersOfAnUnsignedChild_DoNotCount) {
  TestChild child(false);
  child.everywhere([&](Zone& zone) { zone.ask({&child.a}); });
  child.transport = Transport::udp;
  EXPECT_EQ(summary(judge_child(child, delay_policy())), "none incomplete answer-not-over-tcp");
  AskingChild secure;
  secure.transport = Transport::udp;
  EXPECT_EQ(summary(judge_child(secure)), "update permit");
  Policy policy;
  policy.secure_transport = SecureTransport::tcp;
  EXPECT_EQ(judge_child(secure, policy).ruling, Ruling::incomplete);
}

}  // namespace
}  // namespace dskeeper::rules::test
