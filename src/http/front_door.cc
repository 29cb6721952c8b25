#include "http/front_door.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace dskeeper::http {
namespace {

constexpr std::size_t forwarded_octets_max = 1024;

std::vector<std::string> segments_of(std::string_view pattern) {
  std::vector<std::string> segments;
  while (pattern.starts_with('/')) {
    pattern.remove_prefix(1);
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    if (!segment.empty()) segments.emplace_back(segment);
    pattern.remove_prefix(segment.size());
  }
  return segments;
}

std::optional<Parameters> match_segments(const std::vector<std::string>& pattern,
                                         const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return std::nullopt;
  Parameters parameters;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const std::string& part = pattern[at];
    if (part.starts_with('{')) {
      parameters.emplace(part.substr(1, part.size() - 2), segments[at]);
    } else if (part != segments[at]) {
      return std::nullopt;
    }
  }
  return parameters;
}

std::string_view method_words(Method method) {
  return method == Method::get ? "GET, HEAD" : "POST";
}

std::string_view cache_control(Caching caching) {
  switch (caching) {
    case Caching::none:
      return "no-store";
    case Caching::revalidate:
      return "public, no-cache";
    case Caching::brief:
      return "public, max-age=5";
    case Caching::long_lived:
      return "public, max-age=86400";
  }
  return "no-store";
}

void add_validator(const Request& request, Response& response) {
  response.headers.emplace_back("Cache-Control", cache_control(response.caching));
  if (response.caching == Caching::none || response.status != Status::ok) return;
  const std::string tag = entity_tag(response.body);
  response.headers.emplace_back("ETag", tag);
  if (request.method != Method::get || !names_tag(request.if_none_match, tag)) return;
  response.status = Status::not_modified;
  response.body.clear();
  response.content_type.clear();
}

Response too_many(Duration wait) {
  Response response = problem(Status::too_many_requests,
                              "There were too many requests from this address. Wait a moment.");
  response.headers.emplace_back(
      "Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
  return response;
}

}  // namespace

std::optional<std::string> host_without_port(std::string_view host) {
  std::string_view name = host;
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    name = host.substr(1, end - 1);
    port = host.substr(end + 1);
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  const bool is_port =
      port.empty() || (port.front() == ':' && std::all_of(port.begin() + 1, port.end(), [](char c) {
                         return c >= '0' && c <= '9';
                       }));
  if (name.empty() || !is_port) return std::nullopt;
  std::string out(name);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (out.ends_with('.')) out.pop_back();
  return out;
}

FrontDoor::FrontDoor(FrontDoorSettings settings, std::vector<Route> routes)
    : settings_(std::move(settings)), routes_(std::move(routes)), meter_(settings_.client_rate) {
  for (const Route& route : routes_) patterns_.push_back(segments_of(route.pattern));
}

Response FrontDoor::answer(Request request, Time now) {
  request.client = client_of(request);
  Response response = inner_answer(request, now);
  add_validator(request, response);
  ++counts_[static_cast<unsigned>(response.status)];
  return response;
}

Response FrontDoor::inner_answer(const Request& request, Time now) {
  if (!is_our_host(request)) {
    return problem(Status::misdirected_request,
                   "This server does not answer to the name in the Host header.");
  }
  if (is_from_elsewhere(request)) {
    return problem(Status::forbidden, "This was asked for by a page of another site.");
  }
  if (const auto wait = meter_.take(client_key(request.client), now)) return too_many(*wait);
  const Match found = match(request);
  if (found.route == nullptr && !found.allowed.empty()) {
    Response response =
        problem(Status::method_not_allowed, "What is at this address does not take this method.");
    response.headers.emplace_back("Allow", found.allowed);
    return response;
  }
  if (found.route == nullptr)
    return problem(Status::not_found, "There is nothing at this address.");
  const bool is_staff = settings_.token && settings_.token->is_shown_by(request.authorization);
  if (found.route->access == Access::staff && !is_staff) {
    Response response = problem(Status::unauthorized,
                                settings_.token ? "This is for staff: it needs the token."
                                                : "This is for staff, and no token is configured.");
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"dskeeper\"");
    return response;
  }
  return found.route->handler(request, found.parameters);
}

// An address is what nobody's name can be made to point at: it is good where it is our own end of
// the connection.
bool FrontDoor::is_our_host(const Request& request) const {
  const auto host = host_without_port(request.host);
  if (!host) return false;
  if (const auto address = IpAddress::parse(*host)) {
    return address->unmapped() == request.local.unmapped() ||
           std::find(settings_.hosts.begin(), settings_.hosts.end(), *host) !=
               settings_.hosts.end();
  }
  if (*host == "localhost") return settings_.is_local;
  return std::find(settings_.hosts.begin(), settings_.hosts.end(), *host) != settings_.hosts.end();
}

// Browsers say of a POST whose page it comes from ("null" where they keep that to themselves).
bool FrontDoor::is_from_elsewhere(const Request& request) {
  if (request.method != Method::post || request.origin.empty()) return false;
  const std::size_t scheme = request.origin.find("://");
  return scheme == std::string::npos || request.origin.substr(scheme + 3) != request.host;
}

bool FrontDoor::is_trusted_proxy(const IpAddress& address) const {
  return std::any_of(settings_.trusted_proxies.begin(), settings_.trusted_proxies.end(),
                     [&](const IpPrefix& prefix) {
                       return prefix.contains(address) || prefix.contains(address.unmapped());
                     });
}

// X-Forwarded-For grows at its end: the last address that is no proxy of ours. What stands before
// it anybody may have written.
IpAddress FrontDoor::client_of(const Request& request) const {
  IpAddress client = request.client;
  std::string_view left = request.forwarded_for;
  if (left.size() > forwarded_octets_max) left.remove_prefix(left.size() - forwarded_octets_max);
  while (is_trusted_proxy(client) && !left.empty()) {
    const std::size_t comma = left.rfind(',');
    const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
    std::string_view part = left.substr(begin);
    left = left.substr(0, comma == std::string_view::npos ? 0 : comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const auto named = IpAddress::parse(part);
    if (!named) break;
    client = *named;
  }
  return client;
}

FrontDoor::Match FrontDoor::match(const Request& request) const {
  Match found;
  for (std::size_t at = 0; at < routes_.size(); ++at) {
    auto parameters = match_segments(patterns_[at], request.target.segments);
    if (!parameters) continue;
    const Route& route = routes_[at];
    if (route.method == request.method) return {&route, *std::move(parameters), {}};
    const std::string_view words = method_words(route.method);
    if (found.allowed.find(words) == std::string::npos) {
      found.allowed += fmt::format("{}{}", found.allowed.empty() ? "" : ", ", words);
    }
  }
  return found;
}

}  // namespace dskeeper::http
