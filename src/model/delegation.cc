#include "model/delegation.h"

#include <algorithm>

namespace dskeeper {

bool Registration::has_status(std::string_view status) const {
  return statuses && std::find(statuses->begin(), statuses->end(), status) != statuses->end();
}

std::vector<dns::Name> Delegation::hosts() const {
  std::vector<dns::Name> out;
  out.reserve(name_servers.size());
  for (const NameServer& server : name_servers) out.push_back(server.host);
  return out;
}

}  // namespace dskeeper
