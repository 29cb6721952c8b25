// Findings as the rules collect them: one for each code and set of facts, with all its servers.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/finding.h"

namespace dskeeper::rules {

class FindingList {
 public:
  // One that concerns no server in particular.
  void note(FindingCode code, std::vector<std::string> facts = {}) {
    find_or_add(code, std::move(facts));
  }
  void add(FindingCode code, const ServerAddress& server, std::vector<std::string> facts = {}) {
    auto& servers = find_or_add(code, std::move(facts)).servers;
    const auto at = std::lower_bound(servers.begin(), servers.end(), server);
    if (at == servers.end() || *at != server) servers.insert(at, server);
  }

  void append(const FindingList& other) {
    findings_.insert(findings_.end(), other.findings_.begin(), other.findings_.end());
  }

  [[nodiscard]] bool empty() const { return findings_.empty(); }
  [[nodiscard]] bool has(FindingCode code) const {
    return std::ranges::find(findings_, code, &Finding::code) != findings_.end();
  }
  void append_to(std::vector<Finding>& out) const {
    out.insert(out.end(), findings_.begin(), findings_.end());
  }

 private:
  Finding& find_or_add(FindingCode code, std::vector<std::string>&& facts) {
    for (Finding& finding : findings_) {
      if (finding.code == code && finding.facts == facts) return finding;
    }
    return findings_.emplace_back(Finding{code, {}, std::move(facts)});
  }

  std::vector<Finding> findings_;
};

}  // namespace dskeeper::rules
