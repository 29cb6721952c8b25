// The part of `serve` that reads signaling zones of operators (RFC 9615 §4.3), as a [[signaling]]
// says, so that an unsigned child is looked at as soon as signals for it come.
//
// A pass finds each child anyway, only later. So trouble here is said, and changes nothing else.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "cli/configuration.h"
#include "cli/kept_parent.h"
#include "cli/periodic_part.h"
#include "cli/signal_looks.h"
#include "cli/workplace.h"
#include "survey/signaling_zone.h"
#include "survey/signals.h"

namespace dskeeper::cli {

class SignalWatch final : public PeriodicPart {
 public:
  // The parents are those whose policy wants signals. All must outlive it.
  SignalWatch(const Configuration& configuration, const SignalingSettings& settings,
              Workplace& workplace, const std::vector<KeptParent*>& parents, const Clock& clock);

 private:
  [[nodiscard]] boost::asio::awaitable<Result<void>> turn() override;
  [[nodiscard]] Duration pause(bool has_failed) const override;
  void report(const std::string& trouble) override;

  [[nodiscard]] boost::asio::awaitable<void> read_all();
  [[nodiscard]] boost::asio::awaitable<void> take(const survey::SignalingZone& zone);
  void want_due();
  [[nodiscard]] bool waits_for_parents() const;
  void note(const dns::Name& zone, const Result<void>& read);

  const SignalingSettings& settings_;
  std::vector<KeptParent*> parents_;
  survey::SignalSurveyor& signals_;
  const Clock& clock_;
  std::vector<std::unique_ptr<survey::SignalingZone>> zones_;
  std::vector<SignalLooks> looks_;  // one for each host
  Time next_reading_;
  Time waits_until_;                           // for parents that were not read yet
  std::map<dns::Name, std::string> troubles_;  // of each zone, as it was said last
};

}  // namespace dskeeper::cli
