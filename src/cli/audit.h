// audit: is the journal as it was written, is the evidence that it names there, and do the
// decisions follow from it? Reads the store only; asks nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/name.h"
#include "dns/signature.h"
#include "store/journal_check.h"
#include "store/store.h"

namespace dskeeper::cli {

// What came of one parent zone's audit.
struct ParentAudit {
  dns::Name parent;
  store::JournalCheck journal;
  std::uint64_t evidence = 0;       // kept, as it was written, and decided again as it was
  std::uint64_t seen_only = 0;      // of these, of unsigned delegations: they prove what was seen
  std::uint64_t signatures = 0;     // verified again, and valid at the time
  std::uint64_t replaced = 0;       // dropped for later evidence of the same child, as recorded
  std::uint64_t pruned = 0;         // dropped since the policy keeps it no longer, as recorded
  std::vector<std::string> faults;  // one sentence each; at most faults_shown_max
  std::uint64_t fault_count = 0;

  static constexpr std::size_t faults_shown_max = 20;
  [[nodiscard]] bool is_sound() const { return fault_count == 0; }
};

// Without a noted head, that the end was cut off cannot be seen.
[[nodiscard]] Result<ParentAudit> audit_parent(store::Store& store, const dns::Name& parent,
                                               dns::Verifier& verifier);

struct Audit {
  std::vector<ParentAudit> parents;
  std::vector<std::string> faults;  // of no parent zone in particular

  [[nodiscard]] bool is_sound() const;
};

// Every parent zone of the store, and those named. A head that was noted earlier must be one of
// some parent's journal.
[[nodiscard]] Result<Audit> audit_store(store::Store& store, std::vector<dns::Name> parents,
                                        const std::optional<Sha256>& noted_head);

// For a person: a table with a line for each parent zone, the faults, and what it proves.
[[nodiscard]] std::string audit_text(const Audit& audit);

}  // namespace dskeeper::cli
