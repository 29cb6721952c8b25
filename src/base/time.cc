#include "base/time.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>

namespace dskeeper {
namespace {

struct Unit {
  std::string_view suffix;
  Duration length;
};
// Largest first, so that format_duration finds the largest that divides.
constexpr std::array<Unit, 6> units = {{{"y", std::chrono::hours(24 * 365)},
                                        {"d", std::chrono::hours(24)},
                                        {"h", std::chrono::hours(1)},
                                        {"m", std::chrono::minutes(1)},
                                        {"s", std::chrono::seconds(1)},
                                        {"ms", std::chrono::milliseconds(1)}}};
constexpr Duration duration_max = std::chrono::hours(24 * 365 * 1000);

void put_two_digits(std::string& out, std::size_t at, unsigned number) {
  out[at] = static_cast<char>('0' + number / 10);
  out[at + 1] = static_cast<char>('0' + number % 10);
}

}  // namespace

// A page has dozens of times, a journal millions: by hand, which takes a tenth of what fmt does. A
// year has four digits (RFC 3339 §1).
std::string format_time(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto year = static_cast<unsigned>(std::clamp(static_cast<int>(date.year()), 0, 9999));
  std::string out = "yyyy-mm-ddThh:mm:ssZ";
  put_two_digits(out, 0, year / 100);
  put_two_digits(out, 2, year % 100);
  put_two_digits(out, 5, static_cast<unsigned>(date.month()));
  put_two_digits(out, 8, static_cast<unsigned>(date.day()));
  put_two_digits(out, 11, static_cast<unsigned>(clock.hours().count()));
  put_two_digits(out, 14, static_cast<unsigned>(clock.minutes().count()));
  put_two_digits(out, 17, static_cast<unsigned>(clock.seconds().count()));
  return out;
}

Result<Time> parse_time(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  char zone = 0;
  int used = 0;
  const std::string copy(text);
  const int fields = std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%c%n", &year, &month, &day,
                                 &hour, &minute, &second, &zone, &used);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  const bool whole = fields == 7 && zone == 'Z' && static_cast<std::size_t>(used) == copy.size();
  const bool in_range = date.ok() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
                        second >= 0 && second < 60;
  if (!whole || !in_range) {
    return fail(fmt::format("\"{}\" is not a time", text), {},
                "Write it in UTC, as 2026-11-24T03:00:00Z.");
  }
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

Result<Duration> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view suffix = text.substr(static_cast<std::size_t>(rest - text.data()));
  if (error == std::errc() && count >= 0) {
    for (const Unit& unit : units) {
      if (suffix == unit.suffix && count <= duration_max / unit.length) return count * unit.length;
    }
  }
  return fail(fmt::format("\"{}\" is not a duration", text), {},
              "Write a number and a unit: 500ms, 5s, 10m, 72h, 3d or 10y.");
}

std::string format_duration(Duration duration) {
  for (const Unit& unit : units) {
    if (duration.count() != 0 && duration % unit.length == Duration::zero()) {
      return fmt::format("{}{}", duration / unit.length, unit.suffix);
    }
  }
  return "0s";
}

}  // namespace dskeeper
