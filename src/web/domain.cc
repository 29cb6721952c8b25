#include "web/domain.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "model/csync_sentence.h"
#include "model/deciding_finding.h"

namespace dskeeper::web {
namespace {

// Acts name who decided, reports and NOTIFYs name who was told and who told: not for everybody.
constexpr std::array public_kinds = {EventKind::transition, EventKind::look, EventKind::change};

// "The change failed: …" (keeper/outbox.h): what follows is what the registry's systems said.
std::string without_reason(const std::string& summary) {
  const std::size_t colon = summary.find(": ");
  return colon == std::string::npos ? summary : summary.substr(0, colon) + ".";
}

Result<std::vector<Event>> read_log(store::Store& store, const dns::Name& parent,
                                    const dns::Name& name) {
  auto log = store.recent_events(parent, name, public_kinds, log_entries_max);
  if (!log) return log;
  for (Event& event : *log) {
    if (event.kind == EventKind::change) event.summary = without_reason(event.summary);
  }
  return log;
}

void hide_people(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    const bool names_one =
        finding.code == FindingCode::approved || finding.code == FindingCode::approval_ended;
    if (names_one && !finding.facts.empty()) finding.facts.front() = "a person at the registry";
    if (finding.code == FindingCode::change_failed) finding.facts = {"see the registry's own log"};
  }
}

std::string when(std::string_view word, const std::optional<Time>& time) {
  return time ? fmt::format(" {} {}", word, format_time(*time)) : "";
}

std::string change_sentence(const Change& change) {
  switch (change.state) {
    case ChangeState::queued:
      return "The change waits to be sent to the parent.";
    case ChangeState::sent:
      return "The change was sent to the parent and is not yet confirmed.";
    case ChangeState::confirmed:
      return "The last change stands in the parent zone.";
    case ChangeState::failed:
      return "The last change failed.";
  }
  return "";
}

std::string outcome_sentence(const Case& value) {
  const std::string asked = asked_by(value);
  switch (value.outcome) {
    case Outcome::idle:
      return "The domain asks for nothing.";
    case Outcome::in_sync:
      return "All is well: what the domain asks for stands in the parent zone.";
    case Outcome::accept:
      return fmt::format("Accepted: {}.", asked);
    case Outcome::hold:
      return fmt::format("The domain asks for {}. It can be accepted, and waits{}.", asked,
                         when("until", value.ready_at));
    case Outcome::refuse:
      return fmt::format("The domain asks for {}, which is refused.", asked);
    case Outcome::retry:
      return fmt::format("The domain could not be judged yet. It is looked at again{}.",
                         when("at", value.ready_at));
    case Outcome::suspended:
      return "Automation is off for this domain.";
  }
  return "";
}

// Where nothing else is asked for.
bool is_by_csync_alone(const Case& value) {
  return is_at_rest(value.outcome) && !is_at_rest(value.csync.outcome);
}

const Finding* first_of(const std::vector<Finding>& findings) {
  return findings.empty() ? nullptr : &findings.front();
}

}  // namespace

Outcome shown_outcome(const Case& value) {
  return is_by_csync_alone(value) ? value.csync.outcome : value.outcome;
}

Case for_everybody(Case value) {
  hide_people(value.findings);
  hide_people(value.csync.findings);
  if (value.change) value.change->reason.clear();
  return value;
}

Result<Domain> read_domain(store::Store& store, ChainMemory& chains, const ParentZone& parent,
                           const dns::Name& name) {
  const auto view = store.view();
  if (!view) return tl::unexpected<Error>(view.error());
  Domain domain;
  domain.name = name;
  domain.parent = parent.zone;
  domain.policy = parent.policy;
  const auto reading = store.find_roll_reading(parent.zone);
  if (!reading) return tl::unexpected<Error>(reading.error());
  if (*reading) domain.read_at = (*reading)->at;
  const auto is_secure = store.find_on_roll(parent.zone, name);
  if (!is_secure) return tl::unexpected<Error>(is_secure.error());
  domain.is_secure = *is_secure;
  auto value = store.find_case(parent.zone, name);
  if (!value) return pass_on(std::move(value));
  if (!*value) return domain;
  domain.value = for_everybody(**std::move(value));
  auto log = read_log(store, parent.zone, name);
  if (!log) return pass_on(std::move(log));
  domain.log = *std::move(log);
  if (!domain.is_delegated()) return domain;
  auto chain = chains.find(store, parent.zone, name);
  if (!chain) return pass_on(std::move(chain));
  domain.chain = *std::move(chain);
  if (!domain.chain) return domain;
  lead(*domain.chain, domain.value->delegation);
  accuse(*domain.chain, *domain.value);
  return domain;
}

std::string asked_by(const Case& value) {
  switch (value.request) {
    case Request::none:
      return value.outcome == Outcome::in_sync ? "nothing but what stands" : "nothing";
    case Request::bootstrap:
      return "a first DS set";
    case Request::update:
      return "another DS set";
    case Request::remove:
      return "the removal of its DS set";
  }
  return "";
}

std::string standing_of(const Domain& domain) {
  if (!domain.read_at && !domain.value) {
    return "The parent zone has not been read yet, so that nothing is known of this name.";
  }
  if (!domain.is_delegated() && domain.read_at) {
    return fmt::format("The parent zone {} has no delegation of this name.", domain.parent.text());
  }
  if (!domain.value) {
    return *domain.is_secure
               ? "The domain is secure, and has never asked for anything by CDS or CDNSKEY."
               : "The domain is not signed in the parent zone, and has never asked for anything by "
                 "CDS or CDNSKEY.";
  }
  const Case& value = *domain.value;
  const bool is_by_csync = is_by_csync_alone(value);
  std::string out = is_by_csync ? csync_sentence(value.csync) : outcome_sentence(value);
  const Finding* finding = is_by_csync ? first_of(value.csync.findings) : deciding_finding(value);
  if (finding != nullptr && finding->severity() == Severity::error) out += " " + finding->text();
  if (value.change) out += " " + change_sentence(*value.change);
  return out;
}

std::optional<HoldProgress> hold_of(const Case& value, Time now) {
  if (value.outcome != Outcome::hold || !value.hold || !value.ready_at) return std::nullopt;
  HoldProgress out{.since = value.hold->since, .until = *value.ready_at};
  if (out.until <= out.since) return std::nullopt;
  out.left = std::max(out.until - now, Duration::zero());
  const auto whole = static_cast<double>((out.until - out.since).count());
  const auto over = static_cast<double>((now - out.since).count());
  out.share = std::clamp(over / whole, 0.0, 1.0);
  return out;
}

std::string span_text(Duration span) {
  const auto counted = [](long count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(span).count();
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return counted(minutes, "minute");
  const long hours = minutes / 60;
  if (hours < 24) return counted(hours, "hour") + " " + counted(minutes % 60, "minute");
  return counted(hours / 24, "day") + " " + counted(hours % 24, "hour");
}

}  // namespace dskeeper::web
