// What a client may cost, with units; docs/http.md lists them.
#pragma once

#include <chrono>
#include <cstddef>

namespace dskeeper::http {

struct ServerLimits {
  std::size_t connections_max = 1024;
  std::size_t connections_of_client_max = 256;
  std::size_t streams_max = 64;  // of server-sent events; only staff has any
  std::size_t header_octets_max = 16'384;
  std::size_t body_octets_max = 65'536;
  std::chrono::milliseconds request_time = std::chrono::seconds(10);
  std::chrono::milliseconds response_time = std::chrono::seconds(20);
  std::chrono::milliseconds event_interval = std::chrono::seconds(2);
};

}  // namespace dskeeper::http
