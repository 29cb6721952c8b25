// `dskeeper check`: every fault of the configuration at once, with file and line.
#include <fmt/core.h>

#include "cli/commands.h"
#include "store/store.h"

namespace dskeeper::cli {
namespace {

// A quorum larger than the number of vantage points can never be met.
std::vector<Error> impossible_policies(const Configuration& configuration) {
  std::vector<Error> faults;
  for (const ParentSettings& parent : configuration.parents) {
    const auto found = configuration.policies.find(parent.policy);
    if (found == configuration.policies.end()) continue;
    const auto& vantages = found->second.vantages;
    for (const auto& [kind, quorum] :
         {std::pair("bootstrap", vantages.bootstrap), std::pair("update", vantages.update),
          std::pair("delete", vantages.remove), std::pair("csync", vantages.csync)}) {
      if (quorum.all || quorum.count <= configuration.vantages.size()) continue;
      faults.push_back({fmt::format("the policy {} of {} can never accept a {}: {} vantage points "
                                    "must agree, {} are configured",
                                    parent.policy, parent.zone.text(), kind, quorum.count,
                                    configuration.vantages.size()),
                        fmt::format("{}:{}", configuration.file.string(), parent.line),
                        "Add a [[vantage]], or lower vantages in the policy."});
    }
  }
  return faults;
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
  const std::vector<Error> impossible = impossible_policies(*configuration);
  for (const Error& fault : impossible) could_not(fault);
  if (!impossible.empty()) return exit_usage;
  for (const std::string& warning : configuration->warnings) fmt::print(stderr, "{}\n", warning);

  const auto store = store_sentence(configuration->store.url);
  if (!store) return could_not(store.error());
  fmt::print("{} is in order: {} parent zone(s), {} vantage point(s). The store {} {}.\n",
             configuration->file.string(), configuration->parents.size(),
             configuration->vantages.size(), configuration->store.url, *store);
  return exit_done;
}

int could_not(const Error& error) {
  fmt::print(stderr, "dskeeper: {}\n", error.text());
  return exit_could_not;
}

int wrong_use(const Error& error) {
  static_cast<void>(could_not(error));
  return exit_usage;
}

}  // namespace dskeeper::cli
