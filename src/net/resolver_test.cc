#include "net/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <fstream>

#include "net/testing/fake_server.h"

namespace dskeeper::net {
namespace {

using boost::asio::awaitable;
using dns::RecordType;

dns::Name name(const char* text) {
  return dns::Name::parse(text).value();
}

// A resolver that asks a fake one: the plumbing is ours to test, resolving is libunbound's.
class ResolverTest : public testing::Test {
 protected:
  ResolverTest() {
    options_.forward_to = Endpoint{IpAddress::parse("127.0.0.1").value(), free_port()};
    options_.permit = {IpPrefix::parse("127.0.0.0/8").value()};
    server_ =
        std::make_unique<FakeServer>(io_, "127.0.0.1", options_.forward_to->port,
                                     [this](const FakeQuery& query) { return answer(query); });
  }

  FakeReply answer(const FakeQuery& query) {
    const dns::Question& question = query.question;
    FakeMessage message;
    if (question.name == name("ns1.op.example.") && question.type == RecordType::a) {
      message.answer = {{question.name, question.type, dns::Ttl{300}, {192, 0, 2, 1}},
                        {question.name, question.type, dns::Ttl{300}, {192, 0, 2, 9}}};
    } else if (question.name == name("ns1.op.example.") && question.type == RecordType::aaaa) {
      Bytes rdata(16);
      rdata[0] = 0x20;
      message.answer = {{question.name, question.type, dns::Ttl{300}, rdata}};
    } else if (question.name == name("crowd.example.") && question.type == RecordType::a) {
      for (std::uint8_t last = 0; last <= host_addresses_max; ++last) {
        message.answer.push_back({question.name, question.type, dns::Ttl{300}, {192, 0, 2, last}});
      }
    } else if (question.name == name("gone.example.")) {
      message.rcode = dns::Rcode::nxdomain;
    } else if (question.name == name("broken.example.")) {
      message.rcode = dns::Rcode::servfail;
    }
    asked_.push_back(question);
    return reply_with(query, message);
  }

  Resolver& resolver() {
    if (resolver_ == nullptr) resolver_ = Resolver::create(io_.get_executor(), options_).value();
    return *resolver_;
  }

