#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "parent/sinks.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string digest(64, 'A');

std::string line(const std::string& child, unsigned ttl, unsigned tag) {
  return child + " " + std::to_string(ttl) + " IN DS " + std::to_string(tag) + " 13 2 " + digest +
         "\n";
}

class ZoneFileSink : public testing::Test {
 protected:
  SendResult send(const std::vector<Change>& changes, const Snapshot& snapshot) {
    const std::vector<SendResult> results = run_to_end(sink_->send(changes, snapshot));
    EXPECT_EQ(results.size(), changes.size());
    return results.empty() ? SendResult{} : results.front();
  }
  Result<void> follow(const Snapshot& snapshot) { return run_to_end(sink_->follow(snapshot)); }
  [[nodiscard]] std::string text() const { return contents(options_.file); }

  static Snapshot snapshot(const std::string& revision,
                           const std::vector<Delegation>& delegations) {
    return {name("example."), revision, delegations};
  }

  TestFolder folder_;
  ZoneFileSinkOptions options_{
      .zone = name("example."), .file = folder_.path() / "ds.zone", .vanish_min = 0};
  std::unique_ptr<Sink> sink_ = make_zone_file_sink(options_);
};

TEST_F(ZoneFileSink, WritesTheDsSetOfEveryDelegationWithTheRevision) {
  const Snapshot source =
      snapshot("7", {test_delegation("a.example.", {1, 2}), test_delegation("b.example.", {}),
                     test_delegation("c.example.", {3})});
  EXPECT_EQ(send({test_change("b.example.", {}, {9})}, source).status, SendStatus::taken);
  EXPECT_EQ(text(),
            "; DS records of example., written by dskeeper, which reads them again: do not edit.\n"
            "; revision 7\n"
            "; ahead of the source b.example. says [nothing]\n" +
                line("a.example.", 3600, 1) + line("a.example.", 3600, 2) +
                line("b.example.", 600, 9) + line("c.example.", 3600, 3) + "; end\n");
}

// [10026-4] RFC 10026 §4.1.2.
TEST_F(ZoneFileSink, WritesAnotherTtlOfTheSameSetAndKeepsIt) {
  const Snapshot source = snapshot("7", {test_delegation("a.example.", {1})});
  Change restore = test_change("a.example.", {1}, {1});
  restore.ttl = dns::Ttl{7200};
  EXPECT_EQ(send({restore}, source).status, SendStatus::taken);
  EXPECT_THAT(text(), HasSubstr(line("a.example.", 7200, 1)));
  follow(snapshot("8", {test_delegation("a.example.", {1})}));
  EXPECT_THAT(text(), HasSubstr(line("a.example.", 7200, 1)));
  EXPECT_THAT(text(), Not(HasSubstr("ahead of the source a.example.")));
}

TEST_F(ZoneFileSink, RemovesTheSetOfAChildThatAsksForIt) {
  const Snapshot source = snapshot("7", {test_delegation("a.example.", {1})});
  follow(source);
  EXPECT_EQ(send({test_change("a.example.", {1}, {})}, source).status, SendStatus::taken);
  EXPECT_THAT(text(), Not(HasSubstr("IN DS")));
}

TEST_F(ZoneFileSink, KeepsAnEarlierChangeUntilTheSourceSaysAnythingElse) {
  const Delegation bystander = test_delegation("z.example.", {5});
  const Snapshot before = snapshot("7", {test_delegation("a.example.", {1}), bystander});
  ASSERT_EQ(send({test_change("a.example.", {1}, {2})}, before).status, SendStatus::taken);

  follow(snapshot("8", {test_delegation("a.example.", {1}), bystander}));
  EXPECT_THAT(text(), HasSubstr(line("a.example.", 600, 2))) << "the source lags";
  EXPECT_THAT(text(), HasSubstr("; revision 8\n"));

  follow(snapshot("9", {test_delegation("a.example.", {2}), bystander}));
  EXPECT_THAT(text(), HasSubstr(line("a.example.", 600, 2))) << "it has caught up";
  EXPECT_THAT(text(), Not(HasSubstr("ahead")));

  follow(snapshot("10", {test_delegation("a.example.", {1}), bystander}));
  EXPECT_THAT(text(), HasSubstr(line("a.example.", 3600, 1))) << "changed out of band";
}

