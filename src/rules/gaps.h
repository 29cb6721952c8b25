// Answers that are missing, told as findings (RFC 9975 §3): one finding for each reason, with all
// its types and servers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rules/matter.h"

namespace dskeeper::rules {

class Gaps {
 public:
  void add(const Matter& matter, const ProvedAnswer& answer, const ServerAddress& server);
  void append_to(FindingList& findings) const;

 private:
  using Reason = std::pair<FindingCode, std::string>;  // with the name of the RCODE, if it is one
  struct Gap {
    std::set<dns::RecordType> types;
    std::vector<ServerAddress> servers;
  };
  [[nodiscard]] static std::vector<std::string> facts_of(const Reason& reason, const Gap& gap);

  std::map<Reason, Gap> gaps_;
};

}  // namespace dskeeper::rules
