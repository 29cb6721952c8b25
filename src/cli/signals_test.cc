// Signals from asking to judging, against a signed zone that a resolver validates: the survey asks
// through libunbound, the rules verify what it kept.
#include "survey/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "cli/test_signed_root.h"
#include "model/signaling_name.h"
#include "net/testing/fake_server.h"
#include "net/trust_anchor.h"
#include "rules/prove_signals.h"
#include "rules/test_child.h"

namespace dskeeper::cli {
namespace {

using boost::asio::awaitable;
using dns::RecordType;
using rules::SignalWorth;
using rules::test::TestKey;
using test::SignedRoot;

dns::Name name(const char* text) {
  return dns::Name::parse(text).value();
}

const dns::Name child = name("kid.example.");
const dns::Name host = name("ns1.op.");

class ShiftedClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return SystemClock().now() + shift; }
  Duration shift{};
};

class SignalsFromAskingToJudging : public testing::Test {
 protected:
  SignalsFromAskingToJudging() {
    std::string pattern = "/tmp/dskeeper-test-XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    const auto anchor =
        dns::make_ds({}, root_.key.record(), dns::DigestType::sha256).value().text();
    std::ofstream(folder_ / "root.key") << ". IN DS " << anchor << "\n";
    options_.trust_anchor = folder_ / "root.key";
    options_.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), net::free_port()};
    options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    server_ = std::make_unique<net::FakeServer>(
        io_, "127.0.0.1", options_.forward_to->port,
        [this](const net::FakeQuery& query) { return root_.answer(query); });
    resolver_ = net::Resolver::create(io_.get_executor(), options_).value();
    fetcher_ = net::Resolver::create(io_.get_executor(), fetcher_options()).value();
    surveyor_ = std::make_unique<survey::SignalSurveyor>(
        *resolver_, *fetcher_,
        [this] { return net::Resolver::create(io_.get_executor(), options_); },
        net::read_trust_anchors(options_.trust_anchor).value());
    delegation_.child = child;
    delegation_.name_servers = {{host, {}}};
    root_.set(name("_signal.ns1.op."), RecordType::soa, {rules::test::soa_rdata()});
    signal_name_ = signaling_name(child, host).value();
  }
  ~SignalsFromAskingToJudging() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] net::ResolverOptions fetcher_options() const {
    net::ResolverOptions options = options_;
    options.trust_anchor.clear();
    options.minimises = false;
    return options;
  }

  void signal(const dns::Ds& ds) { root_.set(signal_name_, RecordType::cds, {ds.to_rdata()}); }

  // What the apex says, for the surveyor to compare with.
  [[nodiscard]] Survey apex(const dns::Ds& ds) const {
    Survey survey;
    survey.child = child;
    net::FakeMessage message;
    message.answer = {{child, RecordType::cds, dns::Ttl{60}, ds.to_rdata()}};
    Answer answer;
    answer.type = RecordType::cds;
    answer.status = AnswerStatus::answer;
    answer.wire = net::encode({1, {child, RecordType::cds}}, message);
    survey.answers = {answer};
    return survey;
  }

  awaitable<void> look(const Survey& seen, SignalSurvey& out) {
    const survey::SignalQuestion question{delegation_, seen, true, false};
    out = co_await surveyor_->look(question, clock_);
  }
  awaitable<void> end() {
    co_await surveyor_->close();
    co_await fetcher_->close();
    co_await resolver_->close();
    server_->stop();
  }
  void run(awaitable<void> work) {
    boost::asio::co_spawn(io_, std::move(work), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io_.restart();
    io_.run();
  }

  rules::ProvedSignal prove(const SignalSurvey& survey, Time at) {
    dns::Verifier verifier;
    dns::VerificationBudget budget;
    const auto hosts = rules::prove_signals(survey, child, verifier, budget, at);
    EXPECT_EQ(hosts.size(), 1U);
    return hosts.at(0).signals.at(0);
  }

  boost::asio::io_context io_{1};
  ShiftedClock clock_;
  SignedRoot root_;
  TestKey first_{21};
  TestKey second_{22};
  TestKey third_{23};
  std::filesystem::path folder_;
  net::ResolverOptions options_;
  Delegation delegation_;
  dns::Name signal_name_;
  std::unique_ptr<net::FakeServer> server_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<net::Resolver> fetcher_;
  std::unique_ptr<survey::SignalSurveyor> surveyor_;
};

