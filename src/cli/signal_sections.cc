#include "cli/signal_sections.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/signal_settings.h"

namespace dskeeper::cli {

void check_signal(const Configuration& configuration, unsigned line, FaultList& faults) {
  if (!configuration.signal || !configuration.signal->interval) return;
  if (auto task = make_signal_task(configuration, {}); !task) {
    faults.add(line, task.error());
  } else if (configuration.signal->directory.empty() && !configuration.signal->update) {
    faults.add(line, "it is not said where `serve` shall bring the signals",
               "Give directory or update in [signal].");
  }
}

void check_signaling(const SignalingSettings& signaling, unsigned line, FaultList& faults) {
  if (signaling.hosts.empty()) {
    faults.add(line, "this [[signaling]] has no hosts", "Name the operator's name servers.");
  }
  if (!signaling.axfr && !signaling.walk) {
    faults.add(line, "it is not said how these signaling zones may be read",
               "Give axfr = \"ADDRESS\", or walk = true.");
  }
}

void warn_of_signaling(Configuration& configuration, unsigned line) {
  const auto wants_signals = [&](const ParentSettings& parent) {
    const auto policy = configuration.policies.find(parent.policy);
    return policy != configuration.policies.end() &&
           policy->second.offers(BootstrapMethod::authenticated);
  };
  if (std::ranges::any_of(configuration.parents, wants_signals)) return;
  configuration.warnings.push_back(
      fmt::format("{}:{}: [[signaling]] has no effect: no parent's policy lists authenticated in "
                  "bootstrap.",
                  configuration.file.string(), line));
}

}  // namespace dskeeper::cli
