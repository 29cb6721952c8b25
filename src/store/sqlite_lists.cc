// The SQLite store's lists: cases by filter, changes, evidence of one child.
#include <limits>
#include <optional>

#include "model/json.h"
#include "store/case_columns.h"
#include "store/name_key.h"
#include "store/sqlite_store_class.h"

namespace dskeeper::store {
namespace {

// A filter that hardly anything meets would otherwise read the whole table for one page.
constexpr std::size_t examined_max = 1'000;

// What most restricts first: the index to go along; the rest is looked at row by row.
std::string cases_sql(const CaseFilter& filter) {
  constexpr std::string_view columns =
      "SELECT c.child, c.outcome, c.request, c.ready_at, c.operator, c.registrar, c.findings ";
  if (filter.finding) {
    return fmt::format(
        "{}FROM case_findings AS f CROSS JOIN cases AS c "
        "ON c.parent = f.parent AND c.child_key = f.child_key "
        "WHERE f.parent = ? AND f.code = ? AND f.child_key > ? ORDER BY f.child_key LIMIT {}",
        columns, examined_max);
  }
  std::string_view column;
  if (!filter.operator_name.empty()) {
    column = "operator";
  } else if (!filter.registrar.empty()) {
    column = "registrar";
  } else if (filter.outcome) {
    column = "outcome";
  }
  if (column.empty()) {
    return fmt::format(
        "{}FROM cases AS c WHERE c.parent = ? AND c.child_key > ? ORDER BY c.child_key LIMIT {}",
        columns, examined_max);
  }
  return fmt::format(
      "{0}FROM cases AS c INDEXED BY cases_by_{1} WHERE c.parent = ? AND c.{1} = ? "
      "AND c.child_key > ? ORDER BY c.child_key LIMIT {2}",
      columns, column, examined_max);
}

// The value of the column or table that the statement goes along; nothing: it goes along all.
std::optional<std::string> leading_value(const CaseFilter& filter) {
  if (filter.finding) return std::string(kind_of(*filter.finding).name);
  if (!filter.operator_name.empty()) return filter.operator_name;
  if (!filter.registrar.empty()) return filter.registrar;
  if (filter.outcome) return std::string(to_text(*filter.outcome));
  return std::nullopt;
}

bool is_met(const CaseFilter& filter, const CaseSummary& summary) {
  return (!filter.outcome || summary.outcome == *filter.outcome) &&
         (filter.operator_name.empty() || summary.operator_name == filter.operator_name) &&
         (filter.registrar.empty() || summary.registrar == filter.registrar);
}

}  // namespace

SQLite::Statement& ListStatements::prepared(const std::string& sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  return statements_.try_emplace(sql, database_, sql).first->second;
}

Result<CaseSummary> SqliteStore::summary_of(const Query& row) {
  auto child = name_of(row.text(0));
  if (!child) return pass_on(std::move(child));
  const auto outcome = parse_outcome(row.text(1));
  if (!outcome) return tl::unexpected<Error>(outcome.error());
  const auto request = parse_request(row.text(2));
  if (!request) return tl::unexpected<Error>(request.error());
  return CaseSummary{.child = *std::move(child),
                     .outcome = *outcome,
                     .request = *request,
                     .ready_at = optional_time_of(row.column(3)),
                     .operator_name = row.text(4),
                     .registrar = row.text(5),
                     .findings = split_codes(row.text(6))};
}

Result<CasePage> SqliteStore::list_cases(const dns::Name& parent, const CaseFilter& filter,
                                         const std::optional<dns::Name>& after, std::size_t limit) {
  return guarded(path_, [&]() -> Result<CasePage> {
    const Bytes key = after ? name_key(*after) : Bytes();
    SQLite::Statement& statement = lists_.prepared(cases_sql(filter));
    const auto leading = leading_value(filter);
    std::optional<Query> row;
    if (leading) {
      row.emplace(statement, parent.text(), *leading, key);
    } else {
      row.emplace(statement, parent.text(), key);
    }
    CasePage page;
    std::size_t examined = 0;
    while (page.cases.size() < limit && row->next()) {
      ++examined;
      auto summary = readable(summary_of(*row), "a case");
      if (!summary) return pass_on(std::move(summary));
      page.next = summary->child;
      if (is_met(filter, *summary)) page.cases.push_back(*std::move(summary));
    }
    const bool is_end = page.cases.size() < limit && examined < examined_max;
    if (is_end) page.next.reset();
    return page;
  });
}

Result<std::map<std::string, std::uint64_t>> SqliteStore::count_findings(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::map<std::string, std::uint64_t>> {
    std::map<std::string, std::uint64_t> counts;
    Query row(lists_.prepared(
                  "SELECT code, children FROM finding_counts WHERE parent = ? AND children > 0"),
              parent.text());
    while (row.next()) counts[row.text(0)] = row.count(1);
    return counts;
  });
}

