// The store: what survives. Cases, the outbox of changes, the journal, the operator's acts, the
// breakers, the roll of delegations, and the evidence.
//
// One narrow interface in domain terms; SQLite and PostgreSQL stand behind it and are held to the
// same conformance suite (store/conformance_test.h). Everything that one decision causes is written
// in one transaction: killing the process at any point loses nothing and applies nothing twice.
// Calls block; one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "model/act.h"
#include "model/breaker.h"
#include "model/case.h"
#include "model/change.h"
#include "model/evidence.h"
#include "model/journal.h"
#include "model/pass_progress.h"
#include "store/statistics.h"

namespace dskeeper::store {

// The id of a change that has none yet, of what it is from its first moment on: parent, child,
// request and when it was queued. commit() gives it to changes without one and to their copies in
// cases; who queues a change may ask for it before.
[[nodiscard]] std::string change_id(const Change& change);

// What the last good reading of a source had of a child. The roll holds every child, also those
// that never had a case, so that a DS set that vanished is noticed across a restart.
enum class RollMark : std::uint8_t { secure, without_ds, absent };
struct RollChange {
  dns::Name parent;
  dns::Name child;
  RollMark mark{};
};

// The reading that the roll is of: the newest that was believed.
struct RollReading {
  dns::Name parent;
  std::string revision;
  Time at;
  bool operator==(const RollReading&) const = default;
};

// The replay watermark of a child that is at rest and has no case (RFC 7344 §6.2): it is kept with
// its entry of the roll, and goes with that.
struct RollWatermark {
  dns::Name parent;
  dns::Name child;
  Inceptions newest;
};

// What one transaction writes.
struct Batch {
  std::vector<Case> cases;      // inserted or replaced, by parent and child
  std::vector<Change> changes;  // inserted or replaced, by id; without one, change_id() gives it
  std::vector<Event> events;    // appended to the journal of their parent zone, in order
  std::vector<Breaker> breakers{};  // inserted or replaced, by parent, kind, operator, tripped_at
  std::vector<RollChange> roll{};   // only those that differ from what it has
  std::vector<RollReading> readings{};      // replaced, by parent
  std::vector<RollWatermark> watermarks{};  // of children on the roll
  std::vector<std::uint64_t> obeyed{};      // numbers of the acts that are done herewith
  std::vector<PackedEvidence> evidence{};   // what the decisions rest on; once for each id
  std::vector<Sha256> replaced_evidence{};  // ids of evidence that is dropped, also of this batch's
  std::vector<Census> censuses{};           // replaced, by parent; the last of a day stays for it

  [[nodiscard]] bool is_empty() const {
    return cases.empty() && changes.empty() && events.empty() && breakers.empty() && roll.empty() &&
           readings.empty() && watermarks.empty() && obeyed.empty() && evidence.empty() &&
           replaced_evidence.empty() && censuses.empty();
  }
};

// What is told of evidence without reading it.
struct EvidenceLabel {
  Sha256 id{};
  dns::Name child;
  Time at;
  std::string group;
  std::uint64_t octets = 0;  // as PackedEvidence::octets()
};

// One pass over a parent zone, for `status`.
struct PassRecord {
  dns::Name parent;
  Time started_at;
  std::optional<Time> ended_at;
  std::string revision;
  std::uint64_t children = 0;                     // looked at
  std::map<std::string, std::uint64_t> outcomes;  // by the contract's words, idle ones included
  bool is_void = false;                           // our own outage, nothing counted
  std::string void_reason{};                      // one sentence; empty where it is not void
};

// Which cases are listed: those that meet all that is given.
struct CaseFilter {
  std::optional<Outcome> outcome{};
  std::optional<FindingCode> finding{};  // among all of the case
  std::string operator_name{};           // as model/operator_name.h has it; empty: any
  std::string registrar{};               // likewise
};

// What a list tells of a case.
struct CaseSummary {
  dns::Name child;
  Outcome outcome{};
  Request request{};
  std::optional<Time> ready_at;
  std::string operator_name;
  std::string registrar;
  std::vector<std::string> findings;  // codes
  bool operator==(const CaseSummary&) const = default;
};

struct CasePage {
  std::vector<CaseSummary> cases;  // in canonical order; may be fewer than asked for
  std::optional<dns::Name> next;   // the page behind this child may have more; nothing: none has
};

// A change with its place in the order in which they were queued.
struct NumberedChange {
  std::uint64_t number = 0;
  Change change;
};

// Held for as long as the object lives; ends with the process, however that dies.
class Lease {
 public:
  Lease() = default;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  virtual ~Lease() = default;
};

// While it lives, all that is read is of one moment.
class View {
 public:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  virtual ~View() = default;
};

enum class Access { read_write, read_only };

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // With which it was opened; read_only: nothing that writes may be called.
  [[nodiscard]] virtual Access access() const = 0;

