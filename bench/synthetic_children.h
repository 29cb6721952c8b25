// What the name servers of a million children say, made up when they are asked.
//
// Each child has one zone, the same at all its servers: what the population says of it, signed with
// the key ring's keys when it is first needed. Only the apex is there; every other name is REFUSED,
// as is a child at another operator's servers. No state but the signatures.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "key_ring.h"
#include "query.h"
#include "world.h"
#include "zone_signer.h"

namespace dskeeper::bench {

class SyntheticChildren {
 public:
  SyntheticChildren(const World& world, KeyRing keys, const Validity& validity)
      : world_(world), keys_(std::move(keys)), validity_(validity) {}

  // The child whose apex the query asks about, if this operator serves it.
  [[nodiscard]] std::optional<std::size_t> find_child(const Query& query,
                                                      std::size_t operator_index) const;
  // Fits a datagram of 512 octets and needs no truncation; nothing: REFUSED.
  [[nodiscard]] Bytes respond(const Query& query, std::optional<std::size_t> index);
  [[nodiscard]] std::size_t signature_count() const { return signatures_.size(); }

 private:
  using Records = std::vector<dns::Record>;
  [[nodiscard]] static std::set<dns::RecordType> types_at_apex(const Child& child);
  // Those of one type at the apex.
  [[nodiscard]] Records records(const Child& child, dns::RecordType type) const;
  [[nodiscard]] static dns::Record denial(const Child& child);
  // RDATA of the RRSIG, from the cache or new.
  [[nodiscard]] const Bytes& signature(std::size_t index, const Child& child,
                                       const Records& records);

  const World& world_;
  const KeyRing keys_;
  const Validity validity_;
  std::unordered_map<std::uint64_t, Bytes> signatures_;  // by child and type
};

}  // namespace dskeeper::bench
