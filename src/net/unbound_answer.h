// What libunbound's event interface tells of a question, read as its `ub_result` would have it:
// that one is made for the other interfaces only (libunbound/libworker.c,
// libworker_enter_result()).
//
// Internal to src/net. Pure.
#pragma once

#include "base/bytes.h"
#include "dns/rrset.h"
#include "net/resolver.h"

namespace dskeeper::net {

struct UnboundAnswer {
  enum class Security : std::uint8_t { insecure = 0, bogus = 1, secure = 2 };

  int rcode = 0;    // other than 0: there is no answer, and no packet
  ByteView packet;  // an rcode of its own is in it
  Security security = Security::insecure;
  const char* why_bogus = nullptr;  // of what is bogus
};

[[nodiscard]] Resolution resolution_of(const dns::Question& question, const UnboundAnswer& answer);

}  // namespace dskeeper::net
