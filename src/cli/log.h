// What the program says of its own running, on standard error: a closed catalogue of events.
//
// Each row has a stable name, a level, a sentence and what the operator does about it. What is said
// of a child is a finding (model/finding.h), not a log event.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dskeeper::cli {

enum class LogEvent : std::uint8_t {
  started,
  stopping,
  stopped,
  pass_started,
  pass_ended,
  pass_failed,
  source_read,
  source_unreadable,
  source_lags,
  sink_lags,
  change_sent,
  change_confirmed,
  change_failed,
  change_waits,
  parent_silent,
  parent_answers,
  breaker_tripped,
  breaker_resumed,
  act_obeyed,
  pass_void,
  notify_listening,
  notify_no_room,
  http_listening,
  http_failed,
  journal_head,
  signals_found,
  signals_unreadable,
  signals_published,
  signal_remark,
  signals_not_published,
  store_failed,
  configuration_reloaded,
  configuration_kept,
  dsync_updated,
  warning,
};

enum class LogLevel : std::uint8_t { info, warning, error };

struct LogEventKind {
  LogEvent event;
  std::string_view name;
  LogLevel level;
  std::string_view sentence;  // with one {} for each fact
  std::string_view remedy;
};
[[nodiscard]] std::span<const LogEventKind> log_catalogue();

// One line: time, level, name, sentence.
void log(LogEvent event, const std::vector<std::string>& facts = {});

}  // namespace dskeeper::cli