TEST_F(ZoneFileSink, AnOutOfBandChangeOutdatesAnEarlierOne) {
  const Snapshot before = snapshot("7", {test_delegation("a.example.", {1})});
  ASSERT_EQ(send({test_change("a.example.", {1}, {2})}, before).status, SendStatus::taken);
  follow(snapshot("8", {test_delegation("a.example.", {3})}));
  EXPECT_THAT(text(), HasSubstr(line("a.example.", 3600, 3)));
  EXPECT_THAT(text(), Not(HasSubstr("ahead")));
}

TEST_F(ZoneFileSink, KeepsAnEarlierRemovalToo) {
  const Snapshot before =
      snapshot("7", {test_delegation("a.example.", {1}), test_delegation("b.example.", {})});
  ASSERT_EQ(send({test_change("a.example.", {1}, {})}, before).status, SendStatus::taken);
  ASSERT_EQ(send({test_change("b.example.", {}, {2})}, before).status, SendStatus::taken);
  EXPECT_THAT(text(), Not(HasSubstr("a.example. 3600")));
  EXPECT_THAT(text(), HasSubstr(line("b.example.", 600, 2)));
}

TEST_F(ZoneFileSink, MayBeToldTwice) {
  const Snapshot source = snapshot("7", {test_delegation("a.example.", {1})});
  const Change change = test_change("a.example.", {1}, {2});
  ASSERT_EQ(send({change}, source).status, SendStatus::taken);
  const std::string once = text();
  EXPECT_EQ(send({change}, source).status, SendStatus::taken);
  EXPECT_EQ(text(), once);
}

TEST_F(ZoneFileSink, TakesNothingThatWasJudgedOnSomethingElse) {
  const Snapshot source = snapshot("7", {test_delegation("a.example.", {1})});
  Change other_hosts = test_change("a.example.", {1}, {2});
  other_hosts.hosts.pop_back();
  for (const Change& change :
       {test_change("a.example.", {7}, {2}), test_change("gone.example.", {1}, {2}), other_hosts}) {
    const SendResult result = send({change}, source);
    EXPECT_EQ(result.status, SendStatus::not_as_judged) << change.child.text();
    EXPECT_FALSE(result.reason.empty());
  }
  EXPECT_THAT(text(), HasSubstr(line("a.example.", 3600, 1)));
}

TEST_F(ZoneFileSink, LeavesTheFileWhereTheSourceIsEmpty) {
  follow(snapshot("7", {test_delegation("a.example.", {1})}));
  const std::string before = text();
  const SendResult result = send({test_change("a.example.", {1}, {2})}, snapshot("8", {}));
  EXPECT_EQ(result.status, SendStatus::not_as_judged);
  EXPECT_EQ(text(), before);
}

TEST_F(ZoneFileSink, LeavesTheFileWhereMoreWouldVanishThanTheBreakerAllows) {
  options_.vanish_share = 0.1;
  sink_ = make_zone_file_sink(options_);
  std::vector<Delegation> delegations;
  for (unsigned i = 10; i < 30; ++i) {
    delegations.push_back(test_delegation("k" + std::to_string(i) + ".example.", {i}));
  }
  follow(snapshot("7", delegations));
  const Change ours = test_change("k10.example.", {10}, {});
  const Change other = test_change("k11.example.", {11}, {99});

  delegations[19].ds.clear();
  delegations[18].ds.clear();
  delegations[17].ds.clear();  // three of twenty
  const std::string before = text();
  const SendResult refused = send({other}, snapshot("8", delegations));
  EXPECT_EQ(refused.status, SendStatus::later);
  EXPECT_THAT(refused.reason, HasSubstr("3 of the 20 DS sets"));
  EXPECT_EQ(text(), before);

  delegations[17].ds = ds_set({27});  // two, and one more by a change of ours
  EXPECT_EQ(send({ours, other}, snapshot("9", delegations)).status, SendStatus::taken);
  EXPECT_NE(text(), before);
}

