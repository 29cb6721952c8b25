// What is to be reported of a case, to whom and how often (RFC 10026 §5.1, §5.2). Pure; sending is
// the reports' own business.
//
// The same condition goes to the same audience at most twice in a row, then at growing intervals;
// the registrant hears of it only when it has lasted for days.
#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"
#include "model/case.h"
#include "model/finding.h"

namespace dskeeper::keeper {

enum class Audience : std::uint8_t {
  technical,   // the child's operator, the technical contact and the registrar
  registrant,  // after three days
};

// More than so many conditions are not followed: the worst are.
inline constexpr std::size_t conditions_max = 8;

// An update that cannot be applied, once time alone does not mend it; and a DS set that leads
// nowhere, whatever is asked.
[[nodiscard]] bool is_reportable(const Finding& finding, const Case& value);

// The conditions after a look: those that go on, begin, have ended, or ended so long ago that they
// would be news again. `next` is the case as the look left it, with the conditions from before.
[[nodiscard]] std::vector<Condition> next_conditions(const Case& next, Time now);

struct DueReport {
  FindingCode code{};
  Audience audience{};
  bool operator==(const DueReport&) const = default;
};
[[nodiscard]] std::vector<DueReport> due_reports(const Case& value, Time now);
// After it was sent, or handed to what sends it.
[[nodiscard]] Case with_report(Case value, const DueReport& report, Time now);

}  // namespace dskeeper::keeper
