// What one child costs from its survey to its case: prove with and without remembered signatures,
// judge, advance; and the share of each in the whole.
//
// The child has two servers, is secure, and asks for another key in CDS and CDNSKEY: the dear case,
// since a child that asks for nothing is left after one answer.
#include <benchmark/benchmark.h>

#include <chrono>
#include <optional>
#include <vector>

#include "dns/signature.h"
#include "keeper/advance.h"
#include "rules/judge.h"
#include "rules/prove.h"
#include "rules/test_child.h"

namespace dskeeper {
namespace {

using rules::test::now;
using rules::test::TestChild;
using rules::test::Zone;

struct Scene {
  Scene() {
    child.everywhere([&](Zone& zone) { zone.ask({&child.b}); });
    survey = child.survey();
    dns::Verifier verifier;
    proved = {rules::prove(survey, child.delegation, verifier, now)};
    verdict = rules::judge(child.delegation, proved, policy, now);
  }

  [[nodiscard]] keeper::Step advance() const {
    return keeper::advance(std::nullopt, child.delegation, verdict, std::nullopt, policy, 1, now);
  }

  TestChild child{true};
  Policy policy;
  Survey survey;
  std::vector<rules::Proved> proved;
  Verdict verdict;
};

void prove_cold(benchmark::State& state) {
  const Scene scene;
  while (state.KeepRunning()) {
    dns::Verifier verifier;
    benchmark::DoNotOptimize(rules::prove(scene.survey, scene.child.delegation, verifier, now));
  }
}

void prove_warm(benchmark::State& state) {
  const Scene scene;
  dns::Verifier verifier;
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(rules::prove(scene.survey, scene.child.delegation, verifier, now));
  }
}

void judge(benchmark::State& state) {
  const Scene scene;
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(rules::judge(scene.child.delegation, scene.proved, scene.policy, now));
  }
}

void advance(benchmark::State& state) {
  const Scene scene;
  while (state.KeepRunning()) benchmark::DoNotOptimize(scene.advance());
}

// The whole way, with the share of each stage in per cent. `state.range(0)`: whether signatures are
// remembered from the child before.
void stages(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  Scene scene;
  const bool is_warm = state.range(0) != 0;
  auto verifier = std::make_unique<dns::Verifier>();
  Clock::duration in_prove{};
  Clock::duration in_judge{};
  Clock::duration in_advance{};
  while (state.KeepRunning()) {
    const auto start = Clock::now();
    if (!is_warm) verifier = std::make_unique<dns::Verifier>();
    scene.proved = {rules::prove(scene.survey, scene.child.delegation, *verifier, now)};
    const auto proved_at = Clock::now();
    scene.verdict = rules::judge(scene.child.delegation, scene.proved, scene.policy, now);
    const auto judged_at = Clock::now();
    benchmark::DoNotOptimize(scene.advance());
    in_prove += proved_at - start;
    in_judge += judged_at - proved_at;
    in_advance += Clock::now() - judged_at;
  }
  const auto all = static_cast<double>((in_prove + in_judge + in_advance).count());
  const auto percent = [&](Clock::duration part) {
    return 100.0 * static_cast<double>(part.count()) / all;
  };
  state.counters["prove_%"] = percent(in_prove);
  state.counters["judge_%"] = percent(in_judge);
  state.counters["advance_%"] = percent(in_advance);
}

BENCHMARK(prove_cold)->Unit(benchmark::kMicrosecond);
BENCHMARK(prove_warm)->Unit(benchmark::kMicrosecond);
BENCHMARK(judge)->Unit(benchmark::kMicrosecond);
BENCHMARK(advance)->Unit(benchmark::kMicrosecond);
BENCHMARK(stages)->ArgName("warm")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dskeeper

BENCHMARK_MAIN();
