// The site: which address has what, for everybody and for staff. One thread; requests are answered
// at once, from the store.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "http/front_door.h"
#include "http/rate_meter.h"
#include "store/store.h"
#include "web/chain_memory.h"
#include "web/domain.h"
#include "web/metrics.h"
#include "web/settings.h"

namespace dskeeper::web {

class Site {
 public:
  // All must outlive it. `store` may be opened read_only.
  Site(const Settings& settings, store::Store& store, Desk& desk, const Clock& clock);

  // The handlers refer to the site, and to what is counted by `counts`.
  [[nodiscard]] std::vector<http::Route> routes(std::function<ServerCounts()> counts);

 private:
  // Of a name that was typed or stands in an address: its domain, or the response that says what is
  // wrong with it.
  struct Found {
    const ParentZone* parent = nullptr;
    dns::Name name;
    std::string trouble;
  };
  [[nodiscard]] Found find(const std::string& typed) const;

  [[nodiscard]] http::Response front(const http::Request& request);
  [[nodiscard]] http::Response domain(const std::string& typed);
  [[nodiscard]] http::Response check_form(const http::Request& request, const std::string& typed);
  [[nodiscard]] http::Response domain_object(const std::string& typed);
  [[nodiscard]] http::Response case_object(const std::string& typed);
  [[nodiscard]] http::Response check_call(const http::Request& request, const std::string& typed);
  [[nodiscard]] http::Response ready();

  // Queues a look. What to say where that is not done; the status is then not 202.
  struct Checked {
    http::Status status = http::Status::accepted;
    std::string sentence;
    std::optional<Duration> wait;
  };
  [[nodiscard]] Result<Checked> check(const http::Request& request, const Found& found);

  const Settings& settings_;
  store::Store& store_;
  Desk& desk_;
  const Clock& clock_;
  ChainMemory chains_;
  http::RateMeter checks_of_client_;
  http::RateMeter checks_of_name_;
};

}  // namespace dskeeper::web
