#include "rules/key_book.h"

#include <algorithm>

namespace dskeeper::rules {

KeySet make_key_set(std::vector<KeyId> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

KeyId KeyBook::add(const dns::Dnskey& key) {
  for (KeyId id = 0; id < entries_.size(); ++id) {
    if (entries_[id].key == key) return id;
  }
  entries_.push_back({key, key.key_tag(), {}});
  return static_cast<KeyId>(entries_.size() - 1);
}

KeyId KeyBook::identify(const dns::Ds& ds) {
  for (KeyId id = 0; id < entries_.size(); ++id) {
    Entry& entry = entries_[id];
    if (std::find(entry.digests.begin(), entry.digests.end(), ds) != entry.digests.end()) return id;
    if (!entry.key || entry.key_tag != ds.key_tag) continue;
    if (!dns::names_key(ds, *child_, *entry.key)) continue;
    entry.digests.push_back(ds);
    return id;
  }
  entries_.push_back({{}, ds.key_tag, {ds}});
  return static_cast<KeyId>(entries_.size() - 1);
}

}  // namespace dskeeper::rules
