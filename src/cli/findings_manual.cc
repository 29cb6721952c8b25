#include "cli/findings_manual.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "model/finding.h"

namespace dskeeper::cli {
namespace {

// RFC 8914 §4, as far as the catalogue uses it.
constexpr auto extended_errors = std::to_array<std::pair<int, std::string_view>>({
    {0, "Other Error"},
    {1, "Unsupported DNSKEY Algorithm"},
    {2, "Unsupported DS Digest Type"},
    {6, "DNSSEC Bogus"},
    {7, "Signature Expired"},
    {8, "Signature Not Yet Valid"},
    {9, "DNSKEY Missing"},
    {10, "RRSIGs Missing"},
    {12, "NSEC Missing"},
    {18, "Prohibited"},
    {22, "No Reachable Authority"},
    {23, "Network Error"},
    {24, "Invalid Data"},
});

std::string_view name_of(int extended_error) {
  const auto found = std::find_if(extended_errors.begin(), extended_errors.end(),
                                  [&](const auto& entry) { return entry.first == extended_error; });
  CHECK(found != extended_errors.end());
  return found->second;
}

// The blanks as a reader would see them.
std::string readable(std::string_view sentence) {
  std::string out(sentence);
  for (const auto& [blank, shown] :
       {std::pair<std::string_view, std::string_view>{"{servers}", "*servers*"}, {"{}", "…"}}) {
    for (auto at = out.find(blank); at != std::string::npos; at = out.find(blank)) {
      out.replace(at, blank.size(), shown);
    }
  }
  return out;
}

}  // namespace

std::string findings_manual() {
  std::string out =
      "# Findings\n\n"
      "Everything that dskeeper notices about a child has a code out of this list: in `explain`, "
      "in "
      "the JSON of a case, in log\nand metrics. Codes are stable. An *error* stopped the request, "
      "a "
      "*warning* did not, an *info* explains.\n\n"
      "This page is made from `src/model/finding_catalogue.cc`. EDE is the code of RFC 8914 that "
      "suits a "
      "report.\n";
  for (const FindingKind& kind : finding_catalogue()) {
    out += fmt::format(
        "\n### `{}`\n\n{}\n\n*{}* · {} · EDE {} ({})\n\n**What the child's operator does:** {}\n",
        kind.name, readable(kind.sentence), to_text(kind.severity), kind.rule, kind.extended_error,
        name_of(kind.extended_error), kind.remedy);
  }
  return out;
}

}  // namespace dskeeper::cli
