// Tells the agent that a NOTIFY named when the check that followed has failed for good (RFC 9859
// §4.3, RFC 9567).
//
// An agent is remembered while its child's check goes on: a check that finds the servers not in
// step is repeated, and only what no repetition mends is reported. Each NOTIFY leads to one report
// at most, and what was reported of a case counts as reported (keeper/reports.h). One thread.
#pragma once

#include <cstddef>
#include <map>

#include "base/time.h"
#include "keeper/advance.h"
#include "model/delegation.h"
#include "model/notice.h"
#include "report/report_channel.h"

namespace dskeeper::cli {

class AgentReports {
 public:
  // More agents than these are not remembered, and none for longer.
  static constexpr std::size_t agents_max = 4096;
  static constexpr Duration remembered_for = std::chrono::hours(24);

  // `channel` must outlive it.
  explicit AgentReports(report::ReportChannel& channel) : channel_(channel) {}

  // Before the look that a NOTIFY causes. An agent that may not be told counts for nothing: anybody
  // can name one.
  void hear(const Notice& notice, const Delegation& delegation, Time now);
  // After each look, before the case is written: where a report is due it is sent, and `step` says
  // so, in the case and in the journal. `delegation` is the parent's, as it is now.
  void tell(keeper::Step& step, const Delegation& delegation, Time now);

 private:
  struct Agent {
    dns::Name name;
    Time heard_at;
    bool cds = false;  // whether a report about it is still to come; likewise CSYNC
    bool csync = false;
  };

  [[nodiscard]] bool tell_of_ds(keeper::Step& step, const Agent& agent,
                                const Delegation& delegation, Time now);
  [[nodiscard]] bool tell_of_csync(keeper::Step& step, const Agent& agent,
                                   const Delegation& delegation, Time now);

  report::ReportChannel& channel_;
  std::map<dns::Name, Agent> agents_;  // by child
};

}  // namespace dskeeper::cli
