#include "net/unbound_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "net/testing/fake_server.h"

namespace dskeeper::net {
namespace {

using dns::RecordType;

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

class UnboundContextTest : public testing::Test {
 protected:
  UnboundContextTest() {
    options_.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), free_port()};
    options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    server_ = std::make_unique<FakeServer>(
        io_, "127.0.0.1", options_.forward_to->port,
        [this](const FakeQuery& query) { return answer(query.question.name, query); });
  }

  // Its own address for each name, or silence.
  FakeReply answer(const dns::Name& owner, const FakeQuery& query) {
    asked_.push_back(owner);
    if (owner.is_at_or_below(name("silent.example."))) {
      io_.stop();
      return {};
    }
    const auto last = static_cast<std::uint8_t>(asked_.size());
    FakeMessage message;
    message.answer = {{owner, RecordType::a, dns::Ttl{300}, {192, 0, 2, last}}};
    return reply_with(query, message);
  }

  std::unique_ptr<UnboundContext> open() {
    return UnboundContext::open(io_.get_executor(), options_, [this] { after_results(); }).value();
  }
  void ask(UnboundContext& context, const std::string& host) {
    context.resolve(name(host), RecordType::a, [this, host](const Resolution& resolution) {
      found_[host].push_back(resolution);
    });
  }
  // The end of the last one is the end of the io_context's work.
  void after_results() {
    ++batches_;
    std::size_t count = 0;
    for (const auto& [host, resolutions] : found_) count += resolutions.size();
    if (count < expected_) return;
    for (UnboundContext* const context : open_) context->close();
    server_->stop();
  }

  boost::asio::io_context io_{1};
  ResolverOptions options_;
  std::unique_ptr<FakeServer> server_;
  std::vector<UnboundContext*> open_;
  std::size_t expected_ = 0;
  std::size_t batches_ = 0;
  std::map<std::string, std::vector<Resolution>> found_;
  std::vector<dns::Name> asked_;
};

TEST_F(UnboundContextTest, EachQuestionHasOneAnswerInBatches) {
  const auto context = open();
  open_ = {context.get()};
  expected_ = lookups_in_flight_max;
  for (std::size_t at = 0; at < expected_; ++at) {
    ask(*context, "host" + std::to_string(at) + ".example.");
  }
  EXPECT_EQ(context->in_flight(), expected_);
  EXPECT_THAT(found_, testing::IsEmpty());  // later, on the executor
  io_.run();
  ASSERT_EQ(found_.size(), expected_);
  for (const auto& [host, resolutions] : found_) {
    ASSERT_EQ(resolutions.size(), 1U) << host;
    EXPECT_EQ(resolutions.front().status, ResolutionStatus::insecure) << host;
    EXPECT_THAT(resolutions.front().rdata, testing::SizeIs(1)) << host;
  }
  EXPECT_EQ(context->in_flight(), 0U);
  EXPECT_LT(batches_, expected_);
}

TEST_F(UnboundContextTest, WhatIsKnownIsNotAskedAgain) {
  const auto context = open();
  expected_ = 1;
  ask(*context, "host.example.");
  while (found_.empty()) io_.run_one();
  open_ = {context.get()};
  expected_ = 3;
  ask(*context, "host.example.");
  ask(*context, "host.example.");
  server_->stop();
  io_.run();
  EXPECT_EQ(found_["host.example."].size(), 3U);
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(UnboundContextTest, SeveralWorkSideBySide) {
  const auto first = open();
  const auto second = open();
  const auto third = open();
  open_ = {first.get(), second.get(), third.get()};
  expected_ = 3;
  for (UnboundContext* const context : open_) ask(*context, "host.example.");
  io_.run();
  EXPECT_EQ(found_["host.example."].size(), 3U);
  EXPECT_EQ(asked_.size(), 3U);  // each has its own memory
}

// RFC 1035 §5.1: what must be escaped in text arrives as it is.
TEST_F(UnboundContextTest, AsksForNamesOfAnyOctets) {
  const auto context = open();
  open_ = {context.get()};
  const std::vector<std::string> hosts = {R"(a\.b.example.)", R"(\000\255.example.)",
                                          R"(\\x\"\;\@\$\(.example.)", R"(\032.example.)"};
  expected_ = hosts.size();
  std::vector<dns::Name> names;
  for (const std::string& host : hosts) {
    ask(*context, host);
    names.push_back(name(host));
  }
  io_.run();
  EXPECT_THAT(asked_, testing::UnorderedElementsAreArray(names));
  for (const auto& [host, resolutions] : found_)
    EXPECT_TRUE(resolutions.front().has_data()) << host;
}

TEST_F(UnboundContextTest, AfterTheEndNothingIsCalled) {
  for (const bool by_closing : {true, false}) {
    auto context = open();
    ask(*context, "silent.example.");
    io_.run();  // until the server has the question
    io_.restart();
    ask(*context, "late.silent.example.");
    if (by_closing) context->close();
    if (!by_closing) context.reset();
    io_.poll();
  }
  EXPECT_EQ(asked_, (std::vector{name("silent.example."), name("silent.example.")}));
  server_->stop();
  io_.restart();
  io_.run();  // nothing keeps it
  EXPECT_THAT(found_, testing::IsEmpty());
  EXPECT_EQ(batches_, 0U);
}

TEST_F(UnboundContextTest, MayBeClosedByAnAnswer) {
  const auto context = open();
  for (const char* const host : {"one.example.", "two.example.", "three.example."}) {
    context->resolve(name(host), RecordType::a, [this, host, &context](const Resolution& found) {
      found_[host].push_back(found);
      context->close();
      server_->stop();
    });
  }
  io_.run();
  EXPECT_EQ(found_.size(), 1U);
  EXPECT_EQ(batches_, 0U);
}

TEST_F(UnboundContextTest, SaysWhatLibunboundSaysOfItsFiles) {
  server_->stop();
  const auto folder = std::filesystem::temp_directory_path();
  const auto broken = folder / ("dskeeper-broken-" + std::to_string(options_.forward_to->port));
  std::ofstream(broken) << "this is no record\n";
  const auto error_of = [&](const ResolverOptions& options) {
    const auto opened = UnboundContext::open(io_.get_executor(), options, [] {});
    return opened ? Error{} : opened.error();
  };
  ResolverOptions options = options_;
  options.trust_anchor = broken;
  EXPECT_THAT(error_of(options).what, testing::HasSubstr("trust-anchor-file"));
  options = options_;
  options.root_hints = broken;
  EXPECT_THAT(error_of(options).what, testing::HasSubstr("root hints"));
  std::filesystem::remove(broken);
}

}  // namespace
}  // namespace dskeeper::net
