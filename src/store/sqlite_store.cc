#include "store/sqlite_store.h"

#include "store/file_lease.h"
#include "store/sqlite_store_class.h"

namespace dskeeper::store {
namespace {

// A transaction that only reads. It has nothing to lose, so that its end cannot fail: after some
// errors SQLite has ended it by itself.
class SqliteView final : public View {
 public:
  explicit SqliteView(ViewStatements& statements) : statements_(statements) {
    Query(statements.begin).run();
  }
  SqliteView(const SqliteView&) = delete;
  SqliteView& operator=(const SqliteView&) = delete;
  ~SqliteView() override {
    static_cast<void>(statements_.end.tryExecuteStep());
    static_cast<void>(statements_.end.tryReset());
  }

 private:
  ViewStatements& statements_;
};

}  // namespace

Result<void> SqliteStore::set_busy_wait(Duration time) {
  return guarded(path_, [&]() -> Result<void> {
    database_->setBusyTimeout(static_cast<int>(time.count()));
    return {};
  });
}

Result<std::unique_ptr<View>> SqliteStore::view() {
  return guarded(path_, [&]() -> Result<std::unique_ptr<View>> {
    return std::make_unique<SqliteView>(view_);
  });
}

Result<void> SqliteStore::commit(const Batch& batch) {
  if (batch.is_empty()) return {};
  return in_transaction([&] {
    for (const Case& value : batch.cases) put(value);
    for (const Change& change : batch.changes) put(change);
    for (const Breaker& breaker : batch.breakers) put(breaker);
    for (const RollChange& change : batch.roll) put(change);
    for (const RollReading& reading : batch.readings) put(reading);
    for (const RollWatermark& watermark : batch.watermarks) put(watermark);
    for (const Census& census : batch.censuses) put(census);
    for (const PackedEvidence& evidence : batch.evidence) put(evidence);
    for (const Sha256& id : batch.replaced_evidence) remove_evidence(id);
    mark_obeyed(batch.obeyed);
    return append(batch.events);
  });
}

Result<std::unique_ptr<Lease>> SqliteStore::take_lease(const dns::Name& parent) {
  CHECK(access_ == Access::read_write);
  return take_file_lease(path_, parent);
}

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, Access access,
                                                 const SqliteLimits& limits) {
  auto database = open_database(path, access, limits);
  if (!database) return pass_on(std::move(database));
  return guarded(path, [&]() -> Result<std::unique_ptr<Store>> {
    return std::make_unique<SqliteStore>(*std::move(database), path, access);
  });
}

}  // namespace dskeeper::store
