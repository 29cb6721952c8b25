// The SQLite store itself: its statements by topic, and one method for each of Store's. Internal to
// src/store; each topic has its .cc file (sqlite_cases.cc, sqlite_journal.cc, …).
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "store/compression.h"
#include "store/sqlite_error.h"
#include "store/sqlite_statement.h"
#include "store/store.h"

namespace dskeeper::store {

// Statements are prepared once, when the store is opened.
struct ViewStatements {
  explicit ViewStatements(const SQLite::Database& database)
      : begin(database, "BEGIN DEFERRED"), end(database, "COMMIT") {}
  SQLite::Statement begin;
  SQLite::Statement end;
};

struct CaseStatements {
  explicit CaseStatements(const SQLite::Database& database);
  SQLite::Statement put;
  SQLite::Statement find;
  SQLite::Statement codes;
  SQLite::Statement add_finding;
  SQLite::Statement remove_finding;
  SQLite::Statement visit;
  SQLite::Statement count;
};

// Lists, each filter with its own statement, prepared when it is first used.
class ListStatements {
 public:
  explicit ListStatements(const SQLite::Database& database) : database_(database) {}
  [[nodiscard]] SQLite::Statement& prepared(const std::string& sql);

 private:
  const SQLite::Database& database_;
  std::map<std::string, SQLite::Statement> statements_;
};

struct ChangeStatements {
  explicit ChangeStatements(const SQLite::Database& database);
  SQLite::Statement put;
  SQLite::Statement find;
  SQLite::Statement open;
  SQLite::Statement recent;
  SQLite::Statement count_open;
};

struct JournalStatements {
  explicit JournalStatements(const SQLite::Database& database);
  SQLite::Statement append;
  SQLite::Statement history;
  SQLite::Statement latest;
  SQLite::Statement head;
  SQLite::Statement visit;
};

struct PassStatements {
  explicit PassStatements(const SQLite::Database& database);
  SQLite::Statement put;
  SQLite::Statement clear_outcomes;
  SQLite::Statement put_outcome;
  SQLite::Statement last;
  SQLite::Statement outcomes;
};

struct ProgressStatements {
  explicit ProgressStatements(const SQLite::Database& database);
  SQLite::Statement put;
  SQLite::Statement put_outcome;
  SQLite::Statement clear;
  SQLite::Statement find;
  SQLite::Statement outcomes;
};

struct ActStatements {
  explicit ActStatements(const SQLite::Database& database);
  SQLite::Statement add;
  SQLite::Statement pending;
  SQLite::Statement mark_obeyed;
};

struct BreakerStatements {
  explicit BreakerStatements(const SQLite::Database& database);
  SQLite::Statement put;
  SQLite::Statement list;
};

struct RollStatements {
  explicit RollStatements(const SQLite::Database& database);
  SQLite::Statement put;
  SQLite::Statement remove;
  SQLite::Statement visit;
  SQLite::Statement put_reading;
  SQLite::Statement find_reading;
  SQLite::Statement put_watermark;
  SQLite::Statement find_watermark;
  SQLite::Statement find;
};

struct EvidenceStatements {
  explicit EvidenceStatements(const SQLite::Database& database);
  SQLite::Statement put;
  SQLite::Statement put_blob;
  SQLite::Statement find_blob;
  SQLite::Statement refer;
  SQLite::Statement blobs_of_id;
  SQLite::Statement remove;
  SQLite::Statement remove_blob;
  SQLite::Statement older;
  SQLite::Statement groups;
  SQLite::Statement visit;
  SQLite::Statement latest;
  SQLite::Statement blobs;
  SQLite::Statement loose_blobs;
  SQLite::Statement loose_references;
  SQLite::Statement parents;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<SQLite::Database> database, std::string path, Access access)
      : database_(std::move(database)), path_(std::move(path)), access_(access) {}

  Access access() const override { return access_; }
  Result<void> set_busy_wait(Duration time) override;
  Result<std::unique_ptr<View>> view() override;
  Result<void> commit(const Batch& batch) override;

  Result<std::optional<Case>> find_case(const dns::Name& parent, const dns::Name& child) override;
  Result<void> visit_cases(const dns::Name& parent,
                           const std::function<void(Case)>& visitor) override;
  Result<std::map<std::string, std::uint64_t>> count_cases(const dns::Name& parent) override;

  Result<CasePage> list_cases(const dns::Name& parent, const CaseFilter& filter,
                              const std::optional<dns::Name>& after, std::size_t limit) override;
  Result<std::map<std::string, std::uint64_t>> count_findings(const dns::Name& parent) override;
  Result<std::vector<NumberedChange>> list_changes(const dns::Name& parent,
                                                   const std::optional<dns::Name>& child,
                                                   std::optional<std::uint64_t> before,
                                                   std::size_t limit) override;

  Result<std::optional<Change>> find_change(const std::string& id) override;
  Result<std::vector<Change>> open_changes(const dns::Name& parent) override;
  Result<std::map<ChangeState, std::uint64_t>> count_open_changes(const dns::Name& parent) override;
  Result<std::vector<Change>> recent_changes(const dns::Name& parent, Time since) override;

  Result<std::vector<JournalEntry>> history(const dns::Name& parent,
                                            const dns::Name& child) override;
  Result<std::vector<Event>> recent_events(const dns::Name& parent, const dns::Name& child,
                                           std::span<const EventKind> kinds,
                                           std::size_t limit) override;
  Result<std::optional<JournalEntry>> journal_head(const dns::Name& parent) override;
  Result<void> visit_journal(
      const dns::Name& parent,
      const std::function<bool(const Result<JournalEntry>&)>& visitor) override;