  // How long to wait for another process's transaction; ten seconds unless told.
  [[nodiscard]] virtual Result<void> set_busy_wait(Duration time) = 0;

  // For questions that belong together; cheaper than each for itself, too. Ends before the store,
  // before anything is written, and before the next one begins.
  [[nodiscard]] virtual Result<std::unique_ptr<View>> view() = 0;

  // All or nothing, durable when it returns.
  [[nodiscard]] virtual Result<void> commit(const Batch& batch) = 0;

  [[nodiscard]] virtual Result<std::optional<Case>> find_case(const dns::Name& parent,
                                                              const dns::Name& child) = 0;
  // Every case of a parent zone, in canonical order of the children. A visitor does not call the
  // store.
  [[nodiscard]] virtual Result<void> visit_cases(const dns::Name& parent,
                                                 const std::function<void(Case)>& visitor) = 0;
  [[nodiscard]] virtual Result<std::map<std::string, std::uint64_t>> count_cases(
      const dns::Name& parent) = 0;  // by outcome

  // Those behind a child, or from the first one on. Looks at so many cases at most that it takes
  // milliseconds, whatever the filter.
  [[nodiscard]] virtual Result<CasePage> list_cases(const dns::Name& parent,
                                                    const CaseFilter& filter,
                                                    const std::optional<dns::Name>& after,
                                                    std::size_t limit) = 0;
  [[nodiscard]] virtual Result<std::map<std::string, std::uint64_t>> count_findings(
      const dns::Name& parent) = 0;  // children by code

  // Newest first: those before a number, or from the newest on; of one child where it is named.
  [[nodiscard]] virtual Result<std::vector<NumberedChange>> list_changes(
      const dns::Name& parent, const std::optional<dns::Name>& child,
      std::optional<std::uint64_t> before, std::size_t limit) = 0;
  [[nodiscard]] virtual Result<std::optional<Change>> find_change(const std::string& id) = 0;
  // The outbox: queued and sent changes, oldest first.
  [[nodiscard]] virtual Result<std::vector<Change>> open_changes(const dns::Name& parent) = 0;

  [[nodiscard]] virtual Result<std::map<ChangeState, std::uint64_t>> count_open_changes(
      const dns::Name& parent) = 0;

  // Every change queued at that time or later, whatever came of it, oldest first: what the breaker
  // counts.
  [[nodiscard]] virtual Result<std::vector<Change>> recent_changes(const dns::Name& parent,
                                                                   Time since) = 0;

  [[nodiscard]] virtual Result<std::vector<JournalEntry>> history(const dns::Name& parent,
                                                                  const dns::Name& child) = 0;
  // Of a child's journal the newest of these kinds, newest first, without their details; looked for
  // among its newest thousand entries.
  [[nodiscard]] virtual Result<std::vector<Event>> recent_events(const dns::Name& parent,
                                                                 const dns::Name& child,
                                                                 std::span<const EventKind> kinds,
                                                                 std::size_t limit) = 0;
  // The last entry of a parent zone's journal; nothing where it is empty.
  [[nodiscard]] virtual Result<std::optional<JournalEntry>> journal_head(
      const dns::Name& parent) = 0;

  // The whole journal of a parent zone, first entry first, until the visitor returns false. An
  // entry that cannot be read is passed as the error. verify_journal() in journal_check.h checks
  // the chain.
  [[nodiscard]] virtual Result<void> visit_journal(
      const dns::Name& parent, const std::function<bool(const Result<JournalEntry>&)>& visitor) = 0;

  // Inserted or replaced, by parent and start: once when it begins, once when it ends.
  [[nodiscard]] virtual Result<void> record_pass(const PassRecord& pass) = 0;
  [[nodiscard]] virtual Result<std::optional<PassRecord>> last_pass(const dns::Name& parent) = 0;

  // How far the pass under way is; takes the place of what was said of it before. Goes with
  // clear_progress(): where a process died in the middle of a pass it stays until the next one.
  [[nodiscard]] virtual Result<void> record_progress(const PassProgress& progress) = 0;
  [[nodiscard]] virtual Result<void> clear_progress(const dns::Name& parent) = 0;
  [[nodiscard]] virtual Result<std::optional<PassProgress>> find_progress(
      const dns::Name& parent) = 0;

  // Durable when it returns the number it gave. Needs no lease: a command calls it while another
  // process holds that.
  [[nodiscard]] virtual Result<std::uint64_t> add_act(const Act& act) = 0;
  // Those that no batch has marked as obeyed, oldest first.
  [[nodiscard]] virtual Result<std::vector<Act>> pending_acts(const dns::Name& parent) = 0;

