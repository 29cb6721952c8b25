// Walking along the NSEC chain of a zone (RFC 4034 §4) over one of its subtrees. Without I/O.
//
// Each answer to a question for NSEC says which name comes next. What it gives is no evidence of
// anything (RFC 9615 §4.3), so that no signature is verified; but whoever answers must not lead us
// in a circle: each name must stand behind the one before in canonical order. Zones that deny with
// NSEC3, or make their answers up for each question, cannot be walked.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "dns/rrset.h"

namespace dskeeper::survey {

class NsecWalk {
 public:
  explicit NsecWalk(dns::Name subtree);

  // What to ask next; nothing where the walk is over.
  [[nodiscard]] const std::optional<dns::Question>& question() const { return question_; }
  // Takes the answer to question(). Fails where the zone cannot be walked or the server does not
  // play its part, and says why; another server may then be asked the same.
  [[nodiscard]] Result<void> take(const dns::Message& message);

  // The names below the subtree's top that have been come by; empties them.
  [[nodiscard]] std::vector<dns::Name> take_names();

 private:
  [[nodiscard]] Result<void> go_on_from(const dns::Name& owner, dns::Name next);
  [[nodiscard]] Result<void> step_over_cut(const dns::Message& message);
  void ask(dns::Name name);

  dns::Name subtree_;
  dns::Name at_;            // where the walk stands
  bool is_beside_ = false;  // the question is for what follows the names below `at_`
  std::optional<dns::Question> question_;
  std::vector<dns::Name> names_;
};

}  // namespace dskeeper::survey
