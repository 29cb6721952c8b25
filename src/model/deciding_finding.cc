#include "model/deciding_finding.h"

#include <algorithm>

namespace dskeeper {

const Finding* deciding_finding(const Case& value) {
  if (value.findings.empty()) return nullptr;
  const auto keeps_off = [](const Finding& finding) {
    return finding.code == FindingCode::suspended || finding.code == FindingCode::opted_out ||
           finding.code == FindingCode::status_bars || finding.code == FindingCode::status_missing;
  };
  if (value.outcome == Outcome::suspended) {
    const auto bar = std::find_if(value.findings.begin(), value.findings.end(), keeps_off);
    if (bar != value.findings.end()) return &*bar;
  }
  return &value.findings.front();
}

}  // namespace dskeeper
