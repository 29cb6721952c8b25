#include "properties/claims.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace dskeeper::properties {
namespace {

using dns::RecordType;
using rules::test::TestChild;
using rules::test::TestKey;
using rules::test::Zone;

constexpr Duration lifetime = std::chrono::hours(24 * 365);

const TestKey& key(unsigned number) {
  static const std::array<TestKey, key_count> keys = {TestKey(11), TestKey(12), TestKey(13),
                                                      TestKey(14, 256)};
  return keys.at(number);
}

std::vector<const TestKey*> keys_of(KeyMask mask) {
  std::vector<const TestKey*> out;
  for (unsigned i = 0; i < key_count; ++i) {
    if ((mask >> i & 1U) != 0) out.push_back(&key(i));
  }
  return out;
}

void set_wish(Zone& zone, RecordType type, const Wish& wish) {
  Zone wanted;
  if (wish.is_removal) {
    wanted.ask_removal();
  } else {
    wanted.ask(keys_of(wish.keys));
  }
  if (wish.is_published()) zone.records[type] = wanted.records[type];
}

Zone make_zone(const Claim& claim, const Layout& layout) {
  Zone zone;
  zone.records[RecordType::soa] = {rules::test::soa_rdata()};
  zone.set_keys(keys_of(claim.keys));
  set_wish(zone, RecordType::cds, claim.cds);
  set_wish(zone, RecordType::cdnskey, claim.cdnskey);
  zone.default_signers = keys_of(claim.signers);
  zone.signers[RecordType::dnskey] = keys_of(claim.dnskey_signers);
  const Time early = claim.signed_at + std::chrono::hours(1);
  for (const RecordType type : {RecordType::soa, RecordType::nsec, RecordType::dnskey,
                                RecordType::cds, RecordType::cdnskey}) {
    const bool is_wish = type == RecordType::cds || type == RecordType::cdnskey;
    zone.validity[type] = {claim.signed_at,
                           is_wish && claim.is_expired ? early : claim.signed_at + lifetime};
  }
  zone.edit = [is_forged = claim.is_forged, layout](dns::Rrset& rrset) {
    const bool is_wish = rrset.type == RecordType::cds || rrset.type == RecordType::cdnskey;
    if (is_wish && is_forged) {
      for (dns::Rrsig& signature : rrset.signatures) signature.signature.front() ^= 1U;
    }
    rrset.ttl = layout.ttl;
    if (!layout.is_reversed) return;
    std::reverse(rrset.rdata.begin(), rrset.rdata.end());
    std::reverse(rrset.signatures.begin(), rrset.signatures.end());
  };
  return zone;
}

std::string text_of(const Wish& wish) {
  return wish.is_removal ? "R" : std::to_string(wish.keys);
}

// All that an answer depends on, and nothing else, so that few signatures serve many claims.
std::string content_of(const Claim& claim, RecordType type, const Layout& layout) {
  std::string said;
  if (type == RecordType::dnskey) {
    said = fmt::format("{} {}", claim.keys, claim.dnskey_signers);
  } else if (type != RecordType::soa) {
    const Wish& wish = type == RecordType::cds ? claim.cds : claim.cdnskey;
    // A denial names the types that are there.
    said = wish.is_published()
               ? fmt::format("{} {}{}", text_of(wish), claim.is_expired, claim.is_forged)
               : fmt::format("no {}{}", claim.cds.is_published(), claim.cdnskey.is_published());
  }
  return fmt::format("{} {} {} {} {}{}", static_cast<unsigned>(type), said, claim.signers,
                     claim.signed_at.time_since_epoch().count(), layout.is_reversed,
                     layout.ttl.seconds);
}

const rules::test::Response& response_to(const Claim& claim, RecordType type,
                                         const Layout& layout) {
  constexpr std::size_t responses_max = 200'000;  // about a kilobyte each
  static std::unordered_map<std::string, rules::test::Response> known;
  const std::string content = content_of(claim, type, layout);
  const auto found = known.find(content);
  if (found != known.end()) return found->second;
  if (known.size() >= responses_max) known.clear();
  return known[content] = rules::test::respond(make_zone(claim, layout), type);
}

std::size_t index_of(RecordType type) {
  const auto& types = TestChild::types;
  return static_cast<std::size_t>(std::find(types.begin(), types.end(), type) - types.begin());
}

}  // namespace

