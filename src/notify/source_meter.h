// How fast messages come from where, in bounded room whatever the number of sources.
//
// Each source takes a token of a rate (generic cell rate algorithm: one moment of state), kept in a
// count-min sketch: a source shares each of its cells with others, and the emptiest one counts.
// Forged source addresses by the million can thus neither fill a table nor push anybody out of it;
// they can make somebody else look busier than he is, the less likely the wider the sketch. A value
// with time passed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"

namespace dskeeper::notify {

// Whoever has an address has its neighbours: sources are told apart by these prefixes.
inline constexpr unsigned source_bits_v4 = 24;
inline constexpr unsigned source_bits_v6 = 48;

// Where a message came from. Over TCP nobody forges an address, so that what is forged over UDP
// must not be charged to him.
struct Source {
  IpPrefix prefix;
  bool is_tcp = false;
  auto operator<=>(const Source&) const = default;

  [[nodiscard]] static Source of(const IpAddress& address, bool is_tcp);
};

class SourceMeter {
 public:
  // `ahead_max`: no source is ever counted further ahead of its rate. `seed` is a secret, so that
  // nobody can find out who shares his cells.
  SourceMeter(unsigned messages, Duration per, unsigned ahead_max, std::uint64_t seed);

  // Counts one message: how many the source is ahead of its rate with it, at least 1.
  unsigned count(const Source& source, Time now);
  // The same without one.
  [[nodiscard]] unsigned ahead(const Source& source, Time now) const;
  // How long it takes until so many messages are over.
  [[nodiscard]] Duration time_of(unsigned messages) const;

 private:
  static constexpr std::size_t rows = 4;
  static constexpr std::size_t columns = 65'536;
  using Microseconds = std::int64_t;

  [[nodiscard]] std::uint64_t hash_of(const Source& source) const;
  [[nodiscard]] static std::size_t cell(std::uint64_t hash, std::size_t row);
  [[nodiscard]] Microseconds used_until(std::size_t cell, Microseconds now) const;
  [[nodiscard]] Microseconds least(std::uint64_t hash, Microseconds now) const;
  [[nodiscard]] unsigned ahead_of(Microseconds used_until, Microseconds now) const;

  Microseconds interval_;
  Microseconds horizon_;
  std::uint64_t seed_;
  std::vector<Microseconds> used_until_;  // row by row
};

}  // namespace dskeeper::notify
