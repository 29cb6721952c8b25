// RFC 9615 §4.3: what a signaling zone says leads to a look, where the parent says that it may.
#include "cli/signal_looks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parent/test_support.h"

namespace dskeeper::cli {
namespace {

using parent::name;
using testing::ElementsAre;
using testing::IsEmpty;

const dns::Name host = name("ns1.op.");

class FakeParent final : public KeptParent {
 public:
  FakeParent(const std::string& zone, std::vector<Delegation> delegations) : zone_(name(zone)) {
    read(std::move(delegations));
  }
  void read(std::vector<Delegation> delegations) {
    for (Delegation& delegation : delegations) delegation.parent = zone_;
    snapshot_ = std::make_shared<const parent::Snapshot>(zone_, "7", delegations);
  }
  void forget() { snapshot_ = nullptr; }

  [[nodiscard]] const dns::Name& zone() const override { return zone_; }
  [[nodiscard]] std::shared_ptr<const parent::Snapshot> snapshot() const override {
    return snapshot_;
  }
  [[nodiscard]] bool has_room_for(Channel /*channel*/) const override { return true; }
  [[nodiscard]] std::size_t looks_waiting() const override { return 0; }
  bool want_look(const dns::Name& child, Channel channel) override {
    EXPECT_EQ(channel, Channel::signal);
    if (is_full) return false;
    wanted.push_back(child);
    return true;
  }

  std::vector<dns::Name> wanted;
  bool is_full = false;

 private:
  dns::Name zone_;
  std::shared_ptr<const parent::Snapshot> snapshot_;
};

Delegation child_of(const std::string& child, const std::vector<std::string>& hosts) {
  Delegation delegation;
  delegation.child = name(child);
  for (const std::string& one : hosts) delegation.name_servers.push_back({name(one), {}});
  delegation.revision = "7";
  return delegation;
}

Delegation secure(Delegation delegation) {
  delegation.ds = {
      dns::Ds{dns::KeyTag{1}, dns::Algorithm::ed25519, dns::DigestType::sha256, Bytes(32, 1)}};
  return delegation;
}

using Children = std::map<dns::Name, std::uint64_t>;

void take(SignalLooks& looks, const Children& children, Time now) {
  looks.begin();
  for (const auto& [child, digest] : children) looks.add(child, digest, now);
  looks.end();
}

class SignalLooksTest : public testing::Test {
 protected:
  void take(const Children& children) { cli::take(looks_, children, clock_.now()); }
  std::vector<dns::Name> want() { return looks_.want_due(clock_.now()); }

  FixedClock clock_{parse_time("2026-11-24T03:00:00Z").value()};
  FakeParent parent_{
      "example.",
      {child_of("a.example.", {"NS1.op.", "ns2.op."}), child_of("b.example.", {"ns1.op."}),
       child_of("in.example.", {"ns1.op."}), child_of("other.example.", {"ns1.other."}),
       secure(child_of("secure.example.", {"ns1.op."}))}};
  SignalLooks looks_{host, {&parent_}};
};

// Edge cases 61, 72 and 73.
TEST_F(SignalLooksTest, S4_3_OnlyUnsignedDelegationsThatHaveTheHostAreLookedAt) {
  take({{name("a.example."), 1},
        {name("gone.example."), 1},
        {name("other.example."), 1},
        {name("secure.example."), 1},
        {name("a.test."), 1},
        {name("example."), 1}});
  EXPECT_THAT(want(), ElementsAre(name("a.example.")));
  EXPECT_EQ(parent_.wanted, (std::vector{name("a.example.")}));
  EXPECT_EQ(looks_.size(), 1U);
}

// Edge cases 62, 63 and 74: under such a host no signal counts.
TEST_F(SignalLooksTest, S4_2_AHostInsideTheChildSignalsNothing) {
  FakeParent op{"op.", {child_of("kid.op.", {"ns1.kid.op.", "ns1.op."})}};
  SignalLooks inside(name("ns1.kid.op."), {&op});
  cli::take(inside, {{name("kid.op."), 1}}, clock_.now());
  EXPECT_THAT(inside.want_due(clock_.now()), IsEmpty());
  SignalLooks outside(host, {&op});
  cli::take(outside, {{name("kid.op."), 1}}, clock_.now());
  EXPECT_THAT(outside.want_due(clock_.now()), ElementsAre(name("kid.op.")));
}

TEST_F(SignalLooksTest, AChildBelongsToTheLongestParent) {
  FakeParent inner{"in.example.", {child_of("kid.in.example.", {"ns1.op."})}};
  SignalLooks looks(host, {&parent_, &inner});
  cli::take(looks, {{name("kid.in.example."), 1}, {name("in.example."), 1}}, clock_.now());
  looks.want_due(clock_.now());
  EXPECT_THAT(inner.wanted, ElementsAre(name("kid.in.example.")));
  EXPECT_THAT(parent_.wanted, ElementsAre(name("in.example.")));
}

TEST_F(SignalLooksTest, AChildWhoseSignalsStandIsNotLookedAtForEver) {
  std::size_t looks = 0;
  for (int minute = 0; minute < 60; ++minute) {
    take({{name("a.example."), 1}});
    looks += want().size();
    clock_.advance(std::chrono::minutes(1));
  }
  EXPECT_EQ(looks, 1 + SignalLooks::pauses.size());
}

TEST_F(SignalLooksTest, NewSignalsAndChangedOnesAreAReasonToLookAgain) {
  take({{name("a.example."), 1}});
  EXPECT_THAT(want(), ElementsAre(name("a.example.")));
  take({{name("a.example."), 1}, {name("b.example."), 1}});
  EXPECT_THAT(want(), ElementsAre(name("b.example.")));
  take({{name("a.example."), 2}, {name("b.example."), 1}});
  EXPECT_THAT(want(), ElementsAre(name("a.example.")));
  take({{name("b.example."), 1}});  // those of a have gone …
  take({{name("a.example."), 2}, {name("b.example."), 1}});
  EXPECT_THAT(want(), ElementsAre(name("a.example.")));  // … and come again
}

TEST_F(SignalLooksTest, AChildThatIsSecureOrGoneByThenIsNotLookedAtAgain) {
  take({{name("a.example."), 1}, {name("b.example."), 1}});
  want();
  parent_.read({secure(child_of("a.example.", {"ns1.op."}))});
  clock_.advance(SignalLooks::pauses.at(0));
  EXPECT_THAT(want(), IsEmpty());
}

TEST_F(SignalLooksTest, ADelegationThatComesAfterItsSignalsIsLookedAt) {
  take({{name("new.example."), 1}});
  EXPECT_THAT(want(), IsEmpty());
  parent_.read({child_of("new.example.", {"ns1.op."})});
  take({{name("new.example."), 1}});
  EXPECT_THAT(want(), ElementsAre(name("new.example.")));
}

TEST_F(SignalLooksTest, WhatFindsNoRoomWaits) {
  parent_.is_full = true;
  take({{name("a.example."), 1}, {name("b.example."), 1}});
  EXPECT_THAT(want(), IsEmpty());
  parent_.is_full = false;
  EXPECT_THAT(want(), ElementsAre(name("a.example."), name("b.example.")));
}

TEST_F(SignalLooksTest, AParentThatWasNotReadYetHasNoDelegations) {
  parent_.forget();
  take({{name("a.example."), 1}});
  EXPECT_THAT(want(), IsEmpty());
}

}  // namespace
}  // namespace dskeeper::cli
