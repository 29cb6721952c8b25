// A parent, an outbox and a case for the property tests, driven by what RapidCheck draws; what must
// always hold is asserted after every step.
#pragma once

#include <optional>
#include <vector>

#include "dns/signature.h"
#include "keeper/advance.h"
#include "keeper/outbox.h"
#include "model/policy.h"
#include "properties/claims.h"

namespace dskeeper::properties {

class RandomWorld {
 public:
  RandomWorld(Policy policy, KeyMask standing, std::size_t servers);

  [[nodiscard]] Time now() const { return now_; }
  void wait(Duration duration) { now_ += duration; }

  // A whole look at these claims, through prove(), judge() and advance().
  const keeper::Step& look(const std::vector<Claim>& claims);

  // What the dispatcher does with what is queued; with nothing to do, nothing.
  void send(bool arrives, bool is_answer_lost);
  void ask();
  // Somebody else's edit of the DS set.
  void edit_out_of_band(KeyMask keys);
  void let_source_lag(bool lags);
  void suspend();
  void resume();

  [[nodiscard]] const std::optional<Case>& current() const { return case_; }
  [[nodiscard]] const std::optional<Change>& change() const { return change_; }
  [[nodiscard]] bool has_open_change() const { return change_ && change_->is_open(); }
  [[nodiscard]] const Delegation& parent() const { return actual_; }
  [[nodiscard]] const Verdict& verdict() const { return verdict_; }

 private:
  void keep(const Case& value);
  void keep(const Change& change);
  void act(bool suspends);

  Policy policy_;
  Delegation actual_;
  Delegation shown_;
  bool lags_ = false;
  unsigned serial_ = 1;
  Time now_;
  std::uint64_t looks_ = 0;
  std::optional<Case> case_;
  std::optional<Change> change_;
  Verdict verdict_;
  keeper::Step step_;
};

}  // namespace dskeeper::properties
