// All of a timeline: child, parent, the case and the outbox; each look goes the whole way through
// prove(), judge() and advance().
//
// Between two lines everything that the store keeps is written as JSON and read again, as if the
// program had been restarted.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dns/signature.h"
#include "keeper/advance.h"
#include "model/policy.h"
#include "scenarios/parent.h"
#include "scenarios/script.h"
#include "scenarios/servers.h"

namespace dskeeper::scenarios {

class World {
 public:
  World();

  // Fails on what the line does not say right, or on what cannot be.
  [[nodiscard]] Result<void> happen(const Line& line);
  // What was expected of the latest line and is not so, one sentence each.
  [[nodiscard]] Result<std::vector<std::string>> compare(const Line& line) const;

 private:
  void take_event(const std::string& what, Words& words, const Line& line);
  void read_policy(const Line& line, Words& words);
  void look(Words& words, Time now);
  void read_source(Words& words, const Delegation& delegation, Time now);
  void report(Words& words, Time now);
  void send(Words& words, Time now);
  void ask(Words& words, Time now);
  void act(const std::string& what, Words& words, Time now);
  void keep(Words& words, const Change& change);
  void keep(Words& words, Case value);

  // Why an expectation does not hold; empty where it does.
  [[nodiscard]] std::string objection(const std::string& word, Words& faults) const;
  [[nodiscard]] std::string field_objection(const std::string& key, const std::string& value,
                                            Words& faults) const;
  [[nodiscard]] std::string step_objection(const std::string& word, Words& faults) const;
  [[nodiscard]] bool has_finding(const std::string& name, Words& faults) const;

  Policy policy_;
  Servers servers_;
  Parent parent_;
  dns::Verifier verifier_;
  bool has_begun_ = false;
  std::uint64_t looks_ = 0;

  std::optional<Case> case_;
  std::optional<Change> change_;  // the latest, open or ended
  std::optional<Delegation> last_shown_;
  keeper::Step step_;           // of the latest look
  std::set<std::string> told_;  // who was sent a report after it
};

}  // namespace dskeeper::scenarios
