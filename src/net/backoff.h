// Slower where a server has too much to do: the pace of one address, in parts of its rate.
//
// What counts is the number of different children in trouble among those last heard of, never the
// number of questions: the four questions of one lame zone are one child's trouble, and leave the
// pace alone. A burst of trouble halves the pace, down to a floor; time brings it back in equal
// steps. Trouble is
//
// - silence: no answer, or none to the first datagram. A server that drops what exceeds its limit
//   looks like this. (One that is silent altogether is set aside: pacing.h.)
// - failure: SERVFAIL. Overload or a broken zone; many at once are taken for overload.
// - refusal: REFUSED. Some limit questions so, but it is also what a server says of zones that it
//   does not serve (lame delegations), of which an operator may have many. So more of them make a
//   burst, and where they go on at the floor the pace is not what they are about: from then on they
//   count no more, until others are answered again.
//
// Extended errors (RFC 8914) are not looked at: what limits questions rarely sends them. Knows
// neither clock nor network. Internal to src/net.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "net/timer_wheel.h"

namespace dskeeper::net {

enum class Heard : std::uint8_t { answer, refusal, failure, silence };

class Backoff {
 public:
  static constexpr unsigned full_pace = 8;  // the rate itself; the floor is one eighth of it
  static constexpr std::size_t children_heard = 16;
  // So many of them in trouble make a burst: without the refusals, and with them.
  static constexpr std::size_t trouble_max = 8;
  static constexpr std::size_t trouble_with_refusals_max = 12;
  // An eighth comes back after each.
  static constexpr std::chrono::seconds recovery_step{4};

  // What became of a question about a child, given as a hash, that was sent then. True where the
  // pace is another one now.
  bool note(std::size_t child, Heard heard, Moment sent, Moment now);
  [[nodiscard]] unsigned eighths(Moment now) const;

 private:
  struct Child {
    std::uint32_t hash = 0;
    Heard worst = Heard::answer;
  };

  void remember(std::uint32_t child, Heard heard);
  [[nodiscard]] std::size_t count(Heard heard) const;
  void set_pace(unsigned eighths, Moment now);

  std::array<Child, children_heard> children_{};
  std::uint8_t next_ = 0;   // in children_
  std::uint8_t known_ = 0;  // of them
  bool ignores_refusals_ = false;
  std::uint8_t eighths_ = full_pace;
  Moment changed_at_{};  // of eighths_
};

}  // namespace dskeeper::net