const dns::DsSet& ds_set(KeyMask keys) {
  static const std::vector<dns::DsSet> sets = [] {
    std::vector<dns::DsSet> out;
    for (KeyMask mask = 0; mask <= all_keys; ++mask) {
      std::vector<dns::Ds> records;
      for (const TestKey* named : keys_of(mask)) records.push_back(named->ds());
      out.push_back(dns::make_ds_set(std::move(records)));
    }
    return out;
  }();
  return sets.at(keys);
}

bool Claim::answers(RecordType type) const {
  return !failure || (failing_types >> index_of(type) & 1U) == 0;
}

bool Claim::is_whole() const {
  return answers(RecordType::dnskey) && answers(RecordType::cds) && answers(RecordType::cdnskey);
}

Answer make_answer(const Claim& claim, std::size_t server, RecordType type, Time now,
                   const Layout& layout) {
  Answer made{.server = rules::test::server_address(server),
              .type = type,
              .transport = Transport::tcp,
              .asked_at = now,
              .round_trip = std::chrono::milliseconds(5),
              .status = claim.failure.value_or(AnswerStatus::nodata),
              .wire = {}};
  if (!claim.answers(type)) return made;
  const rules::test::Response& response = response_to(claim, type, layout);
  made.status = response.status;
  made.wire = response.wire;
  return made;
}

Survey make_survey(const std::vector<Claim>& claims, const std::string& vantage, LookId look,
                   Time now, const Layout& layout) {
  Survey made;
  made.child = rules::test::child_name;
  made.vantage = vantage;
  made.look = look;
  made.started_at = made.ended_at = now;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const ServerAddress server = rules::test::server_address(i);
    made.servers.push_back({server.host, {server.address}, {}});
    for (const RecordType type : TestChild::types) {
      made.answers.push_back(make_answer(claims[i], i, type, now, layout));
    }
  }
  return made;
}

Delegation make_delegation(KeyMask standing, std::size_t servers) {
  Delegation made;
  made.child = rules::test::child_name;
  made.parent = dns::Name::parse("example.").value();
  for (std::size_t i = 0; i < servers; ++i) {
    made.name_servers.push_back({rules::test::server_address(i).host, {}});
  }
  made.ds = ds_set(standing);
  made.ds_ttl = dns::Ttl{standing == 0 ? 0U : 3600U};
  made.revision = "1";
  return made;
}

bool leaves_path(const Claim& claim, KeyMask set) {
  return (claim.keys & claim.dnskey_signers & set) != 0;
}

bool asks_for(const Claim& claim, const Wish& wish) {
  bool any = false;
  for (const auto& [type, said] :
       {std::pair(RecordType::cds, claim.cds), std::pair(RecordType::cdnskey, claim.cdnskey)}) {
    if (!claim.answers(type) || !said.is_published()) continue;
    if (said != wish) return false;
    any = true;
  }
  return any;
}

bool contradicts(const Claim& claim, const Wish& wish, KeyMask standing) {
  for (const auto& [type, said] :
       {std::pair(RecordType::cds, claim.cds), std::pair(RecordType::cdnskey, claim.cdnskey)}) {
    if (claim.answers(type) && said.is_published() && said != wish) return true;
  }
  const bool denies_both = claim.answers(RecordType::cds) && claim.answers(RecordType::cdnskey) &&
                           !claim.cds.is_published() && !claim.cdnskey.is_published();
  const bool is_proven = claim.answers(RecordType::dnskey) && leaves_path(claim, standing) &&
                         (claim.keys & claim.signers) != 0;
  return denies_both && (standing == 0 || is_proven);
}

bool has_spoken(const Claim& claim) {
  return claim.answers(RecordType::cds) || claim.answers(RecordType::cdnskey);
}

bool is_signed_by(const Claim& claim, KeyMask standing) {
  return (claim.keys & claim.signers & standing) != 0 && !claim.is_expired && !claim.is_forged;
}

}  // namespace dskeeper::properties
