// What a line of a timeline expects, held against what is so.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/world.h"

namespace dskeeper::scenarios {
namespace {

std::string differs(std::string_view what, std::string_view is, std::string_view expected) {
  if (is == expected) return {};
  return fmt::format("{} is {}, not {}", what, is, expected);
}

std::string text_of(const dns::DsSet& set) {
  std::string out;
  for (const dns::Ds& ds : set) out += (out.empty() ? "" : ", ") + ds.text();
  return out.empty() ? "none" : out;
}

}  // namespace

Result<std::vector<std::string>> World::compare(const Line& line) const {
  std::vector<std::string> objections;
  Words faults("");
  for (const std::string& word : line.expected) {
    std::string objection = this->objection(word, faults);
    if (!objection.empty()) objections.push_back(std::move(objection));
  }
  if (auto understood = faults.finish(); !understood) return pass_on(std::move(understood));
  if (objections.empty() || !case_) return objections;
  for (const Finding& finding : case_->findings) {
    objections.push_back("found: " + finding.text());
  }
  return objections;
}

std::string World::objection(const std::string& word, Words& faults) const {
  if (const auto outcome = parse_outcome(word)) {
    return differs("the outcome", to_text(step_.next.outcome), word);
  }
  if (const auto state = parse_change_state(word)) {
    return differs("the change", change_ ? to_text(change_->state) : "not there", word);
  }
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos) return step_objection(word, faults);
  return field_objection(word.substr(0, equals), word.substr(equals + 1), faults);
}

std::string World::step_objection(const std::string& word, Words& faults) const {
  const auto is = [&](bool so, std::string_view sentence) {
    return so ? std::string() : std::string(sentence);
  };
  if (word.starts_with('+')) {
    return is(has_finding(word.substr(1), faults), word.substr(1) + " was not found");
  }
  if (word.starts_with('-')) {
    return is(!has_finding(word.substr(1), faults), word.substr(1) + " was found");
  }
  if (word == "queues") return is(step_.queue.has_value(), "no change was queued");
  if (word == "supersedes") return is(step_.supersede_queued, "no change was superseded");
  if (word == "no-change") return is(step_.changes.empty(), "the outbox was touched");
  if (word == "quiet") return is(step_.events.empty(), "the journal was written");
  faults.report(fmt::format("\"{}\" is nothing to expect", word));
  return {};
}

std::string World::field_objection(const std::string& key, const std::string& value,
                                   Words& faults) const {
  const Case& now = case_ ? *case_ : step_.next;
  if (key == "request") return differs("the request", to_text(now.request), value);
  if (key == "looks") {
    return differs("the number of looks", std::to_string(now.hold ? now.hold->looks : 0), value);
  }
  if (key == "ready") {
    const std::string is = now.ready_at ? format_time(*now.ready_at) : "never";
    if (value == "never") return differs("the next moment", is, value);
    const auto moment = parse_moment(value);
    if (!moment) faults.report(moment.error().what);
    return differs("the next moment", is, format_time(moment.value_or(Time{})));
  }
  if (key == "set") {
    const dns::DsSet expected = servers_.read_ds_set(value, faults);
    return differs("the set that would stand", now.ds ? text_of(*now.ds) : "unknown",
                   text_of(expected));
  }
  if (key == "parent") {
    const dns::DsSet expected = servers_.read_ds_set(value, faults);
    return differs("the DS set at the parent", text_of(parent_.delegation().ds), text_of(expected));
  }
  if (key == "ttl") {
    return differs("the TTL at the parent", std::to_string(parent_.delegation().ds_ttl.seconds),
                   value);
  }
  if (key == "suspension") {
    return differs("the suspension", now.suspension ? to_text(now.suspension->kind) : "none",
                   value);
  }
  if (key == "told") {
    std::string is;
    for (const std::string& audience : told_) is += (is.empty() ? "" : ",") + audience;
    return differs("who was told", is.empty() ? "nobody" : is, value);
  }
  if (key == "change") {
    return differs("the change", change_ ? to_text(change_->request) : "none", value);
  }
  faults.report(fmt::format("\"{}=\" is nothing to expect", key));
  return {};
}

bool World::has_finding(const std::string& name, Words& faults) const {
  const auto code = parse_finding_code(name);
  if (!code) {
    faults.report(code.error().what);
    return false;
  }
  const std::vector<Finding>& findings = step_.next.findings;
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& finding) { return finding.code == *code; });
}

}  // namespace dskeeper::scenarios
