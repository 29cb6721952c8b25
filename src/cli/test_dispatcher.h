// A parent zone of three children whose changes wait in the outbox, and a sink that answers as the
// test says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>

#include "cli/dispatcher.h"
#include "parent/test_support.h"
#include "store/store.h"

namespace dskeeper::cli {

namespace asio = boost::asio;
using std::chrono::seconds;

inline const dns::Name zone = parent::name("example.");

inline dns::DsSet ds_set(std::uint8_t number) {
  return {dns::Ds{dns::KeyTag{number}, dns::Algorithm::ed25519, dns::DigestType::sha256,
                  Bytes(32, number)}};
}

inline Delegation delegation_of(const std::string& child) {
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

}  // namespace dskeeper::cli
