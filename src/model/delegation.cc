#include "model/delegation.h"

namespace dskeeper {

std::vector<dns::Name> Delegation::hosts() const {
  std::vector<dns::Name> out;
  out.reserve(name_servers.size());
  for (const NameServer& server : name_servers) out.push_back(server.host);
  return out;
}

}  // namespace dskeeper
