// The roll of delegations: what the last good reading of the parent had, also of children that
// never had a case.
//
// Each new reading is compared with it before anything is done: whether it can be believed, whose
// DS set vanished out of band, which names are gone (design.md, "The source can lag or lie"). It
// survives restarts.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/ledger.h"
#include "keeper/source_fault.h"
#include "model/policy.h"
#include "parent/source.h"
#include "store/store.h"

namespace dskeeper::cli {

class Roll {
 public:
  // Empty without a store.
  [[nodiscard]] static Result<Roll> load(const dns::Name& parent, store::Store* store);

  enum class Trust : std::uint8_t {
    checked,
    whatever,  // a person has said that the source is right
  };
  // Takes a new reading; `before` is the one that this process made before it, null for the first.
  // What follows goes to the ledger. Fails, and changes nothing, where it is not to be believed.
  [[nodiscard]] Result<void> take(const parent::Snapshot* before, const parent::Snapshot& now_is,
                                  const Policy& policy, Trust trust, Time now, Ledger& ledger);

  // How many delegations are secure.
  [[nodiscard]] std::size_t secure() const { return secure_; }

 private:
  std::vector<keeper::Entry> known_;  // in canonical order
  std::size_t secure_ = 0;
};

}  // namespace dskeeper::cli
