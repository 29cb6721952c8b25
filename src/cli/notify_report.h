// What `dskeeper notify` did, as lines for a person while it happens, or as one JSON object.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "child/discovery.h"
#include "child/notify_sender.h"
#include "model/survey.h"

namespace dskeeper::cli {

struct NotifyReport {
  dns::Name child;
  dns::RecordType type{};
  std::optional<child::Discovery> discovery;
  std::optional<dns::Dsync> target;
  std::vector<ServerAddress> servers;  // that were looked at
  std::optional<dns::Name> agent;      // that was sent along
  std::vector<std::string> remarks;
  std::optional<child::NotifyResult> result;
  std::string outcome;  // acknowledged, answered, unanswered, not-needed, not-sent
  std::string reason;   // why it was not sent or not acknowledged
};

// One object on one line.
[[nodiscard]] std::string to_json(const NotifyReport& report);
// "DSYNC of kid._dsync.example.: secure": a line for each step.
[[nodiscard]] std::vector<std::string> discovery_lines(const child::Discovery& discovery);

}  // namespace dskeeper::cli
