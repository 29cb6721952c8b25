#include "cli/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace dskeeper::cli {
namespace {

constexpr Duration redraw_interval = std::chrono::milliseconds(200);

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace

std::string progress_text(const std::string& zone, std::uint64_t done, std::uint64_t total,
                          std::uint64_t questions, Duration elapsed) {
  std::string text = fmt::format("{} of {} children of {}", grouped(done), grouped(total), zone);
  const auto milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed.count(), 1));
  if (done == 0) return text;
  text += fmt::format(", {} a second, {} questions a second", grouped(done * 1000 / milliseconds),
                      grouped(questions * 1000 / milliseconds));
  if (done < total) {
    text += fmt::format(", {} s left", grouped((total - done) * milliseconds / done / 1000 + 1));
  }
  return text;
}

Progress::Progress(std::string zone, std::uint64_t total, const Clock& clock)
    : zone_(std::move(zone)),
      total_(total),
      clock_(clock),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      started_at_(clock.now()),
      drawn_at_(started_at_) {}

Progress::~Progress() {
  if (is_drawn_) fmt::print(stderr, "\r\x1B[K");
}

void Progress::update(std::uint64_t done, std::uint64_t questions) {
  if (!is_terminal_) return;
  const Time now = clock_.now();
  if (now - drawn_at_ < redraw_interval) return;
  drawn_at_ = now;
  is_drawn_ = true;
  fmt::print(stderr, "\r\x1B[K{}",
             progress_text(zone_, done, total_, questions, now - started_at_));
  std::fflush(stderr);
}

}  // namespace dskeeper::cli
