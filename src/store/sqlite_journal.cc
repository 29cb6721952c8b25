// The SQLite store's journal: one chain of hashes for each parent zone.
#include <algorithm>

#include "store/sqlite_store_class.h"

namespace dskeeper::store {
namespace {

// Strangers may cause entries (NOTIFY), and strangers look at pages: however many there are of the
// one, the other takes a millisecond.
constexpr std::size_t examined_max = 1'000;

// Of a row with the columns number, child, at, kind, summary, details, hash.
Result<JournalEntry> entry_of(const Query& row, const dns::Name& parent) {
  Result<dns::Name> child = name_of(row.text(1));
  if (!child) return pass_on(std::move(child));
  Result<EventKind> kind = parse_event_kind(row.text(3));
  if (!kind) return pass_on(std::move(kind));
  const std::string hash = row.text(6);
  JournalEntry entry{.number = row.count(0),
                     .event = {.parent = parent,
                               .child = *std::move(child),
                               .at = time_of(row.column(2)),
                               .kind = *kind,
                               .summary = row.text(4),
                               .details = row.text(5)}};
  if (hash.size() != entry.hash.size()) return fail("its hash has not 32 octets");
  std::ranges::copy(as_bytes(hash), entry.hash.begin());
  return entry;
}

std::string place_of(const Query& row, const dns::Name& parent) {
  return fmt::format("entry {} of the journal of {}", row.count(0), parent.text());
}

}  // namespace

JournalStatements::JournalStatements(const SQLite::Database& database)
    : append(database,
             "INSERT INTO journal (parent, number, child, at, kind, summary, details, hash) "
             "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      history(database,
              "SELECT number, child, at, kind, summary, details, hash FROM journal "
              "WHERE parent = ? AND child = ? ORDER BY number"),
      latest(database, fmt::format("SELECT number, at, kind, summary FROM journal "
                                   "WHERE parent = ? AND child = ? ORDER BY number DESC LIMIT {}",
                                   examined_max)),
      head(database,
           "SELECT number, child, at, kind, summary, details, hash FROM journal "
           "WHERE parent = ? ORDER BY number DESC LIMIT 1"),
      visit(database,
            "SELECT number, child, at, kind, summary, details, hash FROM journal "
            "WHERE parent = ? ORDER BY number") {}

Result<void> SqliteStore::append(const std::vector<Event>& events) {
  struct Head {
    std::uint64_t number = 0;
    Sha256 hash{};
  };
  std::map<dns::Name, Head> heads;
  for (const Event& event : events) {
    auto found = heads.find(event.parent);
    if (found == heads.end()) {
      Result<std::optional<JournalEntry>> last = journal_head(event.parent);
      if (!last) return pass_on(std::move(last));
      const Head head = *last ? Head{(*last)->number, (*last)->hash} : Head{};
      found = heads.emplace(event.parent, head).first;
    }
    Head& head = found->second;
    head = {head.number + 1, event.chained(head.hash)};
    Query(journal_.append, event.parent.text(), head.number, event.child.text(), event.at,
          to_text(event.kind), event.summary, event.details, head.hash)
        .run();
  }
  return {};
}

Result<std::vector<JournalEntry>> SqliteStore::history(const dns::Name& parent,
                                                       const dns::Name& child) {
  return guarded(path_, [&]() -> Result<std::vector<JournalEntry>> {
    std::vector<JournalEntry> entries;
    Query row(journal_.history, parent.text(), child.text());
    while (row.next()) {
      Result<JournalEntry> entry =
          readable(entry_of(row, parent), [&] { return place_of(row, parent); });
      if (!entry) return pass_on(std::move(entry));
      entries.push_back(*std::move(entry));
    }
    return entries;
  });
}

Result<std::vector<Event>> SqliteStore::recent_events(const dns::Name& parent,
                                                      const dns::Name& child,
                                                      std::span<const EventKind> kinds,
                                                      std::size_t limit) {
  return guarded(path_, [&]() -> Result<std::vector<Event>> {
    std::vector<Event> events;
    Query row(journal_.latest, parent.text(), child.text());
    while (events.size() < limit && row.next()) {
      const Result<EventKind> kind =
          readable(parse_event_kind(row.text(2)), [&] { return place_of(row, parent); });
      if (!kind) return tl::unexpected<Error>(kind.error());
      if (std::ranges::find(kinds, *kind) == kinds.end()) continue;
      events.push_back({.parent = parent,
                        .child = child,
                        .at = time_of(row.column(1)),
                        .kind = *kind,
                        .summary = row.text(3),
                        .details = {}});
    }
    return events;
  });
}

Result<std::optional<JournalEntry>> SqliteStore::journal_head(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::optional<JournalEntry>> {
    Query row(journal_.head, parent.text());
    if (!row.next()) return std::optional<JournalEntry>();
    Result<JournalEntry> entry =
        readable(entry_of(row, parent), [&] { return place_of(row, parent); });
    if (!entry) return pass_on(std::move(entry));
    return std::optional(*std::move(entry));
  });
}

Result<void> SqliteStore::visit_journal(
    const dns::Name& parent, const std::function<bool(const Result<JournalEntry>&)>& visitor) {
  return guarded(path_, [&]() -> Result<void> {
    Query row(journal_.visit, parent.text());
    while (row.next() &&
           visitor(readable(entry_of(row, parent), [&] { return place_of(row, parent); }))) {
    }
    return {};
  });
}

}  // namespace dskeeper::store
