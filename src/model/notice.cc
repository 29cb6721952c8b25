#include "model/notice.h"

#include <fmt/core.h>

#include "model/json_parts.h"

namespace dskeeper {
namespace {

namespace json = boost::json;
using json_parts::clean;

std::string types_text(const Notice& notice) {
  if (notice.cds && notice.csync) return "CDS and CSYNC";
  return notice.csync ? "CSYNC" : "CDS";
}

}  // namespace

Event notice_event(const Notice& notice, const dns::Name& parent, Time looked_at) {
  const Duration waited = looked_at - notice.received_at;
  json::array types;
  if (notice.cds) types.emplace_back("CDS");
  if (notice.csync) types.emplace_back("CSYNC");
  json::object details{{"types", std::move(types)},
                       {"source", clean(notice.source.text())},
                       {"messages", notice.messages},
                       {"looked_at_after_ms", waited.count()}};
  if (notice.agent) details["agent"] = clean(notice.agent->text());
  const std::string others =
      notice.messages > 1 ? fmt::format(", the first of {}", notice.messages) : "";
  return {.parent = parent,
          .child = notice.child,
          .at = notice.received_at,
          .kind = EventKind::notify,
          .summary = fmt::format("A NOTIFY for {} came from {}{}; the child was looked at after "
                                 "{:.1f} s.",
                                 types_text(notice), notice.source.text(), others,
                                 static_cast<double>(waited.count()) / 1000),
          .details = json::serialize(details)};
}

}  // namespace dskeeper
