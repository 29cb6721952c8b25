// Name servers and glue of a delegation, changed by UPDATE at Knot DNS and BIND 9.
#include "parent/name_server_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "parent/referral.h"
#include "parent/sinks.h"
#include "parent/test_name_server.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::HasSubstr;

const std::vector<NameServer> glued = {
    test_host("ns1.glued.example.", {"192.0.2.1", "2001:db8::1"})};

std::string zone_text() {
  return "$TTL 300\n"
         "@ SOA ns.example. host.example. 7 3600 600 86400 300\n"
         "@ NS ns.example.\n"
         "ns A 192.0.2.53\n"
         "kid 1200 NS ns1.op.test.\nkid 1200 NS ns2.op.test.\n"
         "kid 60 DS 1 13 2 " +
         std::string(64, 'A') + "\nglued NS ns1.glued\nglued 60 DS 1 13 2 " + std::string(64, 'A') +
         "\nns1.glued A 192.0.2.1\nns1.glued AAAA 2001:db8::1\n"
         "user NS ns1.glued\n";
}

class NameServerUpdate : public testing::TestWithParam<Software> {
 protected:
  void SetUp() override {
    ASSERT_EQ(access(TestNameServer::program(GetParam()), X_OK), 0) << "run scripts/install";
    server_ = std::make_unique<TestNameServer>(GetParam(), zone_text());
  }

  SendResult send(const Change& change) {
    const auto sink = make_update_sink({name("example."), server_->endpoint(),
                                        TestNameServer::update_key(), std::chrono::seconds(5)},
                                       clock_);
    const std::vector<Change> changes = {change};
    return run_to_end(sink->send(changes, Snapshot(name("example."), "7", {}))).at(0);
  }
  Standing ask(const Change& change) {
    return run_to_end(make_confirmation({{server_->endpoint()}}, clock_)->ask(change));
  }
  std::optional<Referral> referral(const std::string& child) {
    const ReferralQuestion question{server_->endpoint(), name(child), {}, std::chrono::seconds(5)};
    const auto answer = run_to_end(ask_referral(question, clock_));
    EXPECT_TRUE(answer) << answer.error().text();
    return answer.value_or(std::nullopt);
  }

  SystemClock clock_;
  std::unique_ptr<TestNameServer> server_;
};

TEST_P(NameServerUpdate, ReplacesNamesAndGlueInOneMessage) {
  const std::vector<NameServer> after = {
      test_host("ns1.kid.example.", {"192.0.2.7", "2001:db8::7"}),
      test_host("ns2.kid.example.", {"192.0.2.8"})};
  const Change change = test_csync_change(
      "kid.example.", {test_host("ns1.op.test."), test_host("ns2.op.test.")}, after);
  EXPECT_EQ(ask(change), Standing::not_yet);
  EXPECT_EQ(send(change).reason, "");
  const auto now = referral("kid.example.");
  ASSERT_TRUE(now);
  EXPECT_EQ(now->name_servers, after);
  EXPECT_EQ(now->ttl.seconds, 1200U) << "RFC 7477 §3.2.1: the TTL is the parent's";
  EXPECT_EQ(ask(change), Standing::stands);
  // The same once more, as after a crash.
  EXPECT_EQ(send(change).status, SendStatus::taken);
}

TEST_P(NameServerUpdate, RenumbersGlue_AndTakesAFamilyAway) {
  const Change change =
      test_csync_change("glued.example.", glued, {test_host("ns1.glued.example.", {"192.0.2.99"})});
  EXPECT_EQ(send(change).reason, "");
  EXPECT_EQ(referral("glued.example.")->name_servers, change.name_servers->after);
  EXPECT_EQ(ask(change), Standing::stands);
}

TEST_P(NameServerUpdate, ChangesNothing_WhereGlueIsNotAsJudged) {
  const Change change = test_csync_change(
      "glued.example.", {test_host("ns1.glued.example.", {"192.0.2.2", "2001:db8::1"})},
      {test_host("ns1.glued.example.", {"192.0.2.99"})});
  const SendResult result = send(change);
  EXPECT_EQ(result.status, SendStatus::not_as_judged);
  EXPECT_THAT(result.reason, HasSubstr("their glue are no longer"));
  EXPECT_EQ(referral("glued.example.")->name_servers, glued);
  EXPECT_EQ(ask(change), Standing::otherwise);
}

TEST_P(NameServerUpdate, ChangesNothing_WhereTheDsSetIsNotAsJudged) {
  Change change = test_csync_change("glued.example.", glued,
                                    {test_host("ns1.op.test."), test_host("ns2.op.test.")});
  change.before = change.after = ds_set({2});
  const SendResult result = send(change);
  EXPECT_EQ(result.status, SendStatus::not_as_judged);
  EXPECT_THAT(result.reason, HasSubstr("the DS set"));
}

TEST_P(NameServerUpdate, RemovesGlueThatNobodyUses) {
  const Change change = test_csync_change("glued.example.", glued,
                                          {test_host("ns1.op.test."), test_host("ns2.op.test.")});
  EXPECT_EQ(send(change).reason, "");
  EXPECT_TRUE(referral("user.example.")->name_servers.front().glue.empty());
}

TEST_P(NameServerUpdate, NeverRemovesGlueThatOthersUse) {
  const Change change = test_csync_change(
      "glued.example.", glued, {test_host("ns1.op.test."), test_host("ns2.op.test.")}, glued);
  EXPECT_EQ(send(change).reason, "");
  EXPECT_EQ(referral("user.example.")->name_servers, glued);
}

TEST_P(NameServerUpdate, SaysThatThereIsNoDelegation) {
  const SendResult result = send(test_csync_change("nobody.example.", {test_host("ns1.op.test.")},
                                                   {test_host("ns2.op.test.")}));
  EXPECT_EQ(result.status, SendStatus::not_as_judged);
  EXPECT_EQ(result.reason, "the parent no longer has the delegation");
}

INSTANTIATE_TEST_SUITE_P(Servers, NameServerUpdate, testing::Values(Software::knot, Software::bind),
                         [](const auto& parameter) {
                           return std::string(parameter.param == Software::knot ? "Knot" : "Bind");
                         });

}  // namespace
}  // namespace dskeeper::parent
