// The zone-file sink with `content = "delegations"`: NS, DS and glue of every delegation, so that
// CSYNC (RFC 7477) has a place where the parent zone is made from files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "parent/sinks.h"
#include "parent/sources.h"
#include "parent/test_support.h"

namespace dskeeper::parent {
namespace {

using testing::HasSubstr;
using testing::Not;
using Servers = std::vector<NameServer>;

const NameServer ns1 = test_host("ns1.kid.example.", {"192.0.2.1", "2001:db8::1"});
const NameServer ns1_moved = test_host("ns1.kid.example.", {"192.0.2.7"});
const NameServer op1 = test_host("ns1.op.test.");
const NameServer op2 = test_host("ns2.op.test.");

Delegation delegation(std::string_view child, Servers servers,
                      const std::vector<unsigned>& tags = {1}) {
  Delegation made = test_delegation(child, tags);
  made.name_servers = std::move(servers);
  return made;
}

Snapshot source(const std::string& revision, const std::vector<Delegation>& delegations) {
  return {name("example."), revision, delegations};
}

class ZoneFileDelegations : public testing::Test {
 protected:
  SendResult send(const Change& change, const Snapshot& snapshot) {
    const std::vector<Change> changes = {change};
    return run_to_end(sink_->send(changes, snapshot)).at(0);
  }
  void follow(const Snapshot& snapshot) { EXPECT_TRUE(run_to_end(sink_->follow(snapshot))); }
  [[nodiscard]] std::string text() const { return contents(options_.file); }
  // Its records.
  [[nodiscard]] std::string lines_with(std::string_view word) const {
    std::istringstream in(text());
    std::string out;
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with(';') && line.find(word) != std::string::npos) out += line + "\n";
    }
    return out;
  }

  TestFolder folder_;
  ZoneFileSinkOptions options_{.zone = name("example."),
                               .file = folder_.path() / "delegations.zone",
                               .content = ZoneFileContent::delegations,
                               .name_server_ttl = dns::Ttl{300}};
  std::unique_ptr<Sink> sink_ = make_zone_file_sink(options_);
};

TEST_F(ZoneFileDelegations, HasEachDelegationWhole_AndEachGlueOnce) {
  follow(source("7", {delegation("kid.example.", {ns1, op1}), delegation("lad.example.", {ns1}, {}),
                      delegation("user.example.",
                                 {test_host("ns.outside.example.", {"192.0.2.9"}), op2}, {})}));
  EXPECT_EQ(text(),
            "; Delegations of example., written by dskeeper, which reads them again: do not edit.\n"
            "; revision 7\n"
            "kid.example. 300 IN NS ns1.kid.example.\n"
            "kid.example. 300 IN NS ns1.op.test.\n"
            "kid.example. 3600 IN DS 1 13 2 " +
                std::string(64, 'A') +
                "\n"
                "ns1.kid.example. 300 IN AAAA 2001:db8::1\n"
                "ns1.kid.example. 300 IN A 192.0.2.1\n"
                "lad.example. 300 IN NS ns1.kid.example.\n"
                "user.example. 300 IN NS ns.outside.example.\n"
                "user.example. 300 IN NS ns2.op.test.\n"
                "; end\n")
      << "a host that lies in no delegation is the zone's own";
}

// [7477-8]
TEST_F(ZoneFileDelegations, TakesAChangeOfNameServersAndGlue_AndMayBeToldTwice) {
  const Snapshot zone = source("7", {delegation("kid.example.", {op1, op2})});
  const Change change = test_csync_change("kid.example.", {op1, op2}, {ns1, op2});
  EXPECT_EQ(send(change, zone).status, SendStatus::taken);
  const std::string once = text();
  EXPECT_THAT(once, HasSubstr("; ahead of the source kid.example. says NS ns1.op.test.; "
                              "ns2.op.test.\n"));
  EXPECT_EQ(lines_with(" NS ") + lines_with(" A "),
            "kid.example. 300 IN NS ns1.kid.example.\nkid.example. 300 IN NS ns2.op.test.\n"
            "ns1.kid.example. 300 IN A 192.0.2.1\n");
  EXPECT_EQ(send(change, zone).status, SendStatus::taken);
  EXPECT_EQ(text(), once);
}

