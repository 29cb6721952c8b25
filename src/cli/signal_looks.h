// Which looks the signals under one name server lead to (RFC 9615 §4.3).
//
// Whatever a signaling zone says, looked at is only an unsigned delegation of ours whose NS set has
// that very host, outside the child. A child is looked at when its signals come or change, and
// twice more if it is still unsigned then: the name servers may lag behind the one that was read,
// and those of another host come later. After that it is left to the passes. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/time.h"
#include "cli/kept_parent.h"
#include "dns/name.h"

namespace dskeeper::cli {

class SignalLooks {
 public:
  // Between the looks at one child.
  static constexpr std::array<Duration, 2> pauses = {std::chrono::minutes(1),
                                                     std::chrono::minutes(10)};

  // The parents must outlive it.
  SignalLooks(dns::Name host, std::vector<KeptParent*> parents);

  // All children that have signals under the host, as they were read last: between begin() and
  // end() each of them once, with the digest of its records (survey/signaling_zone.h). Those that
  // do not come are forgotten.
  void begin();
  void add(const dns::Name& child, std::uint64_t digest, Time now);
  void end();
  // Has those looked at that are due, and names them.
  std::vector<dns::Name> want_due(Time now);

  [[nodiscard]] const dns::Name& host() const { return host_; }
  // Those that may be looked at.
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  struct Known {
    std::uint64_t digest = 0;
    std::size_t looks = 0;
    std::optional<Time> due_at;
  };

  [[nodiscard]] KeptParent* parent_to_ask(const dns::Name& child) const;
  void set_due(const dns::Name& child, Known& known, std::optional<Time> at);

  dns::Name host_;
  std::vector<KeptParent*> parents_;
  std::map<dns::Name, Known> known_;
  std::map<dns::Name, Known> before_;  // those that have not come yet
  std::set<std::pair<Time, dns::Name>> due_;
};

}  // namespace dskeeper::cli
