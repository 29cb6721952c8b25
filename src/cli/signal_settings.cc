#include "cli/signal_settings.h"

#include <fmt/core.h>

#include <chrono>
#include <utility>

#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace {

// Each option that was given, over what the section says. What contradicts an option goes with it:
// `--list` takes the place of the section's catalog.
class Options {
 public:
  Options(const SignalCommand& command, SignalTask& task) : command_(command), task_(task) {}

  Result<void> apply() {
    SignalSettings& settings = task_.settings;
    task_.check = command_.check;
    settings.unauthenticated = settings.unauthenticated || command_.unauthenticated;
    settings.remove_secured = settings.remove_secured || command_.remove_secured;
    if (!command_.key.empty()) settings.key = command_.key;
    if (!command_.update_key.empty()) settings.update_key = command_.update_key;
    if (!command_.list.empty()) {
      settings.list = command_.list;
      settings.catalog.reset();
    }
    if (!command_.directory.empty() || !command_.update.empty() || command_.print) {
      settings.directory = command_.directory;
      settings.update.reset();
    }
    read_server(command_.primary, settings.primary);
    read_server(command_.update, settings.update);
    if (!command_.catalog.empty()) settings.list.clear();
    read_name(command_.catalog, settings.catalog);
    read_name(command_.zone, settings.zone);
    if (!command_.hosts.empty()) settings.hosts = read_names(command_.hosts);
    task_.names = read_names(command_.names);
    if (trouble_) return tl::unexpected<Error>(*trouble_);
    return {};
  }

 private:
  void read_server(const std::string& typed, std::optional<Endpoint>& out) {
    if (typed.empty()) return;
    if (auto server = Endpoint::parse(typed, 53))
      out = *server;
    else
      trouble_ = server.error();
  }

  void read_name(const std::string& typed, std::optional<dns::Name>& out) {
    if (typed.empty()) return;
    if (auto name = read_typed_name(typed))
      out = *std::move(name);
    else
      trouble_ = name.error();
  }

  std::vector<dns::Name> read_names(const std::vector<std::string>& typed) {
    std::vector<dns::Name> names;
    for (const std::string& text : typed) {
      std::optional<dns::Name> name;
      read_name(text, name);
      if (name) names.push_back(*std::move(name));
    }
    return names;
  }

  const SignalCommand& command_;
  SignalTask& task_;
  std::optional<Error> trouble_;
};

bool is_loopback(const IpAddress& address) {
  const IpAddress inner = address.unmapped();
  return inner.is_v4() ? inner.octets()[0] == 127 : inner.text() == "::1";
}

Result<std::optional<dns::TsigKey>> find_key(const Configuration& configuration,
                                             const std::string& typed) {
  if (typed.empty()) return std::nullopt;
  auto name = dns::Name::parse(typed);
  if (!name) return pass_on(std::move(name));
  const auto found = configuration.keys.find(name->text());
  if (found == configuration.keys.end()) {
    return fail(fmt::format("there is no [[key]] with the name \"{}\"", name->text()),
                configuration.file.string());
  }
  return found->second;
}

Result<void> check(const SignalTask& task) {
  const SignalSettings& settings = task.settings;
  if (!settings.primary) {
    return fail("it is not said which server has the zones", {},
                "Give --primary ADDRESS, or primary in [signal].");
  }
  if (settings.hosts.empty()) {
    return fail("it is not said which name servers are yours", {},
                "Give --host NAME for each, or hosts in [signal].");
  }
  if (!settings.list.empty() && settings.catalog) {
    return fail("list and catalog exclude each other", {}, "Give one of them.");
  }
  if (task.names.empty() && settings.list.empty() && !settings.catalog) {
    return fail("it is not said which zones are yours", {},
                "Name them, or give --list FILE or --catalog ZONE.");
  }
  if (!settings.directory.empty() && settings.update) {
    return fail("directory and update exclude each other", {}, "Give one of them.");
  }
  if (settings.zone && !settings.directory.empty()) {
    return fail("zone files are of `_signal.HOST`, so that zone goes with update only", {},
                "Use --print for the records alone, which any zone file can include.");
  }
  if (task.check && settings.directory.empty() && !settings.update) {
    return fail("it is not said where the signals to check stand", {},
                "Give --directory or --update.");
  }
  return {};
}

}  // namespace

child::SignalOptions SignalTask::options() const {
  child::SignalOptions options;
  options.hosts = settings.hosts;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings.ttl).count();
  options.ttl = dns::Ttl{static_cast<std::uint32_t>(seconds)};
  options.removes_secured = settings.remove_secured;
  options.is_whole = names.empty();
  return options;
}

Result<SignalTask> make_signal_task(const Configuration& configuration,
                                    const SignalCommand& command) {
  SignalTask task;
  if (configuration.signal) task.settings = *configuration.signal;
  if (auto applied = Options(command, task).apply(); !applied) return pass_on(std::move(applied));
  if (auto checked = check(task); !checked) return pass_on(std::move(checked));

  const SignalSettings& settings = task.settings;
  auto key = find_key(configuration, settings.key);
  if (!key) return pass_on(std::move(key));
  if (!*key && !settings.unauthenticated && !is_loopback(settings.primary->address)) {
    return fail("what the primary says without a key can be forged, and would be signed by you",
                settings.primary->text(),
                "Give --key NAME, or --unauthenticated if the way is safe.");
  }
  task.primary.server = *settings.primary;
  task.primary.key = *std::move(key);
  if (!settings.update) return task;
  auto update_key = find_key(configuration, settings.update_key);
  if (!update_key) return pass_on(std::move(update_key));
  if (!*update_key) return fail("an UPDATE needs a key", {}, "Give --update-key NAME.");
  task.updated.server = *settings.update;
  task.updated.key = *std::move(update_key);
  return task;
}

}  // namespace dskeeper::cli
