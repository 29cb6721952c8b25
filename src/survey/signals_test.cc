// Asking for signals, as far as it needs no signed zones: those are in tests/lab/bootstrap_test.py.
#include "survey/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <string>

#include "dns/rrset.h"
#include "net/testing/fake_server.h"

namespace dskeeper::survey {
namespace {

using boost::asio::awaitable;
using dns::RecordType;

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

Answer apex_answer(const dns::Name& child, RecordType type, const Bytes& rdata) {
  const net::FakeQuery query{1, {child, type}};
  net::FakeMessage message;
  message.answer = {{child, type, dns::Ttl{60}, rdata}};
  Answer answer;
  answer.type = type;
  answer.status = AnswerStatus::answer;
  answer.transport = Transport::tcp;
  answer.wire = net::encode(query, message);
  return answer;
}

const Bytes cds = dns::Ds::parse("1 13 2 " + std::string(64, 'A'))->to_rdata();

Delegation unsigned_child(const std::string& child, const std::vector<std::string>& hosts) {
  Delegation delegation;
  delegation.child = name(child);
  delegation.parent = name("example.");
  for (const std::string& host : hosts) delegation.name_servers.push_back({name(host), {}});
  return delegation;
}

TEST(AsksForFirstDs, OnlyAnUnsignedChildThatAsksForKeys) {
  const SystemClock clock;
  const Time now = clock.now();
  Delegation delegation = unsigned_child("kid.example.", {"ns1.op."});
  Survey survey;
  survey.child = delegation.child;
  EXPECT_FALSE(asks_for_first_ds(delegation, survey, now));
  survey.answers = {apex_answer(delegation.child, RecordType::cds, {0, 0, 0, 0, 0})};
  EXPECT_FALSE(asks_for_first_ds(delegation, survey, now)) << "a removal";
  survey.answers.push_back(apex_answer(delegation.child, RecordType::cds, cds));
  EXPECT_TRUE(asks_for_first_ds(delegation, survey, now));
  survey.stopped_early = true;
  EXPECT_FALSE(asks_for_first_ds(delegation, survey, now));
  survey.stopped_early = false;
  delegation.ds = {dns::Ds::from_rdata(cds).value()};
  EXPECT_FALSE(asks_for_first_ds(delegation, survey, now)) << "it is secure already";
}

// A resolver without trust anchor that asks a fake one: all is insecure, or not there.
class SignalSurveyorTest : public testing::Test {
 protected:
  SignalSurveyorTest() {
    options_.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), net::free_port()};
    options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    server_ = std::make_unique<net::FakeServer>(io_, "127.0.0.1", options_.forward_to->port,
                                                [this](const net::FakeQuery& query) {
                                                  asked_.push_back(query.question);
                                                  net::FakeMessage message;
                                                  if (fails_) message.rcode = dns::Rcode::servfail;
                                                  return net::reply_with(query, message);
                                                });
    resolver_ = net::Resolver::create(io_.get_executor(), options_).value();
    fetcher_ = net::Resolver::create(io_.get_executor(), fetcher_options()).value();
    surveyor_ = std::make_unique<SignalSurveyor>(
        *resolver_, *fetcher_,
        [this] { return net::Resolver::create(io_.get_executor(), options_); },
        std::vector<TrustAnchor>());
  }

  [[nodiscard]] net::ResolverOptions fetcher_options() const {
    net::ResolverOptions options = options_;
    options.minimises = false;
    return options;
  }

  // One after the other, with what happens before each.
  std::vector<SignalSurvey> look(const std::vector<Delegation>& delegations) {
    std::vector<SignalSurvey> surveys;
    boost::asio::co_spawn(io_, look_at_all(delegations, surveys),
                          [](const std::exception_ptr& error) {
                            if (error) std::rethrow_exception(error);
                          });
    io_.run();
    return surveys;
  }
  awaitable<void> look_at_all(const std::vector<Delegation>& delegations,
                              std::vector<SignalSurvey>& surveys) {
    for (const Delegation& delegation : delegations) {
      before_();
      Survey seen;
      seen.child = delegation.child;
      SignalQuestion question{delegation, seen, true, true};
      SignalSurvey survey = co_await surveyor_->look(std::move(question), clock_);
      surveys.push_back(std::move(survey));
    }
    co_await surveyor_->close();
    co_await fetcher_->close();
    co_await resolver_->close();
    server_->stop();
  }

