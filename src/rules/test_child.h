// Test support: a child zone with real keys and signatures, served from as many addresses as a test
// likes, each of which may be made to answer otherwise.
//
// Messages go through the wire form, so that prove() sees what a surveyor would give it.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "dns/records.h"
#include "dns/rrset.h"
#include "model/delegation.h"
#include "model/survey.h"
#include "rules/judge.h"

namespace dskeeper::rules::test {

inline const dns::Name child_name = dns::Name::parse("kid.example.").value();
inline const Time now = parse_time("2026-11-24T03:00:00Z").value();
inline constexpr std::chrono::hours hour(1);

inline void put_u16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U & 0xFFU));
  out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}
inline void put_u32(Bytes& out, std::uint32_t value) {
  put_u16(out, value >> 16U);
  put_u16(out, value & 0xFFFFU);
}
inline void put_bytes(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// An Ed25519 key pair (RFC 8080); the same number always makes the same key. Keys of other
// algorithms derive from it.
class TestKey {
 public:
  explicit TestKey(std::uint8_t number, std::uint16_t flags = 257) {
    const Bytes seed(32, number);
    pair_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    CHECK(pair_ != nullptr);
    std::size_t octets = 32;
    Bytes public_key(octets);
    CHECK(EVP_PKEY_get_raw_public_key(pair_.get(), public_key.data(), &octets) == 1);
    record_ = {flags, 3, dns::Algorithm::ed25519, std::move(public_key)};
  }
  TestKey(TestKey&&) = default;
  TestKey& operator=(TestKey&&) = default;
  virtual ~TestKey() = default;

  [[nodiscard]] const dns::Dnskey& record() const { return record_; }
  [[nodiscard]] dns::Ds ds(dns::DigestType type = dns::DigestType::sha256) const {
    return dns::make_ds(child_name, record_, type).value();
  }
  // The same over the same data is the same (RFC 8032 §5.1.6), and property tests draw few data
  // often: what was made is kept.
  [[nodiscard]] virtual Bytes sign(ByteView data) const {
    static std::map<std::pair<Bytes, Bytes>, Bytes> kept;
    if (kept.size() >= 50'000) kept.clear();
    Bytes& signature = kept[{record_.public_key, Bytes(data.begin(), data.end())}];
    if (signature.empty()) signature = make_signature_of(data);
    return signature;
  }

 protected:
  TestKey(std::unique_ptr<EVP_PKEY, FreeOpenssl> pair, dns::Dnskey record)
      : pair_(std::move(pair)), record_(std::move(record)) {}
  [[nodiscard]] EVP_PKEY* pair() const { return pair_.get(); }

 private:
  [[nodiscard]] Bytes make_signature_of(ByteView data) const {
    const std::unique_ptr<EVP_MD_CTX, FreeOpenssl> context(EVP_MD_CTX_new());
    CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pair_.get()) == 1);
    std::size_t octets = 64;
    Bytes signature(octets);
    CHECK(EVP_DigestSign(context.get(), signature.data(), &octets, data.data(), data.size()) == 1);
    return signature;
  }

  std::unique_ptr<EVP_PKEY, FreeOpenssl> pair_;
  dns::Dnskey record_;
};

struct Validity {
  Time inception = now - 24 * hour;
  Time expiration = now + 24 * 7 * hour;
};

inline dns::Rrsig make_signature(const dns::Rrset& rrset, const TestKey& key,
                                 const Validity& validity = {},
                                 const dns::Name& signer = child_name) {
  dns::Rrsig signature{.covered = rrset.type,
                       .algorithm = key.record().algorithm,
                       .labels = static_cast<std::uint8_t>(rrset.owner.label_count()),
                       .original_ttl = rrset.ttl,
                       .expiration = validity.expiration,
                       .inception = validity.inception,
                       .key_tag = key.record().key_tag(),
                       .signer = signer,
                       .signature = {}};
  signature.signature = key.sign(dns::signed_data(rrset, signature));
  return signature;
}

inline dns::Rrset make_rrset(dns::RecordType type, std::vector<Bytes> rdata) {
  return {child_name, type, dns::Ttl{3600}, dns::make_rdata_set(std::move(rdata)), {}};
}

// What one server would say of one type: records and who signs them.
struct Zone {
  std::map<dns::RecordType, std::vector<Bytes>> records;
  std::map<dns::RecordType, std::vector<const TestKey*>> signers;  // default: zone_signer
  std::map<dns::RecordType, Validity> validity;
  std::vector<const TestKey*> default_signers;
  bool denies = true;                        // NODATA carries a signed NSEC
  std::vector<dns::RecordType> bitmap_also;  // types that the NSEC claims besides
  std::function<void(dns::Rrset&)> edit;     // of each RRset, after signing

