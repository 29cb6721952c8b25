// CHECK: an invariant of our own that must hold, also in release builds.
//
// A failure is a bug of ours, never bad input. It prints one line and aborts; the store stays right
// because every state change is one transaction.
#pragma once

namespace dskeeper {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace dskeeper

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) ::dskeeper::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
