// The one way in which dskeeper's functions report that they could not do what was asked.
//
// An expected trouble that the caller decides about is a `Result<T>`. What a child, a server or a
// network does wrong is not an error but data (an AnswerStatus, a Finding). A broken invariant of
// our own is a CHECK (check.h). docs/errors.md says when each can occur.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace dskeeper {

// An error as a person reads it: what happened, where, and what to do about it.
struct Error {
  std::string what;    // one sentence without the final dot: "the key file cannot be read"
  std::string where;   // "dskeeper.toml:12", a server, a zone; may be empty
  std::string remedy;  // what to do, one sentence; may be empty

  // "dskeeper.toml:12: the key file cannot be read. Create it with mode 0600."
  [[nodiscard]] std::string text() const;
};

template <typename T>
using Result = tl::expected<T, Error>;

// `return fail("unknown algorithm", "dskeeper.toml:4", "Use hmac-sha256.");`
[[nodiscard]] inline tl::unexpected<Error> fail(std::string what, std::string where = {},
                                                std::string remedy = {}) {
  return tl::unexpected<Error>(Error{std::move(what), std::move(where), std::move(remedy)});
}

// Passes the error of one result on as the error of another.
template <typename T>
[[nodiscard]] tl::unexpected<Error> pass_on(Result<T>&& result) {
  return tl::unexpected<Error>(std::move(result).error());
}

}  // namespace dskeeper
