// Who may be told what went wrong with a NOTIFY: the agent domain of its Report-Channel option
// (RFC 9859 §4.2.1, RFC 9567).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "dns/name.h"

namespace dskeeper {

enum class AgentTrouble : std::uint8_t {
  none,
  is_root,        // RFC 9567 §4, §6.1
  not_of_server,  // neither a name server of the parent-side delegation nor below one, RFC 9859
  in_child,       // what is reported of would have to resolve for the report, RFC 9567 §8.1
};
// Half a sentence, to follow the agent's name; empty for none.
[[nodiscard]] std::string_view to_text(AgentTrouble trouble);

// `hosts` are those of the child's NS set at the parent. Somebody who could name any agent could
// make the parent ask whom he likes.
[[nodiscard]] AgentTrouble check_agent(const dns::Name& agent, const dns::Name& child,
                                       std::span<const dns::Name> hosts);

}  // namespace dskeeper
