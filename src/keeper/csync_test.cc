// CSYNC over time (RFC 7477): approval, expiry, serials that never go back, retries, and that the
// DS set comes first.
#include "keeper/csync.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "keeper/acts.h"
#include "keeper/advance.h"
#include "keeper/outbox.h"
#include "keeper/schedule.h"

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Time start = parse_time("2026-11-24T00:00:00Z").value();

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}
dns::DsSet ds_set(std::uint8_t seed) {
  return {dns::Ds{dns::KeyTag{seed}, dns::Algorithm::ed25519, dns::DigestType::sha256,
                  Bytes(32, seed)}};
}
std::vector<NameServer> servers(const std::vector<std::string>& hosts) {
  std::vector<NameServer> out;
  for (const std::string& host : hosts) out.push_back({name(host), {}});
  return out;
}
const std::vector<NameServer> old_servers = servers({"ns1.op.", "ns2.op."});
const std::vector<NameServer> new_servers = servers({"ns1.new.", "ns2.new."});
const ServerAddress first_server = {name("ns1.op."), IpAddress::parse("192.0.2.1").value()};

// A secure child that asks by CSYNC, and what the keeper makes of it.
class CsyncTimeline : public testing::Test {
 public:
  CsyncTimeline() {
    delegation.child = name("kid.example.");
    delegation.parent = name("example.");
    delegation.name_servers = old_servers;
    delegation.ds = ds_set(1);
    delegation.ds_ttl = dns::Ttl{3600};
    delegation.revision = "100";
    verdict.whole = true;
    verdict.child = delegation.child;
    permit();
  }

  void permit() {
    verdict.csync = {};
    verdict.csync.ruling = Ruling::permit;
    verdict.csync.name_servers = new_servers;
    verdict.csync.is_immediate = true;
    verdict.csync.serials = {{first_server, {100}, dns::Serial{7}}};
    verdict.csync.vantages = {"local"};
  }
  void fails(Ruling ruling, FindingCode code) {
    verdict.csync = {};
    verdict.csync.ruling = ruling;
    verdict.csync.findings = {{code, {first_server}, {"CSYNC"}}};
  }

  // "hold csync-waits-for-person approval-helps": what comes of a look at CSYNC.
  std::string look(Duration after) {
    now = start + after;
    verdict.at = now;
    verdict.look = LookId{++looks};
    step = advance(before, delegation, verdict, outbox, policy, vantages, now);
    if (step.is_worth_storing) before = step.next;
    for (const Change& change : step.changes) {
      outbox = change.is_open() ? std::optional<Change>(change) : std::nullopt;
    }
    std::string out(to_text(step.next.csync.outcome));
    for (const Finding& finding : step.next.csync.findings) {
      out += ' ';
      out += kind_of(finding.code).name;
    }
    return out;
  }

  void act(ActKind kind, const std::string& request_id = "", bool reset_replay = false) {
    Act act;
    act.kind = kind;
    act.parent = delegation.parent;
    act.child = delegation.child;
    act.at = now;
    act.actor = "kim";
    act.reason = "of a test";
    act.request_id = request_id;
    act.reset_replay = reset_replay;
    obeyed = obey(act, before, &delegation, outbox, policy, now);
    if (obeyed.next) before = obeyed.next;
    if (obeyed.superseded) outbox.reset();
  }

  // The change in the outbox goes out, and stands.
  void confirm() {
    Progress progress = before_send(*outbox, now);
    progress = after_send(progress.change, SendStatus::taken, "", now);
    progress = after_confirmation(progress.change, Standing::stands, now);
    before = with_change(*before, progress.change);
    outbox.reset();
  }

  const std::string waits = "hold csync-waits-for-person approval-helps";
  Policy policy;
  Delegation delegation;
  Verdict verdict;
  std::optional<Case> before;
  std::optional<Change> outbox;
  unsigned vantages = 1;
  std::uint64_t looks = 0;
  Time now = start;
  Step step;
  Obeyed obeyed;
};

