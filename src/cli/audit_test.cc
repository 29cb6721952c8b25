// design.md, "Evidence": every change can be proved afterwards, and no altered octet goes
// unnoticed.
#include "cli/audit.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <random>

#include "cli/record.h"
#include "cli/test_past.h"
#include "model/record.h"
#include "store/test_tamper.h"

namespace dskeeper::cli {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

Audit audit_of(store::Store& store, const std::optional<Sha256>& head = std::nullopt) {
  auto audit = audit_store(store, {}, head);
  EXPECT_TRUE(audit) << audit.error().text();
  return audit ? *std::move(audit) : Audit{};
}

std::string faults_of(const Audit& audit) {
  std::string out;
  for (const ParentAudit& parent : audit.parents) {
    for (const std::string& fault : parent.faults) out += fault + "\n";
  }
  for (const std::string& fault : audit.faults) out += fault + "\n";
  return out;
}

// Sound means: said so, and readable at all.
bool is_found(const std::string& path, const Sha256& head) {
  const auto store = store::open_store("sqlite:" + path, store::Access::read_only);
  if (!store) return true;
  const auto audit = audit_store(**store, {}, head);
  return !audit || !audit->is_sound();
}

TEST(Audit, ASignedUpdateIsProvedByItsSignatures) {
  Past past(true);
  refuse_then_update(past);
  const Audit audit = audit_of(past.store());
  ASSERT_EQ(audit.parents.size(), 1U);
  EXPECT_EQ(faults_of(audit), "");
  const ParentAudit& parent = audit.parents[0];
  EXPECT_EQ(parent.evidence, 3U);  // two refusals of a kind, and the change
  EXPECT_EQ(parent.seen_only, 0U);
  EXPECT_GT(parent.signatures, 8U);
  EXPECT_THAT(audit_text(audit), HasSubstr("every decision that is kept follows"));
}

TEST(Audit, ABootstrapByDelayProvesWhatWasSeenOnly) {
  Past past(false);
  bootstrap_by_delay(past);
  const Audit audit = audit_of(past.store());
  EXPECT_EQ(faults_of(audit), "");
  EXPECT_EQ(audit.parents.at(0).evidence, 4U);
  EXPECT_EQ(audit.parents.at(0).seen_only, 4U);
  EXPECT_THAT(audit_text(audit), HasSubstr("4 of the decisions were on delegations without DS"));
}

TEST(Audit, TheFirstAndTheLatestRefusalOfAKindAreKept) {
  Past past(true);
  past.child.everywhere([&](rules::test::Zone& zone) { zone.default_signers = {&past.child.b}; });
  for (int round = 0; round < 6; ++round) {
    past.child.everywhere([&](rules::test::Zone& zone) {
      zone.ask({round % 2 == 0 ? &past.child.b : &past.child.zsk});
    });
    if (round == 3) past.reopen();  // what is kept is known across a restart
    EXPECT_NE(past.look(hours(round)), Outcome::accept);
  }
  const Audit audit = audit_of(past.store());
  EXPECT_EQ(faults_of(audit), "");
  const ParentAudit& parent = audit.parents.at(0);
  EXPECT_EQ(parent.evidence + parent.replaced, past.journal().size());
  EXPECT_GE(parent.replaced, 2U);
}

TEST(Audit, PrunedEvidenceMayBeMissingAndTheChainStays) {
  Past past(true);
  refuse_then_update(past);
  past.policy.keep = hours(10);
  for (int i = 0; i < 2; ++i) {  // the second finds nothing, and says nothing
    ASSERT_TRUE(
        drop_old_evidence(past.store(), past.zone(), past.policy, rules::test::now + hours(12)));
  }
  EXPECT_EQ(past.store().history(past.zone(), past.zone())->size(), 1U);

  const Audit audit = audit_of(past.store());
  EXPECT_EQ(faults_of(audit), "");
  EXPECT_EQ(audit.parents.at(0).pruned, 1U);
  EXPECT_EQ(audit.parents.at(0).evidence, 2U);
  EXPECT_EQ(past.store().journal_head(past.zone()).value()->event.kind, EventKind::prune);
}

TEST(Audit, ADecisionThatDoesNotFollowIsFound) {
  Past past(true);
  past.child.everywhere([&](rules::test::Zone& zone) { zone.ask({&past.child.b}); });
  // A keeper that lies about what it saw: the journal and the evidence agree with each other.
  Policy lax = past.policy;
  lax.signals = SignalTypes::cdnskey;
  Evidence evidence{.judged_at = rules::test::now,
                    .decided_at = rules::test::now,
                    .surveys = {past.child.survey()},
                    .delegation = past.child.delegation,
                    .policy = lax,
                    .before = std::nullopt,
                    .open_change = std::nullopt,
                    .vantages_configured = 1,
                    .decision = {},
                    .group = {}};
  evidence.decision.outcome = Outcome::accept;
  evidence.decision.request = Request::remove;
  const PackedEvidence packed = pack(evidence);
  store::Batch batch;
  batch.evidence = {packed};
  batch.events = {{.parent = packed.parent,
                   .child = packed.child,
                   .at = packed.at,
                   .kind = EventKind::transition,
                   .summary = "A lie.",
                   .details = with_evidence("{}", {.id = packed.id, .replaces = std::nullopt})}};
  ASSERT_TRUE(past.store().commit(batch));
  EXPECT_THAT(faults_of(audit_of(past.store())), HasSubstr("does not lead to what was decided"));
}

class AlteredStore : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    refuse_then_update(past_);
    head_ = past_.store().journal_head(past_.zone()).value()->hash;
    ASSERT_FALSE(is_found(past_.path(), head_));
    past_.close();
    std::filesystem::copy_file(past_.path(), whole());
  }
  [[nodiscard]] std::string whole() const { return past_.path() + ".whole"; }
  void restore() const {
    for (const char* also : {"-wal", "-shm"}) std::filesystem::remove(past_.path() + also);
    std::filesystem::copy_file(whole(), past_.path(),
                               std::filesystem::copy_options::overwrite_existing);
  }

  Past past_{true};
  Sha256 head_{};
};