  // Those that are open, and those resumed at that time or later; first tripped first.
  [[nodiscard]] virtual Result<std::vector<Breaker>> breakers(const dns::Name& parent,
                                                              Time resumed_since) = 0;

  [[nodiscard]] virtual Result<std::optional<RollReading>> find_roll_reading(
      const dns::Name& parent) = 0;
  // Nothing of a type that was never seen signed, or of a child that is not on the roll.
  [[nodiscard]] virtual Result<Inceptions> find_watermark(const dns::Name& parent,
                                                          const dns::Name& child) = 0;
  // The roll of delegations in canonical order, each with whether it is secure. A visitor does not
  // call the store.
  [[nodiscard]] virtual Result<void> visit_roll(
      const dns::Name& parent, const std::function<void(const dns::Name&, bool)>& visitor) = 0;

  // Whether the child is secure, as the roll has it; nothing where it is not on the roll.
  [[nodiscard]] virtual Result<std::optional<bool>> find_on_roll(const dns::Name& parent,
                                                                 const dns::Name& child) = 0;

  // The last one, with what its operators' children ask for now; nothing where there was none.
  [[nodiscard]] virtual Result<std::optional<Census>> find_census(const dns::Name& parent) = 0;
  // The totals of the last one alone: what is asked for often.
  [[nodiscard]] virtual Result<std::optional<CensusDay>> last_census_day(
      const dns::Name& parent) = 0;
  // From that day on, in order; days on which nothing was counted are left out.
  [[nodiscard]] virtual Result<std::vector<CensusDay>> census_days(const dns::Name& parent,
                                                                   Day since) = 0;
  [[nodiscard]] virtual Result<std::vector<ChangesOfDay>> change_days(const dns::Name& parent,
                                                                      Day since) = 0;
  [[nodiscard]] virtual Result<std::vector<MessagesOfDay>> message_days(const dns::Name& parent,
                                                                        Day since) = 0;
  // By the number of reports, most first.
  [[nodiscard]] virtual Result<std::vector<AgentReportCount>> agent_reports(
      const dns::Name& parent) = 0;

  // Of a child, newest first.
  [[nodiscard]] virtual Result<std::vector<EvidenceLabel>> list_evidence(const dns::Name& parent,
                                                                         const dns::Name& child,
                                                                         std::size_t limit) = 0;
  [[nodiscard]] virtual Result<std::optional<PackedEvidence>> find_evidence(const dns::Name& parent,
                                                                            const Sha256& id) = 0;
  // What was written last of a child.
  [[nodiscard]] virtual Result<std::optional<PackedEvidence>> latest_evidence(
      const dns::Name& parent, const dns::Name& child) = 0;
  // The evidence of decisions at that time or later, oldest first, until the visitor returns false;
  // what cannot be read is passed as the error. A visitor does not call the store.
  [[nodiscard]] virtual Result<void> visit_evidence(
      const dns::Name& parent, Time since,
      const std::function<bool(const Result<PackedEvidence>&)>& visitor) = 0;
  // Of that which is in a group, in the order in which it was written.
  [[nodiscard]] virtual Result<void> visit_evidence_groups(
      const dns::Name& parent, const std::function<void(const EvidenceLabel&)>& visitor) = 0;
  // Drops the evidence of decisions before that time, and says how much it was. If it was any, the
  // event goes into the journal with it, so that `audit` knows what may be missing.
  [[nodiscard]] virtual Result<std::uint64_t> prune_evidence(const dns::Name& parent, Time before,
                                                             const std::optional<Event>& event) = 0;
  // Blobs that no evidence names, and names without their blob: none, unless it was altered.
  [[nodiscard]] virtual Result<std::uint64_t> count_loose_evidence() = 0;
  // Every parent zone that has a journal or evidence, also those no longer configured.
  [[nodiscard]] virtual Result<std::vector<dns::Name>> parents() = 0;

  // One process works on a parent zone at a time. The error says who holds it. Not for stores
  // opened read_only.
  [[nodiscard]] virtual Result<std::unique_ptr<Lease>> take_lease(const dns::Name& parent) = 0;
};

// Opens "sqlite:PATH"; runs pending migrations when read_write; refuses a store that is newer than
// this program. read_only fails with a remedy where there is none yet.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(const std::string& url, Access access);

// Is there a store to read? An error only where the url itself is wrong.
[[nodiscard]] Result<bool> store_exists(const std::string& url);

// Where a file beside the store would be: its own path with this at the end.
[[nodiscard]] Result<std::filesystem::path> path_beside(const std::string& url,
                                                        std::string_view ending);

// The names of the migrations that opening it read_write would run; none for a store that does not
// exist yet. For `check`: changes nothing.
[[nodiscard]] Result<std::vector<std::string>> pending_migrations(const std::string& url);

}  // namespace dskeeper::store
