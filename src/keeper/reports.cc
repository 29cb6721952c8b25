#include "keeper/reports.h"

#include <algorithm>

namespace dskeeper::keeper {
namespace {

using std::chrono::hours;

constexpr Duration registrant_after = hours(3 * 24);
constexpr Duration pause_first = hours(24);       // until the second report
constexpr Duration pause_second = hours(4 * 24);  // until the third; it doubles from then on
constexpr Duration remembered_min = hours(7 * 24);
constexpr unsigned doublings_max = 4;

// Until the next report after `count` of them.
Duration pause_after(unsigned count) {
  if (count <= 1) return pause_first;
  return pause_second * (1U << std::min(count - 2, doublings_max));
}

bool is_due(const ReportsSent& sent, Time now) {
  return sent.count == 0 || now - sent.last_at >= pause_after(sent.count);
}

// What comes back within a week, or within the time of a pause, is the same condition still.
bool is_forgotten(const Condition& condition, Time now) {
  return condition.ended_at && now - *condition.ended_at >=
                                   std::max(remembered_min, pause_after(condition.technical.count));
}

// What no schedule of ours will try again soon.
bool is_lasting(const Case& value) {
  return value.outcome == Outcome::refuse || (value.outcome == Outcome::retry && !value.ready_at);
}

const Finding* find_reportable(const Case& value, FindingCode code) {
  const auto found =
      std::find_if(value.findings.begin(), value.findings.end(), [&](const Finding& finding) {
        return finding.code == code && is_reportable(finding, value);
      });
  return found == value.findings.end() ? nullptr : &*found;
}

Condition* find_condition(std::vector<Condition>& conditions, FindingCode code) {
  const auto found =
      std::find_if(conditions.begin(), conditions.end(),
                   [&](const Condition& condition) { return condition.code == code; });
  return found == conditions.end() ? nullptr : &*found;
}

// A condition from before, at a look that still finds it or does not.
void carry_on(Condition& condition, bool is_there, Time now) {
  if (is_there && condition.ended_at) {
    condition.since = now;  // it has not lasted meanwhile
    condition.ended_at.reset();
  } else if (!is_there && !condition.ended_at) {
    condition.ended_at = now;
  }
}

}  // namespace

bool is_reportable(const Finding& finding, const Case& value) {
  if (finding.code == FindingCode::chain_broken) return true;
  // What failed at the parent is not the child's to mend.
  if (finding.code == FindingCode::change_failed) return false;
  return finding.severity() == Severity::error && is_lasting(value);
}

std::vector<Condition> next_conditions(const Case& next, Time now) {
  std::vector<Condition> out = next.conditions;
  std::erase_if(out, [&](const Condition& condition) { return is_forgotten(condition, now); });
  for (Condition& condition : out) {
    carry_on(condition, find_reportable(next, condition.code) != nullptr, now);
  }
  for (const Finding& finding : next.findings) {  // worst first
    if (!is_reportable(finding, next) || find_condition(out, finding.code) != nullptr) continue;
    out.push_back(
        {.code = finding.code, .since = now, .ended_at = {}, .technical = {}, .registrant = {}});
  }
  // Those that have ended go first.
  std::stable_partition(out.begin(), out.end(),
                        [](const Condition& condition) { return !condition.ended_at; });
  if (out.size() > conditions_max) out.resize(conditions_max);
  return out;
}

std::vector<DueReport> due_reports(const Case& value, Time now) {
  std::vector<DueReport> out;
  for (const Condition& condition : value.conditions) {
    if (condition.ended_at) continue;
    if (is_due(condition.technical, now)) out.push_back({condition.code, Audience::technical});
    const bool has_lasted = now - condition.since >= registrant_after;
    if (has_lasted && is_due(condition.registrant, now)) {
      out.push_back({condition.code, Audience::registrant});
    }
  }
  return out;
}

Case with_report(Case value, const DueReport& report, Time now) {
  if (Condition* condition = find_condition(value.conditions, report.code)) {
    ReportsSent& sent =
        report.audience == Audience::technical ? condition->technical : condition->registrant;
    ++sent.count;
    sent.last_at = now;
  }
  return value;
}

}  // namespace dskeeper::keeper
