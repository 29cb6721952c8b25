#include "report/report_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "net/resolver.h"
#include "net/testing/fake_server.h"

namespace dskeeper::report {
namespace {

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

Time at(int hours) {
  return Time{} + std::chrono::hours(hours);
}

// An agent that logs what it is asked, behind a resolver.
class Channel : public testing::Test {
 protected:
  Channel() {
    net::ResolverOptions options;
    options.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), net::free_port()};
    options.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    agent_ = std::make_unique<net::FakeServer>(io_, "127.0.0.1", options.forward_to->port,
                                               [this](const net::FakeQuery& query) {
                                                 asked_.push_back(query.question);
                                                 return reply_with(query, message_);
                                               });
    resolver_ = net::Resolver::create(io_.get_executor(), options).value();
    channel_ = std::make_unique<ReportChannel>(io_.get_executor(), *resolver_);
  }

  // Until the agent has been asked that often.
  void run(std::size_t questions) {
    questions_ = questions;
    boost::asio::co_spawn(io_, finish(), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io_.run();
  }
  boost::asio::awaitable<void> finish() {
    boost::asio::steady_timer timer(io_);
    while (asked_.size() < questions_) {
      timer.expires_after(std::chrono::milliseconds(5));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_await resolver_->close();
    agent_->stop();
  }

  static ErrorReport report(std::string_view child) {
    return {name(child), dns::RecordType::cds, 6, name("errors.ns1.example.net.")};
  }

  boost::asio::io_context io_{1};
  net::FakeMessage message_;
  std::unique_ptr<net::FakeServer> agent_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<ReportChannel> channel_;
  std::vector<dns::Question> asked_;
  std::size_t questions_ = 0;
};

TEST_F(Channel, AsksTheAgentForTxt) {
  EXPECT_EQ(channel_->send(report("kid.example."), at(0)), ReportOutcome::sent);
  run(1);
  EXPECT_THAT(asked_,
              testing::ElementsAre(dns::Question{
                  name("_er.59.kid.example.6._er.errors.ns1.example.net."), dns::RecordType::txt}));
}

TEST_F(Channel, NeverSendsTheSameTwiceInADay) {
  EXPECT_EQ(channel_->send(report("kid.example."), at(0)), ReportOutcome::sent);
  EXPECT_EQ(channel_->send(report("KID.example."), at(23)), ReportOutcome::sent_before);
  EXPECT_EQ(channel_->send(report("other.example."), at(23)), ReportOutcome::sent);
  EXPECT_EQ(channel_->send(report("kid.example."), at(24)), ReportOutcome::sent);
  run(2);
}

// RFC 9567 §6.1: a report that fails is no reason for another. Edge case 110.
TEST_F(Channel, AFailureHasNoConsequence) {
  message_.rcode = dns::Rcode::servfail;
  EXPECT_EQ(channel_->send(report("kid.example."), at(0)), ReportOutcome::sent);
  run(1);
  EXPECT_EQ(channel_->sent(), 1U);
  for (const dns::Question& question : asked_) EXPECT_EQ(question, asked_.front());
}

TEST_F(Channel, DropsWhatIsTooMuch) {
  for (std::size_t i = 0; i < ReportChannel::in_flight_max; ++i) {
    EXPECT_EQ(channel_->send(report("kid" + std::to_string(i) + ".example."), at(0)),
              ReportOutcome::sent);
  }
  EXPECT_EQ(channel_->send(report("one.too.many."), at(0)), ReportOutcome::no_room);
  run(ReportChannel::in_flight_max);
}

TEST_F(Channel, DropsWhatHasNoName) {
  const std::string label(60, 'a');
  EXPECT_EQ(channel_->send(report(label + '.' + label + '.' + label + '.' + label), at(0)),
            ReportOutcome::name_too_long);
  run(0);
}

}  // namespace
}  // namespace dskeeper::report
