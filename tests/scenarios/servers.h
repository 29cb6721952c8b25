// The child's side of a timeline: its name servers, each with a zone of its own as each vantage
// point sees it, with all earlier states of it, so that an old one can be replayed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/survey.h"
#include "scenarios/keys.h"
#include "scenarios/script.h"

namespace dskeeper::scenarios {

class Servers {
 public:
  Servers();

  // The event whose first word is `what`; false where it is none of the child's. What is wrong with
  // it is reported to `words`.
  bool take_event(const std::string& what, Words& words, Time now);
  // After the settings: every RRset is signed at the start.
  void begin(Time now);

  // "A+B/sha1" as DS records.
  [[nodiscard]] dns::DsSet read_ds_set(const std::string& text, Words& words) const;
  [[nodiscard]] std::vector<std::string> vantages(Words& words) const;  // `from …`, else all
  [[nodiscard]] std::size_t server_count() const { return server_count_; }
  [[nodiscard]] std::size_t vantage_count() const { return vantage_names_.size(); }

  // What `vantage` sees at the servers of the delegation.
  [[nodiscard]] Survey survey(const std::vector<NameServer>& name_servers,
                              const std::string& vantage, LookId look, Time now) const;

 private:
  using Zone = rules::test::Zone;

  // A server as one vantage point sees it: anycast, or somebody in between.
  struct Instance {
    Zone zone;
    std::vector<std::pair<Time, Zone>> history;  // what it held since when
    std::optional<Zone> stale;                   // answers with what it held earlier
    std::optional<AnswerStatus> status;          // instead of any answer

    // Without a moment: now.
    [[nodiscard]] const Zone& held_at(std::optional<Time> moment) const;
  };
  using Place = std::pair<std::size_t, std::string>;  // number of the server, vantage point

  // `at 1,3` and `from v2`; else everywhere.
  std::vector<Instance*> read_places(Words& words);
  std::vector<const rules::test::TestKey*> read_keys(Words& words) const;
  void lay_out(Words& words, std::size_t count);
  void publish(Words& words, Time now);
  void withdraw(Words& words, Time now);
  void sign(Words& words, Time now);
  void resign(Words& words, Time now);
  void read_key(Words& words);
  [[nodiscard]] static Answer answer(const Instance& instance, const ServerAddress& server,
                                     dns::RecordType type, Time now);

  KeyRing keys_;
  std::size_t server_count_ = 0;
  std::vector<std::string> vantage_names_ = {"local"};
  std::map<Place, Instance> instances_;
};

}  // namespace dskeeper::scenarios
