#include "survey/surveyor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <optional>

#include "net/dns_client.h"
#include "net/resolver.h"
#include "net/testing/fake_server.h"
#include "survey/nameserver_addresses.h"

namespace dskeeper::survey {
namespace {

using boost::asio::awaitable;
using dns::RecordType;
using net::FakeMessage;
using net::FakeQuery;
using net::FakeReply;

constexpr int resolver_host = 8;

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}
IpAddress address(int host) {
  return IpAddress::parse("127.0.0." + std::to_string(host)).value();
}
const dns::Name kid = name("kid.example.");

dns::Dnskey key(std::uint8_t seed) {
  return {257, 3, dns::Algorithm::ecdsap256sha256, Bytes(64, seed)};
}
dns::Ds ds(std::uint8_t seed) {
  return dns::make_ds(kid, key(seed), dns::DigestType::sha256).value();
}

// A child's zone as one server has it: RDATA by type; what is not there is NODATA.
using Zone = std::map<RecordType, std::vector<Bytes>>;

FakeReply serve(const Zone& zone, const FakeQuery& query) {
  FakeMessage message;
  const auto found = zone.find(query.question.type);
  if (found != zone.end()) {
    for (const Bytes& rdata : found->second) {
      message.answer.push_back({kid, query.question.type, dns::Ttl{60}, rdata});
    }
  }
  return net::reply_with(query, message);
}

Zone asking(std::uint8_t seed) {
  return {{RecordType::cds, {ds(seed).to_rdata()}}, {RecordType::cdnskey, {key(seed).to_rdata()}}};
}

class SurveyorTest : public testing::Test {
 protected:
  SurveyorTest() {
    client_options_.port = net::free_port();
    client_options_.rate = 0;
    client_options_.network_rate = 0;
    client_options_.udp_sockets = 4;
    client_options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    resolver_options_.forward_to = Endpoint{address(resolver_host), client_options_.port};
    resolver_options_.permit = client_options_.permit;
    delegation_.child = kid;
    delegation_.parent = name("example.");
    delegation_.revision = "7";
    behave(resolver_host, [this](const FakeQuery& query) { return resolve(query); });
  }

  void behave(int host, net::FakeBehaviour behaviour) {
    servers_[host] = std::make_unique<net::FakeServer>(io_, address(host).text(),
                                                       client_options_.port, std::move(behaviour));
  }
  void serve_zone(int host, const Zone& zone) {
    behave(host, [zone](const FakeQuery& query) { return serve(zone, query); });
  }
  // ns1 has 127.0.0.1 and so on; with glue unless it is to be found by the resolver.
  void delegate_to(int hosts, bool has_glue = true) {
    for (int host = 1; host <= hosts; ++host) {
      NameServer server{name("ns" + std::to_string(host) + ".op.example."), {}};
      if (has_glue) server.glue = {address(host)};
      delegation_.name_servers.push_back(server);
      found_[server.host] = address(host);
    }
  }
  FakeReply resolve(const FakeQuery& query) {
    FakeMessage message;
    const auto found = found_.find(query.question.name);
    if (found == found_.end()) {
      message.rcode = dns::Rcode::nxdomain;
    } else if (query.question.type == RecordType::a) {
      const ByteView octets = found->second.octets();
      message.answer = {
          {query.question.name, RecordType::a, dns::Ttl{300}, Bytes(octets.begin(), octets.end())}};
    }
    return net::reply_with(query, message);
  }

  Survey look(Depth depth, std::size_t first = 0) {
    client_.emplace(io_.get_executor(), client_options_);
    resolver_ = net::Resolver::create(io_.get_executor(), resolver_options_).value();
    surveyor_.emplace(*client_, *resolver_, options_, clock_);
    std::optional<Survey> survey;
    boost::asio::co_spawn(io_, finish(depth, first, survey), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io_.run();
    return *std::move(survey);
  }
  awaitable<void> finish(Depth depth, std::size_t first, std::optional<Survey>& survey) {
    survey = co_await surveyor_->look(delegation_, depth, LookId{3}, first);
    co_await client_->close();
    co_await resolver_->close();
    for (const auto& [host, server] : servers_) server->stop();
  }

  std::size_t questions() const {
    return client_->counts().udp_questions + client_->counts().tcp_questions;
  }

  boost::asio::io_context io_{1};
  SystemClock clock_;
  net::DnsClientOptions client_options_;
  net::ResolverOptions resolver_options_;
  SurveyorOptions options_;
  Delegation delegation_;
  std::map<int, std::unique_ptr<net::FakeServer>> servers_;
  std::map<dns::Name, IpAddress> found_;
  std::optional<net::DnsClient> client_;
  std::unique_ptr<net::Resolver> resolver_;
  std::optional<Surveyor> surveyor_;
};

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
}  // namespace dskeeper::survey
