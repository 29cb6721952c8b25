#include "cli/audit.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/decide_again.h"
#include "model/record.h"

namespace dskeeper::cli {
namespace {

// What the journal says of the evidence: which must be there, and which may be gone.
class Expected {
 public:
  struct Place {
    std::uint64_t entry = 0;
    dns::Name child;
    Time at;
  };

  // Says what is wrong with the entry; nothing where nothing is.
  std::string take(const JournalEntry& entry) {
    const Event& event = entry.event;
    if (event.kind == EventKind::prune) {
      const Result<Time> before = pruned_before(event);
      if (!before) return before.error().text();
      pruned_before_ = std::max(pruned_before_, *before);
      return {};
    }
    const auto reference = evidence_of(event.details);
    if (!reference) return reference.error().text();
    if (!*reference) return {};
    places_.try_emplace((*reference)->id, Place{entry.number, event.child, event.at});
    if ((*reference)->replaces && places_.erase(*(*reference)->replaces) > 0) ++replaced_;
    return {};
  }

  [[nodiscard]] const Place* find(const Sha256& id) const {
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &found->second;
  }
  void found(const Sha256& id) { places_.erase(id); }

  // What was not found and may not be gone.
  template <typename Visit>
  void visit_missing(const Visit& visit) const {
    for (const auto& [id, place] : places_) {
      if (place.at >= pruned_before_) visit(place);
    }
  }
  [[nodiscard]] std::uint64_t pruned() const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        places_, [this](const auto& entry) { return entry.second.at < pruned_before_; }));
  }
  [[nodiscard]] std::uint64_t replaced() const { return replaced_; }

 private:
  std::map<Sha256, Place> places_;
  Time pruned_before_;
  std::uint64_t replaced_ = 0;
};

class ParentAuditor {
 public:
  ParentAuditor(const dns::Name& parent, dns::Verifier& verifier) : verifier_(verifier) {
    audit_.parent = parent;
  }

  Result<ParentAudit> run(store::Store& store) {
    auto journal = store::verify_journal(store, audit_.parent, std::nullopt,
                                         [this](const JournalEntry& entry) { take(entry); });
    if (!journal) return pass_on(std::move(journal));
    audit_.journal = *journal;
    if (const auto broken = journal->first_broken) {
      fault(
          fmt::format("From entry {} on, the journal is not as it was written: an entry was "
                      "altered, removed or put in. What comes after it proves nothing.",
                      *broken));
    }
    auto visited = store.visit_evidence(audit_.parent, Time{}, [this](const auto& packed) {
      check(packed);
      return true;
    });
    if (!visited) return pass_on(std::move(visited));
    expected_.visit_missing([this](const Expected::Place& place) {
      fault(
          fmt::format("The evidence for {} at {}, which entry {} of the journal names, is "
                      "missing or altered.",
                      place.child.text(), format_time(place.at), place.entry));
    });
    audit_.pruned = expected_.pruned();
    audit_.replaced = expected_.replaced();
    return std::move(audit_);
  }

 private:
  void fault(std::string sentence) {
    ++audit_.fault_count;
    if (audit_.faults.size() < ParentAudit::faults_shown_max) {
      audit_.faults.push_back(std::move(sentence));
    }
  }

  void take(const JournalEntry& entry) {
    const std::string trouble = expected_.take(entry);
    if (trouble.empty()) return;
    fault(fmt::format("Entry {} of the journal cannot be understood: {}", entry.number, trouble));
  }

  void check(const Result<PackedEvidence>& packed) {
    if (!packed) return fault(packed.error().text());
    const std::string what =
        fmt::format("The evidence for {} at {}", packed->child.text(), format_time(packed->at));
    const Expected::Place* place = expected_.find(packed->id);
    if (place == nullptr) {
      // Behind a break in the journal nothing is named.
      if (audit_.journal.first_broken) return;
      return fault(what + " is named by no entry of the journal, so that it proves nothing.");
    }
    const bool is_filed_right = place->child == packed->child && place->at == packed->at;
    if (!is_filed_right) return fault(what + " is that of another child or time.");
    const Result<Evidence> evidence = unpack(*packed);
    if (!evidence) return fault(fmt::format("{}: {}.", what, evidence.error().text()));
    expected_.found(packed->id);
    decide(*evidence, what);
  }

  void decide(const Evidence& evidence, const std::string& what) {
    const SecondDecision second = decide_again(evidence, evidence.policy, verifier_);
    const Decision& then = evidence.decision;
    if (!second.decision.is_same_as(then)) {
      return fault(fmt::format(
          "{} does not lead to what was decided: it was \"{}\" for the request \"{}\", and decided "
          "again it is \"{}\" for \"{}\". Either the decision was wrong, or this version of "
          "dskeeper has other rules than the one that made it.",
          what, to_text(then.outcome), to_text(then.request), to_text(second.decision.outcome),
          to_text(second.decision.request)));
    }
    ++audit_.evidence;
    audit_.signatures += second.signatures;
    if (!rests_on_signatures(evidence)) ++audit_.seen_only;
  }

  dns::Verifier& verifier_;
  ParentAudit audit_;
  Expected expected_;
};

}  // namespace

Result<ParentAudit> audit_parent(store::Store& store, const dns::Name& parent,
                                 dns::Verifier& verifier) {
  return ParentAuditor(parent, verifier).run(store);
}

namespace {

// Is it the hash of some entry of some parent's journal?
Result<bool> has_head(store::Store& store, const std::vector<dns::Name>& parents,
                      const Sha256& head) {
  for (const dns::Name& parent : parents) {
    const auto journal = store::verify_journal(store, parent, head);
    if (!journal) return tl::unexpected<Error>(journal.error());
    if (journal->has_noted_head) return true;
  }
  return false;
}

}  // namespace

bool Audit::is_sound() const {
  return faults.empty() && std::ranges::all_of(parents, &ParentAudit::is_sound);
}

Result<Audit> audit_store(store::Store& store, std::vector<dns::Name> parents,
                          const std::optional<Sha256>& noted_head) {
  auto stored = store.parents();
  if (!stored) return pass_on(std::move(stored));
  parents.insert(parents.end(), stored->begin(), stored->end());
  std::ranges::sort(parents);
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());

  Audit audit;
  dns::Verifier verifier;
  for (const dns::Name& parent : parents) {
    auto one = audit_parent(store, parent, verifier);
    if (!one) return pass_on(std::move(one));
    audit.parents.push_back(*std::move(one));
  }
  const auto loose = store.count_loose_evidence();
  if (!loose) return tl::unexpected<Error>(loose.error());
  if (*loose > 0) {
    audit.faults.push_back(fmt::format(
        "{} answers or policies in the store belong to no evidence, or are missing.", *loose));
  }
  if (noted_head) {
    const auto is_there = has_head(store, parents, *noted_head);
    if (!is_there) return tl::unexpected<Error>(is_there.error());
    if (!*is_there) {
      audit.faults.push_back(fmt::format(
          "No journal has the head {}: what was written up to it was cut off or altered, or it "
          "was noted from another store.",
          to_hex(*noted_head)));
    }
  }
  return audit;
}

}  // namespace dskeeper::cli
