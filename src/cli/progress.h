// The progress line of a long pass, on standard error, when a terminal watches.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/time.h"

namespace dskeeper::cli {

class Progress {
 public:
  // Silent unless standard error is a terminal.
  Progress(std::string zone, std::uint64_t total, const Clock& clock);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // clears the line

  // Redraws a few times a second, however often it is called.
  void update(std::uint64_t done, std::uint64_t questions);

 private:
  std::string zone_;
  std::uint64_t total_;
  const Clock& clock_;
  bool is_terminal_;
  bool is_drawn_ = false;
  Time started_at_;
  Time drawn_at_;
};

// "12,345 of 20,000 children of example., 4,100 a second, 9,300 questions a second, 2 s left"
[[nodiscard]] std::string progress_text(const std::string& zone, std::uint64_t done,
                                        std::uint64_t total, std::uint64_t questions,
                                        Duration elapsed);

}  // namespace dskeeper::cli