TEST_F(ZoneFileDelegations, KeepsAnEarlierChangeUntilTheSourceSaysAnythingElse) {
  const Snapshot zone = source("7", {delegation("kid.example.", {op1, op2})});
  const Change change = test_csync_change("kid.example.", {op1, op2}, {ns1, op2});
  ASSERT_EQ(send(change, zone).status, SendStatus::taken);

  follow(source("8", {delegation("kid.example.", {op1, op2})}));
  EXPECT_THAT(lines_with(" NS "), HasSubstr("ns1.kid.example.")) << "the source lags";
  follow(source("9", {delegation("kid.example.", {ns1, op2})}));
  EXPECT_THAT(lines_with(" NS "), HasSubstr("ns1.kid.example.")) << "it has caught up";
  EXPECT_THAT(text(), Not(HasSubstr("ahead")));
  follow(source("10", {delegation("kid.example.", {op1, op2})}));
  EXPECT_THAT(lines_with(""), Not(HasSubstr("ns1.kid.example."))) << "changed out of band";
}

TEST_F(ZoneFileDelegations, AnOutOfBandChangeOutdatesAnEarlierOne) {
  ASSERT_EQ(send(test_csync_change("kid.example.", {op1, op2}, {ns1, op2}),
                 source("7", {delegation("kid.example.", {op1, op2})}))
                .status,
            SendStatus::taken);
  follow(source("8", {delegation("kid.example.", {op2})}));
  EXPECT_EQ(lines_with(" NS "), "kid.example. 300 IN NS ns2.op.test.\n");
  EXPECT_THAT(text(), Not(HasSubstr("ahead")));
}

// As the prerequisites of an UPDATE (RFC 2136 §2.4).
TEST_F(ZoneFileDelegations, TakesNothingThatWasJudgedOnSomethingElse) {
  const Snapshot zone = source("7", {delegation("kid.example.", {ns1, op1})});
  Change other_ds = test_csync_change("kid.example.", {ns1, op1}, {op1, op2});
  other_ds.before = other_ds.after = ds_set({2});
  Change ds_of_other_hosts = test_change("kid.example.", {1}, {2});
  const std::vector<std::pair<std::string, Change>> cases = {
      {"other hosts", test_csync_change("kid.example.", {op1}, {op1, op2})},
      {"other glue", test_csync_change("kid.example.", {ns1_moved, op1}, {op1, op2})},
      {"other DS", other_ds},
      {"a DS set for other hosts", ds_of_other_hosts},
      {"no delegation", test_csync_change("gone.example.", {op1}, {op2})}};
  for (const auto& [what, change] : cases) {
    const SendResult result = send(change, zone);
    EXPECT_EQ(result.status, SendStatus::not_as_judged) << what;
    EXPECT_FALSE(result.reason.empty()) << what;
  }
  EXPECT_THAT(text(), Not(HasSubstr("ahead")));
}

TEST_F(ZoneFileDelegations, ADsSetIsHeldAgainstTheNameServersOfTheFile) {
  const Snapshot zone = source("7", {delegation("kid.example.", {op1, op2})});
  ASSERT_EQ(send(test_csync_change("kid.example.", {op1, op2}, {ns1, op2}), zone).status,
            SendStatus::taken);
  Change change = test_change("kid.example.", {1}, {2});
  const SendResult result = send(change, zone);
  EXPECT_EQ(result.status, SendStatus::not_as_judged) << "the new servers were not asked";
  EXPECT_THAT(result.reason, HasSubstr("the database has to take over their change first"));
  change.hosts = {name("ns1.kid.example."), name("ns2.op.test.")};
  EXPECT_EQ(send(change, zone).status, SendStatus::taken);
}

// Several steps, of which the source has seen none.
class LentGlue : public ZoneFileDelegations {
 protected:
  const Snapshot zone_ = source(
      "7", {delegation("kid.example.", {ns1, op1}), delegation("lad.example.", {ns1, op1}, {}),
            delegation("user.example.", {op1, op2})});
  static Change leaves(Servers lent) {
    return test_csync_change("kid.example.", {ns1, op1}, {op1, op2}, std::move(lent));
  }
};

TEST_F(LentGlue, StaysWhenItsOwnerLeaves) {
  EXPECT_EQ(send(leaves({ns1}), zone_).status, SendStatus::taken);
  EXPECT_EQ(lines_with("ns1.kid.example. 300 IN"),
            "ns1.kid.example. 300 IN AAAA 2001:db8::1\nns1.kid.example. 300 IN A 192.0.2.1\n");
}

