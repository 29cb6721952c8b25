// What NOTIFY messages have said of a child (RFC 9859): why it is looked at, and what the journal
// has of it. A value; nothing in it is evidence of anything.
#pragma once

#include <optional>
#include <string>

#include "base/ip_address.h"
#include "base/time.h"
#include "dns/name.h"
#include "model/journal.h"

namespace dskeeper {

// One NOTIFY, or several that came before the child was looked at.
struct Notice {
  dns::Name child;
  bool cds = false;  // whether CDS and CDNSKEY are said to have changed
  bool csync = false;
  std::optional<dns::Name> agent;  // of the latest that named one: whom to report to (RFC 9567)
  IpAddress source;                // of the first
  Time received_at;                // likewise
  unsigned messages = 1;           // that it stands for
};

// For the journal, at the moment it was received: that the child was looked at because of it.
[[nodiscard]] Event notice_event(const Notice& notice, const dns::Name& parent, Time looked_at);

}  // namespace dskeeper
