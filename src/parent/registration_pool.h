// What the registry's database says of names (`facts`), packed; registrars and sets of statuses,
// which many names share, are kept once.
#pragma once

#include <cstdint>

#include "base/interned_octets.h"
#include "model/delegation.h"

namespace dskeeper::parent {

class RegistrationPool {
 public:
  // Number 0 is that of which nothing is known.
  RegistrationPool() { intern({}); }
  std::uint32_t intern(const Registration& registration);
  [[nodiscard]] Registration at(std::uint32_t number) const;
  void close();

 private:
  InternedOctets registrations_;
  InternedOctets sponsors_;
  InternedOctets statuses_;  // whole sets
};

}  // namespace dskeeper::parent
