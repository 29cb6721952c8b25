// SQLite's exceptions, turned into errors that say what to do. None leaves this room.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <string>
#include <type_traits>

#include "base/result.h"

namespace dskeeper::store {

// What went wrong with the database at `path`, as a person reads it.
[[nodiscard]] Error error_of(const SQLite::Exception& exception, const std::string& path);

// Runs what touches the database at `path`; `body` returns a Result.
template <typename Body>
[[nodiscard]] std::invoke_result_t<Body> guarded(const std::string& path, const Body& body) {
  try {
    return body();
  } catch (const SQLite::Exception& exception) {
    return tl::unexpected<Error>(error_of(exception, path));
  }
}

}  // namespace dskeeper::store
