#include "http/token.h"

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>

namespace dskeeper::http {
namespace {

// RFC 9110 §11.1: the scheme is compared without case.
constexpr std::string_view scheme = "bearer ";

bool has_scheme(std::string_view authorization) {
  return authorization.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), authorization.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

}  // namespace

Result<Token> Token::make(std::string_view secret) {
  const bool is_visible =
      std::all_of(secret.begin(), secret.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (secret.size() < octets_min || secret.size() > octets_max || !is_visible) {
    return fail(fmt::format("a token is one line of {} to {} visible ASCII characters", octets_min,
                            octets_max),
                {}, "Make one with: openssl rand -hex 32");
  }
  return Token(sha256(as_bytes(secret)));
}

bool Token::is_shown_by(std::string_view authorization) const {
  if (!has_scheme(authorization)) return false;
  const std::string_view shown = authorization.substr(scheme.size());
  if (shown.size() > octets_max) return false;
  const Sha256 hash = sha256(as_bytes(shown));
  return CRYPTO_memcmp(hash.data(), hash_.data(), hash.size()) == 0;
}

}  // namespace dskeeper::http
