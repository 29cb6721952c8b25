// What a look found of a child's CSYNC (RFC 7477 §3.1), as part of a survey.
//
// A value. At each server one run of questions: SOA, CSYNC, the data that it points to, and the SOA
// again; then the servers that the change would bring were asked whether they serve the child (RFC
// 9975 §3.2).
#pragma once

#include <cstddef>
#include <vector>

#include "dns/name.h"
#include "model/answer.h"

namespace dskeeper {

// One question of a run. The data of name servers stand at their own names, not at the apex.
struct CsyncAnswer {
  dns::Name name;
  Answer answer;
  bool operator==(const CsyncAnswer&) const = default;
};

// What one look spends at most on the data that CSYNC records point to, all servers together: so
// many questions, and so many octets of answers. Thirty-two name servers with addresses of both
// families at fourteen addresses are within it.
inline constexpr std::size_t csync_questions_max = 1024;
inline constexpr std::size_t csync_octets_max = std::size_t{4} << 20U;

struct CsyncSurvey {
  std::vector<CsyncAnswer> answers;         // of one server in the order in which it was asked
  std::vector<SurveyedServer> new_servers;  // hosts of the NS set to come, with their addresses
  std::vector<Answer> new_answers;          // SOA and DNSKEY at each of these at which the look
                                            // did not ask before
  bool is_over_limit = false;               // the records point to more than the look may spend

  [[nodiscard]] bool empty() const { return answers.empty(); }
  bool operator==(const CsyncSurvey&) const = default;
};

}  // namespace dskeeper
