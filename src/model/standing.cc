#include "model/standing.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "dns/records.h"

namespace dskeeper {
namespace {

using dns::Algorithm;
using dns::DigestType;
using dns::RecordType;

// RFC 9975 §3.1: digest types other than SHA-256 do not count in comparing. They must not name a
// key that SHA-256 does not name, as far as tag and algorithm tell.
std::optional<dns::DsSet> comparable(const std::vector<dns::Ds>& records) {
  std::vector<dns::Ds> sha256;
  for (const dns::Ds& ds : records) {
    if (ds.digest_type == DigestType::sha256) sha256.push_back(ds);
  }
  const auto is_covered = [&](const dns::Ds& ds) {
    return std::any_of(sha256.begin(), sha256.end(), [&](const dns::Ds& other) {
      return other.key_tag == ds.key_tag && other.algorithm == ds.algorithm;
    });
  };
  if (sha256.empty() || !std::all_of(records.begin(), records.end(), is_covered)) {
    return std::nullopt;
  }
  return dns::make_ds_set(std::move(sha256));
}

std::optional<std::vector<dns::Ds>> requested(const dns::Name& child, const dns::Rrset& rrset) {
  std::vector<dns::Ds> records;
  for (const Bytes& rdata : rrset.rdata) {
    if (rrset.type == RecordType::cds) {
      auto ds = dns::Ds::from_rdata(rdata);
      if (!ds) return std::nullopt;
      records.push_back(*std::move(ds));
    } else {
      const auto key = dns::Dnskey::from_rdata(rdata);
      if (!key || key->algorithm == Algorithm::none) return std::nullopt;
      auto ds = dns::make_ds(child, *key, DigestType::sha256);
      if (!ds) return std::nullopt;
      records.push_back(*std::move(ds));
    }
  }
  return records;
}

}  // namespace

bool is_delete_sentinel(const dns::Rrset& rrset) {
  static const Bytes cds = {0, 0, 0, 0, 0};      // 0 0 0 00
  static const Bytes cdnskey = {0, 0, 3, 0, 0};  // 0 3 0 AA==
  if (rrset.rdata.size() != 1) return false;
  return rrset.rdata.front() == (rrset.type == RecordType::cds ? cds : cdnskey);
}

bool names_standing_keys(const Delegation& delegation, const dns::Rrset& rrset) {
  auto records = requested(delegation.child, rrset);
  if (!records || records->empty()) return false;
  if (rrset.type == RecordType::cds && dns::make_ds_set(*records) == delegation.ds) return true;
  const std::optional<dns::DsSet> asked = comparable(*records);
  const std::optional<dns::DsSet> standing = comparable(delegation.ds);
  return asked && standing && *asked == *standing;
}

}  // namespace dskeeper