// [7477-5] Decision row 42.
TEST_F(CsyncTimeline, WhatIsImmediate_IsQueuedAtOnce) {
  EXPECT_EQ(look(hours(0)), "accept");
  ASSERT_TRUE(step.queue);
  EXPECT_EQ(step.queue->name_servers, (NameServersEdit{old_servers, new_servers, {}}));
  EXPECT_EQ(step.queue->before, delegation.ds);
  EXPECT_EQ(step.queue->after, delegation.ds);
  EXPECT_FALSE(step.queue->is_ttl_only());
  EXPECT_EQ(step.queue->request_id, csync_request_id(delegation.child, new_servers));
  EXPECT_TRUE(is_still_decided(before, *step.queue));
  EXPECT_EQ(step.events.front().summary, "A change of name servers or glue is accepted.");
  EXPECT_EQ(step.events.back().summary, "A change of name servers or glue was queued.");
}

TEST_F(CsyncTimeline, WhatIsQueued_IsJudgedAgainOrSuperseded) {
  look(hours(0));
  const std::string id = outbox->id;
  EXPECT_EQ(look(minutes(11)), "accept");
  EXPECT_EQ(outbox->id, id);
  EXPECT_EQ(outbox->judged_at, now);
  verdict.csync = {};
  EXPECT_EQ(look(minutes(12)), "idle");
  EXPECT_TRUE(step.supersede_queued);
  EXPECT_FALSE(outbox);
}

// [7477-5] Decision row 43.
TEST_F(CsyncTimeline, WhatIsNotImmediate_WaitsForAPerson) {
  verdict.csync.is_immediate = false;
  EXPECT_EQ(look(hours(0)), waits);
  EXPECT_FALSE(step.queue);
  act(ActKind::approve, before->csync.request_id);
  EXPECT_TRUE(obeyed.look_now);
  EXPECT_EQ(due_at(*before, policy), now + std::chrono::seconds(1));
  EXPECT_EQ(look(hours(1)), "accept approved");
  EXPECT_TRUE(step.queue);
}

TEST_F(CsyncTimeline, ThePolicyMayWantAPersonForAll) {
  policy.csync_approval = true;
  EXPECT_EQ(look(hours(0)), waits);
}

TEST_F(CsyncTimeline, GlueThatOthersUse_WaitsForAPerson) {
  verdict.csync.findings = {{FindingCode::csync_glue_shared, {}, {"ns1.kid.example."}}};
  EXPECT_EQ(look(hours(0)), "hold csync-glue-shared csync-waits-for-person approval-helps");
}

TEST_F(CsyncTimeline, AnApprovalIsForOneRequest) {
  verdict.csync.is_immediate = false;
  look(hours(0));
  act(ActKind::approve, "ABCD");
  EXPECT_FALSE(obeyed.next) << "another request than what is asked";
  act(ActKind::approve, before->csync.request_id);
  verdict.csync.name_servers = servers({"ns1.other.", "ns2.other."});
  EXPECT_EQ(look(hours(1)), "hold approval-ended csync-waits-for-person approval-helps");
  EXPECT_FALSE(step.queue);
}

TEST_F(CsyncTimeline, AnApprovalEndsWithItsTimeAndWithTheDelegation) {
  verdict.csync.is_immediate = false;
  look(hours(0));
  act(ActKind::approve, before->csync.request_id);
  delegation.name_servers = servers({"ns1.op.", "ns3.op."});
  EXPECT_EQ(look(hours(1)), "hold approval-ended csync-waits-for-person approval-helps");
  act(ActKind::approve, before->csync.request_id);
  EXPECT_EQ(look(hours(1) + policy.approval_expires), "refuse csync-expired approval-ended");
}

TEST_F(CsyncTimeline, ARequestExpires_UntilItsSerialIsRaised) {
  verdict.csync.is_immediate = false;
  look(hours(0));
  EXPECT_EQ(look(policy.approval_expires - hours(1)), waits);
  EXPECT_EQ(look(policy.approval_expires), "refuse csync-expired");
  act(ActKind::approve, before->csync.request_id);
  EXPECT_FALSE(obeyed.next) << "what has expired is approved no more";
  EXPECT_EQ(look(policy.approval_expires + hours(24)), "refuse csync-expired");
  verdict.csync.serials.front().csync = dns::Serial{8};
  EXPECT_EQ(look(policy.approval_expires + hours(48)), waits);
}

