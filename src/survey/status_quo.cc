#include "survey/status_quo.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "dns/denial.h"
#include "dns/records.h"

namespace dskeeper::survey {
namespace {

using dns::Algorithm;
using dns::DigestType;
using dns::RecordType;

// Compact denial (RFC 9824 §2): the next name is the name itself behind one zero octet. Such a
// record is made up for the question, and what its bitmap leaves out may be there all the same.
bool is_compact(const dns::Rrset& proof, const dns::Name& apex) {
  if (proof.type != RecordType::nsec || proof.rdata.empty()) return false;
  const Bytes& rdata = proof.rdata.front();
  const ByteView name = apex.wire();
  return rdata.size() >= name.size() + 2 && rdata[0] == 1 && rdata[1] == 0 &&
         std::equal(name.begin(), name.end(), rdata.begin() + 2);
}

// A zone whose SOA comes without signature is not signed, or its server cannot say so. Nothing that
// is published in it can be validated, so that nothing can happen as long as this server answers.
bool is_unsigned(const dns::Message& message, const dns::Name& apex) {
  return std::any_of(
      message.authority.begin(), message.authority.end(), [&](const dns::Rrset& rrset) {
        return rrset.type == RecordType::soa && rrset.owner == apex && rrset.signatures.empty();
      });
}

StatusQuo of_nodata(const Delegation& delegation, RecordType type, const dns::Message& message) {
  const RecordType other = type == RecordType::cds ? RecordType::cdnskey : RecordType::cds;
  if (const auto denial = dns::find_apex_denial(message, delegation.child)) {
    if (denial->types.has(type)) return StatusQuo::asks;  // it contradicts itself
    const bool is_trusted =
        denial->proof != nullptr && !is_compact(*denial->proof, delegation.child);
    return is_trusted && !denial->types.has(other) ? StatusQuo::confirmed
                                                   : StatusQuo::this_type_only;
  }
  // Only an unsigned delegation may be believed to be an unsigned zone.
  const bool settles_it = !delegation.is_secure() && is_unsigned(message, delegation.child);
  return settles_it ? StatusQuo::confirmed : StatusQuo::this_type_only;
}

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

bool is_in_sync(const Delegation& delegation, const dns::Rrset& rrset) {
  auto records = requested(delegation.child, rrset);
  if (!records || records->empty()) return false;
  if (rrset.type == RecordType::cds && dns::make_ds_set(*records) == delegation.ds) return true;
  const std::optional<dns::DsSet> asked = comparable(*records);
  const std::optional<dns::DsSet> standing = comparable(delegation.ds);
  return asked && standing && *asked == *standing;
}

StatusQuo status_quo(const Delegation& delegation, RecordType type, AnswerStatus status,
                     const dns::Message& message) {
  if (status == AnswerStatus::nodata) return of_nodata(delegation, type, message);
  const dns::Rrset* const rrset = message.find_answer(delegation.child, type);
  if (status != AnswerStatus::answer || rrset == nullptr) return StatusQuo::asks;
  // One type that asks for what stands is enough: a change needs both to agree (RFC 9975 §3.1).
  if (delegation.is_secure()) {
    return is_in_sync(delegation, *rrset) ? StatusQuo::confirmed : StatusQuo::asks;
  }
  return is_delete_sentinel(*rrset) ? StatusQuo::confirmed : StatusQuo::asks;
}

}  // namespace dskeeper::survey
