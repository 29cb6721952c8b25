// What is known of one parent zone's children: cases and open changes in memory, written through to
// the store in groups.
//
// The pass and the dispatcher both work on it, so that neither acts on what the other has changed
// meanwhile. One thread. Only children that ever asked for something are in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/case_packer.h"
#include "cli/evidence_shelf.h"
#include "dns/name.h"
#include "model/case.h"
#include "model/change.h"
#include "model/policy.h"
#include "store/store.h"

namespace dskeeper::cli {

class Ledger {
 public:
  // Without a store it is empty and forgets what is applied: every child is as if never seen.
  // `policy` must outlive it.
  [[nodiscard]] static Result<Ledger> load(const dns::Name& zone, const Policy& policy,
                                           store::Store* store);

  [[nodiscard]] std::optional<Case> find_case(const dns::Name& child) const;
  // Of find_case(), at once.
  [[nodiscard]] bool has_case(const dns::Name& child) const { return cases_.contains(child); }
  [[nodiscard]] bool needs_full_look(const dns::Name& child) const;
  [[nodiscard]] std::optional<Change> open_change(const dns::Name& child) const;
  // Oldest first.
  [[nodiscard]] std::vector<Change> open_changes() const;
  // Children with an open request that are to be looked at again by now, beside the timed passes.
  // First due first; asked every moment, it costs as much as it gives.
  [[nodiscard]] std::vector<dns::Name> due(Time now) const;

  // Two looks at a child at once could overtake each other: false where one is under way.
  [[nodiscard]] bool begin_look(const dns::Name& child) { return looked_at_.insert(child).second; }
  void end_look(const dns::Name& child) { looked_at_.erase(child); }
  [[nodiscard]] bool is_looked_at(const dns::Name& child) const {
    return looked_at_.contains(child);
  }

  // Of a child without a case, as far as the store has it (RFC 7344 §6.2).
  [[nodiscard]] Result<Inceptions> find_watermark(const dns::Name& parent,
                                                  const dns::Name& child) const;
  // What a look found that is not worth storing: when it was, for a child that has a case.
  void remember(const Case& value);
  // Takes effect in memory at once, in the store with the next commit; one call is never split.
  void apply(store::Batch batch);
  [[nodiscard]] Result<void> commit();
  // Is there a store that takes what is applied? Else it is for this process alone.
  [[nodiscard]] bool is_kept() const {
    return store_ != nullptr && store_->access() == store::Access::read_write;
  }
  // Has the act been obeyed, though the store may not know yet?
  [[nodiscard]] bool is_obeyed(std::uint64_t act) const;
  [[nodiscard]] std::size_t uncommitted() const {
    return batch_.cases.size() + batch_.changes.size() + evidence_octets_ / octets_like_a_case;
  }

  [[nodiscard]] EvidenceShelf& shelf() { return shelf_; }

 private:
  struct KnownCase {
    Bytes packed;
    bool needs_full_look = false;
    std::optional<Time> due_at;
  };

  Ledger(const Policy& policy, store::Store* store)
      : policy_(&policy), store_(store), packer_(std::make_unique<CasePacker>()) {}
  void put(const Case& value);

  // Evidence may be large: so much of it counts as much as a case towards the next commit.
  static constexpr std::size_t octets_like_a_case = 65'536;

  const Policy* policy_;
  store::Store* store_;
  std::unique_ptr<CasePacker> packer_;
  EvidenceShelf shelf_;
  std::size_t evidence_octets_ = 0;  // in batch_
  std::unordered_map<dns::Name, KnownCase> cases_;
  std::set<std::pair<Time, dns::Name>> due_;  // as the cases say
  std::unordered_map<dns::Name, Change> open_;
  std::unordered_set<dns::Name> looked_at_;
  store::Batch batch_;
};

}  // namespace dskeeper::cli
