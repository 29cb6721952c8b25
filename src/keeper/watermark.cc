#include "keeper/watermark.h"

#include <algorithm>

namespace dskeeper::keeper {

std::optional<Time> next_watermark(const std::optional<Time>& standing, const Verdict& verdict) {
  if (!verdict.whole || !verdict.inception) return standing;
  return standing ? std::max(*standing, *verdict.inception) : *verdict.inception;
}

std::optional<Finding> find_replay(const std::optional<Time>& standing, const Verdict& verdict) {
  const bool is_signed_request =
      verdict.request == Request::update || verdict.request == Request::remove;
  if (!is_signed_request || !standing || !verdict.inception) return std::nullopt;
  if (*verdict.inception >= *standing) return std::nullopt;
  return Finding{
      FindingCode::replayed, {}, {format_time(*verdict.inception), format_time(*standing)}};
}

}  // namespace dskeeper::keeper
