#include "http/response.h"

#include <fmt/core.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

#include "base/bytes.h"

namespace dskeeper::http {
namespace {

// Half of a SHA-256: nobody gains by making two bodies of ours that share it.
constexpr std::size_t tag_octets = 16;

}  // namespace

std::string_view phrase_of(Status status) {
  switch (status) {
    case Status::ok:
      return "OK";
    case Status::accepted:
      return "Accepted";
    case Status::see_other:
      return "See Other";
    case Status::not_modified:
      return "Not Modified";
    case Status::bad_request:
      return "Bad Request";
    case Status::unauthorized:
      return "Unauthorized";
    case Status::forbidden:
      return "Forbidden";
    case Status::not_found:
      return "Not Found";
    case Status::method_not_allowed:
      return "Method Not Allowed";
    case Status::conflict:
      return "Conflict";
    case Status::content_too_large:
      return "Content Too Large";
    case Status::unsupported_media_type:
      return "Unsupported Media Type";
    case Status::misdirected_request:
      return "Misdirected Request";
    case Status::too_many_requests:
      return "Too Many Requests";
    case Status::header_fields_too_large:
      return "Request Header Fields Too Large";
    case Status::internal_server_error:
      return "Internal Server Error";
    case Status::service_unavailable:
      return "Service Unavailable";
  }
  return "";
}

// Without a type of its own a problem is "about:blank", and its title the phrase of the status
// (RFC 9457 §4.2.1).
Response problem(Status status, std::string_view detail) {
  const boost::json::object body{
      {"type", "about:blank"},
      {"title", boost::json::string_view(phrase_of(status))},
      {"status", static_cast<unsigned>(status)},
      {"detail", boost::json::string_view(detail)},
  };
  return {.status = status,
          .content_type = "application/problem+json",
          .body = boost::json::serialize(body)};
}

Response json_response(std::string body, Caching caching) {
  return {.content_type = "application/json", .body = std::move(body), .caching = caching};
}

std::string entity_tag(std::string_view body) {
  const Sha256 hash = sha256(as_bytes(body));
  return "\"" + to_hex(ByteView(hash).first(tag_octets)) + "\"";
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  if (if_none_match == "*") return true;
  while (!if_none_match.empty()) {
    std::string_view part = if_none_match.substr(0, if_none_match.find(','));
    if_none_match.remove_prefix(std::min(part.size() + 1, if_none_match.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (part.starts_with("W/")) part.remove_prefix(2);
    if (part == tag) return true;
  }
  return false;
}

std::string http_date(Time time) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     days[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace dskeeper::http
