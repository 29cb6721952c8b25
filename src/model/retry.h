// Asking again where answers are missing or contradict each other (RFC 9975 §3): where the schedule
// stands for one request.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/answer.h"

namespace dskeeper {

// What kept a look from a decision. Each has a schedule of its own, so that one is not charged with
// the retries and the patience that another has used up.
enum class Trouble : std::uint8_t {
  silence,        // servers gave no answer at all
  missing,        // answers came that are none: malformed, refused, unproven
  contradiction,  // servers or record types differ
};
[[nodiscard]] std::string_view to_text(Trouble trouble);
[[nodiscard]] Result<Trouble> parse_trouble(std::string_view text);

struct Retries {
  Trouble trouble{};
  unsigned attempts = 0;  // retries made for this trouble, at most as many as the schedule has
  Time since;             // the first of the latest looks in a row that failed by it
  bool operator==(const Retries&) const = default;
};

struct SilentServer {
  ServerAddress server;
  Time since;          // the first of the looks in a row in which it was silent
  unsigned looks = 0;  // counted as far as the policy asks
  bool operator==(const SilentServer&) const = default;
};

// The schedule of RFC 9975 §3 for missing or contradicting answers.
struct Retry {
  Trouble current{};              // of the last look
  std::vector<Retries> troubles;  // those met since a look last succeeded; at most one of each kind
  LookId last_look;
  std::vector<SilentServer> silent;  // in the last look
  bool operator==(const Retry&) const = default;
};

}  // namespace dskeeper