  std::size_t times_asked_below(const std::string& ancestor) const {
    return static_cast<std::size_t>(std::count_if(
        asked_.begin(), asked_.end(),
        [&](const dns::Question& question) { return question.name.is_below(name(ancestor)); }));
  }

  boost::asio::io_context io_{1};
  SystemClock clock_;
  net::ResolverOptions options_;
  bool fails_ = false;
  std::function<void()> before_ = [] {};
  std::vector<dns::Question> asked_;
  std::unique_ptr<net::FakeServer> server_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<net::Resolver> fetcher_;
  std::unique_ptr<SignalSurveyor> surveyor_;
};

// Edge case 67, and the "condemns every name under it at once".
TEST_F(SignalSurveyorTest, AnInsecureDomainIsAskedOnceAndSettlesEveryChildBelowIt) {
  const auto surveys = look({unsigned_child("a.example.", {"ns1.op.", "ns2.op."}),
                             unsigned_child("b.example.", {"ns1.op.", "ns2.op."})});
  ASSERT_EQ(surveys.size(), 2U);
  for (const SignalSurvey& survey : surveys) {
    ASSERT_EQ(survey.hosts.size(), 2U);
    for (const HostSignals& host : survey.hosts) {
      ASSERT_EQ(host.answers.size(), 2U);
      for (const SignalAnswer& answer : host.answers) {
        EXPECT_EQ(answer.status, SecurityStatus::insecure);
        EXPECT_FALSE(answer.wire.empty());
      }
    }
  }
  EXPECT_EQ(times_asked_below("_signal.ns1.op."), 0U);
  EXPECT_EQ(times_asked_below("_signal.ns2.op."), 0U);
}

TEST_F(SignalSurveyorTest, ADomainThatDoesNotAnswerIsNotAskedAgainForEachChild) {
  fails_ = true;
  const auto surveys =
      look({unsigned_child("a.example.", {"ns1.op."}), unsigned_child("b.example.", {"ns1.op."})});
  for (const SignalSurvey& survey : surveys) {
    ASSERT_EQ(survey.hosts.size(), 1U);
    for (const SignalAnswer& answer : survey.hosts[0].answers) {
      EXPECT_EQ(answer.status, SecurityStatus::unanswered);
      EXPECT_FALSE(answer.why.empty());
    }
  }
  EXPECT_EQ(times_asked_below("_signal.ns1.op."), 0U);
}

// RFC 9615 §4.3: a signal that was found in its zone is not there for a cache that was asked
// before.
TEST_F(SignalSurveyorTest, WhereSignalsAreSaidToHaveComeTheirAbsenceIsFetchedOnceMore) {
  int looks = 0;
  before_ = [&] {
    if (++looks == 2) surveyor_->doubt_absence(name("a.example."));
  };
  const Delegation delegation = unsigned_child("a.example.", {"ns1.op."});
  const auto surveys = look({delegation, delegation, unsigned_child("b.example.", {"ns1.op."})});
  ASSERT_EQ(surveys.size(), 3U);
  EXPECT_EQ(surveyor_->fetched_again(), 1U);
  // CDS and CDNSKEY, through the cache from before and through a new one.
  EXPECT_EQ(times_asked_below("a.example._signal.ns1.op."), 4U);
  EXPECT_EQ(times_asked_below("b.example._signal.ns1.op."), 0U);
}

TEST_F(SignalSurveyorTest, AsksNothingForInDomainHostsAndEachOtherHostOnce) {
  const auto surveys = look({unsigned_child("a.example.", {"ns.a.example.", "NS1.op.", "ns1.op."}),
                             unsigned_child("b.example.", {"b.example."})});
  ASSERT_EQ(surveys.at(0).hosts.size(), 1U);
  EXPECT_EQ(surveys[0].hosts[0].host, name("ns1.op."));
  EXPECT_TRUE(surveys.at(1).empty());
}

TEST_F(SignalSurveyorTest, ANameThatWouldBeTooLongIsNotAskedFor) {
  fails_ = true;
  const std::string label(63, 'a');
  const auto surveys =
      look({unsigned_child(label + "." + label + "." + label + ".example.", {label + ".op."})});
  ASSERT_EQ(surveys.at(0).hosts.size(), 1U);
  for (const SignalAnswer& answer : surveys[0].hosts[0].answers) {
    EXPECT_EQ(answer.status, SecurityStatus::not_asked);
  }
}

}  // namespace
}  // namespace dskeeper::survey
