// design.md, "Fresh before sent" and "Nothing is lost", with a sink that answers as the test says.
#include "cli/dispatcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>

#include "parent/test_support.h"
#include "store/store.h"
#include "store/test_tamper.h"

namespace dskeeper::cli {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

const dns::Name zone = parent::name("example.");

dns::DsSet ds_set(std::uint8_t number) {
  return {dns::Ds{dns::KeyTag{number}, dns::Algorithm::ed25519, dns::DigestType::sha256,
                  Bytes(32, number)}};
}

Delegation delegation_of(const std::string& child) {
  Delegation made;
  made.child = parent::name(child);
  made.parent = zone;
  made.name_servers = {{parent::name("ns1.op."), {}}, {parent::name("ns2.op."), {}}};
  made.ds = ds_set(1);
  made.revision = "7";
  return made;
}

class ScriptedSource final : public parent::Source {
 public:
  std::vector<Delegation> delegations;

  asio::awaitable<Result<std::shared_ptr<const parent::Snapshot>>> read() override {
    co_return std::make_shared<const parent::Snapshot>(zone, "7", delegations);
  }
  asio::awaitable<Result<bool>> has_changed(const parent::Snapshot& /*snapshot*/) override {
    co_return true;
  }
};

class ScriptedSink final : public parent::Sink {
 public:
  std::deque<parent::SendResult> results;  // then: taken
  std::vector<dns::Name> sent;
  std::function<void()> meanwhile = [] {};

  asio::awaitable<std::vector<parent::SendResult>> send(
      std::span<const Change> changes, const parent::Snapshot& /*snapshot*/) override {
    std::vector<parent::SendResult> out;
    for (const Change& change : changes) {
      sent.push_back(change.child);
      meanwhile();
      out.push_back(results.empty() ? parent::SendResult{SendStatus::taken, {}} : results.front());
      if (!results.empty()) results.pop_front();
    }
    co_return out;
  }

  int followings_failed = 0;  // then it follows
  int followed = 0;
  asio::awaitable<Result<void>> follow(const parent::Snapshot& /*snapshot*/) override {
    if (++followed <= followings_failed) co_return fail("the disk is full");
    co_return Result<void>();
  }
};

// Nobody is there: each question takes its time-out.
class SilentConfirmation final : public parent::Confirmation {
 public:
  explicit SilentConfirmation(FixedClock& clock) : clock_(clock) {}
  std::string asked;

  asio::awaitable<Standing> ask(const Change& change) override {
    asked += change.child.text().substr(0, 1);
    clock_.advance(seconds(5));
    co_return Standing::not_yet;
  }

 private:
  FixedClock& clock_;
};

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() {
    settings_.zone = zone;
    work_.settings = &settings_;
    work_.policy = &policy_;
    auto source = std::make_unique<ScriptedSource>();
    auto sink = std::make_unique<ScriptedSink>();
    source_ = source.get();
    sink_ = sink.get();
    work_.source = std::move(source);
    work_.sink = std::move(sink);
    store_ = store::open_store("sqlite:" + file_, store::Access::read_write).value();
    state_ = ParentState::load(work_, store_.get(), context_.get_executor(), clock_).value();
    ledger_ = &state_->ledger();
    dispatcher_ = std::make_unique<Dispatcher>(*state_, clock_);
    for (const char* child : {"a.example.", "b.example.", "c.example."}) add(child);
    read_parent();
  }

  // A child whose change from set 1 to set 2 is queued.
  void add(const std::string& child) {
    source_->delegations.push_back(delegation_of(child));
    Change change;
    change.id = child;
    change.child = parent::name(child);
    change.parent = zone;
    change.before = ds_set(1);
    change.after = ds_set(2);
    change.hosts = source_->delegations.back().hosts();
    change.request_id = "R" + child;
    change.queued_at = change.judged_at = clock_.now();
    Case value;
    value.child = change.child;
    value.parent = zone;
    value.at = clock_.now();
    value.delegation = source_->delegations.back();
    value.request = Request::update;
    value.request_id = change.request_id;
    value.outcome = Outcome::accept;
    value.change = change;
    ledger_->apply({.cases = {value}, .changes = {change}, .events = {}});
  }

  void read_parent() { run(state_->view().read()); }

  template <typename T>
  void run(asio::awaitable<T> work) {
    asio::co_spawn(context_, std::move(work),
                   [](const std::exception_ptr& thrown, auto&&...) { EXPECT_FALSE(thrown); });
    context_.restart();
    context_.run();
  }

  void suspend(const std::string& child) {
    Act act;
    act.kind = ActKind::suspend;
    act.parent = zone;
    act.child = parent::name(child);
    act.at = clock_.now();
    act.actor = "ann";
    act.reason = "a test";
    ASSERT_TRUE(store_->add_act(act));
  }

