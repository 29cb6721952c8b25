#include "web/chain_memory.h"

#include <iterator>
#include <utility>

#include "model/evidence.h"

namespace dskeeper::web {

Result<std::optional<Chain>> ChainMemory::find(store::Store& store, const dns::Name& parent,
                                               const dns::Name& child) {
  if (const auto place = places_.find(child); place != places_.end()) {
    const auto newest = store.list_evidence(parent, child, 1);
    if (!newest) return tl::unexpected<Error>(newest.error());
    if (!newest->empty() && newest->front().id == place->second->evidence) {
      chains_.splice(chains_.begin(), chains_, place->second);
      return std::optional(place->second->chain);
    }
    forget(place->second);
  }
  const auto packed = store.latest_evidence(parent, child);
  if (!packed) return tl::unexpected<Error>(packed.error());
  if (!*packed) return std::optional<Chain>();
  const auto evidence = unpack_seen(**packed);
  if (!evidence) return tl::unexpected<Error>(evidence.error());
  return std::optional(remember({child, (*packed)->id, chain_of(*evidence)}));
}

const Chain& ChainMemory::remember(Remembered chain) {
  if (chains_.size() == chains_max) forget(std::prev(chains_.end()));
  chains_.push_front(std::move(chain));
  places_[chains_.front().child] = chains_.begin();
  return chains_.front().chain;
}

void ChainMemory::forget(Place place) {
  places_.erase(place->child);
  chains_.erase(place);
}

}  // namespace dskeeper::web
