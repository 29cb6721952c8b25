#include "cli/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <malloc.h>

#include <algorithm>
#include <map>
#include <random>

#include "keeper/schedule.h"
#include "parent/test_support.h"

namespace dskeeper::cli {
namespace {

using parent::name;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const dns::Name zone = name("example.");

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() { reopen(); }

  void reopen() {
    ledger_.reset();
    store_.reset();
    store_ = store::open_store("sqlite:" + (folder_.path() / "store").string(),
                               store::Access::read_write)
                 .value();
    ledger_ = Ledger::load(zone, policy_, store_.get()).value();
  }

  Case case_of(const std::string& child, Outcome outcome, std::optional<Duration> ready_in) const {
    Case value;
    value.child = name(child);
    value.parent = zone;
    value.at = now_;
    value.outcome = outcome;
    if (ready_in) value.ready_at = now_ + *ready_in;
    return value;
  }

  void apply(const Case& value) { ledger_->apply({.cases = {value}, .changes = {}, .events = {}}); }

  parent::TestFolder folder_;
  Time now_ = parent::test_time();
  Policy policy_;
  std::unique_ptr<store::Store> store_;
  std::optional<Ledger> ledger_;
};

TEST_F(LedgerTest, GivesWhoIsDueInTheOrderInWhichTheyBecameSo) {
  apply(case_of("later.example.", Outcome::retry, seconds(60)));
  apply(case_of("second.example.", Outcome::retry, seconds(20)));
  apply(case_of("first.example.", Outcome::retry, seconds(10)));
  apply(case_of("rests.example.", Outcome::in_sync, seconds(10)));
  apply(case_of("refused.example.", Outcome::refuse, std::nullopt));
  EXPECT_THAT(ledger_->due(now_), IsEmpty());
  EXPECT_THAT(ledger_->due(now_ + seconds(20)),
              ElementsAre(name("first.example."), name("second.example.")));
}

TEST_F(LedgerTest, WhoWasLookedAtIsDueNoMore) {
  apply(case_of("a.example.", Outcome::retry, seconds(10)));
  apply(case_of("b.example.", Outcome::retry, seconds(10)));
  apply(case_of("a.example.", Outcome::retry, seconds(30)));
  ledger_->remember(case_of("b.example.", Outcome::retry, seconds(40)));
  EXPECT_THAT(ledger_->due(now_ + seconds(10)), IsEmpty());
  EXPECT_THAT(ledger_->due(now_ + seconds(40)),
              ElementsAre(name("a.example."), name("b.example.")));
}

// A look that changes nothing is not stored, and yet it was made.
TEST_F(LedgerTest, WhoWasLookedAtWithoutNewsIsDueNoMore) {
  Case value = case_of("a.example.", Outcome::retry, seconds(10));
  apply(value);
  now_ += seconds(100);
  EXPECT_THAT(ledger_->due(now_), ElementsAre(value.child));
  value.at = now_;
  ledger_->remember(value);
  EXPECT_THAT(ledger_->due(now_), IsEmpty());
}

TEST_F(LedgerTest, TwoLooksAtAChildAreNeverUnderWayAtOnce) {
  EXPECT_TRUE(ledger_->begin_look(name("a.example.")));
  EXPECT_FALSE(ledger_->begin_look(name("a.example.")));
  ledger_->end_look(name("a.example."));
  EXPECT_TRUE(ledger_->begin_look(name("a.example.")));
}

// What an asking child's case looks like after its first look.
Case asking(std::size_t number, Time now) {
  const std::string digits = std::to_string(1'000'000 + number);
  Case value;
  value.child = name("c" + digits + ".example.");
  value.parent = zone;
  value.at = now;
  value.policy = "default";
  value.delegation.child = value.child;
  value.delegation.parent = zone;
  for (const char* host : {"ns1.", "ns2."}) {
    value.delegation.name_servers.push_back({name(host + digits + ".test."), {}});
  }
  value.request = Request::bootstrap;
  value.outcome = Outcome::hold;
  value.request_id = to_hex(sha256(as_bytes(digits)));
  value.ds = dns::DsSet{{dns::KeyTag{1}, dns::Algorithm{13}, dns::DigestType{2}, Bytes(32, 7)}};
  value.ready_at = value.first_valid_at = value.last_valid_at = now;
  value.hold = Hold{value.request_id, now, now, LookId{7}, 1};
  value.findings.push_back({FindingCode::hold_running, {}, {"2026-12-02T02:13:37Z", "1", "3"}});
  value.findings.push_back({FindingCode::approval_helps, {}, {value.request_id}});
  return value;
}

TEST_F(LedgerTest, GivesACaseAsItWasApplied) {
  const Case value = asking(1, now_);
  EXPECT_EQ(ledger_->find_case(value.child), std::nullopt);
  EXPECT_FALSE(ledger_->has_case(value.child));
  apply(value);
  EXPECT_EQ(ledger_->find_case(value.child), value);
  EXPECT_TRUE(ledger_->has_case(value.child));
  EXPECT_TRUE(ledger_->needs_full_look(value.child));
  Case later = value;
  later.outcome = Outcome::in_sync;
  ledger_->remember(later);
  EXPECT_EQ(ledger_->find_case(value.child), later);
  EXPECT_FALSE(ledger_->needs_full_look(value.child));
  ledger_->remember(asking(2, now_));
  EXPECT_FALSE(ledger_->has_case(asking(2, now_).child)) << "it has none";
}

// Ten million delegations are to fit in 4 GiB, and a tenth of them may have a case.
TEST_F(LedgerTest, ACaseTakesLessThanAKilobyteOfMemory) {
  if (mallinfo2().uordblks == 0) GTEST_SKIP() << "another allocator";
  constexpr std::size_t count = 2000;
  store::Batch batch;
  for (std::size_t i = 0; i < count; ++i) batch.cases.push_back(asking(i, now_));
  ledger_->apply(std::move(batch));
  ASSERT_TRUE(ledger_->commit());
  reopen();  // so that the store's own memory is warm
  const std::size_t before = mallinfo2().uordblks;
  const Ledger another = Ledger::load(zone, policy_, store_.get()).value();
  EXPECT_THAT((mallinfo2().uordblks - before) / count, testing::Lt(1000U));
  EXPECT_EQ(another.find_case(asking(7, now_).child), asking(7, now_));
}

// Whatever happens to them, as a walk over all cases would find them; also after a restart.
TEST_F(LedgerTest, KnowsWhoIsDueAsTheCasesSay) {
  std::mt19937 random(7);
  std::map<dns::Name, Case> cases;
  const auto draw = [&](int below) {
    return std::uniform_int_distribution<int>(0, below - 1)(random);
  };
  for (int i = 0; i < 300; ++i) {
    Case value = case_of(std::string(1, static_cast<char>('a' + draw(20))) + ".example.",
                         static_cast<Outcome>(draw(7)), std::nullopt);
    if (draw(3) > 0) value.ready_at = now_ + seconds(draw(100));
    apply(value);
    cases.insert_or_assign(value.child, value);
    now_ += seconds(draw(5));
    if (i % 100 == 0) {
      ASSERT_TRUE(ledger_->commit());
      reopen();
    }
    std::vector<dns::Name> expected;
    for (const auto& [child, known] : cases) {
      const auto due_at = keeper::due_at(known, policy_);
      if (keeper::needs_full_look(known) && due_at && *due_at <= now_) expected.push_back(child);
    }
    std::vector<dns::Name> due = ledger_->due(now_);
    std::sort(due.begin(), due.end());
    ASSERT_EQ(due, expected) << "step " << i;
  }
}

}  // namespace
}  // namespace dskeeper::cli
