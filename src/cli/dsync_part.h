// Keeps the DSYNC records of the parent zones that say so (`update = true`), as a part of `serve`:
// after the first reading of a parent, and then once an interval.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/configuration.h"
#include "cli/kept_parent.h"
#include "cli/part.h"

namespace dskeeper::cli {

class DsyncPart final : public Part {
 public:
  // Does any parent want it?
  [[nodiscard]] static bool is_wanted(const Configuration& configuration);

  // All must outlive it.
  DsyncPart(const boost::asio::any_io_executor& executor, const Configuration& configuration,
            std::vector<KeptParent*> parents, const Clock& clock);

  [[nodiscard]] boost::asio::awaitable<Result<void>> run() override;
  void stop() override;

 private:
  boost::asio::awaitable<void> keep(const ParentSettings& parent, const KeptParent& kept);
  void note(const ParentSettings& parent, const std::string& trouble);

  const Configuration& configuration_;
  std::vector<KeptParent*> parents_;
  const Clock& clock_;
  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  boost::asio::cancellation_signal stop_;     // of the update under way
  std::map<dns::Name, Time> next_;            // by parent zone
  std::map<dns::Name, std::string> trouble_;  // what was logged last
  bool is_stopped_ = false;
};

}  // namespace dskeeper::cli
