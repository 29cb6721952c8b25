// The chains of trust that were shown lately, and the evidence that each was seen in: unpacking
// that takes a third of what a page costs, and far more where a child has many servers. Evidence
// never changes: what is remembered of it is right for as long as it is the child's newest. One
// thread.
#pragma once

#include <list>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/name.h"
#include "store/store.h"
#include "web/chain.h"

namespace dskeeper::web {

class ChainMemory {
 public:
  // Some kilobytes each; the one that was not asked for for longest is forgotten.
  static constexpr std::size_t chains_max = 1'024;

  // As it was seen when the newest evidence of the child was kept; nothing where there is none.
  [[nodiscard]] Result<std::optional<Chain>> find(store::Store& store, const dns::Name& parent,
                                                  const dns::Name& child);

  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  struct Remembered {
    dns::Name child;
    Sha256 evidence{};
    Chain chain;
  };
  using Place = std::list<Remembered>::iterator;
  const Chain& remember(Remembered chain);
  void forget(Place place);

  std::list<Remembered> chains_;  // the one that was asked for last is the first
  std::map<dns::Name, Place> places_;
};

}  // namespace dskeeper::web
