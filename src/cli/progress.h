// How far a pass is, in words: for a terminal while it goes on, for `status`, and as JSON.
#pragma once

#include <cstddef>
#include <string>

#include "model/pass_progress.h"

namespace dskeeper::cli {

// "12,345 of 20,000 children, 4,100 a second, 9,300 questions a second, 2 s left; 3 hold, 9 idle"
[[nodiscard]] std::string progress_text(const PassProgress& progress);
[[nodiscard]] std::string progress_json(const PassProgress& progress);

// Of a line that must fit: cut off with an ellipsis. Knows ASCII only.
[[nodiscard]] std::string fitting(std::string line, std::size_t columns);

// One line on standard error that is written over and over. Silent unless that is a terminal.
class ProgressLine {
 public:
  ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { hide(); }

  void show(const PassProgress& progress);
  // Makes room for other output, until it is shown again.
  void hide();

 private:
  bool is_terminal_;
  bool is_shown_ = false;
};

}  // namespace dskeeper::cli