// Not only where a change of ours waits for it.
TEST_F(ZoneFileSink, SaysWhyItDoesNotFollowItsSource) {
  ASSERT_TRUE(follow(snapshot("7", {test_delegation("a.example.", {1})})));
  const std::string before = text();
  const auto vanished = follow(snapshot("8", {test_delegation("a.example.", {})}));
  ASSERT_FALSE(vanished);
  EXPECT_THAT(vanished.error().text(), HasSubstr("1 of the 1 DS sets"));
  const auto older = follow(snapshot("6", {test_delegation("a.example.", {1})}));
  ASSERT_FALSE(older);
  EXPECT_THAT(older.error().text(), HasSubstr("older than the file's"));
  EXPECT_EQ(text(), before);
}

TEST_F(ZoneFileSink, LeavesTheFileWhereTheSourceIsOlderThanIt) {
  const std::vector<Delegation> delegations = {test_delegation("a.example.", {1})};
  follow(snapshot("4294967295", delegations));
  follow(snapshot("3", delegations));  // RFC 1982: newer
  EXPECT_THAT(text(), HasSubstr("; revision 3\n"));
  const SendResult result =
      send({test_change("a.example.", {1}, {2})}, snapshot("4294967295", delegations));
  EXPECT_EQ(result.status, SendStatus::later);
  EXPECT_THAT(result.reason, HasSubstr("older than the file's"));
}

TEST_F(ZoneFileSink, DoesNotTouchAFileOfSomebodyElse) {
  const Snapshot source = snapshot("7", {test_delegation("a.example.", {1})});
  follow(source);
  const std::string ours = text();
  const std::string cut = ours.substr(0, ours.size() - 6);
  for (const std::string& foreign :
       {std::string("a.example. 60 IN DS 1 13 2 AA\n"), std::string(), cut}) {
    folder_.write("ds.zone", foreign);
    const SendResult result = send({test_change("a.example.", {1}, {2})}, source);
    EXPECT_EQ(result.status, SendStatus::later);
    EXPECT_THAT(result.reason, HasSubstr("Move it away"));
    EXPECT_EQ(text(), foreign);
  }
}

// A limit on the size of files stands for a full disk.
TEST_F(ZoneFileSink, AFullDiskKeepsTheOldFile) {
  std::vector<Delegation> delegations;
  for (unsigned i = 100; i < 200; ++i) {
    delegations.push_back(test_delegation("k" + std::to_string(i) + ".example.", {i}));
  }
  follow(snapshot("7", delegations));
  const std::string before = text();
  struct rlimit old_limit {};
  getrlimit(RLIMIT_FSIZE, &old_limit);
  struct rlimit small = old_limit;
  small.rlim_cur = 1000;
  auto* old_handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const SendResult result =
      send({test_change("k100.example.", {100}, {7})}, snapshot("8", delegations));
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(result.status, SendStatus::later);
  EXPECT_THAT(result.reason, HasSubstr("cannot be written: File too large"));
  EXPECT_EQ(text(), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1)
      << "nothing is left beside it";
}

TEST_F(ZoneFileSink, FollowsALinkAndKeepsTheMode) {
  const auto real = folder_.write("real.zone", "");
  std::filesystem::remove(real);
  std::filesystem::create_symlink(real, options_.file);
  const std::vector<Delegation> delegations = {test_delegation("a.example.", {1})};
  follow(snapshot("7", delegations));
  std::filesystem::permissions(real, std::filesystem::perms(0640));
  follow(snapshot("8", delegations));
  EXPECT_TRUE(std::filesystem::is_symlink(options_.file));
  EXPECT_EQ(std::filesystem::status(real).permissions(), std::filesystem::perms(0640));
  EXPECT_THAT(contents(real), HasSubstr("; revision 8\n"));
}

}  // namespace
}  // namespace dskeeper::parent