// [7477-7]
TEST_F(CsyncTimeline, SerialsNeverGoBack) {
  look(hours(0));
  verdict.csync.serials = {{first_server, {99}, dns::Serial{7}}};
  EXPECT_EQ(look(hours(1)), "refuse csync-serial-went-back");
  EXPECT_TRUE(step.supersede_queued);
  verdict.csync.serials = {{first_server, {100}, dns::Serial{6}}};
  EXPECT_EQ(look(hours(2)), "refuse csync-serial-went-back");
  verdict.csync = {};
  EXPECT_EQ(look(hours(3)), "idle") << "and they are remembered";
  permit();
  verdict.csync.serials = {{first_server, {99}, dns::Serial{7}}};
  EXPECT_EQ(look(hours(4)), "refuse csync-serial-went-back");
  act(ActKind::resume, "", true);
  EXPECT_EQ(look(hours(5)), "accept");
}

// [7477-6] RFC 7477 §2.1.1.1: "MUST ignore the value in the SOA serial field" goes before the
// SHOULD of §3.1.
TEST_F(CsyncTimeline, TheSerialOfARecordWithoutSoaminimum_IsNotCompared) {
  look(hours(0));
  verdict.csync.serials = {{first_server, {101}, {}}};
  EXPECT_EQ(look(hours(1)), "accept");
  verdict.csync.serials = {{first_server, {102}, dns::Serial{3}}};
  EXPECT_EQ(look(hours(2)), "accept") << "there is none to compare it with";
  verdict.csync.serials = {{first_server, {99}, {}}};
  EXPECT_EQ(look(hours(3)), "refuse csync-serial-went-back") << "the zone's still counts";
}

// So that a record that stays costs little.
TEST_F(CsyncTimeline, SerialsOfWhatStands_AreTold_WhileTheDelegationIsTheSame) {
  EXPECT_EQ(standing_serials(before, delegation), nullptr);
  look(hours(0));
  EXPECT_EQ(standing_serials(before, delegation), nullptr) << "it is not done yet";
  verdict.csync.ruling = Ruling::in_sync;
  look(hours(1));
  ASSERT_NE(standing_serials(before, delegation), nullptr);
  EXPECT_EQ(*standing_serials(before, delegation), verdict.csync.serials);
  Delegation changed = delegation;
  changed.name_servers = new_servers;
  EXPECT_EQ(standing_serials(before, changed), nullptr);
  changed = delegation;
  changed.ds = ds_set(9);
  EXPECT_EQ(standing_serials(before, changed), nullptr);
}

// [7477-7] Also of looks that found nothing to do.
TEST_F(CsyncTimeline, SerialsOfWhatStands_AreRemembered) {
  verdict.csync.ruling = Ruling::in_sync;
  look(hours(0));
  permit();
  verdict.csync.serials = {{first_server, {99}, dns::Serial{7}}};
  EXPECT_EQ(look(hours(1)), "refuse csync-serial-went-back");
}

// [7477-7] An older zone that asks for what stands must not make room for others as old.
TEST_F(CsyncTimeline, WhatStandsAtAnOlderSerial_LowersNothing) {
  look(hours(0));
  verdict.csync.ruling = Ruling::in_sync;
  for (const SeenSerials& older : {SeenSerials{first_server, {90}, dns::Serial{1}},
                                   SeenSerials{first_server, {101}, dns::Serial{1}}}) {
    verdict.csync.serials = {older};
    look(hours(1));
  }
  permit();
  verdict.csync.serials = {{first_server, {95}, dns::Serial{9}}};
  EXPECT_EQ(look(hours(2)), "refuse csync-serial-went-back");
  verdict.csync.serials = {{first_server, {102}, dns::Serial{2}}};
  EXPECT_EQ(look(hours(3)), "refuse csync-serial-went-back");
}

