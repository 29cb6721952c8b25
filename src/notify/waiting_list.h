// Children that wait for their look, those first whose senders ask for little.
//
// Which sender is modest shows only in time: everybody's first message looks alike. So each child
// stands in a band, by how far its sender was ahead of a modest rate when it came, and is judged
// again when its turn has come: the sender who has gone on shouting goes back behind the others.
// Within a band turns go to the newest and the oldest alternately: in a crowd that only grows, the
// newest would otherwise never be heard in time, nor the oldest at all. One turn in four goes to
// the oldest of the last band that has any, so that forged newcomers keep nobody waiting for ever.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>

namespace dskeeper::notify {

class WaitingList {
 public:
  // 0 is the first that has its turn.
  using Band = std::uint8_t;
  static constexpr Band bands = 4;
  static constexpr unsigned turns_of_last = 4;

  struct Hook : boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    [[nodiscard]] bool is_waiting() const { return is_linked(); }
    void leave() { unlink(); }
  };

  void add(Hook& one, Band band) { lists_[band].push_back(one); }
  [[nodiscard]] bool is_empty() const;

  // The next one, taken out; null where nobody waits. `band_of` says where it belongs by now.
  template <typename BandOf>
  [[nodiscard]] Hook* take(const BandOf& band_of) {
    if (++turns_ % turns_of_last == 0) {
      for (Band band = bands - 1; band > 0; --band) {
        if (lists_[band].empty()) continue;
        Hook& oldest = lists_[band].front();
        oldest.leave();
        return &oldest;
      }
    }
    for (Band band = 0; band < bands; ++band) {
      List& list = lists_[band];
      while (!list.empty()) {
        Hook& one = newest_is_next_ ? list.back() : list.front();
        one.leave();
        const Band now = band_of(one);
        if (now <= band) {
          newest_is_next_ = !newest_is_next_;
          return &one;
        }
        lists_[now].push_back(one);
      }
    }
    return nullptr;
  }

 private:
  using List = boost::intrusive::list<Hook, boost::intrusive::constant_time_size<false>>;
  std::array<List, bands> lists_;
  bool newest_is_next_ = true;
  unsigned turns_ = 0;
};

inline bool WaitingList::is_empty() const {
  for (const List& list : lists_) {
    if (!list.empty()) return false;
  }
  return true;
}

}  // namespace dskeeper::notify
