// Test support: a child's past in a store of its own, made of looks at the servers of
// rules/test_child.h, as a pass would have written it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "cli/record.h"
#include "keeper/advance.h"
#include "keeper/outbox.h"
#include "parent/test_support.h"
#include "rules/test_child.h"
#include "store/store.h"

namespace dskeeper::cli {

class Past {
 public:
  explicit Past(bool is_secure) : child(is_secure) { reopen(); }

  rules::test::TestChild child;
  Policy policy;
  Channel channel = Channel::scan;
  std::optional<Case> before;
  std::optional<Change> open_change;

  [[nodiscard]] dns::Name zone() const { return child.delegation.parent; }
  [[nodiscard]] std::string path() const { return (folder_.path() / "store.db").string(); }
  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] std::vector<JournalEntry> journal() {
    return store_->history(zone(), child.delegation.child).value();
  }

  // Until it is reopened nobody has the file open: it may be altered or copied.
  void close() { store_.reset(); }
  void reopen() {
    store_ = store::open_store("sqlite:" + path(), store::Access::read_write).value();
    shelf_ = EvidenceShelf::load(zone(), *store_).value();
  }

  Outcome look(Duration after) {
    const Time at = rules::test::now + after;
    Survey survey = child.survey();
    survey.look = LookId{static_cast<std::uint64_t>(at.time_since_epoch().count())};
    survey.started_at = survey.ended_at = at;
    const std::vector<Survey> surveys = {survey};
    const Verdict verdict = rules::test::judge_surveys(child, surveys, policy, at);
    const Time later = at + std::chrono::milliseconds(3);
    keeper::Step step =
        keeper::advance(before, child.delegation, verdict, open_change, policy, 1, later);
    store::Batch batch;
    add_record(step,
               {surveys, verdict, child.delegation, before, open_change, policy, 1, later, channel},
               shelf_, batch);
    if (step.is_worth_storing) {
      before = step.next;
      batch.cases.push_back(step.next);
    }
    for (const Change& change : step.changes) {
      open_change = change.is_open() ? std::optional(change) : std::nullopt;
    }
    batch.changes = step.changes;
    batch.events = step.events;
    EXPECT_TRUE(store_->commit(batch));
    return step.next.outcome;
  }

 private:
  parent::TestFolder folder_;
  std::unique_ptr<store::Store> store_;
  EvidenceShelf shelf_;
};

// A first DS set by delay: held over four looks, then accepted and queued.
inline void bootstrap_by_delay(Past& past) {
  past.policy = rules::test::delay_policy();
  past.child.everywhere([&](rules::test::Zone& zone) { zone.ask({&past.child.a}); });
  for (const int hours : {0, 24, 48}) {
    EXPECT_EQ(past.look(std::chrono::hours(hours)), Outcome::hold);
  }
  EXPECT_EQ(past.look(std::chrono::hours(72)), Outcome::accept);
}

// An update, signed by the key in the DS set, and refusals before it.
inline void refuse_then_update(Past& past) {
  past.child.everywhere([&](rules::test::Zone& zone) {
    zone.ask({&past.child.b});
    zone.default_signers = {&past.child.b};
  });
  EXPECT_EQ(past.look(std::chrono::hours(0)), Outcome::refuse);
  past.child.everywhere([&](rules::test::Zone& zone) { zone.ask_nothing(); });
  EXPECT_TRUE(is_at_rest(past.look(std::chrono::hours(1))));
  past.child.everywhere([&](rules::test::Zone& zone) { zone.ask({&past.child.b}); });
  EXPECT_EQ(past.look(std::chrono::hours(2)), Outcome::refuse);
  past.child.everywhere([&](rules::test::Zone& zone) { zone.default_signers = {&past.child.a}; });
  EXPECT_EQ(past.look(std::chrono::hours(3)), Outcome::accept);
}

}  // namespace dskeeper::cli
