#include "rules/rfc7477_record.h"

#include <fmt/core.h>

#include <algorithm>

namespace dskeeper::rules::rfc7477 {
namespace {

using dns::RecordType;

// The policy's word for a type that can be copied; nothing for others (§3.2).
std::string_view word_of(RecordType type) {
  switch (type) {
    case RecordType::ns:
      return "ns";
    case RecordType::a:
      return "a";
    case RecordType::aaaa:
      return "aaaa";
    default:
      return {};
  }
}

void check_types(const CsyncMatter& csync, const CsyncSight& sight, FindingList& faults) {
  const Policy& policy = csync.matter.policy;
  std::string unsupported;
  std::string off;
  for (const RecordType type : sight.record->types.types()) {
    const std::string_view word = word_of(type);
    const bool is_on = std::ranges::find(policy.csync, word) != policy.csync.end();
    if (!word.empty() && is_on) continue;
    std::string& list = word.empty() ? unsupported : off;
    list += (list.empty() ? "" : ", ") + dns::to_text(type);
  }
  if (!unsupported.empty()) {
    faults.add(FindingCode::csync_types_unsupported, sight.server(), {unsupported});
  }
  if (!off.empty()) faults.add(FindingCode::csync_types_off, sight.server(), {off, policy.name});
}

bool is_same_wish(const dns::Csync& a, const dns::Csync& b) {
  return a.is_immediate() == b.is_immediate() && a.types == b.types;
}

}  // namespace

void check_records(const CsyncMatter& csync, FindingList& faults) {
  for (const CsyncSight& sight : csync.sights) {
    if (!sight.has_records) continue;
    if (const std::size_t count = sight.run->csync.rrset->rdata.size(); count > 1) {
      faults.add(FindingCode::csync_not_single, sight.server(), {std::to_string(count)});
      continue;
    }
    if (!sight.record) {
      faults.add(FindingCode::record_malformed, sight.server(),
                 {"CSYNC", "its list of types cannot be read"});
      continue;
    }
    if (sight.record->has_unknown_flags()) {
      faults.add(FindingCode::csync_flags_unknown, sight.server(),
                 {fmt::format("{:#06x}", sight.record->flags)});
    }
    check_types(csync, sight, faults);
  }
}

void check_agreement(const CsyncMatter& csync, FindingList& differences) {
  const CsyncSight* first = nullptr;
  for (const CsyncSight& sight : csync.sights) {
    if (sight.run == nullptr || !csync.matter.counts(sight.run->csync)) continue;
    if (!sight.record) {
      differences.add(FindingCode::type_not_everywhere, sight.server(), {"CSYNC"});
    } else if (first == nullptr) {
      first = &sight;
    } else if (!is_same_wish(*first->record, *sight.record)) {
      differences.add(FindingCode::servers_differ, first->server(), {"CSYNC"});
      differences.add(FindingCode::servers_differ, sight.server(), {"CSYNC"});
    }
  }
}

void check_serials(const CsyncMatter& csync, FindingList& differences, FindingList& faults) {
  const auto is_compared = [](const CsyncSight& sight) {
    return sight.record && sight.run->serial;
  };
  const auto is_permitted = [&](const CsyncSight& sight) {
    return is_compared(sight) && sight.record->permits(*sight.run->serial);
  };
  const bool any_permits = std::ranges::any_of(csync.sights, is_permitted);
  FindingList& out = any_permits ? differences : faults;
  for (const CsyncSight& sight : csync.sights) {
    if (!is_compared(sight) || is_permitted(sight)) continue;
    const dns::Serial zone = *sight.run->serial;
    const bool is_older = sight.record->serial.is_newer_than(zone);
    out.add(is_older ? FindingCode::csync_serial_too_low : FindingCode::csync_serials_unordered,
            sight.server(),
            {std::to_string(zone.value), std::to_string(sight.record->serial.value)});
  }
}

}  // namespace dskeeper::rules::rfc7477
