// What a validating resolver found at a child's signaling names (RFC 9615 §4.2), as part of a
// survey.
//
// A value. The answers are kept in wire form with the whole chain from the trust anchor down, so
// that the signatures can be verified again without any network (design.md, "Evidence").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/name.h"
#include "dns/records.h"
#include "dns/types.h"

namespace dskeeper {

// What the resolver says of an answer or of a denial (RFC 4035 §4.3). Closed.
enum class SecurityStatus : std::uint8_t {
  secure,     // validated from the trust anchor down
  is_signed,  // data with a signature that it did not check: it counts where our own proof succeeds
  insecure,   // from a zone that is proven to be unsigned
  bogus,      // validation failed
  unanswered,  // no answer could be had
  not_asked,   // there is no such name to ask for
};
[[nodiscard]] std::string_view to_text(SecurityStatus status);
[[nodiscard]] Result<SecurityStatus> parse_security_status(std::string_view text);

struct SignalAnswer {
  dns::RecordType type{};
  SecurityStatus status = SecurityStatus::not_asked;
  std::string why;  // for bogus and unanswered: half a sentence
  Bytes wire;       // of the resolver's; empty where it gave none. Where a whole signaling domain
                    // does not exist or is insecure, what it said of that
  bool operator==(const SignalAnswer&) const = default;
};

// One name server that lies outside the child.
struct HostSignals {
  dns::Name host;
  std::vector<SignalAnswer> answers;  // one for each type that was asked
  bool operator==(const HostSignals&) const = default;
};

// A zone on the way from the trust anchor to a signal.
struct ChainLink {
  dns::Name zone;
  Bytes dnskey;  // the answer for its DNSKEY
  Bytes ds;      // the answer for its DS; empty where a trust anchor names its keys
  bool operator==(const ChainLink&) const = default;
};

struct TrustAnchor {
  dns::Name zone;
  dns::Ds ds;
  bool operator==(const TrustAnchor&) const = default;
};

struct SignalSurvey {
  std::vector<HostSignals> hosts;  // sorted by host; empty where no signals were asked for
  std::vector<ChainLink> chain;    // each zone once, sorted
  std::vector<TrustAnchor> anchors;

  [[nodiscard]] bool empty() const { return hosts.empty(); }
  bool operator==(const SignalSurvey&) const = default;
};

}  // namespace dskeeper
