// The front door: what every request passes before anybody answers it, and every response on its
// way out. Pure but for the meter; time is passed in.
//
// In this order: the Host header (a page of another site that has its name point here must not be
// answered: DNS rebinding), the Origin of what changes something (another site's page may not make
// a visitor do it), the limit of the client, the route, the token, the handler; then the
// validator.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"
#include "http/rate_meter.h"
#include "http/request.h"
#include "http/response.h"
#include "http/token.h"

namespace dskeeper::http {

enum class Access : std::uint8_t {
  everybody,
  staff,  // who shows the token
};

// What the braces of a route's pattern stand for.
using Parameters = std::map<std::string, std::string, std::less<>>;
using Handler = std::function<Response(const Request&, const Parameters&)>;

struct Route {
  Method method = Method::get;
  std::string pattern;  // "/api/v1/cases/{name}"
  Access access = Access::staff;
  Handler handler;
};

struct FrontDoorSettings {
  std::vector<std::string> hosts;  // the names that it answers to, beside the address itself
  bool is_local = false;           // … and "localhost"
  std::vector<IpPrefix> trusted_proxies;
  std::optional<Token> token;  // none: nothing is open to staff either
  Rate client_rate{50, std::chrono::seconds(1), 200};
};

class FrontDoor {
 public:
  FrontDoor(FrontDoorSettings settings, std::vector<Route> routes);

  [[nodiscard]] Response answer(Request request, Time now);
  // How many responses of each status there were.
  [[nodiscard]] const std::map<unsigned, std::uint64_t>& counts() const { return counts_; }
  [[nodiscard]] bool is_trusted_proxy(const IpAddress& address) const;

 private:
  struct Match {
    const Route* route = nullptr;
    Parameters parameters;
    std::string allowed;  // methods, where only the method does not fit
  };
  [[nodiscard]] bool is_our_host(const Request& request) const;
  [[nodiscard]] static bool is_from_elsewhere(const Request& request);
  [[nodiscard]] IpAddress client_of(const Request& request) const;
  [[nodiscard]] Match match(const Request& request) const;
  [[nodiscard]] Response inner_answer(const Request& request, Time now);

  FrontDoorSettings settings_;
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> patterns_;  // of the routes, segment by segment
  RateMeter meter_;
  std::map<unsigned, std::uint64_t> counts_;
};

// "name", "name:port", "192.0.2.1:80", "[2001:db8::1]:80" → lower case, without port and brackets.
// Nothing where it is none of these.
[[nodiscard]] std::optional<std::string> host_without_port(std::string_view host);

}  // namespace dskeeper::http
