#include "scenarios/world.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "cli/policies.h"
#include "cli/toml_value.h"
#include "keeper/absence.h"
#include "keeper/acts.h"
#include "keeper/continuity.h"
#include "keeper/outbox.h"
#include "keeper/reports.h"
#include "model/json.h"
#include "rules/judge.h"

namespace dskeeper::scenarios {
namespace {

constexpr const char* policy_name = "timeline";

// "se; hold = \"1h\"; looks = 1" as the configuration would have it.
std::string policy_as_toml(const std::string& text) {
  std::vector<std::string> parts = split(text, ';');
  if (parts.empty()) parts.emplace_back();
  std::string base = parts.front();
  std::erase(base, ' ');
  std::string toml = fmt::format("[{}]\nbase = \"{}\"\n", policy_name, base);
  for (std::size_t i = 1; i < parts.size(); ++i) toml += parts[i] + "\n";
  return toml;
}

// `send` says what becomes of the message; without a word all goes well.
struct Delivery {
  bool arrives = true;
  std::optional<SendStatus> status;  // instead of what the parent says
};
Delivery read_delivery(Words& words) {
  if (words.take_if("answer-lost")) return {true, SendStatus::unknown};
  if (words.take_if("lost")) return {false, SendStatus::unknown};
  if (words.take_if("refused")) return {false, SendStatus::failed};
  if (words.take_if("later")) return {false, SendStatus::later};
  return {};
}

}  // namespace

World::World() {
  Line line;
  line.event = "policy bcp246";
  Words words("");
  read_policy(line, words);
  CHECK(!words.is_faulty());
}

Result<void> World::happen(const Line& line) {
  Words words(line.event);
  const std::string what = words.take("an event");
  const bool is_setting = line.at == start_of_timelines() && !has_begun_ && what != "look";
  if (!is_setting && !has_begun_) {
    has_begun_ = true;
    servers_.begin(start_of_timelines());
  }
  take_event(what, words, line);
  return words.finish();
}

void World::take_event(const std::string& what, Words& words, const Line& line) {
  if (what == "policy") return read_policy(line, words);
  if (what == "look") return look(words, line.at);
  if (what == "send") return send(words, line.at);
  if (what == "ask") return ask(words, line.at);
  if (what == "apply") {
    send(words, line.at);
    return ask(words, line.at);
  }
  if (what == "suspend" || what == "resume" || what == "approve") {
    return act(what, words, line.at);
  }
  if (parent_.take_event(what, words, servers_)) return;
  if (!servers_.take_event(what, words, line.at)) {
    return words.report(fmt::format("\"{}\" is no event", what));
  }
  if (what == "servers") parent_.name_servers(servers_.server_count());
}

void World::read_policy(const Line& line, Words& words) {
  while (!words.is_empty()) static_cast<void>(words.take("a word"));
  constexpr std::size_t after_word = 7;  // "policy "
  const std::string toml = policy_as_toml(line.event.substr(after_word));
  std::vector<Error> errors;
  cli::FaultList faults("policy", errors);
  const auto table = cli::parse_toml(toml, "policy");
  if (!table) return words.report(table.error().text());
  const auto policies = cli::read_policies(*table, faults);
  if (!errors.empty()) return words.report(errors.front().text());
  policy_ = policies.at(policy_name);
}

void World::look(Words& words, Time now) {
  const std::vector<std::string> from = servers_.vantages(words);
  if (words.is_faulty()) return;
  const LookId look{++looks_};
  const Delegation& shown = parent_.shown();
  read_source(words, shown, now);
  const Delegation delegation = keeper::with_known_facts(case_, shown);
  std::vector<rules::Proved> proved;
  for (const std::string& vantage : from) {
    const Survey survey = servers_.survey(delegation.name_servers, vantage, look, now);
    proved.push_back(rules::prove(survey, delegation, verifier_, now));
  }
  const Verdict verdict = rules::judge(delegation, proved, policy_, now);
  const std::optional<Change> open = change_ && change_->is_open() ? change_ : std::nullopt;
  const auto vantages = static_cast<unsigned>(servers_.vantage_count());
  step_ = keeper::advance(case_, delegation, verdict, open, policy_, vantages, now);
  if (step_.is_worth_storing) keep(words, step_.next);
  for (const Change& change : step_.changes) keep(words, change);
  report(words, now);
}

// A child that never had a case: only the roll of delegations knows what it had.
void World::read_source(Words& words, const Delegation& delegation, Time now) {
  if (!case_ && last_shown_) {
    const auto step = keeper::notice_removal(&*last_shown_, delegation, policy_, now);
    if (step) keep(words, step->next);
  }
  last_shown_ = delegation;
}

// Whatever is due is sent at once.
void World::report(Words& words, Time now) {
  told_.clear();
  if (!case_) return;
  for (const keeper::DueReport& due : keeper::due_reports(*case_, now)) {
    told_.insert(due.audience == keeper::Audience::technical ? "technical" : "registrant");
    keep(words, keeper::with_report(*case_, due, now));
  }
}

// The store's JSON must lose nothing.
void World::keep(Words& words, Case value) {
  auto read = case_from_json(case_to_json(value));
  if (!read || *read != value) return words.report("the case is not the same in JSON");
  case_ = *std::move(read);
}

void World::keep(Words& words, const Change& change) {
  auto read = change_from_json(change_to_json(change));
  if (!read || *read != change) return words.report("the change is not the same in JSON");
  change_ = *std::move(read);
  if (case_) keep(words, keeper::with_change(*case_, *change_));
}

void World::send(Words& words, Time now) {
  const Delivery delivery = read_delivery(words);
  if (!change_ || !change_->is_open()) return words.report("there is no change to send");
  if (keeper::needs_judging_again(*change_, now)) {
    return words.report("the change is older than ten minutes: look first");
  }
  if (!keeper::is_still_decided(case_, *change_)) {
    return words.report("the case no longer says what the change says");
  }
  keep(words, keeper::before_send(*change_, now).change);
  const SendStatus said = delivery.arrives ? parent_.apply(*change_) : SendStatus::unknown;
  const SendStatus status = delivery.status.value_or(said);
  keep(words, keeper::after_send(*change_, status, "The parent said so.", now).change);
}

void World::ask(Words& words, Time now) {
  if (!change_ || change_->state != ChangeState::sent) {
    return words.report("there is no change to ask about");
  }
  keep(words, keeper::after_confirmation(*change_, parent_.standing(*change_), now).change);
}

void World::act(const std::string& what, Words& words, Time now) {
  Act act;
  act.kind = parse_act_kind(what).value();
  act.parent = parent_.shown().parent;
  act.child = parent_.shown().child;
  act.at = now;
  act.actor = "kim";
  act.reason = what == "suspend" ? "the timeline says so" : "";
  act.reset_replay = what == "resume" && words.take_if("reset-replay");
  if (what == "approve") act.request_id = case_ ? case_->request_id : "";
  const std::optional<Change> open = change_ && change_->is_open() ? change_ : std::nullopt;
  const keeper::Obeyed obeyed = keeper::obey(act, case_, &parent_.shown(), open, policy_, now);
  if (obeyed.next) keep(words, *obeyed.next);
  if (obeyed.superseded) keep(words, *obeyed.superseded);
}

}  // namespace dskeeper::scenarios