TEST_P(AlteredStore, EachFlippedBitIsFound) {
  std::mt19937 random(10026);  // NOLINT: the same bits in every run
  int flips = 0;
  for (const store::Cell& cell : store::Tamper(past_.path()).cells(GetParam())) {
    for (int round = 0; round < 2; ++round) {
      store::Tamper(past_.path()).flip(cell, random);
      EXPECT_TRUE(is_found(past_.path(), head_)) << cell.text();
      ++flips;
      restore();
    }
  }
  EXPECT_GT(flips, 30);
}

TEST_P(AlteredStore, EachRemovedRowIsFound) {
  for (const std::string& where : store::Tamper(past_.path()).rows_of(GetParam())) {
    store::Tamper(past_.path()).run(std::string("DELETE FROM ") + GetParam() + " " + where);
    EXPECT_TRUE(is_found(past_.path(), head_)) << where;
    restore();
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, AlteredStore,
                         testing::Values("journal", "evidence", "blobs", "evidence_blobs"),
                         [](const auto& table) { return std::string(table.param); });

// Cut together with the evidence that it names, the end is missed by nobody but the head.
TEST(Audit, ACutEndIsFoundByTheHead) {
  Past past(true);
  refuse_then_update(past);
  const std::vector<JournalEntry> entries = past.journal();
  const Sha256 first = entries.front().hash;
  const Sha256 last = entries.back().hash;
  past.close();
  {
    store::Tamper tamper(past.path());
    tamper.run("DELETE FROM journal WHERE number > 1");
    tamper.run("DELETE FROM evidence_blobs WHERE evidence > 1");
    tamper.run("DELETE FROM evidence WHERE number > 1");
    tamper.run("DELETE FROM blobs WHERE number NOT IN (SELECT blob FROM evidence_blobs)");
  }
  past.reopen();
  EXPECT_EQ(faults_of(audit_of(past.store())), "");
  EXPECT_EQ(faults_of(audit_of(past.store(), first)), "");
  EXPECT_THAT(faults_of(audit_of(past.store(), last)), HasSubstr("No journal has the head"));
}

TEST(Audit, EvidenceThatNoEntryNamesIsFound) {
  Past past(true);
  refuse_then_update(past);
  past.close();
  store::Tamper(past.path())
      .run(
          "INSERT INTO evidence (id, parent, child, at, grouping, octets, document, seal) SELECT "
          "zeroblob(32), parent, child, at, grouping, octets, document, seal FROM evidence "
          "LIMIT 1");
  past.reopen();
  EXPECT_FALSE(audit_of(past.store()).is_sound());
}

TEST(Audit, AnEmptyStoreIsSound) {
  Past past(true);
  const auto audit = audit_store(past.store(), {past.zone()}, std::nullopt);
  EXPECT_TRUE(audit->is_sound());
  EXPECT_EQ(audit->parents.size(), 1U);
}

}  // namespace
}  // namespace dskeeper::cli
