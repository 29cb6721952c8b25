// What single answers of a child's zone are worth: whether the message bears its status out, and
// which of its signatures are valid. Shared by what proves the apex and what CSYNC points to.
#pragma once

#include <vector>

#include "base/time.h"
#include "dns/records.h"
#include "dns/rrset.h"
#include "dns/signature.h"
#include "model/answer.h"
#include "rules/proved_answer.h"

namespace dskeeper::rules {

// All that it refers to must outlive it.
class Weigher {
 public:
  Weigher(const dns::Name& zone, dns::Verifier& verifier, dns::VerificationBudget& budget, Time now)
      : zone_(zone), verifier_(verifier), budget_(budget), now_(now) {}

  // Status and RRset of an answer for `name`: believed only as far as the message bears it out.
  // `message` is left empty where nothing counts as received.
  void read(const dns::Name& name, const Answer& seen, dns::Message& message,
            ProvedAnswer& answer) const;
  // The keys of a DNSKEY answer; too many of them make it malformed.
  static void take_keys(ProvedAnswer& dnskey, std::vector<dns::Dnskey>& keys);
  // The signatures over the RRset, or over the denial of it.
  void weigh(const dns::Name& name, ProvedAnswer& answer, const dns::Message& message,
             const std::vector<dns::Dnskey>& keys);

 private:
  [[nodiscard]] static bool bears_out(const dns::Name& name, const dns::Message& message,
                                      const Answer& seen);
  void weigh_signatures(ProvedAnswer& answer, const dns::Rrset& rrset,
                        const std::vector<dns::Dnskey>& keys);
  [[nodiscard]] ProvedSignature weigh_signature(const dns::Rrset& rrset,
                                                const dns::Rrsig& signature,
                                                const std::vector<dns::Dnskey>& keys,
                                                bool is_spent);

  const dns::Name& zone_;
  dns::Verifier& verifier_;
  dns::VerificationBudget& budget_;
  Time now_;
};

}  // namespace dskeeper::rules
