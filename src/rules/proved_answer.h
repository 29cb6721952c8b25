// One answer and what the signatures over it are worth.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "dns/records.h"
#include "dns/rrset.h"
#include "dns/signature_status.h"
#include "model/answer.h"

namespace dskeeper::rules {

// One signature over an RRset and what it is worth.
struct ProvedSignature {
  dns::SignatureStatus status{};
  std::optional<dns::Dnskey> key;  // the DNSKEY at the same server that it names; the one that
                                   // verifies it where several share tag and algorithm
  Time inception;
  Time expiration;
  dns::KeyTag key_tag;
};

// One answered question at one server address.
struct ProvedAnswer {
  AnswerStatus status = AnswerStatus::not_asked;
  Transport transport = Transport::udp;
  dns::RecordType type{};
  std::optional<dns::Rrset> rrset;          // for `answer`
  std::vector<ProvedSignature> signatures;  // over rrset, or over the denial for `nodata`; none
                                            // over the SOA of a secure child, who needs no proof
                                            // unless it asks by CSYNC (prove_csync.h)
  bool denial_found = false;                // for `nodata`: an NSEC or NSEC3 at the name says so
  bool denial_contradicts = false;          // … or says that the type does exist
};

}  // namespace dskeeper::rules
