#include "cli/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
