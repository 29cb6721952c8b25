// What a signature is worth.
#pragma once

#include <cstdint>
#include <string>

namespace dskeeper::dns {

enum class SignatureStatus : std::uint8_t {
  valid,
  expired,                // RRSIG expiration has passed
  not_yet_valid,          // RRSIG inception lies in the future
  wrong_key,              // tag, algorithm or signer name are not this key's
  wrong_scope,            // covers another type, another owner's zone, or a wildcard expansion
  unsupported_algorithm,  // not one of 8, 10, 13, 14, 15, 16
  bad_key,                // the public key cannot be parsed, is no zone key, or is revoked
  bad_signature,          // the arithmetic says no
  too_much_work,          // a limit is used up (verification_budget.h)
};
[[nodiscard]] std::string to_text(SignatureStatus status);

}  // namespace dskeeper::dns
