#include "child/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>

#include "net/testing/fake_server.h"

namespace dskeeper::child {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

// The names that are looked up where each is denied by a zone of that name, and how it ends.
std::vector<std::string> walk(std::string_view child, const std::vector<std::string_view>& soas) {
  std::vector<std::string> names;
  auto asked = first_lookup(name(child));
  if (!asked) return {"error"};
  for (const auto soa : soas) {
    names.push_back(asked->name.text());
    auto next = next_lookup(name(child), *asked, name(soa));
    if (!next) {
      names.emplace_back("error");
      return names;
    }
    if (!*next) {
      names.emplace_back("none");
      return names;
    }
    asked = **next;
  }
  names.push_back(asked->name.text());
  return names;
}

// standards.md §13.2.
TEST(Rfc9859, S4_1_WhatIsLookedUpAfterEachDenial) {
  const struct {
    std::string_view child;
    std::vector<std::string_view> soas;
    std::vector<std::string> names;
  } cases[] = {
      // One label below the parent: the wildcard's name, then the catch-all.
      {"child.example.", {"example."}, {"child._dsync.example.", "_dsync.example."}},
      {"child.example.",
       {"example.", "example."},
       {"child._dsync.example.", "_dsync.example.", "none"}},
      // The RFC's own example: delegated from example., four labels up.
      {"subsub.sub.child.example.",
       {"example."},
       {"subsub._dsync.sub.child.example.", "subsub.sub.child._dsync.example."}},
      {"subsub.sub.child.example.",
       {"example.", "example.", "example."},
       {"subsub._dsync.sub.child.example.", "subsub.sub.child._dsync.example.", "_dsync.example.",
        "none"}},
      // … and from a zone in between.
      {"subsub.sub.child.example.",
       {"child.example."},
       {"subsub._dsync.sub.child.example.", "subsub.sub._dsync.child.example."}},
      {"subsub.sub.child.example.",
       {"sub.child.example."},
       {"subsub._dsync.sub.child.example.", "_dsync.sub.child.example."}},
      // `_dsync` is a zone of its own; and one below it (edge case 116).
      {"child.example.",
       {"_dsync.example.", "_dsync.example."},
       {"child._dsync.example.", "_dsync.example.", "none"}},
      {"child.example.",
       {"child._dsync.example.", "example."},
       {"child._dsync.example.", "_dsync.example.", "none"}},
      {"a.b.example.",
       {"example.", "_dsync.example.", "_dsync.example."},
       {"a._dsync.b.example.", "a.b._dsync.example.", "_dsync.example.", "none"}},
      // The root's children (edge case 115).
      {"tld.", {".", "."}, {"tld._dsync.", "_dsync.", "none"}},
      {"example.tld.",
       {".", ".", "."},
       {"example._dsync.tld.", "example.tld._dsync.", "_dsync.", "none"}},
      {"tld.", {"_dsync."}, {"tld._dsync.", "_dsync."}},
      // A denial by a zone that the name does not lie in.
      {"child.example.", {"other."}, {"child._dsync.example.", "error"}},
      {"child.example.", {"child.example."}, {"child._dsync.example.", "error"}},
      {".", {}, {"error"}},
  };
  for (const auto& row : cases) EXPECT_EQ(walk(row.child, row.soas), row.names) << row.child;
}

TEST(EdgeCase, N112_TheRecordThatCanBeUsedIsFound) {
  Discovery discovery;
  for (const char* text : {"CDS 0 53 a.", "CDS NOTIFY 0 b.", "CDS 200 53 c.", "CSYNC NOTIFY 53 d.",
                           "CDS NOTIFY 53 .", "CDS NOTIFY 5359 good."}) {
    discovery.records.push_back(dns::Dsync::parse(text).value());
  }
  ASSERT_NE(discovery.find(dns::RecordType::cds), nullptr);
  EXPECT_EQ(discovery.find(dns::RecordType::cds)->target, name("good."));
  EXPECT_EQ(discovery.find(dns::RecordType::csync)->target, name("d."));
  discovery.records.pop_back();
  EXPECT_EQ(discovery.find(dns::RecordType::cds), nullptr);
}

// A resolver that asks one that is scripted.
class DiscoveryTest : public testing::Test {
 protected:
  DiscoveryTest() {
    options_.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), net::free_port()};
    options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    server_ = std::make_unique<net::FakeServer>(
        io_, "127.0.0.1", options_.forward_to->port,
        [this](const net::FakeQuery& query) { return answer(query); });
    resolver_ = net::Resolver::create(io_.get_executor(), options_).value();
  }

  net::FakeReply answer(const net::FakeQuery& query) {
    const dns::Question& question = query.question;
    net::FakeMessage message;
    const auto there = records_.find(question.name.text());
    if (question.type == dns::RecordType::dsync && there != records_.end()) {
      for (const std::string& text : there->second) {
        message.answer.push_back({question.name, question.type, dns::Ttl{60},
                                  dns::Dsync::parse(text).value().to_rdata()});
      }
    } else if (has_failed_) {
      message.rcode = dns::Rcode::servfail;
    } else {
      message.rcode = dns::Rcode::nxdomain;
      Bytes soa = from_hex("0161000162000000000100000002000000030000000400000005").value();
      if (!zone_.empty()) {
        message.authority = {{name(zone_), dns::RecordType::soa, dns::Ttl{5}, std::move(soa)}};
      }
    }
    return reply_with(query, message);
  }

  Result<Discovery> discover(std::string_view child) {
    std::optional<Result<Discovery>> result;
    boost::asio::co_spawn(io_, work(name(child), result), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io_.run();
    return *std::move(result);
  }
  boost::asio::awaitable<void> work(dns::Name child, std::optional<Result<Discovery>>& result) {
    result = co_await discover_dsync(*resolver_, std::move(child));
    co_await resolver_->close();
    server_->stop();
  }

  boost::asio::io_context io_{1};
  net::ResolverOptions options_;
  std::unique_ptr<net::FakeServer> server_;
  std::unique_ptr<net::Resolver> resolver_;
  std::map<std::string, std::vector<std::string>> records_;
  std::string zone_ = "example.";
  bool has_failed_ = false;
};

TEST_F(DiscoveryTest, EndsAtTheFirstAnswerWithData) {
  records_["_dsync.example."] = {"CDS NOTIFY 5359 notify.example."};
  const auto found = discover("sub.child.example.");
  ASSERT_TRUE(found) << found.error().text();
  std::vector<std::string> names;
  for (const DiscoveryStep& step : found->steps) names.push_back(step.name.text());
  EXPECT_THAT(names, ElementsAre("sub._dsync.child.example.", "sub.child._dsync.example.",
                                 "_dsync.example."));
  ASSERT_NE(found->find(dns::RecordType::cds), nullptr);
  EXPECT_FALSE(found->is_secure());
}

TEST_F(DiscoveryTest, NobodyIsToldApartFromNoAnswer) {
  const auto none = discover("child.example.");
  ASSERT_TRUE(none) << none.error().text();
  EXPECT_EQ(none->steps.size(), 2U);
  EXPECT_TRUE(none->records.empty());
}

TEST_F(DiscoveryTest, AFailureIsNoDenial) {
  has_failed_ = true;
  const auto failed = discover("child.example.");
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().text(), HasSubstr("DSYNC of child._dsync.example.: servfail"));
}

TEST_F(DiscoveryTest, ADenialWithoutSoaIsNoDenial) {
  zone_.clear();
  EXPECT_FALSE(discover("child.example."));
}

}  // namespace
}  // namespace dskeeper::child
