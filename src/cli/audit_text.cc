// What `audit` prints: a table, the faults, and in plain words what was proved and what was not.
#include <fmt/core.h>

#include "cli/audit.h"
#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace {

std::string parent_text(const ParentAudit& parent) {
  std::string out = fmt::format(
      "{:24} {:>8} {:>9} {:>7} {:>10} {:>8}  {}\n", shown_name(parent.parent), parent.journal.sound,
      parent.evidence, parent.evidence - parent.seen_only, parent.signatures,
      parent.replaced + parent.pruned, parent.is_sound() ? "sound" : "NOT SOUND");
  for (const std::string& fault : parent.faults) out += fmt::format("  {}\n", fault);
  if (parent.fault_count > parent.faults.size()) {
    out += fmt::format("  … and {} more.\n", parent.fault_count - parent.faults.size());
  }
  if (parent.journal.sound > 0) {
    out += fmt::format("  Its head: {}\n", to_hex(parent.journal.head));
  }
  return out;
}

}  // namespace

std::string audit_text(const Audit& audit) {
  std::string out = fmt::format("{:24} {:>8} {:>9} {:>7} {:>10} {:>8}\n", "parent zone", "entries",
                                "decisions", "signed", "signatures", "dropped");
  std::uint64_t seen_only = 0;
  for (const ParentAudit& parent : audit.parents) {
    out += parent_text(parent);
    seen_only += parent.seen_only;
  }
  for (const std::string& fault : audit.faults) out += fault + "\n";
  out +=
      audit.is_sound()
          ? "The journal is as it was written, and every decision that is kept follows from what "
            "was seen.\n"
          : "The store is not as it was written.\n";
  if (seen_only > 0) {
    out += fmt::format(
        "{} of the decisions were on delegations without DS: no key vouched for the answers, so "
        "that the evidence proves what was seen, not who published it.\n",
        seen_only);
  }
  out += "That nothing was cut off the end shows only against a head noted elsewhere (--head).\n";
  return out;
}

}  // namespace dskeeper::cli
