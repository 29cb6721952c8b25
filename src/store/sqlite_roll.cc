// The SQLite store's roll of delegations: one small row for each child of a parent zone.
#include "store/name_key.h"
#include "store/sqlite_store_class.h"

namespace dskeeper::store {

RollStatements::RollStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO roll (parent, child_key, is_secure) VALUES (?, ?, ?) "
          "ON CONFLICT (parent, child_key) DO UPDATE SET is_secure = excluded.is_secure"),
      remove(database, "DELETE FROM roll WHERE parent = ? AND child_key = ?"),
      visit(database, "SELECT child_key, is_secure FROM roll WHERE parent = ? ORDER BY child_key"),
      put_reading(database,
                  "INSERT INTO roll_readings (parent, revision, at) VALUES (?, ?, ?) "
                  "ON CONFLICT (parent) DO UPDATE SET revision = excluded.revision, "
                  "at = excluded.at"),
      find_reading(database, "SELECT revision, at FROM roll_readings WHERE parent = ?"),
      put_watermark(database,
                    "UPDATE roll SET cds = ?, cdnskey = ? WHERE parent = ? AND child_key = ?"),
      find_watermark(database, "SELECT cds, cdnskey FROM roll WHERE parent = ? AND child_key = ?"),
      find(database, "SELECT is_secure FROM roll WHERE parent = ? AND child_key = ?") {}

void SqliteStore::put(const RollChange& change) {
  const Bytes key = name_key(change.child);
  if (change.mark == RollMark::absent) {
    Query(roll_.remove, change.parent.text(), key).run();
  } else {
    Query(roll_.put, change.parent.text(), key, change.mark == RollMark::secure).run();
  }
}

void SqliteStore::put(const RollReading& reading) {
  Query(roll_.put_reading, reading.parent.text(), reading.revision, reading.at).run();
}

void SqliteStore::put(const RollWatermark& watermark) {
  Query(roll_.put_watermark, watermark.newest.cds, watermark.newest.cdnskey,
        watermark.parent.text(), name_key(watermark.child))
      .run();
}

Result<std::optional<RollReading>> SqliteStore::find_roll_reading(const dns::Name& parent) {
  return guarded(path_, [&]() -> Result<std::optional<RollReading>> {
    Query row(roll_.find_reading, parent.text());
    if (!row.next()) return std::optional<RollReading>();
    return std::optional(RollReading{parent, row.text(0), time_of(row.column(1))});
  });
}

Result<Inceptions> SqliteStore::find_watermark(const dns::Name& parent, const dns::Name& child) {
  return guarded(path_, [&]() -> Result<Inceptions> {
    Query row(roll_.find_watermark, parent.text(), name_key(child));
    if (!row.next()) return Inceptions{};
    return Inceptions{optional_time_of(row.column(0)), optional_time_of(row.column(1))};
  });
}

Result<std::optional<bool>> SqliteStore::find_on_roll(const dns::Name& parent,
                                                      const dns::Name& child) {
  return guarded(path_, [&]() -> Result<std::optional<bool>> {
    Query row(roll_.find, parent.text(), name_key(child));
    if (!row.next()) return std::optional<bool>();
    return std::optional(row.count(0) != 0);
  });
}

Result<void> SqliteStore::visit_roll(const dns::Name& parent,
                                     const std::function<void(const dns::Name&, bool)>& visitor) {
  return guarded(path_, [&]() -> Result<void> {
    Query row(roll_.visit, parent.text());
    while (row.next()) {
      Result<dns::Name> child =
          readable(name_of_key(row.blob(0)), "an entry of the roll of delegations");
      if (!child) return pass_on(std::move(child));
      visitor(*child, row.count(1) != 0);
    }
    return {};
  });
}

}  // namespace dskeeper::store
