// A store of an earlier version is brought up to date with everything that is in it.
#include "store/migrations.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "model/json.h"
#include "store/case_columns.h"
#include "store/change_kind.h"
#include "store/journal_check.h"
#include "store/name_key.h"
#include "store/store.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

using testing::IsEmpty;

// As the program made it whose last migration had that number.
void make_store(SQLite::Database& database, int version) {
  register_case_column(database);
  register_change_kind(database);
  database.exec(fmt::format("PRAGMA application_id = {}", application_id));
  for (const Migration& migration : migrations()) {
    if (migration.number > version) break;
    database.exec(std::string(migration.sql));
    database.exec(fmt::format("INSERT INTO schema_version VALUES ({}, '{}')", migration.number,
                              migration.name));
  }
}

void bind_blob(SQLite::Statement& statement, int index, ByteView blob) {
  statement.bind(index, blob.data(), static_cast<int>(blob.size()));
}

// A case, a change, an event and a pass, as the first version wrote them.
void fill_version_1(SQLite::Database& database) {
  SQLite::Statement put_case(database,
                             "INSERT INTO cases VALUES ('example.', ?, 'kid.example.', 'hold', "
                             "'bootstrap', NULL, ?)");
  bind_blob(put_case, 1, name_key(name("kid.example.")));
  put_case.bind(2, case_to_json(sample_case("kid.example.")));
  put_case.exec();

  SQLite::Statement put_change(database,
                               "INSERT INTO changes VALUES ('one', 'example.', 'kid.example.', "
                               "'queued', 1000, ?)");
  Change change = sample_change("kid.example.");
  change.id = "one";
  put_change.bind(1, change_to_json(change));
  put_change.exec();

  const Event event = sample_event("kid.example.");
  SQLite::Statement append(database,
                           "INSERT INTO journal VALUES ('example.', 1, 'kid.example.', ?, "
                           "'transition', ?, ?, ?)");
  append.bind(1, static_cast<std::int64_t>(event.at.time_since_epoch().count()));
  append.bind(2, event.summary);
  append.bind(3, event.details);
  bind_blob(append, 4, event.chained(Sha256{}));
  append.exec();

  database.exec("INSERT INTO passes VALUES ('example.', 1000, 2000, '7', 3, 1)");
}

TEST(Migrations, AreNumberedWithoutGaps) {
  int expected = 0;
  for (const Migration& migration : migrations()) EXPECT_EQ(migration.number, ++expected);
}

TEST(Migrations, KeepWhatTheFirstVersionWrote) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    make_store(database, 1);
    fill_version_1(database);
  }
  EXPECT_EQ(pending_migrations("sqlite:" + path)->size(), migrations().size() - 1);
  const auto store = open_store("sqlite:" + path, Access::read_write).value();
  const dns::Name zone = name("example.");
  EXPECT_EQ(store->find_case(zone, name("kid.example.")).value(), sample_case("kid.example."));
  EXPECT_THAT(store->count_cases(zone).value(), testing::ElementsAre(testing::Pair("hold", 1)));
  const CasePage page =
      store->list_cases(zone, {.operator_name = "op.example."}, std::nullopt, 10).value();
  ASSERT_EQ(page.cases.size(), 1U);
  EXPECT_EQ(page.cases[0].child, name("kid.example."));
  EXPECT_EQ(store->find_change("one").value()->child, name("kid.example."));
  EXPECT_EQ(store->change_days(zone, Day{})->size(), 1U);
  EXPECT_EQ(store->open_changes(zone)->size(), 1U);
  EXPECT_EQ(verify_journal(*store, zone)->sound, 1U);
  EXPECT_TRUE(verify_journal(*store, zone)->is_whole());
  EXPECT_TRUE(store->last_pass(zone).value()->is_void);
  EXPECT_EQ(store->last_pass(zone).value()->void_reason, "");
  EXPECT_THAT(store->pending_acts(zone).value(), IsEmpty());
}

// A program that knows less must not write into a store that has more.
TEST(Migrations, EachVersionIsNewerThanTheOneBefore) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const int last = migrations().back().number;
  make_store(database, last);
  ASSERT_TRUE(open_store("sqlite:" + path, Access::read_write));
  database.exec(fmt::format("INSERT INTO schema_version VALUES ({}, 'next')", last + 1));
  EXPECT_FALSE(open_store("sqlite:" + path, Access::read_write));
  EXPECT_FALSE(open_store("sqlite:" + path, Access::read_only));
}

}  // namespace
}  // namespace dskeeper::store
