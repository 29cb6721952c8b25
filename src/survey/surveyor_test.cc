#include "survey/surveyor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "survey/nameserver_addresses.h"
#include "survey/test_surveyor.h"

namespace dskeeper::survey::test {
namespace {

TEST_F(SurveyorTest, AFullLookAsksEverythingEverywhere) {
  delegate_to(3);
  for (int host = 1; host <= 3; ++host) serve_zone(host, asking(1));
  const Survey survey = look(Depth::full);
  EXPECT_FALSE(survey.stopped_early);
  EXPECT_EQ(survey.child, kid);
  EXPECT_EQ(survey.look, LookId{3});
  EXPECT_EQ(survey.revision, "7");
  ASSERT_EQ(survey.servers.size(), 3U);
  ASSERT_EQ(survey.answers.size(), 12U);
  for (int host = 1; host <= 3; ++host) {
    EXPECT_EQ(survey.find(address(host), RecordType::cds)->status, AnswerStatus::answer);
    EXPECT_EQ(survey.find(address(host), RecordType::cdnskey)->status, AnswerStatus::answer);
    EXPECT_EQ(survey.find(address(host), RecordType::soa)->status, AnswerStatus::nodata);
    EXPECT_EQ(survey.find(address(host), RecordType::dnskey)->status, AnswerStatus::nodata);
  }
  EXPECT_EQ(client_->counts().udp_questions, 0U);  // unsigned: TCP only
  EXPECT_EQ(client_->counts().tcp_connections, 3U);
}

TEST_F(SurveyorTest, AQuietUnsignedChildCostsOneServer) {
  delegate_to(2);
  serve_zone(1, {});
  serve_zone(2, asking(1));
  const Survey survey = look(Depth::timed);
  EXPECT_TRUE(survey.stopped_early);
  EXPECT_EQ(questions(), 2U);
  EXPECT_EQ(survey.find(address(2), RecordType::cds), nullptr);
}

TEST_F(SurveyorTest, TheFirstServerRotates) {
  delegate_to(2);
  serve_zone(1, {});
  serve_zone(2, {});
  const Survey survey = look(Depth::timed, 1);
  EXPECT_TRUE(survey.stopped_early);
  EXPECT_EQ(survey.find(address(1), RecordType::cds), nullptr);
  EXPECT_NE(survey.find(address(2), RecordType::cds), nullptr);
}

TEST_F(SurveyorTest, AChildThatAsksIsSeenInFull) {
  delegate_to(2);
  serve_zone(1, asking(1));
  serve_zone(2, {});
  const Survey survey = look(Depth::timed);
  EXPECT_FALSE(survey.stopped_early);
  EXPECT_EQ(survey.answers.size(), 8U);
  EXPECT_EQ(questions(), 8U);  // the first answer is not asked for again
}

TEST_F(SurveyorTest, AChildWithCdnskeyAloneIsSeenInFull) {
  delegate_to(2);
  serve_zone(1, {{RecordType::cdnskey, {key(1).to_rdata()}}});
  serve_zone(2, {});
  EXPECT_FALSE(look(Depth::timed).stopped_early);
}

TEST_F(SurveyorTest, ASecureChildInSyncCostsOneDatagram) {
  delegate_to(2);
  delegation_.ds = {ds(1)};
  serve_zone(1, asking(1));
  serve_zone(2, asking(1));
  const Survey survey = look(Depth::timed);
  EXPECT_TRUE(survey.stopped_early);
  EXPECT_EQ(client_->counts().udp_questions, 1U);
  EXPECT_EQ(client_->counts().tcp_questions, 0U);
}

TEST_F(SurveyorTest, ASecureChildThatRollsIsSeenInFullOverUdp) {
  delegate_to(2);
  delegation_.ds = {ds(1)};
  serve_zone(1, asking(2));
  serve_zone(2, asking(2));
  const Survey survey = look(Depth::timed);
  EXPECT_FALSE(survey.stopped_early);
  EXPECT_EQ(client_->counts().udp_questions, 8U);
}

TEST_F(SurveyorTest, SecureChildrenCanBeAskedOverTcp) {
  delegate_to(1);
  delegation_.ds = {ds(1)};
  options_.secure_over_tcp = true;
  serve_zone(1, asking(1));
  EXPECT_TRUE(look(Depth::timed).stopped_early);
  EXPECT_EQ(client_->counts().udp_questions, 0U);
}

TEST_F(SurveyorTest, ALameServerHandsOnToTheNext) {
  delegate_to(2);
  behave(1, [](const FakeQuery& query) {
    return net::reply_with(query, {.rcode = dns::Rcode::refused});
  });
  serve_zone(2, {});
  const Survey survey = look(Depth::timed);
  EXPECT_TRUE(survey.stopped_early);
  EXPECT_EQ(survey.find(address(1), RecordType::cds)->status, AnswerStatus::refused);
  EXPECT_EQ(survey.find(address(2), RecordType::cds)->status, AnswerStatus::nodata);
}

TEST_F(SurveyorTest, WhereNobodyConfirmsAllAreAsked) {
  delegate_to(2);
  for (int host = 1; host <= 2; ++host) {
    behave(host, [](const FakeQuery& query) {
      return net::reply_with(query, {.rcode = dns::Rcode::servfail});
    });
  }
  const Survey survey = look(Depth::timed);
  EXPECT_FALSE(survey.stopped_early);
  EXPECT_EQ(survey.answers.size(), 8U);
  for (const Answer& answer : survey.answers) EXPECT_EQ(answer.status, AnswerStatus::servfail);
}

TEST_F(SurveyorTest, FindsAddressesThroughTheResolver) {
  delegate_to(2, false);
  delegation_.name_servers.push_back({name("ns3.gone.example."), {}});
  serve_zone(1, {});
  serve_zone(2, {});
  const Survey survey = look(Depth::full);
  ASSERT_EQ(survey.servers.size(), 3U);
  EXPECT_EQ(survey.servers[0].addresses, std::vector{address(1)});
  EXPECT_EQ(survey.servers[0].trouble, "");
  EXPECT_TRUE(survey.servers[2].addresses.empty());
  EXPECT_EQ(survey.servers[2].trouble, "ns3.gone.example. does not exist");
  EXPECT_EQ(survey.answers.size(), 8U);
}

TEST_F(SurveyorTest, GlueOfANameThatDoesNotExistIsAllThereIs) {
  delegate_to(1, false);
  delegation_.name_servers.push_back({name("ns2.gone.example."), {address(2)}});
  serve_zone(1, {});
  serve_zone(2, {});
  const Survey survey = look(Depth::full);
  ASSERT_EQ(survey.servers.size(), 2U);
  EXPECT_EQ(survey.servers[1].addresses, std::vector{address(2)});
  EXPECT_EQ(survey.servers[1].trouble, "");
  EXPECT_TRUE(survey.servers[1].is_complete);
}

// What we cannot see for a choice of ours says nothing of the child.
TEST_F(SurveyorTest, AFamilyThatIsOffIsOurFault) {
  options_.ipv6 = false;
  resolver_options_.ipv6 = false;
  delegate_to(1, false);
  delegation_.name_servers.push_back({name("ns2.none.example."), {}});
  delegation_.name_servers.push_back(
      {name("ns3.gone.example."), {IpAddress::parse("::1").value()}});
  delegation_.name_servers.push_back({name("ns4.gone.example."), {}});
  serve_zone(1, {});
  servers_.erase(resolver_host);
  behave(resolver_host, [this](const FakeQuery& query) {
    const bool is_none = query.question.name == name("ns2.none.example.");
    return is_none ? net::reply_with(query) : resolve(query);
  });
  const Survey survey = look(Depth::full);
  ASSERT_EQ(survey.servers.size(), 4U);
  EXPECT_TRUE(survey.servers[0].is_complete);
  for (const int at : {1, 2}) {
    EXPECT_FALSE(survey.servers[at].is_complete) << at;
    EXPECT_THAT(survey.servers[at].trouble, testing::HasSubstr("of a family that we use"));
  }
  EXPECT_TRUE(survey.servers[3].is_complete) << "proven not to exist, in either family";
}

TEST_F(SurveyorTest, AddressesThatAreNotPermittedAreReported) {
  client_options_.permit.clear();
  delegate_to(1);
  serve_zone(1, {});
  const Survey survey = look(Depth::timed);
  EXPECT_FALSE(survey.stopped_early);
  EXPECT_EQ(survey.servers[0].addresses, std::vector{address(1)});
  ASSERT_EQ(survey.answers.size(), 4U);
  for (const Answer& answer : survey.answers) EXPECT_EQ(answer.status, AnswerStatus::not_permitted);
}

TEST_F(SurveyorTest, OnlyTheSignalThatCountsIsAsked) {
  options_.ask_cds = false;
  delegate_to(1);
  serve_zone(1, {});
  const Survey survey = look(Depth::full);
  EXPECT_EQ(survey.answers.size(), 3U);
  EXPECT_EQ(survey.find(address(1), RecordType::cds), nullptr);
}

TEST(NameserverAddresses, KeepToTheLimit) {
  std::vector<SurveyedServer> servers;
  for (int host = 0; host < 4; ++host) {
    SurveyedServer server{name("ns" + std::to_string(host) + ".example."), {}, {}};
    for (int at = 0; at < 20; ++at) {
      server.addresses.push_back(
          IpAddress::parse("192.0." + std::to_string(host) + "." + std::to_string(at)).value());
    }
    servers.push_back(server);
  }
  const NameserverAddresses limited = limit_addresses(servers);
  EXPECT_EQ(limited.addresses.size(), addresses_max);
  EXPECT_EQ(limited.servers[2].trouble, "");
  EXPECT_TRUE(limited.servers[2].is_complete);
  EXPECT_FALSE(limited.servers[3].is_complete);
  EXPECT_EQ(limited.servers[3].addresses.size(), 4U);
  EXPECT_NE(limited.servers[3].trouble, "");
}

TEST(NameserverAddresses, AskSharedAddressesOnce) {
  const IpAddress shared = IpAddress::parse("192.0.2.1").value();
  const NameserverAddresses found =
      limit_addresses({{name("a.example."), {shared}, {}}, {name("b.example."), {shared}, {}}});
  ASSERT_EQ(found.addresses.size(), 1U);
  EXPECT_EQ(found.addresses[0].host, name("a.example."));
  EXPECT_EQ(found.servers[1].addresses, std::vector{shared});
}

}  // namespace
}  // namespace dskeeper::survey::test
