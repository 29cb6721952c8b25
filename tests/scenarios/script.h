// A timeline as text: lines of a moment, what happens, and what is expected of it.
//
//   # RFC 8078 §3.3                       the first line names the section; `#` begins a comment
//   policy se; looks = 4                  without a moment: how things are at the start
//   71h   publish B                       an event
//   72h   look => hold looks=1            an event with its expectations
//
// Moments are counted from the start ("71h", "3d+10m") and never go back. docs/timelines.md lists
// the events and expectations.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dskeeper::scenarios {

// All timelines begin here.
[[nodiscard]] Time start_of_timelines();
// "3d+10m" after the start, "-2h" before it.
[[nodiscard]] Result<Time> parse_moment(std::string_view text);

struct Line {
  unsigned number = 0;
  Time at;
  std::string event;                  // all before `=>`, without the moment
  std::vector<std::string> expected;  // the words behind `=>`
  bool has_expectations = false;
};

// At most script_octets_max; every error names file and line.
inline constexpr std::size_t script_octets_max = 64 * 1024;
[[nodiscard]] Result<std::vector<Line>> parse_script(std::string_view text,
                                                     const std::string& file);

[[nodiscard]] std::vector<std::string> split(std::string_view text, char by);

// The words of one event, taken one by one. The first that does not fit is kept as the fault, and
// all that is taken afterwards is empty.
class Words {
 public:
  explicit Words(std::string_view text) : words_(split(text, ' ')) {}

  [[nodiscard]] bool is_empty() const { return next_ >= words_.size() || fault_; }
  // Empty, and a fault, where there is none left; `what` says what should stand there.
  std::string take(std::string_view what);
  // Takes `word` if it is next.
  bool take_if(std::string_view word);
  // Takes what follows `word`, wherever it stands: "at 1,3".
  std::optional<std::string> take_after(std::string_view word);
  void report(std::string what);
  // Everything must have been understood.
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] bool is_faulty() const { return fault_.has_value(); }

 private:
  std::vector<std::string> words_;
  std::size_t next_ = 0;
  std::optional<std::string> fault_;
};

}  // namespace dskeeper::scenarios