// [7477-7]
TEST_F(CsyncTimeline, SerialsOfOtherServers_CompareWithNothing) {
  look(hours(0));
  verdict.csync.serials = {
      {{name("ns2.op."), IpAddress::parse("192.0.2.2").value()}, {5}, dns::Serial{1}}};
  EXPECT_EQ(look(hours(1)), "accept");
  EXPECT_EQ(before->csync.serials.size(), 2U);
}

// Decision row 49.
TEST_F(CsyncTimeline, TheDsSetComesFirst) {
  verdict.request = Request::update;
  verdict.ruling = Ruling::permit;
  verdict.ds = ds_set(2);
  verdict.vantages = {"local"};
  EXPECT_EQ(look(hours(0)), "hold csync-after-ds");
  ASSERT_TRUE(step.queue);
  EXPECT_FALSE(step.queue->name_servers);
  confirm();
  delegation.ds = ds_set(2);
  delegation.revision = "101";
  verdict.request = Request::none;
  verdict.ruling = Ruling::in_sync;
  EXPECT_EQ(look(hours(1)), "accept");
  EXPECT_TRUE(step.queue->name_servers);
  EXPECT_EQ(step.queue->before, ds_set(2));
}

TEST_F(CsyncTimeline, ARefusedDsSet_DoesNotStandInTheWay) {
  verdict.request = Request::update;
  verdict.ruling = Ruling::forbid;
  EXPECT_EQ(look(hours(0)), "accept");
}

TEST_F(CsyncTimeline, OptOutsAreSeparate) {
  delegation.registration.no_ds = true;
  EXPECT_EQ(look(hours(0)), "accept");
  delegation.registration.no_ns = true;
  EXPECT_EQ(look(hours(1)), "suspended csync-opted-out");
  EXPECT_TRUE(step.supersede_queued);
  verdict.csync = {};
  EXPECT_EQ(look(hours(2)), "idle") << "and nothing is asked any more";
}

TEST_F(CsyncTimeline, SuspensionStopsIt_AndResumptionBringsItBack) {
  look(hours(0));
  act(ActKind::suspend);
  EXPECT_EQ(before->csync.outcome, Outcome::suspended);
  EXPECT_FALSE(outbox);
  EXPECT_EQ(look(hours(1)), "suspended suspended");
  act(ActKind::resume);
  EXPECT_TRUE(obeyed.look_now);
  EXPECT_EQ(look(hours(2)), "accept");
}

// [9975-5]
TEST_F(CsyncTimeline, AContradiction_IsAskedAgain_ThenRefused) {
  fails(Ruling::inconsistent, FindingCode::servers_differ);
  EXPECT_EQ(look(minutes(0)), "retry servers-differ");
  EXPECT_EQ(due_at(*before, policy), start + minutes(5));
  EXPECT_EQ(look(minutes(5)), "retry servers-differ");
  EXPECT_EQ(look(minutes(15)), "retry servers-differ");
  EXPECT_EQ(look(minutes(35)), "retry servers-differ");
  EXPECT_EQ(look(minutes(75)), "refuse servers-differ retries-exhausted");
  permit();
  EXPECT_EQ(look(hours(24)), "accept");
  EXPECT_FALSE(before->csync.retry);
}

// [9975-3] A server that stays silent is left out after a day, so that CSYNC can get rid of it.
TEST_F(CsyncTimeline, AServerThatStaysSilent_IsLeftOutInTheEnd) {
  verdict.silent = {first_server};
  permit();
  verdict.csync.ruling = Ruling::incomplete;
  verdict.csync.only_silence_missing = true;
  verdict.csync.findings = {{FindingCode::server_silent, {first_server}, {}}};
  EXPECT_EQ(look(minutes(0)), "retry server-silent");
  look(minutes(5));
  look(minutes(15));
  look(minutes(35));
  EXPECT_EQ(look(minutes(75)), "retry server-silent");
  EXPECT_EQ(look(hours(23)), "retry server-silent");
  EXPECT_EQ(look(hours(24)), "accept server-dropped");
  EXPECT_TRUE(step.queue);
}

