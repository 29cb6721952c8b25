// What other parts of `serve` know and want of a parent zone that it keeps: the NOTIFY receiver,
// the readers of signaling zones.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "dns/name.h"
#include "model/journal.h"
#include "model/notice.h"
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
  // Whether want_look() would take one more by that channel.
  [[nodiscard]] virtual bool has_room_for(Channel channel) const = 0;
  // How many wait of those that want_look() took.
  [[nodiscard]] virtual std::size_t looks_waiting() const = 0;
  // Looks at the child in full, now, because of a NOTIFY. False where that cannot be done now,
  // since it is looked at already or the trouble is our own: to be tried again.
  // Unless said otherwise it waits with the others that are wanted.
  [[nodiscard]] virtual boost::asio::awaitable<bool> look_at_notified(const Notice& notice);
};

// The longest one that the name lies below; null where there is none.
[[nodiscard]] KeptParent* parent_of(const std::vector<KeptParent*>& parents, const dns::Name& name);

}  // namespace dskeeper::cli