  Result<void> record_pass(const PassRecord& pass) override;
  Result<std::optional<PassRecord>> last_pass(const dns::Name& parent) override;

  Result<void> record_progress(const PassProgress& progress) override;
  Result<void> clear_progress(const dns::Name& parent) override;
  Result<std::optional<PassProgress>> find_progress(const dns::Name& parent) override;

  Result<std::uint64_t> add_act(const Act& act) override;
  Result<std::vector<Act>> pending_acts(const dns::Name& parent) override;
  Result<std::vector<Breaker>> breakers(const dns::Name& parent, Time since) override;

  Result<std::optional<RollReading>> find_roll_reading(const dns::Name& parent) override;
  Result<Inceptions> find_watermark(const dns::Name& parent, const dns::Name& child) override;
  Result<void> visit_roll(const dns::Name& parent,
                          const std::function<void(const dns::Name&, bool)>& visitor) override;

  Result<std::optional<bool>> find_on_roll(const dns::Name& parent,
                                           const dns::Name& child) override;

  Result<std::optional<Census>> find_census(const dns::Name& parent) override;
  Result<std::optional<CensusDay>> last_census_day(const dns::Name& parent) override;
  Result<std::vector<CensusDay>> census_days(const dns::Name& parent, Day since) override;
  Result<std::vector<ChangesOfDay>> change_days(const dns::Name& parent, Day since) override;
  Result<std::vector<MessagesOfDay>> message_days(const dns::Name& parent, Day since) override;
  Result<std::vector<AgentReportCount>> agent_reports(const dns::Name& parent) override;

  Result<std::vector<EvidenceLabel>> list_evidence(const dns::Name& parent, const dns::Name& child,
                                                   std::size_t limit) override;
  Result<std::optional<PackedEvidence>> find_evidence(const dns::Name& parent,
                                                      const Sha256& id) override;
  Result<std::optional<PackedEvidence>> latest_evidence(const dns::Name& parent,
                                                        const dns::Name& child) override;
  Result<void> visit_evidence(
      const dns::Name& parent, Time since,
      const std::function<bool(const Result<PackedEvidence>&)>& visitor) override;
  Result<void> visit_evidence_groups(
      const dns::Name& parent, const std::function<void(const EvidenceLabel&)>& visitor) override;
  Result<std::uint64_t> prune_evidence(const dns::Name& parent, Time before,
                                       const std::optional<Event>& event) override;
  Result<std::uint64_t> count_loose_evidence() override;
  Result<std::vector<dns::Name>> parents() override;

  Result<std::unique_ptr<Lease>> take_lease(const dns::Name& parent) override;

 private:
  void put(const Case& value);
  void put_findings(const std::string& parent, const Bytes& key, const std::string& codes);
  void put(const Change& change);
  void put(const Breaker& breaker);
  void put(const RollChange& change);
  void put(const RollReading& reading);
  void put(const RollWatermark& watermark);
  void put(const Census& census);
  void put(const PackedEvidence& evidence);
  void put(const EvidenceBlob& blob);
  void remove_evidence(const Sha256& id);
  Result<void> append(const std::vector<Event>& events);
  void mark_obeyed(const std::vector<std::uint64_t>& acts);

  static Result<EvidenceLabel> label_of(const Query& row);
  Result<PackedEvidence> evidence_of(const Query& row, const dns::Name& parent);
  Result<CaseSummary> summary_of(const Query& row);
  Result<Case> case_of(const std::string& json);
  Result<std::vector<Change>> changes_of(Query& rows);
  // What `what` of the store says, or that it cannot be understood. `what` may be a function, which
  // is called in that case only.
  template <typename T, typename What>
  Result<T> readable(Result<T>&& read, const What& what) const;
  // Everything that writes goes through here: all of `body`, or nothing.
  template <typename Body>
  Result<void> in_transaction(const Body& body);

  std::unique_ptr<SQLite::Database> database_;
  std::string path_;
  Access access_;
  ViewStatements view_{*database_};
  CaseStatements cases_{*database_};
  ListStatements lists_{*database_};
  ChangeStatements changes_{*database_};
  JournalStatements journal_{*database_};
  PassStatements passes_{*database_};
  ProgressStatements progress_{*database_};
  ActStatements acts_{*database_};
  BreakerStatements breakers_{*database_};
  RollStatements roll_{*database_};
  EvidenceStatements evidence_{*database_};
  Compressor compressor_;
};

template <typename T, typename What>
Result<T> SqliteStore::readable(Result<T>&& read, const What& what) const {
  if (read) return std::move(read);
  std::string place;
  if constexpr (std::is_invocable_v<What>) {
    place = what();
  } else {
    place = what;
  }
  return fail(fmt::format("{} in the store cannot be read ({})", place, read.error().text()), path_,
              "Run `dskeeper audit`; if it was altered by hand, restore a backup.");
}

template <typename Body>
Result<void> SqliteStore::in_transaction(const Body& body) {
  CHECK(access_ == Access::read_write);
  return guarded(path_, [&]() -> Result<void> {
    // IMMEDIATE: what is read here cannot be overtaken by another process before it is written.
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    Result<void> done = body();
    if (done) transaction.commit();
    return done;
  });
}

}  // namespace dskeeper::store
