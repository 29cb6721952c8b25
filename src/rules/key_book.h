// The identity of keys: the whole key, never its tag.
//
// A CDS or DS is tied to a key by recomputing the digest (standards.md §5.4, edge case 15). One
// book serves one judgement; all DNSKEY and CDNSKEY are entered before the first CDS is looked up.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dns/name.h"
#include "dns/records.h"

namespace dskeeper::rules {

using KeyId = std::uint32_t;        // an index of the book
using KeySet = std::vector<KeyId>;  // sorted, without duplicates
[[nodiscard]] KeySet make_key_set(std::vector<KeyId> ids);

class KeyBook {
 public:
  struct Entry {
    std::optional<dns::Dnskey> key;  // nothing where only a digest of it was ever seen
    dns::KeyTag key_tag;
    std::vector<dns::Ds> digests;  // the CDS and DS that were tied to it
  };

  explicit KeyBook(const dns::Name& child) : child_(&child) {}

  KeyId add(const dns::Dnskey& key);
  // The key that the record names; a new entry where no key is known that has this digest.
  KeyId identify(const dns::Ds& ds);

  [[nodiscard]] const Entry& entry(KeyId id) const { return entries_[id]; }

 private:
  const dns::Name* child_;
  std::vector<Entry> entries_;
};

}  // namespace dskeeper::rules
