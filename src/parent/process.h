// Running a program without a shell, with bounded time and output, while the io thread goes on.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace dskeeper::parent {

inline constexpr std::size_t error_line_octets_max = 1000;

enum class ProcessEnd : std::uint8_t {
  exited,
  killed,     // by a signal that was not ours
  timed_out,  // and was killed for it
  not_started,
};

struct ProcessResult {
  ProcessEnd end = ProcessEnd::not_started;
  int code = 0;            // the exit status, the signal, or errno
  std::string error_line;  // the first line on standard error, printable characters only
};

// `argv[0]` is looked up in PATH where it has no slash. Standard input is the text, standard output
// goes nowhere. Only the program itself is killed, by its pidfd; what it started is its own.
[[nodiscard]] boost::asio::awaitable<ProcessResult> run_process(std::vector<std::string> argv,
                                                                std::string input,
                                                                Duration timeout);

}  // namespace dskeeper::parent
