// A child that publishes nonsense for ever takes bounded room, in memory and in the store.
#include "cli/evidence_shelf.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "parent/test_support.h"

namespace dskeeper::cli {
namespace {

const dns::Name zone = parent::name("example.");
const dns::Name child = parent::name("kid.example.");

// Evidence of a refusal; no two have an answer in common.
class Nonsense {
 public:
  PackedEvidence make(const EvidenceShelf& shelf, Time at, std::size_t octets) {
    Case decided;
    decided.outcome = random_() % 2 == 0 ? Outcome::refuse : Outcome::retry;
    for (std::size_t code = 0; code < 12; ++code) {
      if (random_() % 2 == 0) decided.findings.push_back({static_cast<FindingCode>(code), {}, {}});
    }
    Answer answer;
    answer.status = AnswerStatus::answer;
    answer.wire.resize(octets);
    for (auto& octet : answer.wire) octet = static_cast<std::uint8_t>(random_());
    Survey survey;
    survey.child = child;
    survey.answers = {answer};

    Evidence evidence;
    evidence.judged_at = evidence.decided_at = at;
    evidence.surveys = {survey};
    evidence.delegation.child = child;
    evidence.delegation.parent = zone;
    evidence.group = shelf.group_of(child, decided);
    return pack(evidence);
  }

 private:
  std::mt19937 random_{9975};  // NOLINT: the same nonsense in every run
};

struct Kept {
  std::uint64_t octets = 0;
  std::size_t count = 0;
  std::map<std::string, std::size_t> groups;
  std::map<std::int64_t, std::uint64_t> octets_by_day;
};

Kept kept_in(store::Store& store) {
  Kept kept;
  EXPECT_TRUE(store.visit_evidence_groups(zone, [&](const store::EvidenceLabel& label) {
    kept.octets += label.octets;
    ++kept.count;
    ++kept.groups[label.group];
    const auto day = std::chrono::floor<std::chrono::days>(label.at);
    kept.octets_by_day[day.time_since_epoch().count()] += label.octets;
  }));
  return kept;
}

void put(store::Store& store, EvidenceShelf& shelf, PackedEvidence evidence, store::Batch& batch) {
  const EvidenceShelf::Place place = shelf.place(evidence);
  if (place.is_kept) batch.evidence.push_back(std::move(evidence));
  if (place.replaces) batch.replaced_evidence.push_back(*place.replaces);
  if (batch.evidence.size() < 100) return;
  EXPECT_TRUE(store.commit(batch));
  batch = {};
}

TEST(EvidenceShelf, TenThousandDifferentAnswersTakeNoMoreThanAMegabyteADay) {
  const parent::TestFolder folder;
  const std::string url = "sqlite:" + (folder.path() / "store.db").string();
  const auto store = store::open_store(url, store::Access::read_write).value();
  EvidenceShelf shelf;
  Nonsense nonsense;
  store::Batch batch;
  constexpr int answers = 10'000;
  constexpr int days = 4;
  for (int i = 0; i < answers; ++i) {
    const Time at = parent::test_time() + std::chrono::seconds(i * (days * 86'400 / answers));
    put(*store, shelf, nonsense.make(shelf, at, i % 100 == 0 ? 60'000 : 3'000), batch);
  }
  ASSERT_TRUE(store->commit(batch));

  const Kept kept = kept_in(*store);
  EXPECT_GT(kept.count, 20U);
  for (const auto& [day, octets] : kept.octets_by_day) {
    EXPECT_LE(octets, EvidenceShelf::octets_per_day_max) << day;
  }
  for (const auto& [group, count] : kept.groups) EXPECT_LE(count, 2U) << group;
  // Each outcome has one more group, for the rest.
  EXPECT_LE(kept.groups.size(), EvidenceShelf::groups_per_child_max + 2);
  EXPECT_EQ(store->count_loose_evidence().value(), 0U);  // dropped answers went with it
}

TEST(EvidenceShelf, KnowsAfterARestartWhatItHas) {
  const parent::TestFolder folder;
  const std::string url = "sqlite:" + (folder.path() / "store.db").string();
  const auto store = store::open_store(url, store::Access::read_write).value();
  Nonsense nonsense;
  EvidenceShelf shelf;
  store::Batch batch;
  for (int i = 0; i < 300; ++i) {
    put(*store, shelf, nonsense.make(shelf, parent::test_time(), 20'000), batch);
  }
  ASSERT_TRUE(store->commit(batch));

  EvidenceShelf again = EvidenceShelf::load(zone, *store).value();
  for (int i = 0; i < 50; ++i) {
    const PackedEvidence evidence = nonsense.make(shelf, parent::test_time(), 20'000);
    const EvidenceShelf::Place here = shelf.place(evidence);
    const EvidenceShelf::Place there = again.place(evidence);
    EXPECT_EQ(here.is_kept, there.is_kept);
    EXPECT_EQ(here.replaces, there.replaces);
  }
}

TEST(EvidenceShelf, WhatIsInNoGroupIsAlwaysKept) {
  EvidenceShelf shelf;
  Nonsense nonsense;
  for (int i = 0; i < 100; ++i) {
    PackedEvidence evidence = nonsense.make(shelf, parent::test_time(), 60'000);
    evidence.group.clear();
    const EvidenceShelf::Place place = shelf.place(evidence);
    EXPECT_TRUE(place.is_kept);
    EXPECT_FALSE(place.replaces);
  }
}

}  // namespace
}  // namespace dskeeper::cli
