// Our own outage is not the children's (design.md): when a pass says more about us than about them.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "base/ip_address.h"
#include "base/time.h"
#include "model/survey.h"

namespace dskeeper::keeper {

// Which addresses answered anything at all in a pass, by address family. Any answer counts, also a
// refusal: it came through our network and back. A value; filled as the looks end.
class PassHealth {
 public:
  void note(const Survey& survey);

  // More than a fifth of the distinct addresses of one family gave no answer: no look of the pass
  // counts and nothing is dropped. A sentence for the alarm; nothing where the pass is sound.
  [[nodiscard]] std::optional<std::string> find_fault() const;

 private:
  struct Family {
    std::unordered_map<IpAddress, bool> answered;
    std::size_t silent = 0;
  };
  Family ipv4_;
  Family ipv6_;
};

// From when to when a signature counts; both ends belong to it (RFC 4034 §3.1.5).
struct SignatureValidity {
  Time inception;
  Time expiration;
};

// A clock that is wrong makes every signature and every hold wrong: it stands before the journal's
// last entry, or the parent's own SOA signature, where it has one, is not valid now.
[[nodiscard]] std::optional<std::string> find_clock_fault(
    Time now, const std::optional<Time>& last_journal_entry,
    const std::optional<SignatureValidity>& soa_signature);

}  // namespace dskeeper::keeper
