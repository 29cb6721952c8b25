#include "store/sqlite_store.h"

#include <SQLiteCpp/Database.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "store/conformance_test.h"
#include "store/journal_check.h"
#include "store/test_support.h"

namespace dskeeper::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SqliteBackend final : public Backend {
 public:
  Result<std::unique_ptr<Store>> open(Access access) override {
    return open_store("sqlite:" + directory_.file("store.db"), access);
  }

 private:
  TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance,
                         testing::Values(BackendKind{
                             .name = "sqlite",
                             .make = [] { return std::make_unique<SqliteBackend>(); }}),
                         [](const auto& kind) { return kind.param.name; });

class SqliteStoreTest : public testing::Test {
 protected:
  std::string path() const { return directory_.file("store.db"); }
  std::string url() const { return "sqlite:" + path(); }

  // What opening says when it fails.
  std::string refusal(Access access = Access::read_write) const { return refusal(url(), access); }
  static std::string refusal(const std::string& url, Access access = Access::read_write) {
    const auto opened = open_store(url, access);
    return opened ? "" : opened.error().text();
  }

  // Alters the store behind its back.
  void tamper(const std::string& sql) const {
    SQLite::Database(path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  }

  TemporaryDirectory directory_;
};

TEST_F(SqliteStoreTest, UnderstandsItsUrl) {
  EXPECT_THAT(refusal("postgresql://db/keeper"), HasSubstr("not supported yet"));
  EXPECT_THAT(refusal("keeper.db"), HasSubstr("names no kind of store"));
  EXPECT_THAT(refusal("sqlite:"), HasSubstr("must be a file"));
  EXPECT_THAT(refusal("sqlite::memory:"), HasSubstr("must be a file"));
}

TEST_F(SqliteStoreTest, SaysWhereThereIsNoStore) {
  EXPECT_FALSE(store_exists(url()).value());
  EXPECT_THAT(refusal(Access::read_only), HasSubstr("there is no store yet"));
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_EQ(refusal(), "");
  EXPECT_TRUE(store_exists(url()).value());
  EXPECT_EQ(refusal(Access::read_only), "");
}

TEST_F(SqliteStoreTest, RefusesWhatIsNoStore) {
  std::ofstream(path()) << "kid.example. IN NS ns1.op.example.\n";
  EXPECT_THAT(refusal(), HasSubstr("the file is not a database"));
  EXPECT_THAT(refusal(Access::read_only), HasSubstr("the file is not a database"));
  EXPECT_FALSE(pending_migrations(url()));

  EXPECT_THAT(refusal("sqlite:" + directory_.path().string()), HasSubstr("is a directory"));
  EXPECT_THAT(refusal("sqlite:" + directory_.file("no/store.db")),
              HasSubstr("directory does not exist"));
}

TEST_F(SqliteStoreTest, RefusesAnotherProgramsDatabase) {
  tamper("CREATE TABLE songs (title TEXT)");
  EXPECT_THAT(refusal(), HasSubstr("a database of another program"));
}

TEST_F(SqliteStoreTest, RefusesANewerStore) {
  ASSERT_EQ(refusal(), "");
  tamper("INSERT INTO schema_version VALUES (999, 'from the future')");
  for (const Access access : {Access::read_write, Access::read_only}) {
    EXPECT_THAT(refusal(access), HasSubstr("the store is newer than this program (schema 999"));
  }
}

TEST_F(SqliteStoreTest, ReadersRefusePendingMigrations) {
  EXPECT_THAT(pending_migrations(url()).value(), IsEmpty());
  std::ofstream(path()).close();
  EXPECT_THAT(pending_migrations(url()).value(),
              ElementsAre("1: cases, changes, journal and passes",
                          "2: acts, breakers and the roll of delegations", "3: evidence",
                          "4: the reading that the roll is of", "5: progress of the pass under way",
                          "6: evidence by child, and counts of cases",
                          "7: cases by operator, registrar and finding",
                          "8: counts by operator and by day"));
  EXPECT_THAT(refusal(Access::read_only), HasSubstr("8 migrations are pending"));
  ASSERT_EQ(refusal(), "");
  EXPECT_THAT(pending_migrations(url()).value(), IsEmpty());
}

// What `body` says in a process of its own without root's powers.
template <typename Body>
std::string as_nobody(const Body& body) {
  std::array<int, 2> pipe_ends{};
  CHECK(pipe(pipe_ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const bool dropped = geteuid() != 0 || setuid(65534) == 0;
    const std::string said = dropped ? body() : "it keeps root's powers";
    _exit(write(pipe_ends[1], said.data(), said.size()) < 0 ? 1 : 0);
  }
  close(pipe_ends[1]);
  std::array<char, 1000> said{};
  const ssize_t size = read(pipe_ends[0], said.data(), said.size());
  close(pipe_ends[0]);
  waitpid(child, nullptr, 0);
  return {said.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

TEST_F(SqliteStoreTest, SaysThatItMayNotWrite) {
  // To all alike: the process below keeps its group.
  const auto permit = [](const std::string& what, unsigned mode) {
    ASSERT_EQ(chmod(what.c_str(), mode), 0);
  };
  const auto said = [&] { return as_nobody([&] { return refusal(); }); };
  permit(directory_.path(), 0555);
  EXPECT_THAT(said(), HasSubstr("the store's directory is not writable"));
  permit(directory_.path(), 0777);
  ASSERT_EQ(refusal(), "");
  permit(path(), 0444);
  EXPECT_THAT(said(), HasSubstr("the store is not writable"));
}

TEST_F(SqliteStoreTest, AFullDiskStoresNothingAndIsSaid) {
  auto store = *open_sqlite_store(path(), Access::read_write, {.pages_max = 60});
  Batch batch;
  batch.events = {sample_event("first.example.")};
  ASSERT_TRUE(store->commit(batch));
  for (int i = 0; i < 1000; ++i) {
    const std::string child = fmt::format("kid{}.example.", i);
    batch.cases.push_back(sample_case(child));
    batch.changes.push_back(sample_change(child));
    batch.events.push_back(sample_event(child));
  }
  const Result<void> full = store->commit(batch);
  ASSERT_FALSE(full);
  EXPECT_THAT(full.error().text(), HasSubstr("the disk is full"));

  // The store goes on as if nothing had been.
  EXPECT_THAT(store->count_cases(name("example.")).value(), IsEmpty());
  EXPECT_THAT(store->open_changes(name("example.")).value(), IsEmpty());
  EXPECT_EQ(verify_journal(*store, name("example.")).value().sound, 1U);
  ASSERT_TRUE(store->commit({.cases = {}, .changes = {}, .events = {sample_event("a.example.")}}));
  EXPECT_EQ(verify_journal(*store, name("example.")).value().sound, 2U);
}

TEST_F(SqliteStoreTest, WaitsForAnotherWriterOnlySoLong) {
  auto store = *open_sqlite_store(path(), Access::read_write, {.busy_timeout_ms = 20});
  SQLite::Database other(path(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const Batch batch{.cases = {}, .changes = {}, .events = {sample_event("a.example.")}};
  const Result<void> busy = store->commit(batch);
  ASSERT_FALSE(busy);
  EXPECT_THAT(busy.error().text(), HasSubstr("has written to the store for too long"));
  other.exec("ROLLBACK");
  EXPECT_TRUE(store->commit(batch));
}

TEST_F(SqliteStoreTest, FindsWhereTheJournalWasAltered) {
  auto store = *open_store(url(), Access::read_write);
  Batch batch;
  for (int i = 1; i <= 9; ++i) batch.events.push_back(sample_event("kid.example.", "example.", i));
  ASSERT_TRUE(store->commit(batch));
  const auto first_broken = [&] {
    return verify_journal(*store, name("example.")).value().first_broken;
  };
  const Sha256 head = store->journal_head(name("example.")).value()->hash;
  tamper("CREATE TABLE kept AS SELECT * FROM journal");
  const auto restore = [&] {
    tamper("DELETE FROM journal; INSERT INTO journal SELECT * FROM kept");
  };
  ASSERT_EQ(first_broken(), std::nullopt);

  for (const char* altered :
       {"at = at + 1", "kind = 'act'", "summary = summary || ' '",
        "details = replace(details, 'hold', 'held')", "child = 'kit.example.'", "child = 'a..b'",
        "kind = 'nonsense'", "hash = x'00'", "hash = zeroblob(32)"}) {
    tamper("UPDATE journal SET " + std::string(altered) + " WHERE number = 5");
    EXPECT_EQ(first_broken(), 5U) << altered;
    restore();
    ASSERT_EQ(first_broken(), std::nullopt);
  }

  tamper("DELETE FROM journal WHERE number = 3");
  EXPECT_EQ(first_broken(), 3U);
  tamper("UPDATE journal SET number = number - 1 WHERE number > 3");
  EXPECT_EQ(first_broken(), 3U);
  restore();

  // A journal cut short is sound in itself; the noted head tells.
  tamper("DELETE FROM journal WHERE number > 7");
  EXPECT_EQ(first_broken(), std::nullopt);
  EXPECT_FALSE(verify_journal(*store, name("example."), head).value().is_whole());
}

TEST_F(SqliteStoreTest, SaysWhichEntryCannotBeRead) {
  auto store = *open_store(url(), Access::read_write);
  ASSERT_TRUE(store->commit({.cases = {sample_case("a.example.")},
                             .changes = {},
                             .events = {sample_event("a.example.")}}));
  tamper("UPDATE journal SET hash = x'00'; UPDATE cases SET json = '{'");
  EXPECT_THAT(store->history(name("example."), name("a.example.")).error().text(),
              HasSubstr("entry 1 of the journal of example. in the store cannot be read"));
  EXPECT_THAT(store->find_case(name("example."), name("a.example.")).error().text(),
              HasSubstr("a case in the store cannot be read"));
}

TEST_F(SqliteStoreTest, SaysThatItIsDamaged) {
  {
    auto store = *open_store(url(), Access::read_write);
    Batch batch;
    for (int i = 0; i < 200; ++i)
      batch.cases.push_back(sample_case(fmt::format("k{}.example.", i)));
    ASSERT_TRUE(store->commit(batch));
  }
  const auto size = std::filesystem::file_size(path());
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8192);
    file << std::string(size - 8192, '\xFF');
  }
  auto store = open_store(url(), Access::read_only);
  const std::string said =
      store ? (*store)->visit_cases(name("example."), [](const Case&) {}).error().text()
            : store.error().text();
  EXPECT_THAT(said, HasSubstr("the store is damaged"));
}

TEST_F(SqliteStoreTest, TwoWaysToOneStoreHaveOneLease) {
  ASSERT_EQ(refusal(), "");
  std::filesystem::create_symlink(path(), directory_.file("other.db"));
  auto store = *open_store(url(), Access::read_write);
  auto other = *open_store("sqlite:" + directory_.file("other.db"), Access::read_write);
  const auto lease = store->take_lease(name("1/2.2.0.192.in-addr.arpa."));
  ASSERT_TRUE(lease) << lease.error().text();
  EXPECT_FALSE(other->take_lease(name("1/2.2.0.192.in-addr.arpa.")));
  EXPECT_TRUE(other->take_lease(name(".")));
  EXPECT_TRUE(
      std::filesystem::exists(directory_.file("store.db.1%2F2.2.0.192.in-addr.arpa.lease")));
  EXPECT_TRUE(std::filesystem::exists(directory_.file("store.db.root.lease")));
}

}  // namespace
}  // namespace dskeeper::store
