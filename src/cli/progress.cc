#include "cli/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "cli/typed_name.h"

namespace dskeeper::cli {
namespace {

constexpr std::size_t columns_guess = 80;
constexpr std::string_view clear_line = "\r\x1B[K";

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string grouped(double number) {
  return grouped(static_cast<std::uint64_t>(std::llround(number)));
}

std::int64_t whole_seconds(Duration duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration).count();
}

std::string duration_text(Duration duration) {
  const std::int64_t seconds = whole_seconds(duration);
  const std::int64_t minutes = seconds / 60;
  if (minutes == 0) return fmt::format("{} s", seconds);
  if (minutes < 60) return fmt::format("{} min {} s", minutes, seconds % 60);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return columns_guess;
  return size.ws_col;
}

}  // namespace

std::string progress_text(const PassProgress& progress) {
  std::string text =
      fmt::format("{} of {} children", grouped(progress.done), grouped(progress.total));
  if (progress.done > 0) {
    text +=
        fmt::format(", {} a second, {} questions a second", grouped(progress.children_a_second()),
                    grouped(progress.questions_a_second()));
  }
  const std::optional<Duration> left = progress.time_left();
  if (left && progress.done < progress.total)
    text += fmt::format(", {} left", duration_text(*left));
  std::string_view separator = "; ";
  for (const auto& [outcome, count] : progress.outcomes) {
    text += fmt::format("{}{} {}", separator, grouped(count), outcome);
    separator = ", ";
  }
  return text;
}

std::string progress_json(const PassProgress& progress) {
  std::string outcomes;
  for (const auto& [outcome, count] : progress.outcomes) {
    outcomes += fmt::format("{}\"{}\":{}", outcomes.empty() ? "" : ",", outcome, count);
  }
  const std::optional<Duration> left = progress.time_left();
  return fmt::format(
      R"({{"started_at":"{}","at":"{}","done":{},"total":{},"children_a_second":{:.1f},)"
      R"("questions":{},"questions_a_second":{:.1f},"seconds_left":{},"outcomes":{{{}}}}})",
      format_time(progress.started_at), format_time(progress.at), progress.done, progress.total,
      progress.children_a_second(), progress.questions, progress.questions_a_second(),
      left ? std::to_string(whole_seconds(*left)) : "null", outcomes);
}

std::string fitting(std::string line, std::size_t columns) {
  constexpr std::string_view ellipsis = "...";
  if (line.size() <= columns) return line;
  line.resize(columns > ellipsis.size() ? columns - ellipsis.size() : 0);
  return line.append(ellipsis.substr(0, columns));
}

ProgressLine::ProgressLine() : is_terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const PassProgress& progress) {
  if (!is_terminal_) return;
  is_shown_ = true;
  const std::string line = shown_name(progress.parent) + ": " + progress_text(progress);
  // The last column stays free: many terminals begin a new line when it is written to.
  fmt::print(stderr, "{}{}", clear_line, fitting(line, terminal_columns() - 1));
  std::fflush(stderr);
}

void ProgressLine::hide() {
  if (!is_shown_) return;
  is_shown_ = false;
  fmt::print(stderr, "{}", clear_line);
  std::fflush(stderr);
}

}  // namespace dskeeper::cli