TEST_F(LentGlue, GoesWhenNobodyUsesItAnyLonger) {
  const Snapshot alone = source("7", {delegation("kid.example.", {ns1, op1})});
  EXPECT_EQ(send(leaves({}), alone).status, SendStatus::taken);
  EXPECT_EQ(lines_with("ns1.kid.example."), "");
}

TEST_F(LentGlue, ChangesForAllAsJudged_AndStaysSoWhenItsOwnerLeaves) {
  ASSERT_EQ(
      send(test_csync_change("kid.example.", {ns1, op1}, {ns1_moved, op1}, {ns1}), zone_).status,
      SendStatus::taken);
  EXPECT_EQ(lines_with("ns1.kid.example. 300 IN"), "ns1.kid.example. 300 IN A 192.0.2.7\n");
  ASSERT_EQ(
      send(test_csync_change("kid.example.", {ns1_moved, op1}, {op1, op2}, {ns1_moved}), zone_)
          .status,
      SendStatus::taken);
  EXPECT_EQ(lines_with("ns1.kid.example. 300 IN"), "ns1.kid.example. 300 IN A 192.0.2.7\n");
}

TEST_F(LentGlue, ThatWasNotJudgedSo_IsNotChanged) {
  for (const Servers& lent : {Servers{}, Servers{ns1_moved}}) {
    const SendResult result =
        send(test_csync_change("kid.example.", {ns1, op1}, {ns1_moved, op1}, lent), zone_);
    EXPECT_EQ(result.status, SendStatus::not_as_judged);
    EXPECT_THAT(result.reason, HasSubstr("other delegations use the glue of ns1.kid.example."));
  }
}

TEST_F(LentGlue, OfADelegationThatTheSourceDoesNotShowYet_CountsToo) {
  const Snapshot before = source(
      "7", {delegation("kid.example.", {ns1, op1}), delegation("user.example.", {op1, op2})});
  ASSERT_EQ(send(test_csync_change("user.example.", {op1, op2}, {ns1, op2}), before).status,
            SendStatus::taken);
  EXPECT_EQ(send(test_csync_change("kid.example.", {ns1, op1}, {ns1_moved, op1}), before).status,
            SendStatus::not_as_judged);
  EXPECT_EQ(send(leaves({}), before).status, SendStatus::taken);
  EXPECT_THAT(lines_with("ns1.kid.example. 300 IN"), HasSubstr("192.0.2.1"));
}

TEST_F(ZoneFileDelegations, IsLeftWhereMoreDelegationsWouldVanishThanTheBreakerAllows) {
  options_.vanish_min = 1;
  sink_ = make_zone_file_sink(options_);
  std::vector<Delegation> all;
  for (unsigned i = 10; i < 30; ++i) {
    all.push_back(delegation("k" + std::to_string(i) + ".example.", {op1, op2}, {}));
  }
  follow(source("7", all));
  const std::string before = text();
  all.resize(18);
  const SendResult refused = send(test_change("k10.example.", {}, {1}), source("8", all));
  EXPECT_EQ(refused.status, SendStatus::later);
  EXPECT_THAT(refused.reason, HasSubstr("2 of the 20 delegations"));
  EXPECT_EQ(text(), before);
}

// An operator that moves its name servers is the registry's own affair; addresses that are lost are
// nobody's wish.
TEST_F(ZoneFileDelegations, IsLeftWhereMoreGlueWouldGoThanTheBreakerAllows) {
  options_.vanish_min = 1;
  sink_ = make_zone_file_sink(options_);
  std::vector<Delegation> all;
  for (unsigned i = 10; i < 30; ++i) {
    const std::string child = "k" + std::to_string(i) + ".example.";
    all.push_back(delegation(child, {test_host("ns." + child, {"192.0.2.1"}), op1}, {}));
  }
  follow(source("7", all));
  all[5].name_servers = all[6].name_servers = all[7].name_servers = {op2};
  follow(source("8", all));
  const std::string before = text();
  EXPECT_THAT(before, HasSubstr("; revision 8\n"));
  Change change = test_change("k20.example.", {}, {1});
  change.hosts = all[10].hosts();

  std::vector<Delegation> bare = all;
  bare[0].name_servers[0].glue.clear();
  bare[1].name_servers[0].glue.clear();
  EXPECT_THAT(send(change, source("9", bare)).reason,
              HasSubstr("2 of the 20 delegations in the file would lose all glue"));
  EXPECT_EQ(text(), before);
}

