// What comes of sending a change to the parent, and of asking whether it stands.
//
// Said by the sinks (parent/sink.h), decided upon by the keeper (keeper/outbox.h).
#pragma once

#include <cstdint>
#include <string_view>

namespace dskeeper {

enum class SendStatus : std::uint8_t {
  taken,          // the parent accepted it, or already had it
  not_as_judged,  // the delegation is no longer what the change was judged on; judge again
  later,          // not now; send again
  unknown,        // no answer: it may or may not have been applied; send again or ask
  failed,         // it will never be accepted as it is; the reason says why
};
[[nodiscard]] std::string_view to_text(SendStatus status);  // "not-as-judged"

enum class Standing : std::uint8_t {
  stands,     // every server that was asked has the new set
  not_yet,    // some server still has the old set, or did not answer
  otherwise,  // a server has a set that is neither the old nor the new
};
[[nodiscard]] std::string_view to_text(Standing standing);  // "not-yet"

}  // namespace dskeeper
