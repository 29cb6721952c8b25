// The metrics (Prometheus text exposition): what the store knows of each parent zone, and how this
// server does. Names follow the conventions of the client library; docs/http.md lists them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "store/store.h"
#include "web/settings.h"

namespace dskeeper::web {

// What the server itself counts.
struct ServerCounts {
  std::map<unsigned, std::uint64_t> responses;  // by status
  std::size_t connections = 0;
};

[[nodiscard]] Result<std::string> metrics_text(store::Store& store, const Settings& settings,
                                               const Desk& desk, const ServerCounts& counts);

}  // namespace dskeeper::web
