#include "http_cases.h"

#include <fmt/core.h>

#include "model/evidence.h"

namespace dskeeper::bench {
namespace {

using dns::RecordType;

constexpr std::size_t refused_every = 100;
constexpr std::size_t waiting_every = 50;
constexpr std::size_t evident_every = 10;
constexpr int past_looks = 12;

dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

Time start() {
  return parse_time("2026-11-29T00:00:00Z").value();
}

void put_u16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put(Bytes& out, ByteView octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

// Octets that nobody can compress, other ones for each text: in the place of keys and signatures,
// which are looked at and not verified.
Bytes random_octets(const std::string& text) {
  const Sha256 one = sha256(as_bytes(text));
  const Sha256 two = sha256(one);
  Bytes out(one.begin(), one.end());
  put(out, two);
  return out;
}

dns::Dnskey key_of(const dns::Name& child) {
  return {257, 3, dns::Algorithm::ecdsap256sha256, random_octets(child.text())};
}

dns::Ds ds_of(const dns::Name& child) {
  return dns::make_ds(child, key_of(child), dns::DigestType::sha256).value();
}

void put_record(Bytes& out, RecordType type, ByteView rdata) {
  put_u16(out, 0xC00C);  // the name behind the header (RFC 1035 §4.1.4)
  put_u16(out, static_cast<std::size_t>(type));
  put_u16(out, 1);
  for (const std::size_t half : {0U, 3600U}) put_u16(out, half);
  put_u16(out, rdata.size());
  put(out, rdata);
}

// A response with one record and its RRSIG.
Bytes response(const dns::Name& child, RecordType type, ByteView rdata) {
  Bytes out;
  for (const std::size_t field : {0U, 0x8400U, 1U, 2U, 0U, 0U}) put_u16(out, field);
  put(out, child.wire());
  put_u16(out, static_cast<std::size_t>(type));
  put_u16(out, 1);
  put_record(out, type, rdata);
  dns::Rrsig signature{.covered = type,
                       .algorithm = dns::Algorithm::ecdsap256sha256,
                       .labels = 2,
                       .original_ttl = dns::Ttl{3600},
                       .expiration = start() + std::chrono::hours(24 * 7),
                       .inception = start() - std::chrono::hours(24 * 7),
                       .key_tag = key_of(child).key_tag(),
                       .signer = child,
                       .signature = {}};
  Bytes rrsig = signature.rdata_without_signature();
  put(rrsig, random_octets(child.text() + dns::to_text(type)));
  put_record(out, RecordType::rrsig, rrsig);
  return out;
}

Delegation delegation_of(const dns::Name& child, std::size_t index) {
  Delegation out;
  out.child = child;
  out.parent = http_zone();
  for (const char* host : {"ns1", "ns2"}) {
    out.name_servers.push_back(
        {name(fmt::format("{}.op{}.net.", host, index % http_operators)), {}});
  }
  out.ds = {ds_of(child)};
  return out;
}

Case case_of(std::size_t index) {
  Case value;
  value.child = name(fmt::format("c{:07}.test.", index));
  value.parent = http_zone();
  value.at = start();
  value.policy = "bcp246";
  value.delegation = delegation_of(value.child, index);
  value.request = Request::update;
  value.outcome = Outcome::in_sync;
  value.request_id = "AB12";
  value.first_valid_at = value.last_valid_at = value.at;
  if (index % refused_every == 0) {
    value.outcome = Outcome::refuse;
    value.findings = {{FindingCode::servers_differ,
                       {{value.delegation.name_servers[0].host, IpAddress()}},
                       {"CDS"}}};
  } else if (index % waiting_every == 0) {
    value.outcome = Outcome::hold;
    value.ready_at = value.at + std::chrono::hours(72);
    value.ds = value.delegation.ds;
    value.hold = Hold{"AB12", value.at, value.at, {7}, 1};
  }
  return value;
}

Survey survey_of(const Case& value) {
  Survey survey;
  survey.child = value.child;
  survey.look = LookId{7};
  survey.started_at = value.at;
  survey.ended_at = value.at + std::chrono::seconds(1);
  const dns::Dnskey key = key_of(value.child);
  const std::array<std::pair<RecordType, Bytes>, 3> records = {
      std::pair(RecordType::dnskey, key.to_rdata()),
      std::pair(RecordType::cds, ds_of(value.child).to_rdata()),
      std::pair(RecordType::cdnskey, key.to_rdata())};
  for (std::size_t at = 0; at < value.delegation.name_servers.size(); ++at) {
    const dns::Name& host = value.delegation.name_servers[at].host;
    const IpAddress address = IpAddress::parse(fmt::format("192.0.2.{}", at + 1)).value();
    survey.servers.push_back({host, {address}, {}, true});
    for (const auto& [type, rdata] : records) {
      survey.answers.push_back({.server = {host, address},
                                .type = type,
                                .transport = Transport::tcp,
                                .asked_at = value.at,
                                .round_trip = std::chrono::milliseconds(20),
                                .status = AnswerStatus::answer,
                                .wire = response(value.child, type, rdata)});
    }
  }
  return survey;
}

PackedEvidence evidence_of(const Case& value) {
  Decision decision;
  decision.request = value.request;
  decision.outcome = value.outcome;
  decision.request_id = value.request_id;
  decision.ds = value.ds;
  decision.findings = value.findings;
  return pack({.judged_at = value.at,
               .decided_at = value.at,
               .surveys = {survey_of(value)},
               .delegation = value.delegation,
               .policy = {},
               .before = value,
               .open_change = {},
               .vantages_configured = 1,
               .decision = std::move(decision),
               .group = "hold hold-running"});
}

}  // namespace

dns::Name http_zone() {
  return name("test.");
}

store::Batch http_cases(std::size_t begin, std::size_t end) {
  store::Batch batch;
  for (std::size_t index = begin; index < end; ++index) {
    Case value = case_of(index);
    batch.roll.push_back({value.parent, value.child, store::RollMark::secure});
    const bool is_evident = index % evident_every == 0;
    for (int look = 0; look < (is_evident ? past_looks : 1); ++look) {
      batch.events.push_back({value.parent, value.child, value.at + std::chrono::hours(look),
                              EventKind::transition, "What is asked for stands.", "{}"});
    }
    if (is_evident) batch.evidence.push_back(evidence_of(value));
    batch.cases.push_back(std::move(value));
  }
  batch.readings = {{http_zone(), "1", start()}};
  return batch;
}

}  // namespace dskeeper::bench
