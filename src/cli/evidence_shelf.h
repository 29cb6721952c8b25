// Which evidence is kept, so that a child that publishes nonsense for ever takes bounded room.
//
// The evidence of changes and of counted looks is always kept. Of the rest (refusals, retries) each
// child has a few groups, by outcome and findings: the first and the latest of each are kept, and
// no more than a megabyte a day. The journal says of each what became of it (model/record.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "model/case.h"
#include "model/evidence.h"
#include "store/store.h"

namespace dskeeper::cli {

class EvidenceShelf {
 public:
  static constexpr std::size_t groups_per_child_max = 32;
  static constexpr std::uint64_t octets_per_day_max = 1'000'000;  // for each child

  // What the store has of that parent zone.
  [[nodiscard]] static Result<EvidenceShelf> load(const dns::Name& parent, store::Store& store);

  // The group of a decision that is not always kept: its outcome and findings. A child that has too
  // many already gets one for the rest of each outcome.
  [[nodiscard]] std::string group_of(const dns::Name& child, const Case& decided) const;

  struct Place {
    bool is_kept = true;
    std::optional<Sha256> replaces;  // is dropped in its favour
  };
  // Puts it there, where it is kept.
  [[nodiscard]] Place place(const PackedEvidence& evidence);

 private:
  struct Entry {
    Sha256 id{};
    std::int64_t day = 0;
    std::uint64_t octets = 0;
  };
  struct Group {
    std::string name;
    Entry first;
    std::optional<Entry> latest;  // another than the first
  };
  using Groups = std::vector<Group>;

  static Entry entry_of(const store::EvidenceLabel& label);
  static std::uint64_t octets_of_day(const Groups& groups, std::int64_t day);
  static Group* find(Groups& groups, const std::string& name);

  std::unordered_map<dns::Name, Groups> children_;
};

}  // namespace dskeeper::cli
