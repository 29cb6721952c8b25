#include "model/report_agent.h"

#include <algorithm>

namespace dskeeper {

std::string_view to_text(AgentTrouble trouble) {
  switch (trouble) {
    case AgentTrouble::none:
      return "";
    case AgentTrouble::is_root:
      return "is the root, which no report goes to (RFC 9567 §6.1)";
    case AgentTrouble::not_of_server:
      return "is neither one of the name servers in the parent's delegation nor lies below one "
             "(RFC 9859 §4.2.1)";
    case AgentTrouble::in_child:
      return "lies inside the zone that is reported of (RFC 9567 §8.1)";
  }
  return "";
}

AgentTrouble check_agent(const dns::Name& agent, const dns::Name& child,
                         std::span<const dns::Name> hosts) {
  if (agent.is_root()) return AgentTrouble::is_root;
  if (agent.is_at_or_below(child)) return AgentTrouble::in_child;
  const bool is_of_server = std::ranges::any_of(
      hosts, [&](const dns::Name& host) { return !host.is_root() && agent.is_at_or_below(host); });
  return is_of_server ? AgentTrouble::none : AgentTrouble::not_of_server;
}

}  // namespace dskeeper
