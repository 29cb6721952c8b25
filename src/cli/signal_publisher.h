// The part of `serve` that does what `dskeeper signal` does, every interval of [signal]: for
// operators who are both sides.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>

#include "base/time.h"
#include "cli/periodic_part.h"
#include "cli/signal_settings.h"
#include "cli/workplace.h"

namespace dskeeper::cli {

class SignalPublisher final : public PeriodicPart {
 public:
  SignalPublisher(SignalTask task, Workplace& workplace, const Clock& clock);

 private:
  [[nodiscard]] boost::asio::awaitable<Result<void>> turn() override;
  [[nodiscard]] Duration pause(bool has_failed) const override;
  void report(const std::string& trouble) override;
  void note(const child::SignalPlan& plan);

  SignalTask task_;
  Workplace& workplace_;
  const Clock& clock_;
  std::set<std::string> remarks_;  // of the last turn, so that each is said once
};

}  // namespace dskeeper::cli
