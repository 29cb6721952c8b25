// `dskeeper check`: every fault of the configuration at once, with file and line.
#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "cli/commands.h"
#include "cli/shown_text.h"
#include "cli/sink_settings.h"
#include "cli/typed_name.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace {

// What the configuration says of one parent zone, and where.
class ParentCheck {
 public:
  ParentCheck(const Configuration& configuration, const ParentSettings& parent)
      : configuration_(configuration),
        parent_(parent),
        policy_(configuration.policies.at(parent.policy)) {}

  std::vector<Error> faults() {
    check_files();
    check_vantages();
    check_statuses();
    return std::move(faults_);
  }

 private:
  void add(std::string what, std::string remedy) {
    faults_.push_back({std::move(what),
                       fmt::format("{}:{}", configuration_.file.string(), parent_.line),
                       std::move(remedy)});
  }

  void check_file(const std::filesystem::path& path, std::string_view what) {
    if (path.empty() || std::ifstream(path)) return;
    add(fmt::format("the {} {} cannot be read", what, path.string()), "");
  }

  void check_files() {
    if (const auto* zone = std::get_if<ZoneFileSource>(&parent_.source)) {
      check_file(zone->path, "zone file");
    } else if (const auto* list = std::get_if<ListSource>(&parent_.source)) {
      check_file(list->path, "list");
    }
    check_file(parent_.facts, "facts file");
  }

  // A quorum larger than the number of vantage points can never be met.
  void check_vantages() {
    const auto& vantages = policy_.vantages;
    for (const auto& [kind, quorum] :
         {std::pair("a first DS", vantages.bootstrap), std::pair("an update", vantages.update),
          std::pair("a delete", vantages.remove), std::pair("a CSYNC", vantages.csync)}) {
      if (quorum.all || quorum.count <= configuration_.vantages.size()) continue;
      add(fmt::format("the policy {} of {} can never accept {}: {} vantage points must agree, {} "
                      "are configured",
                      parent_.policy, parent_.zone.text(), kind, quorum.count,
                      configuration_.vantages.size()),
          "Add a [[vantage]], or lower vantages in the policy.");
    }
  }

  // Only facts tell a status, and a list has those of each delegation in it.
  void check_statuses() {
    if (policy_.require_status.empty() || !parent_.facts.empty() ||
        std::holds_alternative<ListSource>(parent_.source)) {
      return;
    }
    add(fmt::format("the policy {} of {} can never accept anything: it requires the status \"{}\", "
                    "and without facts no status is known",
                    parent_.policy, parent_.zone.text(), policy_.require_status.front()),
        "Give the parent facts, or take require-status out of the policy.");
  }

  const Configuration& configuration_;
  const ParentSettings& parent_;
  const Policy& policy_;
  std::vector<Error> faults_;
};

// RFC 7477 §4.4: a parent knows, and tells, whether it copies name servers and glue.
std::string csync_sentence(const Configuration& configuration, const ParentSettings& parent) {
  const std::string reason = reason_without_csync(parent, configuration.policies.at(parent.policy));
  if (!reason.empty()) {
    return fmt::format("{}: children are not asked for CSYNC, since {}.", parent.zone.text(),
                       reason);
  }
  if (std::holds_alternative<NoSink>(parent.sink)) {
    return fmt::format("{}: children are asked for CSYNC and judged, and nothing is sent anywhere.",
                       parent.zone.text());
  }
  return fmt::format(
      "{}: name servers and glue follow the children's CSYNC records{}.", parent.zone.text(),
      writes_delegations(parent) ? " in the file; the source has to show each change within a day"
                                 : "");
}

Result<std::string> store_sentence(const std::string& url) {
  auto is_there = store::store_exists(url);
  if (!is_there) return pass_on(std::move(is_there));
  if (!*is_there) return "will be made by the first scan";
  auto pending = store::pending_migrations(url);
  if (!pending) return pass_on(std::move(pending));
  if (pending->empty()) return "is up to date";
  std::string names;
  for (const std::string& name : *pending) names += (names.empty() ? "" : ", ") + name;
  return fmt::format("will be brought up to date when it is next opened to write: {}", names);
}

}  // namespace

int run_check(const std::string& configuration_file) {
  const auto configuration = load_configuration(find_configuration_file(configuration_file));
  if (!configuration) {
    for (const Error& fault : configuration.error().faults) could_not(fault);
    return exit_usage;
  }
  std::vector<Error> faults;
  for (const ParentSettings& parent : configuration->parents) {
    ParentCheck check(*configuration, parent);
    for (Error& fault : check.faults()) faults.push_back(std::move(fault));
  }
  for (const Error& fault : faults) could_not(fault);
  for (const std::string& warning : configuration->warnings) fmt::print(stderr, "{}\n", warning);
  if (!faults.empty()) return exit_usage;

  const auto store = store_sentence(configuration->store.url);
  if (!store) return could_not(store.error());
  fmt::print("{} is in order: {} parent zone(s), {} vantage point(s). The store {} {}.\n",
             configuration->file.string(), configuration->parents.size(),
             configuration->vantages.size(), configuration->store.url, *store);
  for (const ParentSettings& parent : configuration->parents) {
    fmt::print("{}\n", csync_sentence(*configuration, parent));
  }
  return exit_done;
}

int could_not(const Error& error) {
  fmt::print(stderr, "dskeeper: {}\n", shown_text(error.text()));
  return exit_could_not;
}

int wrong_use(const Error& error) {
  static_cast<void>(could_not(error));
  return exit_usage;
}

}  // namespace dskeeper::cli
