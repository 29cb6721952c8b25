// What other parts of `serve` know and want of a parent zone that it keeps: the NOTIFY receiver,
// the readers of signaling zones.
#pragma once

#include <memory>
#include <vector>

#include "dns/name.h"
#include "model/journal.h"
#include "parent/snapshot.h"

namespace dskeeper::cli {

class KeptParent {
 public:
  KeptParent() = default;
  KeptParent(const KeptParent&) = delete;
  KeptParent& operator=(const KeptParent&) = delete;
  virtual ~KeptParent() = default;

  [[nodiscard]] virtual const dns::Name& zone() const = 0;
  // As it was last read; null before the first reading.
  [[nodiscard]] virtual std::shared_ptr<const parent::Snapshot> snapshot() const = 0;
  // Has the child looked at in full, soon; whoever asks is not believed. A name that the parent
  // does not delegate is passed over. False where too many wait already: the next pass sees it.
  virtual bool want_look(const dns::Name& child, Channel channel) = 0;
};

// The longest one that the name lies below; null where there is none.
[[nodiscard]] KeptParent* parent_of(const std::vector<KeptParent*>& parents, const dns::Name& name);

}  // namespace dskeeper::cli