// Whoever gets a name that was deleted does not inherit what was ahead of the source.
TEST_F(ZoneFileDelegations, WhatWasRegisteredAnew_BeginsAnew) {
  Delegation kid = delegation("kid.example.", {op1, op2});
  kid.registration.roid = "D1-EX";
  ASSERT_EQ(
      send(test_csync_change("kid.example.", {op1, op2}, {ns1, op2}), source("7", {kid})).status,
      SendStatus::taken);
  EXPECT_THAT(text(), HasSubstr("; registered as 44312D4558 kid.example.\n"));
  Delegation unknown = kid;
  unknown.registration.roid.clear();
  follow(source("8", {unknown}));
  EXPECT_THAT(lines_with(" NS "), HasSubstr("ns1.kid.example.")) << "unknown is not another";
  Delegation anew = kid;
  anew.registration.roid = "D2-EX";
  follow(source("9", {anew}));
  EXPECT_THAT(lines_with(""), Not(HasSubstr("ns1.kid.example.")));
  EXPECT_THAT(text(), Not(HasSubstr("ahead")));
}

TEST_F(ZoneFileDelegations, AFileWithTheOtherContentIsNotTouched) {
  const Snapshot zone = source("7", {delegation("kid.example.", {ns1, op1})});
  follow(zone);
  const std::string before = text();
  options_.content = ZoneFileContent::ds;
  sink_ = make_zone_file_sink(options_);
  const SendResult result = send(test_change("kid.example.", {1}, {2}), zone);
  EXPECT_EQ(result.status, SendStatus::later);
  EXPECT_THAT(result.reason, HasSubstr("not a file of DS records"));
  EXPECT_EQ(text(), before);
}

TEST_F(ZoneFileDelegations, AFileOfDsSetsHasNoPlaceForThem) {
  options_.content = ZoneFileContent::ds;
  sink_ = make_zone_file_sink(options_);
  const SendResult result = send(test_csync_change("kid.example.", {op1}, {op2}),
                                 source("7", {delegation("kid.example.", {op1})}));
  EXPECT_EQ(result.status, SendStatus::failed);
}

// What others make of a zone that includes it: the checkers of BIND and Knot DNS, and our source.
TEST_F(ZoneFileDelegations, MakesAZoneThatCheckersAccept_AndThatIsReadAsItWasWritten) {
  const Snapshot zone = source(
      "7", {delegation("kid.example.", {ns1, op1}), delegation("lad.example.", {ns1, op1}, {}),
            delegation("user.example.", {op1, op2})});
  ASSERT_EQ(send(test_csync_change("user.example.", {op1, op2}, {ns1, op2}), zone).status,
            SendStatus::taken);
  const std::string apex =
      "$TTL 3600\n@ SOA ns host 8 3600 600 86400 300\n@ NS ns\nns A 192.0.2.53\n";
  const auto including =
      folder_.write("including", apex + "$INCLUDE " + options_.file.string() + "\n");
  const std::string log = (folder_.path() / "log").string();
  const std::string into_log = " >" + log + " 2>&1";
  for (const std::string& checker :
       {"named-checkzone -i full-sibling -k fail -n fail example. " + including.string(),
        "kzonecheck -o example. " + including.string(),
        "nsd-checkzone example. " + including.string()}) {
    const int status = std::system((checker + into_log).c_str());
    EXPECT_EQ(WEXITSTATUS(status), 0) << checker << "\n" << contents(log);
  }

  const FixedClock clock(test_time());
  const auto whole = folder_.write("whole", apex + text());
  const auto read =
      run_to_end(make_zone_file_source({name("example."), whole, {}}, clock)->read()).value();
  ASSERT_EQ(read->size(), 3);
  EXPECT_EQ(read->find(name("kid.example."))->name_servers, (Servers{ns1, op1}));
  EXPECT_EQ(read->find(name("user.example."))->name_servers, (Servers{ns1, op2}));
  EXPECT_EQ(read->find(name("user.example."))->ds, ds_set({1}));
}

}  // namespace
}  // namespace dskeeper::parent
