// What is answered to each message, and what it leads to. No sockets; time passed in.
//
// Unknown, foreign and malformed messages are answered and cost no more than that. A NOTIFY for a
// delegation of ours is acknowledged at once and given to the intake; the look itself comes later.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/tsig.h"
#include "dns/tsig_request.h"
#include "notify/intake.h"
#include "notify/notification.h"

namespace dskeeper::notify {

// What became of the messages since the start.
struct Counts {
  std::uint64_t received = 0;
  std::uint64_t answered = 0;
  std::uint64_t taken = 0;               // for a delegation of ours: to be looked at
  std::uint64_t joined = 0;              // of a child that waited for its look already
  std::uint64_t no_room = 0;             // not answered, so that they are sent again
  std::uint64_t unknown = 0;             // for a name that is no delegation of ours
  std::uint64_t malformed = 0;           // or not a NOTIFY for CDS or CSYNC at all
  std::uint64_t unsigned_or_forged = 0;  // TSIG that is not good, or none where it must be
};

struct AnsweringOptions {
  std::vector<dns::TsigKey> keys{};  // who signs with one of them is a relay
  bool only_signed = false;          // hear nobody else
  std::vector<IpPrefix> relays{};
};

// What a name is to us.
struct Standing {
  enum class Kind : std::uint8_t {
    not_ours,
    not_known_yet,  // the parent zone was not read yet: no answer, so that the sender asks again
    delegated,
  };
  Kind kind = Kind::not_ours;
  std::uint64_t operator_key = 0;  // the same for children with the same servers
};
using FindDelegation = std::function<Standing(const dns::Name& child)>;

class Answering {
 public:
  // `intake` must outlive it.
  Answering(AnsweringOptions options, Intake& intake, FindDelegation find);

  // The answer, no larger than the message; nothing where there is none.
  [[nodiscard]] std::optional<Bytes> answer(ByteView message, const IpAddress& from, bool is_tcp,
                                            Time now);
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Reading {
    Incoming incoming;
    std::optional<dns::TsigRequest> tsig;
  };
  [[nodiscard]] std::optional<dns::Rcode> decide(const Reading& reading, const IpAddress& from,
                                                 bool is_tcp, Time now);
  [[nodiscard]] bool is_relay(const IpAddress& address) const;

  AnsweringOptions options_;
  Intake& intake_;
  FindDelegation find_;
  Counts counts_;
};

}  // namespace dskeeper::notify
