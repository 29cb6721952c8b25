// Transfer, UPDATE and confirmation against Knot DNS and BIND 9, with TSIG.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/update.h"
#include "net/exchange.h"
#include "parent/parent_question.h"
#include "parent/sinks.h"
#include "parent/sources.h"
#include "parent/test_name_server.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string digest(64, 'A');

std::string zone_text() {
  std::string text =
      "$TTL 300\n"
      "@ SOA ns.example. host.example. 7 3600 600 86400 300\n"
      "@ NS ns.example.\n"
      "ns A 192.0.2.53\n"
      "kid NS ns1.op.test.\nkid NS ns2.op.test.\n"
      "kid 60 DS 1 13 2 " +
      digest +
      "\nfirst NS ns1.op.test.\nfirst NS ns2.op.test.\n"
      "glued NS ns1.glued\nns1.glued A 192.0.2.1\nns1.glued AAAA 2001:db8::1\n";
  // More than one message of 64 KiB, so that the transfer's signatures are chained.
  for (int i = 0; i < 6000; ++i) {
    text += "n" + std::to_string(i) + " NS ns1.a-rather-long-name-of-a-host.op" +
            std::to_string(i) + ".test.\n";
  }
  return text;
}

class RealServers : public testing::TestWithParam<Software> {
 protected:
  using SnapshotResult = Result<std::shared_ptr<const Snapshot>>;

  void SetUp() override {
    ASSERT_EQ(access(TestNameServer::program(GetParam()), X_OK), 0) << "run scripts/install";
    server_ = std::make_unique<TestNameServer>(GetParam(), zone_text());
  }

  SnapshotResult read_zone(const std::optional<dns::TsigKey>& key) {
    TransferSourceOptions options;
    options.zone = name("example.");
    options.server = server_->endpoint();
    options.key = key;
    return run_to_end(make_transfer_source(std::move(options), *clock_)->read());
  }

  SendResult send(const Change& change, const dns::TsigKey& key) {
    return send_to(server_->endpoint(), change, key);
  }
  SendResult send_to(const Endpoint& server, const Change& change, const dns::TsigKey& key) {
    const auto sink =
        make_update_sink({name("example."), server, key, std::chrono::seconds(5)}, *clock_);
    const std::vector<Change> changes = {change};
    return run_to_end(sink->send(changes, Snapshot(name("example."), "7", {}))).at(0);
  }

  // An UPDATE beside those that dskeeper sends.
  void update(const std::function<void(dns::UpdateMessage&)>& fill) {
    dns::UpdateMessage message(name("example."));
    fill(message);
    dns::TsigExchange tsig(TestNameServer::update_key());
    const Bytes request =
        tsig.sign(message.encode(net::random_message_id()).value(), system_.now()).value();
    const auto response =
        run_to_end(net::exchange(server_->endpoint(), request, std::chrono::seconds(5)));
    ASSERT_TRUE(response) << response.error().error.text();
    EXPECT_EQ((*response)[3] & 0x0F, 0) << server_->log();
  }

  std::unique_ptr<Source> make_source() {
    TransferSourceOptions options;
    options.zone = name("example.");
    options.server = server_->endpoint();
    options.key = TestNameServer::transfer_key();
    return make_transfer_source(std::move(options), *clock_);
  }
  // Reads the changes, and holds them against the whole.
  std::shared_ptr<const Snapshot> read_changes(Source& source) {
    const auto changes = run_to_end(source.read());
    const auto whole = run_to_end(make_source()->read());
    EXPECT_TRUE(changes && whole) << server_->log();
    if (!changes || !whole) return nullptr;
    EXPECT_THAT((*changes)->reading(), StartsWith("changes since the serial "));
    EXPECT_THAT((*changes)->warnings(), IsEmpty());
    EXPECT_EQ((*whole)->reading(), "the whole zone");
    EXPECT_EQ((*changes)->size(), (*whole)->size());
    for (std::size_t i = 0; i < std::min((*changes)->size(), (*whole)->size()); ++i) {
      EXPECT_EQ((*changes)->at(i), (*whole)->at(i));
      EXPECT_EQ((*changes)->operator_key(i), (*whole)->operator_key(i));
    }
    return *changes;
  }

  Standing ask(const Change& change) {
    return run_to_end(make_confirmation({{server_->endpoint()}}, system_)->ask(change));
  }

  SystemClock system_;
  FixedClock wrong_{SystemClock().now() + std::chrono::hours(2)};
  const Clock* clock_ = &system_;
  std::unique_ptr<TestNameServer> server_;
};

TEST_P(RealServers, TransferTheZoneUnderTsig) {
  const auto snapshot = read_zone(TestNameServer::transfer_key());
  ASSERT_TRUE(snapshot) << snapshot.error().text() << server_->log();
  EXPECT_EQ((*snapshot)->revision(), "7");
  EXPECT_EQ((*snapshot)->size(), 6003U);
  EXPECT_EQ((*snapshot)->find(name("kid.example."))->ds, ds_set({1}));
  EXPECT_EQ((*snapshot)->find(name("kid.example."))->ds_ttl.seconds, 60U);
  EXPECT_EQ((*snapshot)->find(name("glued.example."))->name_servers.at(0).glue.size(), 2U);
}