Result<std::vector<NumberedChange>> SqliteStore::list_changes(const dns::Name& parent,
                                                              const std::optional<dns::Name>& child,
                                                              std::optional<std::uint64_t> before,
                                                              std::size_t limit) {
  return guarded(path_, [&]() -> Result<std::vector<NumberedChange>> {
    // All numbers of SQLite are below.
    const std::uint64_t end = before.value_or(std::numeric_limits<std::int64_t>::max());
    const std::uint64_t count = limit;
    std::optional<Query> row;
    if (child) {
      row.emplace(lists_.prepared("SELECT rowid, json FROM changes INDEXED BY changes_by_child "
                                  "WHERE parent = ? AND child = ? AND rowid < ? "
                                  "ORDER BY rowid DESC LIMIT ?"),
                  parent.text(), child->text(), end, count);
    } else {
      // By time, as changes_by_time has it: a parent zone's own changes, and no more of them than
      // are shown, however many others there are.
      row.emplace(
          lists_.prepared(
              "SELECT rowid, json FROM changes INDEXED BY changes_by_time WHERE parent = ?1 "
              "AND (queued_at, rowid) < (IFNULL((SELECT queued_at FROM changes "
              "WHERE rowid >= ?2 ORDER BY rowid LIMIT 1), 9223372036854775807), ?2) "
              "ORDER BY queued_at DESC, rowid DESC LIMIT ?3"),
          parent.text(), end, count);
    }
    std::vector<NumberedChange> changes;
    while (row->next()) {
      auto change = readable(change_from_json(row->text(1)), "a change");
      if (!change) return pass_on(std::move(change));
      changes.push_back({row->count(0), *std::move(change)});
    }
    return changes;
  });
}

Result<std::vector<EvidenceLabel>> SqliteStore::list_evidence(const dns::Name& parent,
                                                              const dns::Name& child,
                                                              std::size_t limit) {
  return guarded(path_, [&]() -> Result<std::vector<EvidenceLabel>> {
    const std::uint64_t count = limit;
    Query row(lists_.prepared("SELECT id, child, at, grouping, octets FROM evidence "
                              "WHERE parent = ? AND child = ? ORDER BY number DESC LIMIT ?"),
              parent.text(), child.text(), count);
    std::vector<EvidenceLabel> labels;
    while (row.next()) {
      auto label = readable(label_of(row), "the label of evidence");
      if (!label) return pass_on(std::move(label));
      labels.push_back(*std::move(label));
    }
    return labels;
  });
}

Result<std::optional<PackedEvidence>> SqliteStore::find_evidence(const dns::Name& parent,
                                                                 const Sha256& id) {
  return guarded(path_, [&]() -> Result<std::optional<PackedEvidence>> {
    Query row(lists_.prepared("SELECT id, child, at, grouping, octets, document, seal, number "
                              "FROM evidence WHERE id = ? AND parent = ?"),
              id, parent.text());
    if (!row.next()) return std::optional<PackedEvidence>();
    auto found = readable(evidence_of(row, parent), "evidence");
    if (!found) return pass_on(std::move(found));
    return std::optional(*std::move(found));
  });
}

}  // namespace dskeeper::store
