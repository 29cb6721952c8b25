// Whose turn it is: which child a pass looks at next (design.md, "Politeness").
//
// A rate binds each server address, so a pass can be no shorter than its slowest operator needs.
// To come close to that, each operator has as many children under way as keep its servers busy and
// hardly any that only wait for their turn there, since such a child holds a place which another
// operator's could use. How many that are is learnt from the looks: a window that grows while they
// need not wait and shrinks to what is answered in the meantime where they do, as a delay-based
// congestion control has it. Of the operators that have room, those come first that will need
// longest. So no operator can fill all places, and none is left to the end alone. Among equals, one
// has several turns in a row, as far as it has room: its children share connections and the
// questions of one write, where in a zone of some thousand operators hardly two successive children
// would have a server in common.
//
// Four octets a child and some forty for each operator with more than one. Knows neither clock nor
// network.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace dskeeper::survey {

// One child's turn, from next() to end() or postpone().
struct Turn {
  std::uint32_t child = 0;  // its place in the list of operators
  std::uint32_t group = 0;  // for Turns alone
  bool is_last = false;     // it was postponed before, and will not be again
};

// What a look has shown of the servers it went to.
struct LookCost {
  Duration took{};
  Duration waited{};  // of that, until its questions' turn came (net/pacing)
};

class Turns {
 public:
  // For each child the number of whoever runs its servers, small ones. At most `places` children
  // are under way at a time, and fewer where looks take so little that fewer keep us busy.
  Turns(const std::vector<std::uint32_t>& operators, std::size_t places);
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // Nothing: no operator that is left has room, or nobody is left. While children are left, some
  // are under way, and the end of a look may give room to several.
  [[nodiscard]] std::optional<Turn> next();
  void end(const Turn& turn, const LookCost& cost);
  // Likewise, where there was no look that something could be learnt from.
  void end(const Turn& turn);
  // Nobody could be asked, since the servers are set aside: the child comes once more when all
  // others have had their turn. Not for the last one.
  void postpone(const Turn& turn);

  [[nodiscard]] std::size_t under_way() const { return under_way_; }

 private:
  // An operator's children; or all those whose operator has no other. These begin with a window of
  // all places, but may have servers in common without our knowing it.
  struct Group : boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    std::uint32_t next = 0;  // into order_
    std::uint32_t end = 0;
    std::uint32_t under_way = 0;
    std::uint8_t urgency = 0;   // in whose list it stands
    std::uint8_t in_a_row = 0;  // turns since it was put there
    float window = 0;
    float milliseconds = 0;  // a look takes, on average; 0: unknown yet

    [[nodiscard]] bool has_room() const { return static_cast<float>(under_way) + 1 <= window; }
  };
  using List = boost::intrusive::list<Group, boost::intrusive::constant_time_size<false>>;

  [[nodiscard]] bool has_place() const;
  void file(Group& group);
  [[nodiscard]] static std::uint8_t urgency_of(const Group& group);
  void learn(Group& group, const LookCost& cost);
  void leave(const Turn& turn);

  std::size_t places_;
  std::size_t under_way_ = 0;
  float milliseconds_ = 0;            // a look takes, on average over all operators
  std::size_t left_;                  // children that had no turn yet
  std::vector<std::uint32_t> order_;  // the children, group by group
  std::vector<Group> groups_;         // the first one is of those who are alone
  // Groups with children left and with room, by the length of the time they will need, in powers of
  // two: within such a step they take turns.
  std::array<List, 64> ready_;
  std::vector<Turn> postponed_;
};

}  // namespace dskeeper::survey
