#include "cli/census.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/operator_name.h"

namespace dskeeper::cli {
namespace {

// Who shares all name servers shares its operator (parent/host_index.h): few names are reckoned.
std::vector<store::OperatorShare> shares_of(const parent::Snapshot& reading) {
  struct Group {
    std::uint64_t delegations = 0;
    std::uint64_t secure = 0;
    std::size_t index = 0;  // one of them
  };
  std::vector<Group> groups(reading.operator_keys());
  for (std::size_t index = 0; index < reading.size(); ++index) {
    Group& group = groups[reading.operator_key(index)];
    ++group.delegations;
    group.secure += reading.is_secure(index) ? 1 : 0;
    group.index = index;
  }
  std::unordered_map<std::string, store::OperatorShare> by_name;
  for (const Group& group : groups) {
    if (group.delegations == 0) continue;
    store::OperatorShare& share = by_name[operator_of(reading.at(group.index))];
    share.delegations += group.delegations;
    share.secure += group.secure;
  }
  std::vector<store::OperatorShare> shares;
  shares.reserve(by_name.size());
  for (auto& [name, share] : by_name) {
    share.operator_name = name;
    shares.push_back(std::move(share));
  }
  return shares;
}

}  // namespace

store::Census take_census(const parent::Snapshot& reading, Time now) {
  store::Census census{.parent = reading.zone(), .at = now, .whole = {}, .largest = {}};
  census.largest = shares_of(reading);
  census.operators = census.largest.size();
  for (const store::OperatorShare& share : census.largest) {
    census.whole.delegations += share.delegations;
    census.whole.secure += share.secure;
  }
  const std::size_t told = std::min(census.largest.size(), store::Census::largest_max);
  std::partial_sort(
      census.largest.begin(), census.largest.begin() + static_cast<std::ptrdiff_t>(told),
      census.largest.end(), [](const store::OperatorShare& a, const store::OperatorShare& b) {
        if (a.delegations != b.delegations) return a.delegations > b.delegations;
        return a.operator_name < b.operator_name;
      });
  census.largest.resize(told);
  return census;
}

bool CensusTaker::is_due(const parent::Snapshot& reading, Time now) const {
  // Further ahead than the pause it lies only after a clock was set back.
  const bool is_pause = now < not_before_ && not_before_ - now <= pause_;
  if (is_pause) return false;
  return reading.revision() != revision_ || store::day_of(now) != store::day_of(taken_at_);
}

boost::asio::awaitable<Result<void>> CensusTaker::take_if_due(
    std::shared_ptr<const parent::Snapshot> reading) {
  const Time begun = clock_.now();
  if (!is_due(*reading, begun)) co_return Result<void>();
  store::Batch batch;
  const Proving::Work count = [&](dns::Verifier&) {
    batch.censuses.push_back(take_census(*reading, begun));
  };
  co_await proving_.run(count);
  const Time ended = clock_.now();
  pause_ = std::max(pause_min, pauses_per_count * (ended - begun));
  not_before_ = ended + pause_;
  Result<void> written = store_.commit(batch);
  if (!written) co_return written;
  taken_at_ = begun;
  revision_ = reading->revision();
  co_return Result<void>();
}

}  // namespace dskeeper::cli