// [9615-3]
TEST_F(SignalsFromAskingToJudging,
       WhatIsExpectedIsFetchedWithoutTheResolverAndProvenFromWhatWasKept) {
  signal(first_.ds());
  SignalSurvey survey;
  const Survey seen = apex(first_.ds());
  run([&]() -> awaitable<void> {
    co_await look(seen, survey);
    co_await end();
  }());
  ASSERT_EQ(survey.hosts.size(), 1U);
  EXPECT_EQ(survey.hosts[0].answers.at(0).status, SecurityStatus::is_signed)
      << survey.hosts[0].answers[0].why;
  ASSERT_EQ(survey.chain.size(), 1U);
  const rules::ProvedSignal proved = prove(survey, clock_.now());
  EXPECT_EQ(proved.worth, SignalWorth::genuine) << proved.why;
  EXPECT_EQ(proved.rdata, (std::vector<Bytes>{first_.ds().to_rdata()}));
  EXPECT_EQ(prove(survey, clock_.now() + std::chrono::hours(24 * 365)).worth,
            SignalWorth::unanswered);
  EXPECT_EQ(surveyor_->fetched_again(), 0U);
}

// What nobody has validated counts for nothing where our own proof fails.
TEST_F(SignalsFromAskingToJudging, AForgedSignalIsNoAnswer) {
  signal(first_.ds());
  root_.forge(signal_name_);
  SignalSurvey survey;
  const Survey seen = apex(first_.ds());
  run([&]() -> awaitable<void> {
    co_await look(seen, survey);
    co_await end();
  }());
  const rules::ProvedSignal proved = prove(survey, clock_.now());
  EXPECT_EQ(proved.worth, SignalWorth::unanswered);
  EXPECT_THAT(proved.why, testing::HasSubstr("cannot be followed to the trust anchor"));
}

// The forged answer stays in the fetcher's cache, and must not hold up the child for as long.
TEST_F(SignalsFromAskingToJudging, AChildThatComesAgainIsValidatedByTheResolver) {
  signal(first_.ds());
  root_.forge(signal_name_);
  SignalSurvey forged;
  SignalSurvey genuine;
  const Survey seen = apex(first_.ds());
  run([&]() -> awaitable<void> {
    co_await look(seen, forged);
    root_.stop_forging();
    clock_.shift = std::chrono::minutes(1);
    co_await look(seen, genuine);
    co_await end();
  }());
  EXPECT_EQ(genuine.hosts.at(0).answers.at(0).status, SecurityStatus::secure);
  EXPECT_EQ(prove(genuine, clock_.now()).worth, SignalWorth::genuine);
}

TEST_F(SignalsFromAskingToJudging, WhatIsNotExpectedIsValidatedByTheResolver) {
  signal(second_.ds());
  SignalSurvey survey;
  const Survey seen = apex(first_.ds());
  run([&]() -> awaitable<void> {
    co_await look(seen, survey);
    co_await end();
  }());
  EXPECT_EQ(survey.hosts.at(0).answers.at(0).status, SecurityStatus::secure);
  EXPECT_EQ(prove(survey, clock_.now()).rdata, (std::vector<Bytes>{second_.ds().to_rdata()}));
}

// [9615-8] [N071] RFC 9615 §5.2: the resolver still has the old signal when the child has rolled.
TEST_F(SignalsFromAskingToJudging, AStaleSignalIsFetchedOnceMoreWithAnEmptyCache) {
  const std::array<const dns::Ds, 3> rolls = {first_.ds(), second_.ds(), third_.ds()};
  std::vector<SignalSurvey> surveys(rolls.size());
  run([&]() -> awaitable<void> {
    for (std::size_t i = 0; i < rolls.size(); ++i) {
      signal(rolls.at(i));
      const Survey seen = apex(rolls.at(i));
      co_await look(seen, surveys.at(i));
    }
    co_await end();
  }());
  // The fetcher knows the first one still, and the resolver the second.
  for (std::size_t i = 0; i < rolls.size(); ++i) {
    EXPECT_EQ(prove(surveys.at(i), clock_.now()).rdata,
              (std::vector<Bytes>{rolls.at(i).to_rdata()}));
  }
  EXPECT_EQ(surveyor_->fetched_again(), 1U);
  EXPECT_EQ(root_.times_asked(signal_name_), 3U);
}

TEST_F(SignalsFromAskingToJudging, ASignalByAnotherKeyIsBogusAndSaysWhy) {
  signal(first_.ds());
  std::ofstream(folder_ / "root.key")
      << ". IN DS " << dns::make_ds({}, second_.record(), dns::DigestType::sha256)->text() << "\n";
  resolver_ = net::Resolver::create(io_.get_executor(), options_).value();
  surveyor_ = std::make_unique<survey::SignalSurveyor>(
      *resolver_, *fetcher_, [this] { return net::Resolver::create(io_.get_executor(), options_); },
      net::read_trust_anchors(options_.trust_anchor).value());
  SignalSurvey survey;
  const Survey seen = apex(first_.ds());
  run([&]() -> awaitable<void> {
    co_await look(seen, survey);
    co_await end();
  }());
  const rules::ProvedSignal proved = prove(survey, clock_.now());
  EXPECT_EQ(proved.worth, SignalWorth::bogus);
  EXPECT_FALSE(proved.why.empty());
}

}  // namespace
}  // namespace dskeeper::cli
