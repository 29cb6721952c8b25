#include "cli/history_timing.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <string>

namespace dskeeper::cli {
namespace {

namespace json = boost::json;

// A field of an event's details; empty where there is none.
std::string detail(const Event& event, const char* field) {
  json::error_code error;
  const json::value details = json::parse(event.details, error);
  if (error || !details.is_object()) return "";
  const json::value* value = details.get_object().if_contains(field);
  if (value == nullptr || !value->is_string()) return "";
  return {value->get_string().data(), value->get_string().size()};
}

bool ends_a_change(const Event& event) {
  if (event.kind != EventKind::change) return false;
  const std::string state = detail(event, "state");
  return state == "confirmed" || state == "failed";
}

bool follows_from_something_else(const Event& event) {
  if (event.kind == EventKind::act) return true;
  const std::string channel = detail(event, "channel");
  return !channel.empty() && channel != to_text(Channel::notify) &&
         channel != to_text(Channel::due);
}

}  // namespace

std::vector<std::optional<Duration>> times_since_notice(const std::vector<JournalEntry>& entries) {
  std::vector<std::optional<Duration>> out;
  std::optional<Time> received_at;
  for (const JournalEntry& entry : entries) {
    const Event& event = entry.event;
    if (event.kind == EventKind::notify) {
      received_at = event.at;
      out.emplace_back();
      continue;
    }
    if (follows_from_something_else(event)) received_at.reset();
    out.push_back(received_at ? std::optional(event.at - *received_at) : std::nullopt);
    if (ends_a_change(event)) received_at.reset();
  }
  return out;
}

std::string since_notice_text(const std::optional<Duration>& since) {
  if (!since) return "";
  return fmt::format(" ({:.1f} s after the NOTIFY)", static_cast<double>(since->count()) / 1000);
}

}  // namespace dskeeper::cli
