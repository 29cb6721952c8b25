// A response: status, body, and whether others may keep it. Errors are problem details (RFC 9457).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace dskeeper::http {

enum class Status : unsigned {
  ok = 200,
  accepted = 202,
  see_other = 303,
  not_modified = 304,
  bad_request = 400,
  unauthorized = 401,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  conflict = 409,
  content_too_large = 413,
  unsupported_media_type = 415,
  misdirected_request = 421,
  too_many_requests = 429,
  header_fields_too_large = 431,
  internal_server_error = 500,
  service_unavailable = 503,
};
[[nodiscard]] std::string_view phrase_of(Status status);

// Who may keep a response, and for how long.
enum class Caching : std::uint8_t {
  none,        // nobody: `Cache-Control: no-store`
  revalidate,  // everybody, who asks each time whether it is still the same (ETag)
  brief,       // everybody, for a few seconds
  long_lived,  // everybody, for a day: what only another version of the program changes
};

struct Response {
  Status status = Status::ok;
  std::string content_type{};
  std::string body{};
  Caching caching = Caching::none;
  std::vector<std::pair<std::string, std::string>> headers{};  // beside those

  // Server-sent events: asked again and again for what is to be sent, for as long as the client
  // listens and until it gives nothing, which ends the response; an empty text is nothing new. Then
  // `body` is what is sent first.
  std::function<std::optional<std::string>()> next_event{};
};

// `detail` is one sentence for a person, without anything secret.
[[nodiscard]] Response problem(Status status, std::string_view detail);
[[nodiscard]] Response json_response(std::string body, Caching caching = Caching::none);

// A strong validator of the body (RFC 9110 §8.8.3), with its quotes.
[[nodiscard]] std::string entity_tag(std::string_view body);
// RFC 9110 §13.1.2, the weak comparison.
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view tag);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7).
[[nodiscard]] std::string http_date(Time time);

}  // namespace dskeeper::http
