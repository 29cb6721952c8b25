// The target of a request (RFC 9112 §3.2.1), taken apart and decoded: what stands between the
// slashes, and the fields of the query.
//
// Each segment is decoded for itself, so that a slash inside a domain name stays one. A value.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dskeeper::http {

inline constexpr std::size_t target_octets_max = 4096;

struct Target {
  std::vector<std::string> segments;         // "/" has none
  std::map<std::string, std::string> query;  // each field once
  bool operator==(const Target&) const = default;

  // Refuses what is not in origin form, what is encoded wrongly, dot segments, control characters
  // and a field that stands there twice.
  [[nodiscard]] static Result<Target> parse(std::string_view text);
  // Empty where it is not there.
  [[nodiscard]] std::string field(const std::string& name) const;
};

// The fields of a query or of a form's body (application/x-www-form-urlencoded).
[[nodiscard]] Result<std::map<std::string, std::string>> parse_fields(std::string_view text);

// As one segment of a path or one value of a query: all but unreserved characters encoded
// (RFC 3986 §2.3).
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace dskeeper::http
