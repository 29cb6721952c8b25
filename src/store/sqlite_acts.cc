// The SQLite store's acts of the operator, and the breakers.
#include "store/sqlite_store_class.h"

namespace dskeeper::store {
namespace {

std::string kind_text(const std::optional<Request>& kind) {
  return kind ? std::string(to_text(*kind)) : std::string();
}

// Of a row with the columns number, kind, child, at, actor, reason, request_id, reset_replay,
// breaker_kind, breaker_operator.
Result<Act> act_of(const Query& row, const dns::Name& parent) {
  Result<ActKind> kind = parse_act_kind(row.text(1));
  if (!kind) return pass_on(std::move(kind));
  Result<dns::Name> child = name_of(row.text(2));
  if (!child) return pass_on(std::move(child));
  Act act{.number = row.count(0),
          .kind = *kind,
          .parent = parent,
          .child = *std::move(child),
          .at = time_of(row.column(3)),
          .actor = row.text(4),
          .reason = row.text(5),
          .request_id = row.text(6),
          .reset_replay = row.count(7) != 0,
          .breaker_kind = {},
          .breaker_operator = row.text(9)};
  if (const std::string word = row.text(8); !word.empty()) {
    Result<Request> request = parse_request(word);
    if (!request) return pass_on(std::move(request));
    act.breaker_kind = *request;
  }
  return act;
}

// Of a row with the columns kind, operator, tripped_at, changes, allowed, resumed_at.
Result<Breaker> breaker_of(const Query& row, const dns::Name& parent) {
  Result<Request> kind = parse_request(row.text(0));
  if (!kind) return pass_on(std::move(kind));
  return Breaker{.parent = parent,
                 .kind = *kind,
                 .operator_name = row.text(1),
                 .tripped_at = time_of(row.column(2)),
                 .changes = static_cast<unsigned>(row.count(3)),
                 .limit = static_cast<unsigned>(row.count(4)),
                 .resumed_at = optional_time_of(row.column(5))};
}

}  // namespace

ActStatements::ActStatements(const SQLite::Database& database)
    : add(database,
          "INSERT INTO acts (parent, kind, child, at, actor, reason, request_id, reset_replay, "
          "breaker_kind, breaker_operator) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      pending(database,
              "SELECT number, kind, child, at, actor, reason, request_id, reset_replay, "
              "breaker_kind, breaker_operator FROM acts "
              "WHERE parent = ? AND is_obeyed = 0 ORDER BY number"),
      mark_obeyed(database, "UPDATE acts SET is_obeyed = 1 WHERE number = ?") {}

BreakerStatements::BreakerStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO breakers (parent, kind, operator, tripped_at, changes, allowed, resumed_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (parent, kind, operator, tripped_at) "
          "DO UPDATE SET changes = excluded.changes, allowed = excluded.allowed, "
          "resumed_at = excluded.resumed_at"),
      list(database,
           "SELECT kind, operator, tripped_at, changes, allowed, resumed_at FROM breakers "
           "WHERE parent = ? AND (resumed_at IS NULL OR resumed_at >= ?) "
           "ORDER BY tripped_at, kind, operator") {}

Result<std::uint64_t> SqliteStore::add_act(const Act& act) {
  std::uint64_t number = 0;
  Result<void> added = in_transaction([&]() -> Result<void> {
    Query(acts_.add, act.parent.text(), to_text(act.kind), act.child.text(), act.at, act.actor,
          act.reason, act.request_id, act.reset_replay, kind_text(act.breaker_kind),
          act.breaker_operator)
        .run();
    number = static_cast<std::uint64_t>(database_->getLastInsertRowid());
    return {};
  });
  if (!added) return pass_on(std::move(added));
  return number;
}

Result<std::vector<Act>> SqliteStore::pending_acts(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::vector<Act>> {
    std::vector<Act> acts;
    Query row(acts_.pending, parent.text());
    while (row.next()) {
      Result<Act> act = readable(act_of(row, parent), "an operator's act");
      if (!act) return pass_on(std::move(act));
      acts.push_back(*std::move(act));
    }
    return acts;
  });
}

void SqliteStore::mark_obeyed(const std::vector<std::uint64_t>& acts) {
  for (const std::uint64_t number : acts) Query(acts_.mark_obeyed, number).run();
}

void SqliteStore::put(const Breaker& breaker) {
  Query(breakers_.put, breaker.parent.text(), to_text(breaker.kind), breaker.operator_name,
        breaker.tripped_at, std::uint64_t{breaker.changes}, std::uint64_t{breaker.limit},
        breaker.resumed_at)
      .run();
}

Result<std::vector<Breaker>> SqliteStore::breakers(const dns::Name& parent, Time since) {
  return guarded(path_, [&]() -> Result<std::vector<Breaker>> {
    std::vector<Breaker> breakers;
    Query row(breakers_.list, parent.text(), since);
    while (row.next()) {
      Result<Breaker> breaker = readable(breaker_of(row, parent), "a breaker");
      if (!breaker) return pass_on(std::move(breaker));
      breakers.push_back(*std::move(breaker));
    }
    return breakers;
  });
}

}  // namespace dskeeper::store
