#include "model/finding.h"

#include <fmt/core.h>

#include <algorithm>

namespace dskeeper {
namespace {

// A sentence names this many servers, and then says how many more there are.
constexpr std::size_t listed_servers_max = 4;

std::string list_of(const std::vector<ServerAddress>& servers) {
  if (servers.empty()) return "no server in particular";
  std::string out;
  const std::size_t shown = std::min(servers.size(), listed_servers_max);
  const std::size_t hidden = servers.size() - shown;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == shown && hidden == 0 ? " and " : ", ";
    out += servers[i].text();
  }
  if (hidden > 0) out += fmt::format(" and {} more", hidden);
  return out;
}

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "info";
  }
  return "info";
}

std::string Finding::text() const {
  constexpr std::string_view servers_blank = "{servers}";
  constexpr std::string_view fact_blank = "{}";
  std::string_view rest = kind_of(code).sentence;
  std::string out;
  std::size_t next_fact = 0;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    out += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    rest.remove_prefix(open);
    const bool is_servers = rest.starts_with(servers_blank);
    if (is_servers) {
      out += list_of(servers);
    } else {
      // Findings outlive the sentence they were made for: one kept from before may lack a fact.
      out += next_fact < facts.size() ? facts[next_fact++] : "?";
    }
    rest.remove_prefix(is_servers ? servers_blank.size() : fact_blank.size());
  }
  return out;
}

void sort_findings(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity() < b.severity(); });
}

}  // namespace dskeeper
