#include "cli/signal_looks.h"

#include <algorithm>
#include <utility>

#include "model/signaling_name.h"

namespace dskeeper::cli {

SignalLooks::SignalLooks(dns::Name host, std::vector<KeptParent*> parents)
    : host_(std::move(host)), parents_(std::move(parents)) {}

// RFC 9615 §4.3: never to be assumed is that the host serves the child.
KeptParent* SignalLooks::parent_to_ask(const dns::Name& child) const {
  if (!can_signal(child, host_)) return nullptr;
  KeptParent* const parent = parent_of(parents_, child);
  const auto snapshot = parent == nullptr ? nullptr : parent->snapshot();
  const auto index = snapshot == nullptr ? std::nullopt : snapshot->index_of(child);
  if (!index || snapshot->is_secure(*index)) return nullptr;
  const Delegation delegation = snapshot->at(*index);
  const bool has_host = std::ranges::any_of(
      delegation.name_servers, [&](const NameServer& server) { return server.host == host_; });
  return has_host ? parent : nullptr;
}

void SignalLooks::set_due(const dns::Name& child, Known& known, std::optional<Time> at) {
  if (known.due_at) due_.erase({*known.due_at, child});
  known.due_at = at;
  if (at) due_.insert({*at, child});
}

void SignalLooks::begin() {
  before_ = std::move(known_);
  known_.clear();
}

void SignalLooks::add(const dns::Name& child, std::uint64_t digest, Time now) {
  if (parent_to_ask(child) == nullptr) return;
  auto old = before_.extract(child);
  const bool is_new = old.empty();
  Known& known = is_new ? known_[child] : known_.insert(std::move(old)).position->second;
  if (!is_new && known.digest == digest) return;
  known.digest = digest;
  known.looks = 0;
  set_due(child, known, now);
}

void SignalLooks::end() {
  for (auto& [child, known] : before_) set_due(child, known, std::nullopt);
  before_.clear();
}

std::vector<dns::Name> SignalLooks::want_due(Time now) {
  std::vector<dns::Name> wanted;
  while (!due_.empty() && due_.begin()->first <= now) {
    const dns::Name child = due_.begin()->second;
    Known& known = known_.at(child);
    KeptParent* const parent = parent_to_ask(child);
    if (parent == nullptr) {  // it is secure now, or gone
      set_due(child, known, std::nullopt);
      continue;
    }
    if (!parent->want_look(child, Channel::signal)) break;
    wanted.push_back(child);
    const std::size_t looks = known.looks++;
    set_due(child, known,
            looks < pauses.size() ? std::optional(now + pauses.at(looks)) : std::nullopt);
  }
  return wanted;
}

}  // namespace dskeeper::cli
