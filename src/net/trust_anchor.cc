#include "net/trust_anchor.h"

#include <utility>

#include "dns/records.h"
#include "dns/zone_file.h"

namespace dskeeper::net {
namespace {

Result<dns::Ds> anchor_of(const dns::Record& record) {
  if (record.type == dns::RecordType::ds) return dns::Ds::from_rdata(record.rdata);
  auto key = dns::Dnskey::from_rdata(record.rdata);
  if (!key) return pass_on(std::move(key));
  return dns::make_ds(record.owner, *key, dns::DigestType::sha256);
}

}  // namespace

Result<std::vector<TrustAnchor>> read_trust_anchors(const std::filesystem::path& path) {
  std::vector<TrustAnchor> anchors;
  if (path.empty()) return anchors;
  auto reader =
      dns::ZoneFileReader::open(path, dns::Name(), {dns::RecordType::ds, dns::RecordType::dnskey});
  if (!reader) return pass_on(std::move(reader));
  while (true) {
    auto record = reader->next();
    if (!record) return pass_on(std::move(record));
    if (!*record) return anchors;
    auto ds = anchor_of(**record);
    if (!ds) return fail(ds.error().what, reader->where());
    anchors.push_back({(*record)->owner, *std::move(ds)});
  }
}

}  // namespace dskeeper::net
