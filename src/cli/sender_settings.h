// What `dskeeper notify` is to do: the section [sender], with the command line before it.
#pragma once

#include <optional>
#include <span>

#include "child/primary.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/key.h"

namespace dskeeper::cli {

[[nodiscard]] std::span<const Key<SenderSettings>> sender_keys();

struct NotifyTask {
  SenderSettings settings;
  dns::Name child;
  dns::RecordType type = dns::RecordType::cds;
  std::optional<child::Primary> primary;
  bool anyway = false;
  bool force = false;
  bool json = false;
};

// The error is a wrong use, with what is to be changed.
[[nodiscard]] Result<NotifyTask> make_notify_task(const Configuration& configuration,
                                                  const NotifyCommand& command);

}  // namespace dskeeper::cli
