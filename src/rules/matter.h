// The matter before judge(): what every server said, read once, as the rules look at it.
//
// Points into the delegation, the policy and the proved answers, which must outlive it. No rule
// looks at RDATA; they compare what was read from it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/delegation.h"
#include "model/policy.h"
#include "rules/finding_list.h"
#include "rules/key_book.h"
#include "rules/prove.h"

namespace dskeeper::rules {

// What one server says in one type (CDS or CDNSKEY).
enum class Says : std::uint8_t {
  nothing,        // no response that counts
  unproven,       // NODATA that a secure child should have proven (RFC 9975 §3)
  not_published,  // NODATA
  not_eligible,   // CDS, but none with a digest type that counts (RFC 9975 §3.1)
  keys,           // the keys that the DS set shall name
  removal,        // the delete sentinel (RFC 8078 §4)
  unusable,       // malformed, or too much
};

struct Reading {
  Says says = Says::nothing;
  KeySet keys;
  bool is_standing_set = false;  // CDS that list just what stands, whatever their digest types
  const ProvedAnswer* answer = nullptr;

  [[nodiscard]] bool is_published() const { return says == Says::keys || says == Says::removal; }
  [[nodiscard]] bool is_received() const { return says != Says::nothing && says != Says::unproven; }
};

// One server address from one vantage point.
struct Sight {
  std::size_t vantage = 0;
  const ProvedServer* server = nullptr;
  Reading cds;
  Reading cdnskey;
};

// The keys that the standing DS set names, as far as a validator could follow it.
class StandingKeys {
 public:
  explicit StandingKeys(const Delegation& delegation);
  // Has the set any record of an algorithm and digest type that we can follow (RFC 4035 §5.2)?
  [[nodiscard]] bool is_usable() const { return !usable_.empty(); }
  // By recomputed digest; remembered, since the same keys come from every server.
  [[nodiscard]] bool names(const dns::Dnskey& key) const;

 private:
  const dns::Name* child_;
  std::vector<const dns::Ds*> usable_;
  mutable std::vector<std::pair<const dns::Dnskey*, bool>> known_;
};

// A type that the policy considers.
struct ConsideredType {
  dns::RecordType type{};
  Reading Sight::*reading = nullptr;
};

struct Matter {
  const Delegation& delegation;
  const Policy& policy;
  // Vantage points and servers stand in an order of their own, whatever order they came in: what a
  // verdict says must not depend on it.
  std::vector<const Proved*> proved;  // by the vantage points' names
  StandingKeys standing_keys;
  KeyBook book;
  std::vector<ConsideredType> types;
  std::vector<Sight> sights;                 // by server, then by vantage point
  KeySet standing;                           // the keys of the standing DS set
  bool is_anything_published = false;        // keys or removal, in any type at any server
  bool standing_has_listed_digests = false;  // each of them with at least one of policy.digests

  [[nodiscard]] bool is_secure() const { return delegation.is_secure(); }
  [[nodiscard]] const AlgorithmTable& table() const { return policy.algorithms; }
  // A response that may be counted: received, and over TCP where that is demanded.
  [[nodiscard]] bool counts(const ProvedAnswer& answer) const;
};

// Reads everything; what is wrong with the child's records goes to `faults`.
[[nodiscard]] Matter open_matter(const Delegation& delegation, std::span<const Proved> proved,
                                 const Policy& policy, FindingList& faults);

}  // namespace dskeeper::rules
