#include "scenarios/script.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace dskeeper::scenarios {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool begins_with_moment(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

Result<Line> parse_line(std::string_view text, unsigned number, Time at) {
  Line line{.number = number, .at = at, .event = {}, .expected = {}, .has_expectations = false};
  const std::size_t arrow = text.find("=>");
  if (arrow != std::string_view::npos) {
    line.has_expectations = true;
    line.expected = split(text.substr(arrow + 2), ' ');
    if (line.expected.empty()) return fail("nothing is expected behind \"=>\"");
    text = trim(text.substr(0, arrow));
  }
  if (begins_with_moment(text)) {
    const std::size_t end = std::min(text.find(' '), text.size());
    auto moment = parse_moment(text.substr(0, end));
    if (!moment) return pass_on(std::move(moment));
    if (*moment < at) return fail("this line goes back in time");
    line.at = *moment;
    text = trim(text.substr(end));
  }
  if (text.empty()) return fail("nothing happens in this line");
  line.event = text;
  return line;
}

}  // namespace

Time start_of_timelines() {
  return parse_time("2026-11-24T00:00:00Z").value();
}

Result<Time> parse_moment(std::string_view text) {
  const bool is_before = text.starts_with('-');
  if (is_before) text.remove_prefix(1);
  Duration sum{};
  for (const std::string& part : split(text, '+')) {
    auto duration = parse_duration(part);
    if (!duration && part != "0") return pass_on(std::move(duration));
    if (duration) sum += *duration;
  }
  return is_before ? start_of_timelines() - sum : start_of_timelines() + sum;
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Result<std::vector<Line>> parse_script(std::string_view text, const std::string& file) {
  if (text.size() > script_octets_max) return fail("the timeline is too long", file);
  if (!text.starts_with("# ") || text.substr(0, text.find('\n')).find("§") == std::string::npos) {
    return fail("the first line does not say which section of an RFC is shown", file + ":1",
                "Begin it like \"# RFC 8078 §3.3\".");
  }
  std::vector<Line> lines;
  Time at = start_of_timelines();
  for (unsigned number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    rest = trim(rest.substr(0, rest.find('#')));
    if (rest.empty()) continue;
    auto line = parse_line(rest, number, at);
    if (!line) return fail(line.error().what, fmt::format("{}:{}", file, number));
    at = line->at;
    lines.push_back(*std::move(line));
  }
  return lines;
}

std::string Words::take(std::string_view what) {
  if (is_empty()) {
    report(fmt::format("{} is missing", what));
    return {};
  }
  return words_[next_++];
}

bool Words::take_if(std::string_view word) {
  if (is_empty() || words_[next_] != word) return false;
  ++next_;
  return true;
}

std::optional<std::string> Words::take_after(std::string_view word) {
  const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(next_);
  const auto found = std::find(begin, words_.end(), word);
  if (found == words_.end() || found + 1 == words_.end()) return std::nullopt;
  std::string value = *(found + 1);
  words_.erase(found, found + 2);
  return value;
}

void Words::report(std::string what) {
  if (!fault_) fault_ = std::move(what);
}

Result<void> Words::finish() {
  if (!fault_ && next_ < words_.size()) {
    report(fmt::format("\"{}\" is not understood here", words_[next_]));
  }
  if (fault_) return fail(*fault_);
  return {};
}

}  // namespace dskeeper::scenarios
