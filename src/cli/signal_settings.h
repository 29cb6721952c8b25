// What `dskeeper signal` is to do: the section [signal], with the command line before it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "child/primary.h"
#include "child/signals.h"
#include "cli/commands.h"
#include "cli/configuration.h"

namespace dskeeper::cli {

// Complete and free of contradictions. Where nothing says where signals go, they are printed.
struct SignalTask {
  SignalSettings settings;
  std::vector<dns::Name> names;  // only these zones; empty: all of list or catalog
  child::Primary primary;
  child::Primary updated;  // where `settings.update` is given
  bool check = false;

  [[nodiscard]] child::SignalOptions options() const;
};

// The error is a wrong use, with what is to be added.
[[nodiscard]] Result<SignalTask> make_signal_task(const Configuration& configuration,
                                                  const SignalCommand& command);

}  // namespace dskeeper::cli