  void run(awaitable<void> work) {
    boost::asio::co_spawn(io_, finish(std::move(work)), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    io_.run();
  }
  awaitable<void> finish(awaitable<void> work) {
    co_await std::move(work);
    co_await resolver_->close();
    server_->stop();
  }

  std::size_t times_asked(const char* host, RecordType type) const {
    return static_cast<std::size_t>(
        std::count(asked_.begin(), asked_.end(), dns::Question{name(host), type}));
  }

  boost::asio::io_context io_{1};
  ResolverOptions options_;
  std::unique_ptr<FakeServer> server_;
  std::unique_ptr<Resolver> resolver_;
  std::vector<dns::Question> asked_;
};

awaitable<void> look_up_twice(Resolver& resolver) {
  const auto first = co_await resolver.addresses(name("ns1.op.example."));
  EXPECT_EQ(first->trouble, "");
  EXPECT_EQ(first->addresses.size(), 3U);
  EXPECT_TRUE(std::is_sorted(first->addresses.begin(), first->addresses.end()));
  EXPECT_EQ(resolver.cached_addresses(name("NS1.op.example.")), first);
  const auto second = co_await resolver.addresses(name("ns1.op.example."));
  EXPECT_EQ(first, second);
  EXPECT_EQ(resolver.lookups(), 2U);
}

TEST_F(ResolverTest, FindsBothFamiliesOnce) {
  run(look_up_twice(resolver()));
  EXPECT_EQ(times_asked("ns1.op.example.", RecordType::a), 1U);
}

awaitable<void> look_up_many(Resolver& resolver) {
  std::vector<dns::Name> hosts(50, name("ns1.op.example."));
  const auto found = co_await resolver.addresses_of(hosts);
  EXPECT_EQ(found.size(), 50U);
  for (const auto& one : found) EXPECT_EQ(one->addresses.size(), 3U);
  EXPECT_EQ(resolver.lookups(), 2U);
}

TEST_F(ResolverTest, IdenticalLookupsAreOne) {
  run(look_up_many(resolver()));
}

awaitable<void> look_up_trouble(Resolver& resolver) {
  const auto gone = co_await resolver.addresses(name("gone.example."));
  EXPECT_EQ(gone->trouble, "gone.example. does not exist");
  const auto none = co_await resolver.addresses(name("none.example."));
  EXPECT_EQ(none->trouble, "none.example. has no address");
  const auto broken = co_await resolver.addresses(name("broken.example."));
  EXPECT_THAT(broken->trouble, testing::HasSubstr("A of broken.example.: servfail"));
  const Resolution resolution = co_await resolver.resolve(name("gone.example."), RecordType::cds);
  EXPECT_EQ(resolution.status, ResolutionStatus::nxdomain);
  EXPECT_FALSE(resolution.is_validated);
}

TEST_F(ResolverTest, SaysWhyThereIsNoAddress) {
  run(look_up_trouble(resolver()));
}

awaitable<void> look_up_data(Resolver& resolver) {
  const Resolution resolution = co_await resolver.resolve(name("ns1.op.example."), RecordType::a);
  EXPECT_EQ(resolution.status, ResolutionStatus::insecure);
  EXPECT_EQ(resolution.rdata.size(), 2U);
  EXPECT_LE(resolution.ttl.seconds, 300U);
}

TEST_F(ResolverTest, GivesWhatItFound) {
  run(look_up_data(resolver()));
}

awaitable<void> look_up_refused(Resolver& resolver) {
  const auto found = co_await resolver.addresses(name("ns1.op.example."));
  EXPECT_TRUE(found->addresses.empty());
  EXPECT_THAT(found->trouble, testing::HasSubstr("servfail"));
}

TEST_F(ResolverTest, AsksNoSpecialPurposeAddress) {
  options_.permit.clear();
  run(look_up_refused(resolver()));
  EXPECT_THAT(asked_, testing::IsEmpty());
}

// 13 hosts of 4 addresses are usual; one of hundreds is somebody's trick (standards.md §18.5).
TEST_F(ResolverTest, AHostWithTooManyAddressesIsCutAndSaysSo) {
  run([](Resolver& one) -> awaitable<void> {
    const auto found = co_await one.addresses(name("crowd.example."));
    EXPECT_EQ(found->addresses.size(), host_addresses_max);
    EXPECT_FALSE(found->is_complete);
    EXPECT_THAT(found->trouble, testing::HasSubstr("more than 64 addresses"));
  }(resolver()));
}

TEST_F(ResolverTest, AFamilyThatIsOffIsNotLookedUp) {
  options_.ipv6 = false;
  run([](Resolver& one) -> awaitable<void> {
    const auto found = co_await one.addresses(name("ns1.op.example."));
    EXPECT_EQ(found->addresses.size(), 2U);
  }(resolver()));
  EXPECT_EQ(times_asked("ns1.op.example.", RecordType::aaaa), 0U);
}

TEST_F(ResolverTest, FilesThatCannotBeUsedAreNamed) {
  server_->stop();
  options_.root_hints = "/nonexistent/root.hints";
  const auto missing = Resolver::create(io_.get_executor(), options_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().where, "/nonexistent/root.hints");

  const auto broken = std::filesystem::temp_directory_path() / "dskeeper-broken.key";
  std::ofstream(broken) << "this is no DNSKEY\n";
  options_.root_hints.clear();
  options_.trust_anchor = broken;
  EXPECT_FALSE(Resolver::create(io_.get_executor(), options_));
  std::filesystem::remove(broken);
}

}  // namespace
}  // namespace dskeeper::net