  void send_due() {
    run(dispatcher_->send_due());
    ASSERT_TRUE(ledger_->commit());
  }

  [[nodiscard]] std::optional<Change> open(const std::string& child) const {
    return ledger_->open_change(parent::name(child));
  }
  [[nodiscard]] std::string sent() const {
    std::string out;
    for (const dns::Name& child : sink_->sent) out += child.text().substr(0, 1);
    return out;
  }
  // The journal's sentences about a child's change.
  [[nodiscard]] std::vector<std::string> journal(const std::string& child) const {
    std::vector<std::string> out;
    const std::vector<JournalEntry> entries = store_->history(zone, parent::name(child)).value();
    for (const JournalEntry& entry : entries) {
      out.push_back(entry.event.summary);
    }
    return out;
  }
  Delegation& delegation(std::size_t index) { return source_->delegations.at(index); }

  parent::TestFolder folder_;
  const std::string file_ = (folder_.path() / "store.db").string();
  asio::io_context context_;
  FixedClock clock_{parent::test_time()};
  Policy policy_;
  ParentSettings settings_;
  ParentWork work_;
  ScriptedSource* source_ = nullptr;
  ScriptedSink* sink_ = nullptr;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ParentState> state_;
  Ledger* ledger_ = nullptr;
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, WhatIsDueIsSentInOrder) {
  send_due();
  EXPECT_EQ(sent(), "abc");
  ASSERT_TRUE(open("a.example."));
  EXPECT_TRUE(open("a.example.")->taken_at);
}

// What does not follow is behind for good, where no change of ours comes by.
TEST_F(DispatcherTest, ASinkThatDoesNotFollowItsSourceIsTriedAgainInAMinute) {
  sink_->followings_failed = 2;
  using Row = std::pair<int, int>;
  for (const auto& [minutes, tries] : {Row{0, 1}, Row{0, 1}, Row{1, 2}, Row{1, 3}, Row{1, 3}}) {
    clock_.advance(std::chrono::minutes(minutes));
    run(dispatcher_->follow_source());
    EXPECT_EQ(sink_->followed, tries);
  }
}

// Each row: what has become of the delegation since the change was judged.
TEST_F(DispatcherTest, WhatIsNoLongerAsJudgedIsLookedAtFirst) {
  delegation(0).ds = ds_set(3);
  delegation(1).name_servers.pop_back();
  delegation(2).registration.no_ds = true;
  read_parent();
  clock_.advance(seconds(10));
  send_due();
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(dispatcher_->take_to_be_judged().size(), 3U);
  EXPECT_EQ(open("a.example.")->state, ChangeState::queued);
}

TEST_F(DispatcherTest, AStatusThatBarsStopsWhatIsQueued) {
  policy_.bar_status = {"serverHold"};
  delegation(1).registration.statuses = std::vector<std::string>{"serverHold"};
  read_parent();
  send_due();
  EXPECT_EQ(sent(), "ac");
}

TEST_F(DispatcherTest, WhatVanishedFromTheParentIsNotSent) {
  source_->delegations.erase(source_->delegations.begin());
  read_parent();
  send_due();
  EXPECT_EQ(sent(), "bc");
}

TEST_F(DispatcherTest, AChangeThatIsDecidedOtherwiseWhileAnotherOneIsSentDoesNotLeave) {
  sink_->meanwhile = [this] {
    Case value = *ledger_->find_case(parent::name("b.example."));
    value.outcome = Outcome::suspended;
    ledger_->apply({.cases = {value}, .changes = {}, .events = {}});
  };
  send_due();
  EXPECT_EQ(sent(), "ac");
}

TEST_F(DispatcherTest, WhatAPersonDecidesWhileAnotherOneIsSentBindsTheNext) {
  sink_->meanwhile = [this] {
    if (sink_->sent.size() == 1) suspend("b.example.");
  };
  send_due();
  EXPECT_EQ(sent(), "ac");
  EXPECT_FALSE(open("b.example."));
}

TEST_F(DispatcherTest, AnActIsJournalledOnceThoughTheStoreTakesItLate) {
  ASSERT_TRUE(ledger_->commit());
  suspend("a.example.");
  store::Tamper other(file_);
  other.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(state_->obey_acts());
  run(dispatcher_->send_due());
  EXPECT_EQ(sent(), "") << "nothing leaves while nothing can be written";
  other.run("DROP TRIGGER full");
  EXPECT_TRUE(state_->obey_acts());
  const std::vector<std::string> entries = journal("a.example.");
  EXPECT_EQ(std::count_if(entries.begin(), entries.end(),
                          [](const std::string& entry) {
                            return entry.find("was suspended by") != std::string::npos;
                          }),
            1);
  EXPECT_TRUE(store_->pending_acts(zone).value().empty());
}