  void set_keys(const std::vector<const TestKey*>& keys) {
    auto& rdata = records[dns::RecordType::dnskey];
    rdata.clear();
    for (const TestKey* key : keys) rdata.push_back(key->record().to_rdata());
  }
  void set_cds(const std::vector<dns::Ds>& set) {
    records.erase(dns::RecordType::cds);
    for (const dns::Ds& ds : set) records[dns::RecordType::cds].push_back(ds.to_rdata());
  }
  void set_cdnskey(const std::vector<dns::Dnskey>& set) {
    records.erase(dns::RecordType::cdnskey);
    for (const auto& key : set) records[dns::RecordType::cdnskey].push_back(key.to_rdata());
  }
  // Both types for the same keys.
  void ask(const std::vector<const TestKey*>& keys) {
    std::vector<dns::Ds> cds;
    std::vector<dns::Dnskey> cdnskey;
    for (const TestKey* key : keys) {
      cds.push_back(key->ds());
      cdnskey.push_back(key->record());
    }
    set_cds(cds);
    set_cdnskey(cdnskey);
  }
  void ask_removal() {
    records[dns::RecordType::cds] = {{0, 0, 0, 0, 0}};
    records[dns::RecordType::cdnskey] = {{0, 0, 3, 0, 0}};
  }
  void ask_nothing() {
    records.erase(dns::RecordType::cds);
    records.erase(dns::RecordType::cdnskey);
  }

  [[nodiscard]] std::optional<dns::Rrset> rrset(dns::RecordType type) const {
    const auto found = records.find(type);
    if (found == records.end() || found->second.empty()) return std::nullopt;
    dns::Rrset made = make_rrset(type, found->second);
    sign(made);
    return made;
  }
  [[nodiscard]] dns::Rrset nsec() const {
    Bytes rdata(child_name.wire().begin(), child_name.wire().end());
    Bytes window(8, 0);  // types up to 63
    const auto set = [&](dns::RecordType type) {
      const auto number = static_cast<std::size_t>(type);
      window[number / 8] = static_cast<std::uint8_t>(window[number / 8] | 0x80U >> (number % 8));
    };
    for (const auto& [type, unused] : records) set(type);
    for (const dns::RecordType type : bitmap_also) set(type);
    for (const auto type : {dns::RecordType::ns, dns::RecordType::rrsig, dns::RecordType::nsec}) {
      set(type);
    }
    while (window.back() == 0) window.pop_back();  // RFC 4034 §4.1.2
    rdata.insert(rdata.end(), {0, static_cast<std::uint8_t>(window.size())});
    put_bytes(rdata, window);
    dns::Rrset made = make_rrset(dns::RecordType::nsec, {rdata});
    sign(made);
    return made;
  }

 private:
  void sign(dns::Rrset& made) const {
    const auto own = signers.find(made.type);
    const auto when = validity.find(made.type);
    for (const TestKey* key : own == signers.end() ? default_signers : own->second) {
      made.signatures.push_back(
          make_signature(made, *key, when == validity.end() ? Validity{} : when->second));
    }
    if (edit) edit(made);
  }
};

// --- wire form ---------------------------------------------------------------------------------

inline void put_record(Bytes& out, const dns::Name& owner, dns::RecordType type, dns::Ttl ttl,
                       ByteView rdata) {
  put_bytes(out, owner.wire());
  put_u16(out, static_cast<std::size_t>(type));
  put_u16(out, 1);
  put_u32(out, ttl.seconds);
  put_u16(out, rdata.size());
  put_bytes(out, rdata);
}

inline std::size_t put_rrset(Bytes& out, const dns::Rrset& rrset) {
  for (const Bytes& rdata : rrset.rdata) put_record(out, rrset.owner, rrset.type, rrset.ttl, rdata);
  for (const dns::Rrsig& signature : rrset.signatures) {
    Bytes rdata = signature.rdata_without_signature();
    put_bytes(rdata, signature.signature);
    put_record(out, rrset.owner, dns::RecordType::rrsig, rrset.ttl, rdata);
  }
  return rrset.rdata.size() + rrset.signatures.size();
}

inline Bytes make_message(dns::RecordType type, const std::vector<dns::Rrset>& answer,
                          const std::vector<dns::Rrset>& authority,
                          const dns::Name& name = child_name) {
  Bytes sections;
  std::size_t answers = 0;
  std::size_t authorities = 0;
  for (const dns::Rrset& rrset : answer) answers += put_rrset(sections, rrset);
  for (const dns::Rrset& rrset : authority) authorities += put_rrset(sections, rrset);
  Bytes out;
  put_u16(out, 4711);
  put_u16(out, 0x8400);  // QR, AA
  put_u16(out, 1);
  put_u16(out, answers);
  put_u16(out, authorities);
  put_u16(out, 0);
  put_bytes(out, name.wire());
  put_u16(out, static_cast<std::size_t>(type));
  put_u16(out, 1);
  put_bytes(out, sections);
  return out;
}

// What a server that holds the zone says of one type at its apex.
struct Response {
  AnswerStatus status = AnswerStatus::nodata;
  Bytes wire;
};
inline Response respond(const Zone& zone, dns::RecordType type) {
  if (const auto rrset = zone.rrset(type)) {
    return {AnswerStatus::answer, make_message(type, {*rrset}, {})};
  }
  std::vector<dns::Rrset> authority = {*zone.rrset(dns::RecordType::soa)};
  if (zone.denies) authority.push_back(zone.nsec());
  return {AnswerStatus::nodata, make_message(type, {}, authority)};
}

