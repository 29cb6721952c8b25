// What every store must do with evidence: give it back octet by octet, share its blobs, drop it
// whole.
#include <gmock/gmock.h>

#include "store/conformance_test.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EvidenceBlob blob_of(std::string_view text) {
  return {sha256(as_bytes(text)), Bytes(text.begin(), text.end())};
}

PackedEvidence sample_evidence(std::string_view child, std::int64_t second,
                               std::vector<EvidenceBlob> blobs, std::string group = {}) {
  std::ranges::sort(blobs, {}, &EvidenceBlob::hash);
  std::string document = std::string(child) + " at " + std::to_string(second);
  return {.id = sha256(as_bytes(document)),
          .parent = name("example."),
          .child = name(child),
          .at = at_second(second),
          .group = std::move(group),
          .document = std::move(document),
          .blobs = std::move(blobs)};
}

Batch with_evidence(std::vector<PackedEvidence> evidence, std::vector<Sha256> replaced = {}) {
  Batch batch;
  batch.evidence = std::move(evidence);
  batch.replaced_evidence = std::move(replaced);
  return batch;
}

std::vector<PackedEvidence> evidence_in(Store& store, std::int64_t since = 0) {
  std::vector<PackedEvidence> all;
  EXPECT_TRUE(store.visit_evidence(name("example."), at_second(since), [&](const auto& one) {
    EXPECT_TRUE(one);
    if (one) all.push_back(*one);
    return true;
  }));
  return all;
}

TEST_P(StoreConformance, GivesBackEvidenceAsItWas) {
  const PackedEvidence one =
      sample_evidence("a.example.", 2, {blob_of("shared"), blob_of("one"), blob_of("")}, "refuse");
  const PackedEvidence two = sample_evidence("b.example.", 1, {blob_of("shared")});
  ASSERT_TRUE(open()->commit(with_evidence({one, two})));
  const auto store = open(Access::read_only);
  EXPECT_THAT(evidence_in(*store), ElementsAre(two, one));  // by time
  EXPECT_THAT(evidence_in(*store, 2), ElementsAre(one));
  EXPECT_THAT(store->parents().value(), ElementsAre(name("example.")));

  std::vector<std::string> groups;
  ASSERT_TRUE(store->visit_evidence_groups(name("example."), [&](const EvidenceLabel& label) {
    EXPECT_EQ(label.octets, one.octets());
    EXPECT_EQ(label.id, one.id);
    groups.push_back(label.group);
  }));
  EXPECT_THAT(groups, ElementsAre("refuse"));
}

TEST_P(StoreConformance, DropsReplacedEvidenceButNotWhatItShares) {
  const auto store = open();
  const PackedEvidence first = sample_evidence("a.example.", 1, {blob_of("shared"), blob_of("1")});
  const PackedEvidence second = sample_evidence("a.example.", 2, {blob_of("shared"), blob_of("2")});
  const PackedEvidence third = sample_evidence("a.example.", 3, {blob_of("shared"), blob_of("3")});
  ASSERT_TRUE(store->commit(with_evidence({first, second})));
  ASSERT_TRUE(store->commit(with_evidence({third}, {second.id})));
  EXPECT_THAT(evidence_in(*store), ElementsAre(first, third));
  EXPECT_EQ(store->count_loose_evidence().value(), 0U);

  // Written and replaced in one batch, as when a child is looked at twice between two commits.
  const PackedEvidence fourth = sample_evidence("a.example.", 4, {blob_of("4")});
  const PackedEvidence fifth = sample_evidence("a.example.", 5, {blob_of("5")});
  ASSERT_TRUE(store->commit(with_evidence({fourth, fifth}, {third.id, fourth.id})));
  EXPECT_THAT(evidence_in(*store), ElementsAre(first, fifth));
  EXPECT_EQ(store->count_loose_evidence().value(), 0U);
}

TEST_P(StoreConformance, PrunesEvidenceTogetherWithTheEntryThatSaysSo) {
  const auto store = open();
  const dns::Name zone = name("example.");
  const PackedEvidence old = sample_evidence("a.example.", 1, {blob_of("shared"), blob_of("old")});
  const PackedEvidence young = sample_evidence("b.example.", 2, {blob_of("shared")});
  ASSERT_TRUE(store->commit(with_evidence({old, young})));
  const Event event = sample_event("example.");
  EXPECT_EQ(store->prune_evidence(zone, at_second(1), event).value(), 0U);
  EXPECT_FALSE(store->journal_head(zone).value());
  EXPECT_EQ(store->prune_evidence(zone, at_second(2), event).value(), 1U);
  EXPECT_EQ(store->journal_head(zone).value()->number, 1U);
  EXPECT_THAT(evidence_in(*store), ElementsAre(young));
  EXPECT_EQ(store->prune_evidence(name("test."), at_second(9), event).value(), 0U);
  EXPECT_EQ(store->count_loose_evidence().value(), 0U);
}

TEST_P(StoreConformance, FindsTheLatestEvidenceOfAChild) {
  const auto store = open();
  const dns::Name zone = name("example.");
  EXPECT_FALSE(store->latest_evidence(zone, name("a.example.")).value());
  const PackedEvidence older = sample_evidence("a.example.", 1, {blob_of("shared")});
  const PackedEvidence newer = sample_evidence("a.example.", 2, {blob_of("shared"), blob_of("2")});
  ASSERT_TRUE(store->commit(with_evidence({older, newer, sample_evidence("b.example.", 3, {})})));
  EXPECT_EQ(store->latest_evidence(zone, name("a.example.")).value(), newer);
  EXPECT_FALSE(store->latest_evidence(zone, name("c.example.")).value());
  EXPECT_FALSE(store->latest_evidence(name("test."), name("a.example.")).value());
}

TEST_P(StoreConformance, StopsVisitingEvidenceWhenTold) {
  const auto store = open();
  EXPECT_THAT(evidence_in(*store), IsEmpty());
  ASSERT_TRUE(store->commit(
      with_evidence({sample_evidence("a.example.", 1, {}), sample_evidence("b.example.", 2, {})})));
  int seen = 0;
  ASSERT_TRUE(
      store->visit_evidence(name("example."), Time{}, [&](const auto&) { return ++seen < 1; }));
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace dskeeper::store