TEST_F(DispatcherTest, AJudgementOlderThanTenMinutesIsMadeAgainFirst) {
  clock_.advance(std::chrono::minutes(11));
  send_due();
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(dispatcher_->take_to_be_judged().size(), 3U);
}

// A scan of hours must not leave for ever what it judged in its first part.
TEST_F(DispatcherTest, AScanLooksAgainAtWhatHasGrownOldAndSendsIt) {
  clock_.advance(std::chrono::minutes(11));
  std::vector<std::size_t> looked_at;
  const Dispatcher::Freshen freshen =
      [&](std::vector<dns::Name> stale) -> asio::awaitable<Result<void>> {
    looked_at.push_back(stale.size());
    EXPECT_EQ(sent(), "") << "first it is made fresh";
    for (const dns::Name& child : stale) {
      Change change = *ledger_->open_change(child);
      change.judged_at = clock_.now();
      ledger_->apply({.cases = {}, .changes = {change}, .events = {}});
    }
    co_return Result<void>();
  };
  sink_->results = {{SendStatus::failed, "no", false},
                    {SendStatus::failed, "no", false},
                    {SendStatus::failed, "no", false}};
  run(dispatcher_->send_and_confirm(freshen));
  EXPECT_EQ(looked_at, (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(sent(), "abc");
}

// As where a person has suspended the child while the scan was under way.
TEST_F(DispatcherTest, AScanObeysBeforeItSends) {
  const Dispatcher::Freshen freshen =
      [&](const std::vector<dns::Name>&) -> asio::awaitable<Result<void>> {
    Case value = *ledger_->find_case(parent::name("b.example."));
    value.outcome = Outcome::suspended;
    ledger_->apply({.cases = {value}, .changes = {}, .events = {}});
    co_return Result<void>();
  };
  sink_->results = {{SendStatus::failed, "no", false}, {SendStatus::failed, "no", false}};
  run(dispatcher_->send_and_confirm(freshen));
  EXPECT_EQ(sent(), "ac");
}

TEST_F(DispatcherTest, WhereNobodyIsThereOneChangeIsTriedAndTheOthersWait) {
  sink_->results = {{SendStatus::unknown, "no answer", true},
                    {SendStatus::unknown, "no answer", true}};
  send_due();
  EXPECT_EQ(sent(), "a");
  EXPECT_EQ(open("b.example.")->state, ChangeState::queued);
  EXPECT_EQ(open("b.example.")->reason, "not sent: no answer");
  EXPECT_EQ(open("b.example.")->attempts, 0U);
  send_due();
  EXPECT_EQ(sent(), "a") << "not before the pause is over";
  clock_.advance(seconds(2));
  send_due();
  EXPECT_EQ(sent(), "aa");
  clock_.advance(seconds(2));
  send_due();
  EXPECT_EQ(sent(), "aaa") << "which is taken";
  send_due();
  EXPECT_EQ(sent(), "aaabc") << "as soon as somebody answers, all go out";
}

TEST_F(DispatcherTest, TheJournalCallsNothingSentThatDidNotLeave) {
  sink_->results = {{SendStatus::later, "connection refused", true}};
  send_due();
  for (const char* child : {"a.example.", "b.example."}) {
    for (const std::string& sentence : journal(child)) {
      EXPECT_EQ(sentence.find("was sent"), std::string::npos) << sentence;
    }
  }
  EXPECT_EQ(open("a.example.")->state, ChangeState::queued);
}

TEST_F(DispatcherTest, ThePaceIsKept) {
  settings_.changes_per_minute = 2;
  send_due();
  EXPECT_EQ(sent(), "ab");
  clock_.advance(seconds(59));
  send_due();
  EXPECT_EQ(sent(), "ab");
  clock_.advance(seconds(1));
  send_due();
  EXPECT_EQ(sent(), "abc");
}

TEST_F(DispatcherTest, WhoDoesNotConfirmKeepsNobodyElseWaitingForAllOfIt) {
  send_due();
  auto silent = std::make_unique<SilentConfirmation>(clock_);
  const SilentConfirmation& confirmation = *silent;
  work_.confirmation = std::move(silent);
  settings_.confirm = {Endpoint::parse("192.0.2.1", 53).value()};
  clock_.advance(std::chrono::minutes(1));
  run(dispatcher_->confirm_sent());
  EXPECT_EQ(confirmation.asked, "ab");
  run(dispatcher_->confirm_sent());
  EXPECT_EQ(confirmation.asked, "abc") << "each has its turn";
}

TEST_F(DispatcherTest, AfterAStopNothingLeaves) {
  sink_->meanwhile = [this] { dispatcher_->stop(); };
  send_due();
  EXPECT_EQ(sent(), "a");
}

// --- the breaker -------------------------------------------------------------------------------

class BreakerTest : public DispatcherTest {
 protected:
  // Queues the three changes again, now that two a day are allowed.
  void trip(Duration between = seconds(1)) {
    policy_.breaker = {.delete_share = 0,
                       .delete_min = 20,
                       .change_share = 0,
                       .change_min = 2,
                       .operator_share = 0,
                       .operator_min = 2};
    for (const char* child : {"a.example.", "b.example.", "c.example."}) {
      clock_.advance(between);
      Change change = *open(child);
      change.queued_at = change.judged_at = clock_.now();
      store::Batch batch;
      batch.changes.push_back(change);
      state_->take_queued(change, batch);
      ledger_->apply(std::move(batch));
    }
    ASSERT_TRUE(ledger_->commit());
  }
  void resume() {
    Act act;
    act.kind = ActKind::resume_breaker;
    act.parent = act.child = zone;
    act.at = clock_.now();
    act.actor = "alice";
    ASSERT_TRUE(store_->add_act(act));
    ASSERT_TRUE(state_->obey_acts());
  }
};

TEST_F(BreakerTest, TheOneThatCrossesWaitsAndEarlierOnesStand) {
  trip();
  send_due();
  EXPECT_EQ(sent(), "ab");
  EXPECT_EQ(store_->breakers(zone, clock_.now()).value().size(), 1U);
}

// design.md: the one that crosses waits; of those queued in its very instant none is earlier.
TEST_F(BreakerTest, WhoIsQueuedInTheInstantOfTheTripWaitsAndItsCaseSaysSo) {
  trip(seconds(0));
  send_due();
  EXPECT_EQ(sent(), "");
  for (const char* child : {"a.example.", "b.example."}) {
    const std::optional<Case> value = ledger_->find_case(parent::name(child));
    ASSERT_TRUE(value);
    EXPECT_TRUE(std::any_of(
        value->findings.begin(), value->findings.end(),
        [](const Finding& finding) { return finding.code == FindingCode::breaker_open; }))
        << child;
  }
}

TEST_F(BreakerTest, ItSurvivesARestart) {
  trip();
  state_ = ParentState::load(work_, store_.get(), context_.get_executor(), clock_).value();
  ledger_ = &state_->ledger();
  dispatcher_ = std::make_unique<Dispatcher>(*state_, clock_);
  read_parent();
  send_due();
  EXPECT_EQ(sent(), "ab");
}

TEST_F(BreakerTest, WhatAPersonReleasesIsLookedAtBeforeItLeaves) {
  trip();
  send_due();
  resume();
  clock_.advance(seconds(10));
  send_due();
  EXPECT_EQ(sent(), "ab");
  const std::vector<dns::Name> due = dispatcher_->take_to_be_judged();
  EXPECT_EQ(due, std::vector<dns::Name>{parent::name("c.example.")});
  EXPECT_TRUE(store_->pending_acts(zone).value().empty());
}

// --- the ledger ----------------------------------------------------------------------------------

TEST_F(DispatcherTest, ARetryIsDueBetweenThePassesAndARefusedChildIsNot) {
  Case value = *ledger_->find_case(parent::name("a.example."));
  const auto is_due = [&] {
    const std::vector<dns::Name> due = ledger_->due(clock_.now());
    return std::find(due.begin(), due.end(), value.child) != due.end();
  };
  value.outcome = Outcome::refuse;
  ledger_->apply({.cases = {value}, .changes = {}, .events = {}});
  clock_.advance(seconds(100'000));
  EXPECT_FALSE(is_due());
  value.outcome = Outcome::retry;
  value.ready_at = clock_.now() + seconds(100);
  ledger_->apply({.cases = {value}, .changes = {}, .events = {}});
  EXPECT_FALSE(is_due());
  clock_.advance(seconds(100));
  EXPECT_TRUE(is_due());
  // A look that changes nothing is not stored, and yet it was made.
  value.at = clock_.now();
  ledger_->remember(value);
  EXPECT_FALSE(is_due());
}

TEST_F(DispatcherTest, TwoLooksAtAChildAreNeverUnderWayAtOnce) {
  const dns::Name child = parent::name("a.example.");
  EXPECT_TRUE(ledger_->begin_look(child));
  EXPECT_FALSE(ledger_->begin_look(child));
  ledger_->end_look(child);
  EXPECT_TRUE(ledger_->begin_look(child));
}

}  // namespace
}  // namespace dskeeper::cli
