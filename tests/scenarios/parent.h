// The parent's side of a timeline: the delegation as it is, and as the source shows it.
#pragma once

#include <string>

#include "model/change.h"
#include "model/delegation.h"
#include "model/sending.h"
#include "scenarios/script.h"
#include "scenarios/servers.h"

namespace dskeeper::scenarios {

class Parent {
 public:
  Parent();

  // `parent …` and `source …`; false where the event is another one.
  bool take_event(const std::string& what, Words& words, const Servers& servers);
  void name_servers(std::size_t count);

  [[nodiscard]] const Delegation& delegation() const { return actual_; }
  // What a pass starts from.
  [[nodiscard]] const Delegation& shown() const { return lags_ ? shown_ : actual_; }

  // With the prerequisites that every sink has (RFC 2136 §2.4): taken, or not as judged.
  SendStatus apply(const Change& change);
  [[nodiscard]] Standing standing(const Change& change) const;

 private:
  void read_fact(const std::string& word, Words& words, const Servers& servers);
  void read_registration(const std::string& key, const std::string& value, Words& words);
  void set_hosts(const std::string& names);
  void publish();  // a new serial

  Delegation actual_;
  Delegation shown_;
  bool lags_ = false;
  unsigned serial_ = 0;
};

}  // namespace dskeeper::scenarios