// --- the child and its servers -----------------------------------------------------------------

inline Bytes soa_rdata(std::uint32_t serial = 2026112401U) {
  Bytes rdata;
  for (int i = 0; i < 2; ++i) put_bytes(rdata, child_name.wire());
  for (const std::uint32_t field : {serial, 3600U, 600U, 86400U, 300U}) put_u32(rdata, field);
  return rdata;
}

inline ServerAddress server_address(std::size_t number) {
  return {dns::Name::parse("ns" + std::to_string(number + 1) + ".op.example.").value(),
          IpAddress::parse("192.0.2." + std::to_string(number + 1)).value()};
}

// A child with a zone at each server. `a` signs everything at first and is what the DS set names
// where the child is secure; `b` is the key to come, `zsk` a key that no DS names.
struct TestChild {
  explicit TestChild(bool secure, std::size_t servers = 2) {
    delegation.child = child_name;
    delegation.parent = dns::Name::parse("example.").value();
    if (secure) delegation.ds = {a.ds()};
    Zone zone;
    zone.records[dns::RecordType::soa] = {soa_rdata()};
    zone.set_keys({&a, &b, &zsk});
    zone.default_signers = {&a};
    zone.signers[dns::RecordType::dnskey] = {&a, &b};
    for (std::size_t i = 0; i < servers; ++i) {
      zones.push_back(zone);
      delegation.name_servers.push_back({server_address(i).host, {}});
    }
  }

  TestChild(const TestChild&) = delete;  // the zones point to its keys
  TestChild& operator=(const TestChild&) = delete;

  void everywhere(const std::function<void(Zone&)>& edit) {
    for (Zone& zone : zones) edit(zone);
  }
  // Instead of what the zone says, this server answers so.
  void answer_status(std::size_t server, dns::RecordType type, AnswerStatus status) {
    statuses[{server, type}] = status;
  }
  void server_status(std::size_t server, AnswerStatus status) {
    for (const auto type : types) answer_status(server, type, status);
  }

  [[nodiscard]] Survey survey(const std::string& vantage = "local") const {
    Survey made;
    made.child = child_name;
    made.vantage = vantage;
    made.look = LookId{7};
    made.started_at = made.ended_at = now;
    made.stopped_early = stopped_early;
    for (std::size_t i = 0; i < zones.size(); ++i) {
      const ServerAddress server = server_address(i);
      made.servers.push_back({server.host, {server.address}, {}});
      for (const auto type : types) made.answers.push_back(answer(i, type));
    }
    return made;
  }

  static constexpr std::array<dns::RecordType, 4> types = {
      dns::RecordType::soa, dns::RecordType::dnskey, dns::RecordType::cds,
      dns::RecordType::cdnskey};

  TestKey a{1};
  TestKey b{2};
  TestKey zsk{3, 256};
  Delegation delegation;
  std::vector<Zone> zones;
  std::map<std::pair<std::size_t, dns::RecordType>, AnswerStatus> statuses;
  Transport transport = Transport::tcp;
  bool stopped_early = false;

 private:
  [[nodiscard]] Answer answer(std::size_t server, dns::RecordType type) const {
    Answer made{.server = server_address(server),
                .type = type,
                .transport = transport,
                .asked_at = now,
                .round_trip = std::chrono::milliseconds(12),
                .status = AnswerStatus::nodata,
                .wire = {}};
    if (const auto status = statuses.find({server, type}); status != statuses.end()) {
      made.status = status->second;
      return made;
    }
    Response response = respond(zones[server], type);
    made.status = response.status;
    made.wire = std::move(response.wire);
    return made;
  }
};

// --- the verdict -------------------------------------------------------------------------------

inline Policy delay_policy() {
  Policy policy;
  policy.bootstrap = {BootstrapMethod::delay};
  return policy;
}

inline Verdict judge_surveys(const TestChild& child, const std::vector<Survey>& surveys,
                             const Policy& policy = {}, Time at = now) {
  dns::Verifier verifier;
  std::vector<Proved> proved;
  for (const Survey& survey : surveys) {
    proved.push_back(prove(survey, child.delegation, verifier, at));
  }
  return judge(child.delegation, proved, policy, at);
}

inline Verdict judge_child(const TestChild& child, const Policy& policy = {}, Time at = now) {
  return judge_surveys(child, {child.survey()}, policy, at);
}

// "update permit", then the findings' names: what most tests compare.
inline std::string summary(const Verdict& verdict) {
  std::string out(to_text(verdict.request));
  out += ' ';
  out += to_text(verdict.ruling);
  for (const Finding& finding : verdict.findings) {
    out += ' ';
    out += kind_of(finding.code).name;
  }
  return out;
}

// What is judged where every server has the zone that `edit` makes of the first one.
using ZoneEdit = std::function<void(Zone&, const TestChild&)>;
inline std::string judged(bool secure, const ZoneEdit& edit, const Policy& policy = {}) {
  TestChild child(secure);
  child.everywhere([&](Zone& zone) { edit(zone, child); });
  return summary(judge_child(child, policy));
}

}  // namespace dskeeper::rules::test
