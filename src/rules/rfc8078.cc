#include "rules/rfc8078.h"

#include <fmt/core.h>

#include <algorithm>

#include "model/standing.h"

namespace dskeeper::rules::rfc8078 {
namespace {

enum class Form : std::uint8_t { ordinary, removal, malformed };

// §4: algorithm 0 carries the meaning, but only the exact form, alone in its RRset, is legal. What
// else has an algorithm 0 is neither a removal nor a request (standards.md §1.3).
Form form_of(const dns::Rrset& rrset, std::size_t algorithm_at) {
  const bool has_algorithm_0 = std::any_of(
      rrset.rdata.begin(), rrset.rdata.end(),
      [&](const Bytes& rdata) { return rdata.size() > algorithm_at && rdata[algorithm_at] == 0; });
  if (!has_algorithm_0) return Form::ordinary;
  return is_delete_sentinel(rrset) ? Form::removal : Form::malformed;
}

// Collects what is wrong with one RRset of one server.
class Reader {
 public:
  Reader(const Sight& sight, Reading& reading, FindingList& faults)
      : server_(sight.server->server), reading_(reading), faults_(faults) {}

  // Nothing of a set that is partly unusable is used (standards.md §17-I).
  void refuse(FindingCode code, std::vector<std::string> facts) {
    reading_.says = Says::unusable;
    faults_.add(code, server_, std::move(facts));
  }

  // True where the set is neither too large nor a sentinel, so that its records are to be read.
  bool begin(std::string_view type, unsigned count_max, std::size_t algorithm_at) {
    const dns::Rrset& rrset = *reading_.answer->rrset;
    const Form form = form_of(rrset, algorithm_at);
    if (form == Form::removal) reading_.says = Says::removal;
    if (form == Form::malformed) refuse(FindingCode::delete_malformed, {std::string(type)});
    if (form != Form::ordinary) return false;
    if (rrset.rdata.size() > count_max) {
      refuse(FindingCode::too_many_records,
             {std::to_string(rrset.rdata.size()), fmt::format("{} records", type),
              std::to_string(count_max)});
      return false;
    }
    reading_.says = Says::keys;
    return true;
  }

  void finish(std::vector<KeyId> ids) {
    if (reading_.says == Says::keys) reading_.keys = make_key_set(std::move(ids));
  }

 private:
  const ServerAddress& server_;
  Reading& reading_;
  FindingList& faults_;
};

// RFC 4034 §2.1: what makes a key unfit to be named by a DS; empty where nothing does. SEP is a
// hint and not asked for (RFC 4034 §2.1.1, edge case 13).
std::string why_unusable(const dns::Dnskey& key) {
  if (key.protocol != 3) return fmt::format("its protocol is {} and not 3", key.protocol);
  if (!key.is_zone_key()) return "it is no zone key";
  if (key.is_revoked()) return "it is revoked";  // RFC 5011 §2.1
  return {};
}

}  // namespace

void read_cdnskey(Matter& matter, Sight& sight, FindingList& faults) {
  Reader reader(sight, sight.cdnskey, faults);
  if (!reader.begin("CDNSKEY", matter.policy.keys_max, 3)) return;
  std::vector<KeyId> ids;
  for (const Bytes& rdata : sight.cdnskey.answer->rrset->rdata) {
    const auto key = dns::Dnskey::from_rdata(rdata);
    if (!key || key->public_key.empty()) {
      reader.refuse(FindingCode::record_malformed, {"CDNSKEY", "it has no key"});
      continue;
    }
    if (std::string why = why_unusable(*key); !why.empty()) {
      reader.refuse(FindingCode::key_unusable,
                    {std::to_string(key->key_tag().value), std::move(why)});
      continue;
    }
    ids.push_back(matter.book.add(*key));
  }
  reader.finish(std::move(ids));
}

void read_cds(Matter& matter, Sight& sight, FindingList& faults) {
  Reader reader(sight, sight.cds, faults);
  if (!reader.begin("CDS", matter.policy.cds_max, 2)) return;
  std::vector<KeyId> ids;
  for (const Bytes& rdata : sight.cds.answer->rrset->rdata) {
    auto cds = dns::Ds::from_rdata(rdata);
    if (!cds) {
      reader.refuse(FindingCode::record_malformed, {"CDS", cds.error().what});
      continue;
    }
    // RFC 9975 §3.1 (9975-12): records of other digest types are not looked at any further.
    if (matter.table().use_of(cds->digest_type).is_eligible) {
      if (const auto octets = dns::digest_octets(cds->digest_type); octets != cds->digest.size()) {
        reader.refuse(FindingCode::record_malformed,
                      {"CDS", fmt::format("its digest has {} octets", cds->digest.size())});
        continue;
      }
      ids.push_back(matter.book.identify(*cds));
    }
  }
  if (sight.cds.says != Says::keys) return;
  // standards.md §17-C: nothing to act on, but perhaps just what stands (edge case 42).
  if (ids.empty()) sight.cds.says = Says::not_eligible;
  sight.cds.is_standing_set = names_standing_keys(matter.delegation, *sight.cds.answer->rrset);
  reader.finish(std::move(ids));
}

}  // namespace dskeeper::rules::rfc8078