TEST_P(RealServers, SayWhetherTheZoneHasChanged) {
  TransferSourceOptions options;
  options.zone = name("example.");
  options.server = server_->endpoint();
  options.key = TestNameServer::transfer_key();
  const auto source = make_transfer_source(std::move(options), *clock_);
  const auto snapshot = run_to_end(source->read());
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  EXPECT_EQ(run_to_end(source->has_changed(**snapshot)), false);
  ASSERT_EQ(send(test_change("first.example.", {}, {5}), TestNameServer::update_key()).status,
            SendStatus::taken);
  EXPECT_EQ(run_to_end(source->has_changed(**snapshot)), true);
}

TEST_P(RealServers, GiveWhatHasChangedWhichIsTheSameAsTheWhole) {
  const auto source = make_source();
  const auto first = run_to_end(source->read());
  ASSERT_TRUE(first) << first.error().text();
  const auto record = [](const std::string& text) { return records(text).at(0); };
  update([&](dns::UpdateMessage& message) {
    message.add(record("new 300 NS ns1.glued\n"));
    message.add(record("new 300 DS 5 13 2 " + digest + "\n"));
    message.delete_rrset(name("n17.example."), dns::RecordType::ns);
    message.add(record("n18 300 NS ns.n18\n"));
    message.add(record("ns.n18 300 A 192.0.2.18\n"));
  });
  update([&](dns::UpdateMessage& message) {
    message.delete_rrset(name("ns1.glued.example."), dns::RecordType::aaaa);
    message.add(record("ns1.glued 300 A 192.0.2.2\n"));
    message.delete_rrset(name("kid.example."), dns::RecordType::ds);
    message.add(record("kid 90 DS 1 13 2 " + digest + "\n"));
  });
  const auto second = read_changes(*source);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->size(), (*first)->size());
  EXPECT_FALSE(second->find(name("n17.example.")));
  EXPECT_EQ(second->find(name("new.example."))->name_servers.at(0).glue.size(), 2U);
  EXPECT_EQ(second->find(name("kid.example."))->ds_ttl.seconds, 90U);
  EXPECT_EQ(run_to_end(source->read()).value(), second) << "nothing is newer";

  // Twenty versions that take more than one message of 64 KiB, so that signatures are chained.
  std::vector<unsigned> before = {1};
  for (unsigned version = 0; version < 20; ++version) {
    std::vector<unsigned> after;
    for (unsigned tag = 0; tag < 50; ++tag) after.push_back(version * 50 + tag + 2);
    const SendResult sent =
        send(test_change("kid.example.", before, after), TestNameServer::update_key());
    ASSERT_EQ(sent.status, SendStatus::taken) << sent.reason << server_->log();
    before = after;
  }
  const auto third = read_changes(*source);
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(third->find(name("kid.example."))->ds, ds_set(before));
}

TEST_P(RealServers, RefuseTheTransferWithoutTheRightKey) {
  const auto without = read_zone(std::nullopt);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().text(), HasSubstr("refuses the transfer of example."));
  EXPECT_THAT(without.error().text(), HasSubstr("add the key"));

  const auto other = read_zone(TestNameServer::update_key());
  ASSERT_FALSE(other);
  // Knot DNS calls a key that its ACL does not name a bad one.
  EXPECT_THAT(other.error().text(), AnyOf(HasSubstr("may the key update. transfer it?"),
                                          HasSubstr("and what the server lets it do")));

  const auto wrong = read_zone(TestNameServer::key("transfer.", 99));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().text(), HasSubstr("BADSIG"));

  const auto unknown = read_zone(TestNameServer::key("unknown.", 1));
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().text(), HasSubstr("BADKEY"));

  clock_ = &wrong_;
  const auto late = read_zone(TestNameServer::transfer_key());
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().text(), HasSubstr("BADTIME"));
}

TEST_P(RealServers, TakeAFirstDsThenANewOneThenItsRemoval) {
  const struct {
    std::vector<unsigned> before;
    std::vector<unsigned> after;
  } steps[] = {{{}, {10}}, {{10}, {11, 12}}, {{11, 12}, {}}};
  for (const auto& [before, after] : steps) {
    const Change change = test_change("first.example.", before, after);
    const SendResult result = send(change, TestNameServer::update_key());
    EXPECT_EQ(result.status, SendStatus::taken) << result.reason << server_->log();
    EXPECT_EQ(ask(change), Standing::stands);
    // standards.md §19, 119: the same again, as after a lost response.
    const SendResult again = send(change, TestNameServer::update_key());
    EXPECT_EQ(again.status, SendStatus::taken) << again.reason;
    EXPECT_EQ(ask(change), Standing::stands);
  }
}

