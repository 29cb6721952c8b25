#include "keeper/source_lag.h"

#include <charconv>
#include <cstdint>

#include "keeper/continuity.h"

namespace dskeeper::keeper {
namespace {

std::optional<dns::Serial> parse_serial(std::string_view text) {
  dns::Serial serial;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, serial.value);
  if (text.empty() || error != std::errc() || rest != end) return std::nullopt;
  return serial;
}

}  // namespace

bool is_older_revision(std::string_view revision, std::string_view other) {
  const auto serial = parse_serial(revision);
  const auto other_serial = parse_serial(other);
  return serial && other_serial && other_serial->is_newer_than(*serial);
}

bool is_before(const Change& change, const Delegation& delegation) {
  if (!change.name_servers) return delegation.ds == change.before;
  return is_same_to_csync(change.child, delegation.name_servers, change.name_servers->before);
}

bool is_after(const Change& change, const Delegation& delegation) {
  if (!change.name_servers) return delegation.ds == change.after;
  return is_same_to_csync(change.child, delegation.name_servers, change.name_servers->after);
}

bool is_met_by(const Change& change, const Delegation& delegation) {
  if (change.name_servers) return is_after(change, delegation);
  return change.is_met_by(delegation.ds, delegation.ds_ttl);
}

bool is_source_behind(const Facts& facts) {
  const Change* change = facts.latest_change();
  if (change == nullptr || change->state != ChangeState::confirmed) return false;
  if (change->is_ttl_only() || !is_before(*change, facts.delegation)) return false;
  // A change of a registration that is over says nothing about the new one.
  if (facts.before && compare(*facts.before, facts.delegation) == Continuity::registered_anew) {
    return false;
  }
  const bool is_the_judged_one = facts.delegation.revision == change->revision;
  if (!facts.before) return is_the_judged_one;
  // What is older than what was known a day ago does not lag, but has a serial that was set back.
  if (is_older_revision(facts.delegation.revision, facts.before->delegation.revision) &&
      facts.now - facts.before->at < source_lag_max) {
    return true;
  }
  // Once it has shown the new set, the old one is news; also where the revision is a file's digest
  // and somebody has put the very same file back.
  const bool has_caught_up = change->is_shown || is_after(*change, facts.before->delegation);
  if (has_caught_up) return false;
  return is_the_judged_one || facts.now - change->at() < source_lag_max;
}

}  // namespace dskeeper::keeper
