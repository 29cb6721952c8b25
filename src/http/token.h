// The secret that staff show: "Authorization: Bearer …" (RFC 6750 §2.1).
//
// Compared by hashes in constant time, so that neither its octets nor its length can be found out
// by measuring. A value.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace dskeeper::http {

class Token {
 public:
  static constexpr std::size_t octets_min = 16;
  static constexpr std::size_t octets_max = 1024;

  // Refuses what is too short to be a secret, and what no header can carry.
  [[nodiscard]] static Result<Token> make(std::string_view secret);
  // Is it what this Authorization header shows?
  [[nodiscard]] bool is_shown_by(std::string_view authorization) const;

 private:
  explicit Token(const Sha256& hash) : hash_(hash) {}
  Sha256 hash_;
};

}  // namespace dskeeper::http