TEST_P(RealServers, ApplyAChangeOnceWhoseResponseIsLost) {
  // Between us and the server stands one that swallows the first response.
  int swallowed = 0;
  net::TestTcpServer between([&](const Bytes& request) {
    const auto response =
        run_to_end(net::exchange(server_->endpoint(), request, std::chrono::seconds(5)));
    if (swallowed++ == 0 || !response) return net::TestReply{};
    return net::TestReply{{*response}};
  });
  const Change change = test_change("kid.example.", {1}, {2});
  const SendResult lost = send_to(between.endpoint(), change, TestNameServer::update_key());
  EXPECT_EQ(lost.status, SendStatus::unknown);
  const SendResult again = send_to(between.endpoint(), change, TestNameServer::update_key());
  EXPECT_EQ(again.status, SendStatus::taken) << again.reason;
}

TEST_P(RealServers, ChangeNothingThatIsNotAsJudged) {
  const Change other_ds = test_change("kid.example.", {7}, {2});
  EXPECT_EQ(send(other_ds, TestNameServer::update_key()).status, SendStatus::not_as_judged);
  const Change first_of_secure = test_change("kid.example.", {}, {2});
  EXPECT_EQ(send(first_of_secure, TestNameServer::update_key()).status, SendStatus::not_as_judged);
  Change other_ns = test_change("kid.example.", {1}, {2});
  other_ns.hosts.pop_back();
  const SendResult result = send(other_ns, TestNameServer::update_key());
  EXPECT_EQ(result.status, SendStatus::not_as_judged);
  EXPECT_THAT(result.reason, HasSubstr("NS set"));
  EXPECT_EQ(send(test_change("gone.example.", {1}, {2}), TestNameServer::update_key()).status,
            SendStatus::not_as_judged);
  EXPECT_EQ(ask(test_change("kid.example.", {5}, {1})), Standing::stands) << "as it was";
}

TEST_P(RealServers, RefuseAnUpdateWithoutTheRightKey) {
  const Change change = test_change("kid.example.", {1}, {2});
  const struct {
    dns::TsigKey key;
    const char* reason;
  } cases[] = {
      {TestNameServer::transfer_key(), ""},
      {TestNameServer::key("update.", 99, dns::TsigAlgorithm::hmac_sha512), "BADSIG"},
      {TestNameServer::key("unknown.", 1), "BADKEY"},
  };
  for (const auto& [key, reason] : cases) {
    const SendResult result = send(change, key);
    EXPECT_EQ(result.status, SendStatus::later) << result.reason;
    EXPECT_THAT(result.reason, HasSubstr(reason));
  }
  clock_ = &wrong_;
  const SendResult late = send(change, TestNameServer::update_key());
  EXPECT_EQ(late.status, SendStatus::later) << late.reason;
  EXPECT_THAT(late.reason, HasSubstr("BADTIME: the server's clock says"));
  clock_ = &system_;
  EXPECT_EQ(ask(change), Standing::not_yet) << "as it was";
}

// Knot DNS signs the zone and makes its ZONEMD (RFC 8976).
TEST(SigningServer, GivesAZoneThatIsAsItsZonemdSaysAndWhoseSignatureCountsNow) {
  const TestNameServer server(
      Software::knot_signing,
      zone_text() +
          "Mixed TXT \"Case\"\n*.wild TXT w\n"
          "a\\000b TXT x\na TXT y\ndnamed DNAME Other.Test.\nm MX 5 MX.Test.\n");
  const SystemClock clock;
  TransferSourceOptions options;
  options.zone = name("example.");
  options.server = server.endpoint();
  options.key = TestNameServer::transfer_key();
  const auto source = make_transfer_source(std::move(options), clock);
  const auto snapshot = run_to_end(source->read());
  ASSERT_TRUE(snapshot) << snapshot.error().text();
  EXPECT_EQ((*snapshot)->size(), 6003U);
  EXPECT_THAT((*snapshot)->warnings(), IsEmpty());
  ASSERT_TRUE((*snapshot)->soa_signature());
  EXPECT_TRUE((*snapshot)->soa_signature()->contains(clock.now()));
  const ParentQuestion question{
      server.endpoint(), {name("example."), dns::RecordType::zonemd}, {}, std::chrono::seconds(5)};
  const auto zonemd = run_to_end(ask_parent(question, clock));
  ASSERT_TRUE(zonemd) << zonemd.error().text();
  EXPECT_NE(zonemd->find_answer(name("example."), dns::RecordType::zonemd), nullptr);
  EXPECT_EQ(run_to_end(source->read()).value()->reading(), "the whole zone")
      << "what has changed cannot be held against a ZONEMD";
}

INSTANTIATE_TEST_SUITE_P(All, RealServers, testing::Values(Software::knot, Software::bind),
                         [](const auto& tested) {
                           return tested.param == Software::knot ? "KnotDns" : "Bind9";
                         });

}  // namespace
}  // namespace dskeeper::parent
