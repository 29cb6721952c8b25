// From the records of a parent zone, in any order, to its delegations.
//
// A delegation is an NS RRset below the apex (RFC 9499 §7); what lies below it or below a DNAME is
// not in the zone but for the glue (RFC 2136 §7.18 and RFC 6672 §2.4 call that occluded). Records
// of other types are passed over. Bounded: a set that no zone would hold is an error. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "dns/rrset.h"
#include "model/delegation.h"
#include "parent/source.h"

namespace dskeeper::parent {

// The most NS or DS records of one delegation, and addresses of one host.
inline constexpr std::size_t records_of_set_max = 100;
inline constexpr std::size_t delegations_max = 500'000'000;

class DelegationBuilder {
 public:
  // `now` gives the era of the signatures' times.
  DelegationBuilder(dns::Name zone, Time now) : zone_(std::move(zone)), now_(now) {}

  // Fails where the record lies outside the zone, is malformed or goes over a limit.
  [[nodiscard]] Result<void> add(const dns::Record& record);

  // Of the zone's SOA record; nothing before it was added.
  [[nodiscard]] std::optional<dns::Serial> serial() const { return serial_; }

  // When the signature over the SOA counts; of several the one that expires last.
  [[nodiscard]] std::optional<SignatureWindow> soa_signature() const { return soa_signature_; }

  // In canonical order, with the SOA's serial as revision. Fails where there was no SOA record.
  [[nodiscard]] Result<std::vector<Delegation>> finish() &&;

 private:
  struct Cut {
    std::vector<dns::Name> hosts;
    std::vector<dns::Ds> ds;
    dns::Ttl ds_ttl;
  };

  [[nodiscard]] Result<void> add_soa(const dns::Record& record);
  [[nodiscard]] Result<void> add_signature(const dns::Record& record);
  [[nodiscard]] Result<void> add_host(const dns::Record& record);
  [[nodiscard]] Result<void> add_ds(const dns::Record& record);
  [[nodiscard]] Result<void> add_address(const dns::Record& record);
  [[nodiscard]] bool is_occluded(const dns::Name& name) const;
  [[nodiscard]] Delegation make_delegation(const dns::Name& child, Cut&& cut) const;

  dns::Name zone_;
  Time now_;
  std::optional<dns::Serial> serial_;
  std::optional<SignatureWindow> soa_signature_;
  std::unordered_map<dns::Name, Cut> cuts_;
  // All of the zone: which are glue is known only when every NS has been seen.
  std::unordered_map<dns::Name, std::vector<IpAddress>> addresses_;
  std::unordered_set<dns::Name> dnames_;
};

}  // namespace dskeeper::parent
