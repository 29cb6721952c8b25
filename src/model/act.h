// An act: what a person decided by command (`suspend`, `resume`, `approve`, `resume --breaker`).
//
// The command writes it to the store; whoever holds the parent's lease obeys it before its next
// send and journals it (contract.md, "Commands"). A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "model/verdict.h"

namespace dskeeper {

enum class ActKind : std::uint8_t { suspend, resume, approve, resume_breaker };
[[nodiscard]] std::string_view to_text(ActKind kind);  // "resume-breaker"
[[nodiscard]] Result<ActKind> parse_act_kind(std::string_view text);

struct Act {
  std::uint64_t number = 0;  // given by the store, growing
  ActKind kind{};
  dns::Name parent;
  dns::Name child;  // for `resume_breaker` the parent itself
  Time at;
  std::string actor;                    // the account that ran the command
  std::string reason;                   // `suspend`: half a sentence, to follow "because"
  std::string request_id;               // `approve`: the request that was shown
  bool reset_replay = false;            // `resume`: forget the replay watermark
  std::optional<Request> breaker_kind;  // `resume_breaker`: of these changes only
  std::string breaker_operator;         // … of this operator's children only; empty: all
  bool operator==(const Act&) const = default;
};

}  // namespace dskeeper
