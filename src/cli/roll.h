// The roll of delegations: what the last good reading of the parent had, also of children that
// never had a case.
//
// Each new reading is compared with it before anything is done: whether it can be believed, whose
// DS set vanished out of band, which names are gone (design.md, "The source can lag or lie"). It
// survives restarts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/known_children.h"
#include "cli/ledger.h"
#include "model/policy.h"
#include "parent/snapshot.h"
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
  enum class Taken : std::uint8_t {
    whole,
    is_behind,  // not at all: it is older than what is known, and says nothing of what is gone
  };
  // Takes a new reading. What follows goes to the ledger, of a large zone in several groups, and
  // into the store. Fails, and changes nothing, where it is not to be believed.
  [[nodiscard]] Result<Taken> take(const std::shared_ptr<const parent::Snapshot>& reading,
                                   const Policy& policy, Trust trust, Time now, Ledger& ledger);

  // The revision of the newest reading; empty where there was none.
  [[nodiscard]] std::string revision() const { return newest_ ? newest_->revision : std::string(); }
  // How many delegations are secure.
  [[nodiscard]] std::size_t secure() const { return secure_; }

 private:
  explicit Roll(const dns::Name& parent) : known_(parent) {}
  [[nodiscard]] bool is_behind(const parent::Snapshot& reading, Time now) const;

  KnownChildren known_;
  std::optional<store::RollReading> newest_;  // which reading that was
  std::size_t secure_ = 0;
};

}  // namespace dskeeper::cli
