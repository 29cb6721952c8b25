// What the store costs: one transaction of a pass, reading it all back, checking the journal.
#include <benchmark/benchmark.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/check.h"
#include "store/journal_check.h"
#include "store/store.h"

namespace dskeeper::store {
namespace {

const dns::Name zone = dns::Name::parse("example.").value();

class Place {
 public:
  Place() {
    std::string pattern = (std::filesystem::temp_directory_path() / "store-bench-XXXXXX").string();
    CHECK(mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { std::filesystem::remove_all(directory_); }
  [[nodiscard]] std::unique_ptr<Store> open() const {
    return open_store("sqlite:" + (directory_ / "store.db").string(), Access::read_write).value();
  }

 private:
  std::filesystem::path directory_;
};

Batch batch_of(std::int64_t size) {
  Batch batch;
  for (std::int64_t i = 0; i < size; ++i) {
    Case value;
    value.parent = zone;
    value.child = dns::Name::parse(fmt::format("kid{}.example.", i)).value();
    value.policy = "bcp246";
    value.delegation.child = value.child;
    value.delegation.parent = zone;
    value.delegation.name_servers = {{.host = zone, .glue = {}}, {.host = zone, .glue = {}}};
    value.outcome = Outcome::hold;
    value.request = Request::bootstrap;
    batch.events.push_back({.parent = zone,
                            .child = value.child,
                            .at = {},
                            .kind = EventKind::transition,
                            .summary = "hold: the request is acceptable, and waits",
                            .details = R"({"outcome":"hold"})"});
    batch.cases.push_back(std::move(value));
  }
  return batch;
}

void commit_cases(benchmark::State& state) {
  const Place place;
  const auto store = place.open();
  Batch batch = batch_of(state.range(0));
  batch.events.clear();
  while (state.KeepRunning()) CHECK(store->commit(batch).has_value());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(commit_cases)->Arg(1)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

void append_events(benchmark::State& state) {
  const Place place;
  const auto store = place.open();
  Batch batch = batch_of(state.range(0));
  batch.cases.clear();
  while (state.KeepRunning()) CHECK(store->commit(batch).has_value());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append_events)->Arg(10'000)->Unit(benchmark::kMillisecond);

void visit_cases(benchmark::State& state) {
  const Place place;
  const auto store = place.open();
  CHECK(store->commit(batch_of(state.range(0))).has_value());
  while (state.KeepRunning()) {
    CHECK(store->visit_cases(zone, [](const Case& value) { benchmark::DoNotOptimize(&value); })
              .has_value());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(visit_cases)->Arg(10'000)->Unit(benchmark::kMillisecond);

// The roll of a large zone: first reading, a full visit, and a reading in which nothing changed but
// a thousand delegations.
Batch roll_of(std::int64_t size, RollMark mark) {
  Batch batch;
  for (std::int64_t i = 0; i < size; ++i) {
    batch.roll.push_back({.parent = zone,
                          .child = dns::Name::parse(fmt::format("kid{}.example.", i)).value(),
                          .mark = mark});
  }
  return batch;
}

void fill_roll(benchmark::State& state) {
  const Batch batch = roll_of(state.range(0), RollMark::secure);
  while (state.KeepRunning()) {
    const Place place;
    const auto store = place.open();
    CHECK(store->commit(batch).has_value());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fill_roll)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->Iterations(1);

void visit_roll(benchmark::State& state) {
  const Place place;
  const auto store = place.open();
  CHECK(store->commit(roll_of(state.range(0), RollMark::secure)).has_value());
  while (state.KeepRunning()) {
    std::int64_t seen = 0;
    const Result<void> visited = store->visit_roll(zone, [&](const dns::Name&, bool) { ++seen; });
    CHECK(visited.has_value());
    CHECK(seen == state.range(0));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(visit_roll)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void change_roll(benchmark::State& state) {
  const Place place;
  const auto store = place.open();
  CHECK(store->commit(roll_of(1'000'000, RollMark::secure)).has_value());
  const Batch batch = roll_of(state.range(0), RollMark::without_ds);
  while (state.KeepRunning()) CHECK(store->commit(batch).has_value());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(change_roll)->Arg(1'000)->Unit(benchmark::kMillisecond);

void check_journal(benchmark::State& state) {
  const Place place;
  const auto store = place.open();
  CHECK(store->commit(batch_of(state.range(0))).has_value());
  while (state.KeepRunning()) CHECK(verify_journal(*store, zone)->is_whole());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(check_journal)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dskeeper::store

BENCHMARK_MAIN();
