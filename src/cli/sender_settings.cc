#include "cli/sender_settings.h"

#include <fmt/core.h>

#include <utility>

#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace {

template <typename Item>
auto item_into(std::optional<Item> SenderSettings::*member,
               Result<Item> (*parse)(std::string_view)) {
  return [member, parse](SenderSettings& settings, const Value& value, FaultList& faults) {
    std::string text;
    if (!read_value(text, value, faults)) return;
    auto item = parse(text);
    if (item)
      settings.*member = *std::move(item);
    else
      faults.add(value.line, item.error());
  };
}

Result<Endpoint> parse_server(std::string_view text) {
  return Endpoint::parse(text, 53);
}

void read_memory(SenderSettings& settings, const Value& value, FaultList& faults) {
  std::string text;
  if (read_value(text, value, faults)) settings.memory = text;
}

void read_interval(SenderSettings& settings, const Value& value, FaultList& faults) {
  Duration interval{};
  if (!read_value(interval, value, faults)) return;
  if (interval < std::chrono::seconds(1)) {
    faults.add(value.line, "an interval below a second would flood the receiver");
    return;
  }
  settings.interval = interval;
}

void read_retries(SenderSettings& settings, const Value& value, FaultList& faults) {
  constexpr unsigned retries_max = 20;
  unsigned retries = 0;
  if (!read_value(retries, value, faults)) return;
  if (retries > retries_max) {
    faults.add(value.line, fmt::format("at most {} retries are reasonable", retries_max));
    return;
  }
  settings.retries = retries;
}

// Each option that was given, over what the section says.
Result<void> apply(const NotifyCommand& command, NotifyTask& task) {
  SenderSettings& settings = task.settings;
  task.type = command.csync ? dns::RecordType::csync : dns::RecordType::cds;
  task.anyway = command.anyway;
  task.force = command.force;
  task.json = command.json;
  settings.secure_only = settings.secure_only || command.secure_only;
  auto child = read_typed_name(command.name);
  if (!child) return pass_on(std::move(child));
  if (child->is_root()) return fail("the root has no parent that could be notified");
  task.child = *std::move(child);
  if (!command.key.empty()) settings.key = command.key;
  if (!command.primary.empty()) {
    auto primary = parse_server(command.primary);
    if (!primary) return pass_on(std::move(primary));
    settings.primary = *primary;
  }
  if (!command.agent.empty()) {
    auto agent = read_typed_name(command.agent);
    if (!agent) return pass_on(std::move(agent));
    settings.agent = *std::move(agent);
  }
  if (!command.wait.empty()) {
    auto wait = parse_duration(command.wait);
    if (!wait) return pass_on(std::move(wait));
    settings.wait = *wait;
  }
  return {};
}

}  // namespace

std::span<const Key<SenderSettings>> sender_keys() {
  using Sender = SenderSettings;
  static const std::vector<Key<Sender>> keys = {
      {{"primary", "address", "none",
        "The zones' primary: what it shows is what all public servers must show."},
       item_into(&Sender::primary, &parse_server)},
      {{"key", "text", "none", "The [[key]] for asking it."}, into(&Sender::key)},
      {{"agent", "domain name", "none",
        "Who wants to hear what goes wrong at the parent (RFC 9567): a name server of the zones, "
        "or "
        "a name below one."},
       item_into(&Sender::agent, &dns::Name::parse)},
      {{"wait", "duration", "\"10m\"",
        "How long the public servers may take to show the records; \"0s\": nobody waits."},
       into(&Sender::wait)},
      {{"interval", "duration", "\"60s\"", "Between two messages where nobody answers."},
       read_interval},
      {{"retries", "number", "5", "How often it is sent again."}, read_retries},
      {{"memory", "path", "none",
        "A folder that remembers what was notified of, so that the same is not sent twice."},
       read_memory},
      {{"secure-only", "true or false", "false",
        "DSYNC records that DNSSEC does not secure are not followed."},
       into(&Sender::secure_only)}};
  return keys;
}

Result<NotifyTask> make_notify_task(const Configuration& configuration,
                                    const NotifyCommand& command) {
  NotifyTask task;
  if (configuration.sender) task.settings = *configuration.sender;
  if (auto applied = apply(command, task); !applied) return pass_on(std::move(applied));
  const SenderSettings& settings = task.settings;
  if (!settings.primary) {
    if (settings.key.empty()) return task;
    return fail("a key is of no use without a primary", {}, "Give --primary ADDRESS.");
  }
  task.primary.emplace().server = *settings.primary;
  if (settings.key.empty()) return task;
  const auto name = dns::Name::parse(settings.key);
  const auto found = name ? configuration.keys.find(name->text()) : configuration.keys.end();
  if (found == configuration.keys.end()) {
    return fail(fmt::format("there is no [[key]] with the name \"{}\"", settings.key),
                configuration.file.string());
  }
  task.primary->key = found->second;
  return task;
}

}  // namespace dskeeper::cli
