// What becomes of a NOTIFY after it was received: when its child is looked at (RFC 9859 §4.3, §5).
//
// Limits, and what each is for:
// - A child is looked at once in `child_interval`. What is heard of it meanwhile waits for the end
//   of that window and is one look, however often it was said and by whom.
// - A source (/24, /48) that exceeds its rate is postponed to the end of its window, a minute at
//   most, and then comes after those who ask for less (waiting_list.h).
// - All together are looked at no faster than `rate`, and of each operator few at a time.
// - At most `waiting_max` wait. The more of them come from one source, the more room must be left
//   for another of its own, so that some is always left for others. A NOTIFY that finds no room is
//   not acknowledged, so that its sender repeats it (RFC 1996 §3.6): nothing that was acknowledged
//   is dropped. A quarter of the room is for those whose address cannot be forged.
// Relays that are configured are exempt from what concerns sources.
//
// A value with time passed in: knows neither sockets nor the parent zone. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"
#include "dns/name.h"
#include "model/notice.h"
#include "notify/notification.h"
#include "notify/source_meter.h"
#include "notify/waiting_list.h"

namespace dskeeper::notify {

// Who sent a message.
struct Sender {
  IpAddress address;
  bool is_tcp = false;
  // Configured: known by the key that it signs with, or over TCP by its address.
  bool is_relay = false;
  // A relay's address, which over UDP anybody can forge: spares it the source's rate only.
  bool is_exempt = false;
};

struct IntakeLimits {
  Duration child_interval = std::chrono::seconds(2);
  unsigned source_rate = 10;  // messages a second, over ten seconds
  unsigned rate = 200;        // looks a second
  std::size_t waiting_max = 32'768;
  unsigned under_way_max = 200;
  unsigned under_way_of_operator_max = 4;
};

class Intake {
 public:
  // `seed` is a secret (source_meter.h).
  Intake(const IntakeLimits& limits, std::uint64_t seed);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  enum class Taken : std::uint8_t {
    waits,    // it is to be looked at
    joins,    // it waits already
    no_room,  // not to be acknowledged
  };
  // A NOTIFY for a delegation of ours. `operator_key` is the same for children with the same
  // servers.
  [[nodiscard]] Taken take(const Notification& notification, const Sender& sender,
                           std::uint64_t operator_key, Time now);

  // The next child to be looked at; its look is under way until end(). Nothing: none may begin now.
  [[nodiscard]] std::optional<Notice> next(Time now);
  void end(const dns::Name& child, Time now);
  // Before end(): the look could not be made, and is to be tried again then.
  void put_off(const Notice& notice, Time until);
  // One that waits, and whose turn it has.
  struct Kept {
    Notice notice;
    Source source;
    bool is_relay = false;
  };
  // All that wait, taken out: for another intake with other limits. That takes them in whatever
  // room there is, since they were acknowledged.
  [[nodiscard]] std::vector<Kept> drain();
  void restore(const Kept& kept, std::uint64_t operator_key, Time now);

  // When to ask next() again, if no look ends before; nothing where nobody waits.
  [[nodiscard]] std::optional<Time> next_at(Time now) const;

  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] std::size_t under_way() const { return under_way_; }
  // Children of which something is remembered.
  [[nodiscard]] std::size_t size() const { return children_.size(); }

 private:
  // Whose turn a child has.
  struct Asker {
    Source source;
    bool is_relay = false;
  };
  struct Child;
  struct Operator {
    unsigned under_way = 0;
    WaitingList parked;  // while it has enough under way
  };
  using Due = std::pair<Time, Child*>;

  [[nodiscard]] WaitingList::Band band_of(const Asker& asker, Time now) const;
  [[nodiscard]] WaitingList::Band band_of(const WaitingList::Hook& hook, Time now) const;
  [[nodiscard]] bool has_room(const Asker& asker) const;
  [[nodiscard]] Time may_begin_at(const Asker& asker, bool is_exempt, Time now);
  void follow_clock(Time now);
  void want(Child& child, const Asker& asker, Time begin_at, Time now);
  void join(Child& child, const Asker& asker, Time begin_at, Time now);
  void place(Child& child, Time begin_at, Time now);
  void assign(Child& child, const std::optional<Asker>& asker);
  void wait(Child& child, Time now);
  void wake_due(Time now);
  [[nodiscard]] Child* take_ready(Time now);
  void begin(Child& child, Time now);
  void unpark(std::uint64_t operator_key, Time now);

  IntakeLimits limits_;
  SourceMeter limit_;    // what a source may have looked at
  SourceMeter modesty_;  // tells who asks for little
  std::unordered_map<dns::Name, std::unique_ptr<Child>> children_;
  std::map<Source, unsigned> waiting_of_;  // those that wait, by whose turn it is; no relays
  std::unordered_map<std::uint64_t, Operator> operators_;
  std::set<Due> later_;  // who waits for the end of a window, or is remembered up to it
  WaitingList ready_;
  std::size_t waiting_ = 0;
  std::size_t under_way_ = 0;
  Duration interval_;  // of `rate`
  Time used_until_;    // likewise
  Time last_now_;
};

}  // namespace dskeeper::notify
