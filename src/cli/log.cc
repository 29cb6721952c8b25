#include "cli/log.h"

#include <fmt/args.h>
#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>

#include "base/check.h"
#include "cli/shown_text.h"

namespace dskeeper::cli {
namespace {

constexpr std::array<LogEventKind, 35> catalogue = {{
    {LogEvent::started, "started", LogLevel::info, "dskeeper {} keeps {} with the policy {}.", ""},
    {LogEvent::stopping, "stopping", LogLevel::info, "Stopping: what is in flight is ended first.",
     ""},
    {LogEvent::stopped, "stopped", LogLevel::info, "Stopped.", ""},
    {LogEvent::pass_started, "pass-started", LogLevel::info,
     "A pass over {} delegations of {} (revision {}) begins.", ""},
    {LogEvent::pass_ended, "pass-ended", LogLevel::info, "The pass over {} has ended: {}.", ""},
    {LogEvent::pass_failed, "pass-failed", LogLevel::error, "The pass over {} failed: {}",
     "It is tried again by itself, more and more rarely; mend what the sentence names."},
    {LogEvent::source_read, "source-read", LogLevel::info,
     "The source of {} is at revision {} ({}).", ""},
    {LogEvent::source_unreadable, "source-unreadable", LogLevel::error,
     "The delegations of {} cannot be read: {}",
     "Nothing is changed until they can be; mend what the sentence names."},
    {LogEvent::source_lags, "source-lags", LogLevel::warning,
     "The source of {} is at revision {}, and {} was read before: the newer one stays.",
     "A server that lags catches up by itself. If the serial was set back, run `dskeeper resume "
     "--breaker` for the zone; else the older one is believed after a day."},
    {LogEvent::sink_lags, "sink-lags", LogLevel::error,
     "The sink of {} does not follow its source: {}",
     "What it has stays as it is, and is tried again each minute; mend what the sentence names."},
    {LogEvent::change_sent, "change-sent", LogLevel::info,
     "{}: the change is sent to the parent, where this shall stand: {}.", ""},
    {LogEvent::change_confirmed, "change-confirmed", LogLevel::info,
     "{}: the change stands in the parent zone.", ""},
    {LogEvent::change_failed, "change-failed", LogLevel::error, "{}: the change failed: {}",
     "See `dskeeper history` of the name."},
    {LogEvent::change_waits, "change-waits", LogLevel::warning, "{}: the change waits: {}",
     "It is sent again by itself."},
    {LogEvent::parent_silent, "parent-silent", LogLevel::error,
     "The changes of {} cannot be sent: {}",
     "They wait and go out by themselves; mend what the sentence names."},
    {LogEvent::parent_answers, "parent-answers", LogLevel::info,
     "The changes of {} can be sent again.", ""},
    {LogEvent::breaker_tripped, "breaker-tripped", LogLevel::error,
     "The breaker of {} has tripped: {} changes of the kind {} within a day, and {} are allowed; "
     "those of {} wait.",
     "Look into it: `dskeeper status` says how to let them go on."},
    {LogEvent::breaker_resumed, "breaker-resumed", LogLevel::info,
     "The breaker of {} for changes of the kind {} is closed: those of {} go on.", ""},
    {LogEvent::act_obeyed, "act-obeyed", LogLevel::info, "{}: {}", ""},
    {LogEvent::pass_void, "pass-void", LogLevel::error,
     "Looks at the children of {} do not count: {}",
     "Mend our own network or clock; the children are asked again."},
    {LogEvent::notify_listening, "notify-listening", LogLevel::info,
     "NOTIFY is received at {} over UDP and TCP.", ""},
    {LogEvent::notify_no_room, "notify-no-room", LogLevel::warning,
     "{} NOTIFYs were not acknowledged, since too many wait already.",
     "Their senders repeat them. If they are wanted, name the relays in notify.relays or "
     "notify.keys, or raise notify.rate."},
    {LogEvent::http_listening, "http-listening", LogLevel::info, "HTTP is served at {}.", ""},
    {LogEvent::http_failed, "http-failed", LogLevel::error, "A request by HTTP failed: {}",
     "What is kept goes on; mend what the sentence names."},
    {LogEvent::journal_head, "journal-head", LogLevel::info,
     "The journal of {} ends with entry {}, hash {}.",
     "Note it outside this machine: nothing before it can then be cut unseen."},
    {LogEvent::signals_found, "signals-found", LogLevel::info,
     "Under {} there are signals for {} of our unsigned delegations: {} are looked at now, {} "
     "first.",
     ""},
    {LogEvent::signals_unreadable, "signals-unreadable", LogLevel::warning,
     "The signals in {} cannot be read: {}",
     "They are read again by themselves. The passes find each child, only later."},
    {LogEvent::signals_published, "signals-published", LogLevel::info,
     "The signals for our zones were brought up to date: {}", ""},
    {LogEvent::signal_remark, "signal-remark", LogLevel::warning, "{}", ""},
    {LogEvent::signals_not_published, "signals-not-published", LogLevel::error,
     "The signals for our zones are not up to date: {}",
     "They stay as they stand, and it is tried again by itself; `dskeeper signal --check` shows "
     "what "
     "is missing."},
    {LogEvent::store_failed, "store-failed", LogLevel::error, "The store failed: {}",
     "Nothing is changed in the parent zone until it works again."},
    {LogEvent::configuration_reloaded, "configuration-reloaded", LogLevel::info,
     "The configuration was read again.", ""},
    {LogEvent::configuration_kept, "configuration-kept", LogLevel::error,
     "The configuration has faults, the old one is kept: {}", "Run `dskeeper check`."},
    {LogEvent::dsync_updated, "dsync-updated", LogLevel::info,
     "The DSYNC records of {} are as they shall be again: {} sets put, {} removed.", ""},
    {LogEvent::warning, "warning", LogLevel::warning, "{}", ""},
}};

spdlog::level::level_enum level_of(LogLevel level) {
  if (level == LogLevel::error) return spdlog::level::err;
  return level == LogLevel::warning ? spdlog::level::warn : spdlog::level::info;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("dskeeper",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%SZ %l %v", spdlog::pattern_time_type::utc));
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

}  // namespace

std::span<const LogEventKind> log_catalogue() {
  return catalogue;
}

void log(LogEvent event, const std::vector<std::string>& facts) {
  const LogEventKind& kind = catalogue.at(static_cast<std::size_t>(event));
  CHECK(kind.event == event);
  fmt::dynamic_format_arg_store<fmt::format_context> blanks;
  for (const std::string& fact : facts) blanks.push_back(shown_text(fact));
  logger().log(level_of(kind.level), "{}: {}", kind.name, fmt::vformat(kind.sentence, blanks));
}

}  // namespace dskeeper::cli
