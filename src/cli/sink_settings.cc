#include "cli/sink_settings.h"

#include <fmt/core.h>

#include <array>
#include <chrono>

namespace dskeeper::cli {
namespace {

constexpr std::array<std::string_view, 2> contents = {"ds", "delegations"};

// RFC 2181 §8.
constexpr std::chrono::seconds ttl_max{0x7FFFFFFF};

}  // namespace

ZoneFileSinkSettings complete_zone_file_sink(const RawParentSettings::Sink& sink, unsigned line,
                                             const Configuration& configuration,
                                             FaultList& faults) {
  ZoneFileSinkSettings settings{configuration.resolve(sink.zone_file)};
  if (sink.content == contents[1]) {
    settings.content = parent::ZoneFileContent::delegations;
  } else if (!sink.content.empty() && sink.content != contents[0]) {
    faults.add(line, fmt::format("\"{}\" is no content of a zone-file sink", sink.content),
               did_you_mean(sink.content, contents));
  }
  if (!sink.ns_ttl) return settings;
  if (settings.content != parent::ZoneFileContent::delegations) {
    faults.add(line, "ns-ttl is of no use in a file without NS records",
               "Add content = \"delegations\", or take ns-ttl away.");
  } else if (*sink.ns_ttl < std::chrono::seconds(1) || *sink.ns_ttl > ttl_max) {
    faults.add(line, "ns-ttl must be at least one second, and fit into 31 bits");
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*sink.ns_ttl).count();
  settings.name_server_ttl = dns::Ttl{static_cast<std::uint32_t>(seconds)};
  return settings;
}

bool writes_delegations(const ParentSettings& parent) {
  const auto* file = std::get_if<ZoneFileSinkSettings>(&parent.sink);
  return file != nullptr && file->content == parent::ZoneFileContent::delegations;
}

void check_confirm(const ParentSettings& parent, unsigned line, FaultList& faults) {
  if (!writes_delegations(parent)) return;
  faults.add(
      line, "a zone-file sink with content = \"delegations\" needs confirm",
      "Add confirm = [\"ADDRESS\"] with name servers that publish the zone: the source may be "
      "behind them for a while.");
}

std::string reason_without_csync(const ParentSettings& parent, const Policy& policy) {
  if (policy.csync.empty()) return fmt::format("the policy {} has csync = []", policy.name);
  const auto* file = std::get_if<ZoneFileSinkSettings>(&parent.sink);
  if (file != nullptr && file->content == parent::ZoneFileContent::ds) {
    return "the sink's file has no place for name servers; content = \"delegations\" gives it one";
  }
  // A program that is told may know better; whoever writes the zone himself must know.
  const bool is_written_by_us =
      file != nullptr || std::holds_alternative<UpdateSinkSettings>(parent.sink);
  if (is_written_by_us && std::holds_alternative<ListSource>(parent.source)) {
    return "a list does not tell which other names of the zone use the glue of a child; a source "
           "that reads the whole zone does, and so may the program of a command sink";
  }
  return {};
}

}  // namespace dskeeper::cli
