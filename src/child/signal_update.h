// Bringing the operator's signals into its primary by DNS UPDATE (RFC 2136), as little as differs.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "child/primary.h"
#include "child/signals.h"
#include "dns/update.h"

namespace dskeeper::child {

// Records of one UPDATE message; all of one owner stand in the same, so that CDS and CDNSKEY of a
// child never contradict each other.
inline constexpr std::size_t update_octets_about_max = 16384;

// The changes of the plan as messages for the zone, in order. Pure. Each says how an RRset shall
// be, so that it is safe to send again.
[[nodiscard]] std::vector<dns::UpdateMessage> updates_of(const HostPlan& plan,
                                                         const dns::Name& zone);

// Sends them one after the other; stops at the first that the primary does not take.
[[nodiscard]] boost::asio::awaitable<Result<void>> send_updates(
    Primary primary, dns::Name zone, std::vector<dns::UpdateMessage> updates, const Clock& clock);

}  // namespace dskeeper::child
