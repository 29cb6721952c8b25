#include "child/catalog.h"

#include <fmt/core.h>

#include <utility>

#include "child/zone_list.h"

namespace dskeeper::child {
namespace {

// The catalog's name with one label in front. Where that would be too long there is no such name,
// and the root stands for it, which no record below the catalog has.
dns::Name below(const dns::Name& catalog, const char* label) {
  const auto prefix = dns::Name::parse(label);
  const auto made = catalog.with_prefix(*prefix);
  return made ? *made : dns::Name();
}

// A TXT record of the one string "2" (RFC 9432 §4.2.1).
bool is_version_2(const Bytes& rdata) {
  return rdata == Bytes{1, '2'};
}

}  // namespace

CatalogReader::CatalogReader(dns::Name catalog)
    : catalog_(std::move(catalog)),
      version_owner_(below(catalog_, "version")),
      zones_(below(catalog_, "zones")) {}

void CatalogReader::add(const dns::Record& record) {
  if (record.type == dns::RecordType::txt && record.owner == version_owner_) {
    versions_.push_back(record.rdata);
  }
  if (record.type != dns::RecordType::ptr || record.owner.parent() != zones_) return;
  if (!broken_because_.empty()) return;
  auto member = dns::Name::from_wire(record.rdata);
  if (!member) {
    broken_because_ = "a member's PTR record is malformed";
  } else if (!labels_.insert(record.owner).second) {
    broken_because_ = fmt::format("{} has several PTR records", record.owner.text());
  } else if (members_.size() == zones_max) {
    broken_because_ = fmt::format("it has more than {} members", zones_max);
  } else if (const std::string text = member->text(); !members_.insert(*std::move(member)).second) {
    broken_because_ = fmt::format("{} is a member twice", text);
  }
}

Result<std::vector<dns::Name>> CatalogReader::finish() const {
  std::string why = broken_because_;
  if (versions_.size() != 1 || !is_version_2(versions_.front())) {
    why = fmt::format("{} is not one TXT record \"2\"", version_owner_.text());
  }
  if (!why.empty()) {
    return fail(fmt::format("the catalog zone is broken: {}", why), catalog_.text(),
                "Name a catalog zone as RFC 9432 has it, or a list of zones.");
  }
  return std::vector<dns::Name>(members_.begin(), members_.end());
}

}  // namespace dskeeper::child