TEST_F(CsyncTimeline, WhereNobodyAnswers_NothingIsKnownToBeAsked) {
  verdict.csync = {};
  verdict.csync.ruling = Ruling::incomplete;
  EXPECT_EQ(look(hours(0)), "idle");
  permit();
  verdict.csync.is_immediate = false;
  look(hours(1));
  verdict.csync = {};
  verdict.csync.ruling = Ruling::incomplete;
  EXPECT_EQ(look(hours(2)), "retry") << "what was asked before is not forgotten";
  EXPECT_FALSE(before->csync.request_id.empty());
}

TEST_F(CsyncTimeline, EnoughVantagePointsMustHaveSeenIt) {
  vantages = 3;
  policy.vantages.csync = {.all = false, .count = 2};
  EXPECT_EQ(look(hours(0)), "hold vantages-missing");
  verdict.csync.vantages = {"a", "b"};
  EXPECT_EQ(look(hours(1)), "accept");
}

TEST_F(CsyncTimeline, ALookThatEndedEarly_DecidesNothing) {
  verdict.csync.is_immediate = false;
  look(hours(0));
  verdict.whole = false;
  verdict.csync = {};
  EXPECT_EQ(look(hours(1)), "retry csync-waits-for-person approval-helps");
  EXPECT_EQ(before->csync.ready_at, now);
}

TEST_F(CsyncTimeline, WhatIsAskedFor_IsLookedAtInFull) {
  EXPECT_FALSE(needs_full_look(before));
  verdict.csync.is_immediate = false;
  look(hours(0));
  EXPECT_TRUE(needs_full_look(before));
  verdict.csync = {};
  verdict.csync.ruling = Ruling::in_sync;
  EXPECT_EQ(look(hours(1)), "in-sync");
  EXPECT_FALSE(needs_full_look(before));
}

TEST_F(CsyncTimeline, AChildThatAsksForNothing_LeavesNoTrace) {
  verdict.csync = {};
  look(hours(0));
  EXPECT_FALSE(step.is_worth_storing);
  EXPECT_TRUE(step.events.empty());
  verdict.csync.ruling = Ruling::in_sync;
  look(hours(1));
  EXPECT_FALSE(step.is_worth_storing);
  EXPECT_TRUE(step.events.empty());
}

// design.md, "The source can lag or lie".
TEST_F(CsyncTimeline, ASourceThatLags_AsksForNothingTwice) {
  look(hours(0));
  confirm();
  EXPECT_EQ(look(minutes(5)), "retry");
  EXPECT_FALSE(step.queue);
  delegation.name_servers = new_servers;
  delegation.revision = "101";
  verdict.csync = {};
  verdict.csync.ruling = Ruling::in_sync;
  EXPECT_EQ(look(minutes(10)), "in-sync");
}

// A child that has moved to other servers by our hand is the same child: its replay watermark
// stays.
TEST_F(CsyncTimeline, AMoveByOurHand_IsNoNewCase) {
  verdict.inception.cds = start - hours(1);
  look(hours(0));
  confirm();
  delegation.name_servers = new_servers;
  delegation.revision = "101";
  verdict.inception = {};
  verdict.csync = {};
  look(hours(1));
  EXPECT_EQ(before->watermark.cds, start - hours(1));
  delegation.name_servers = servers({"ns1.third.", "ns2.third."});
  look(hours(2));
  EXPECT_FALSE(before->watermark.cds) << "but this one was not ours";
}

TEST_F(CsyncTimeline, WhatTheParentRefused_IsNotSentAgainAtOnce) {
  look(hours(0));
  Progress progress = before_send(*outbox, now);
  progress = after_send(progress.change, SendStatus::failed, "No.", now);
  before = with_change(*before, progress.change);
  outbox.reset();
  EXPECT_EQ(look(minutes(10)), "accept change-failed");
  EXPECT_FALSE(step.queue);
  EXPECT_EQ(look(minutes(61)), "accept");
  EXPECT_TRUE(step.queue);
}

}  // namespace
}  // namespace dskeeper::keeper
