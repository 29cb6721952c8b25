// RRsets, and the messages that carry them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/records.h"
#include "dns/types.h"

namespace dskeeper::dns {

// One record, as zone files, transfers and updates carry it. RDATA is uncompressed and in canonical
// form (RFC 4034 §6.2: names inside NS, SOA, … in lower case).
struct Record {
  Name owner;
  RecordType type{};
  Ttl ttl;
  Bytes rdata;
  bool operator==(const Record&) const = default;
};

// Presentation form of RDATA: "ns1.op.example." for NS, "2371 13 2 C1F9…" for DS.
[[nodiscard]] std::string rdata_text(RecordType type, ByteView rdata);

// All records of one owner and type, with the signatures over them.
struct Rrset {
  Name owner;
  RecordType type{};
  Ttl ttl;
  std::vector<Bytes> rdata;  // canonical form, canonical order (RFC 4034 §6.3), no duplicates
  std::vector<Rrsig> signatures;
  bool operator==(const Rrset&) const = default;
};

// Sorts RDATA canonically and drops duplicates (RFC 4034 §6.3), as `Rrset::rdata` is kept.
[[nodiscard]] std::vector<Bytes> make_rdata_set(std::vector<Bytes> rdata);

// What is signed: RRSIG RDATA without the signature, then the RRset in canonical form with the
// signature's original TTL and, for wildcards, its label count (RFC 4034 §3.1.8.1).
[[nodiscard]] Bytes signed_data(const Rrset& rrset, const Rrsig& signature);

struct Question {
  Name name;
  RecordType type{};
  bool operator==(const Question&) const = default;
};

// A parsed DNS message. Sections hold whole RRsets; RRSIGs are attached to what they cover.
struct Message {
  std::uint16_t id = 0;
  Opcode opcode = Opcode::query;
  bool is_response = false;       // QR
  bool is_authoritative = false;  // AA
  bool is_truncated = false;      // TC
  bool authentic_data = false;    // AD; proves nothing to us
  Rcode rcode = Rcode::noerror;   // with the extended bits of EDNS
  std::optional<Question> question;
  std::vector<Rrset> answer;
  std::vector<Rrset> authority;
  std::vector<Rrset> additional;  // without OPT and TSIG

  [[nodiscard]] const Rrset* find_answer(const Name& owner, RecordType type) const;
};

inline constexpr std::size_t message_octets_max = 65535;
// The most records that a message of a child may hold before it counts as malformed.
inline constexpr std::size_t message_records_max = 1000;

// Parses a message from the wire. Fails on anything malformed: cut off, counts that do not fit,
// more than message_records_max records, trailing octets, more than one question.
// `now` gives the era of RRSIG times.
[[nodiscard]] Result<Message> parse_message(ByteView wire, Time now);

struct QueryOptions {
  bool dnssec_ok = true;  // EDNS with DO
  bool recursion_desired = false;
  std::uint16_t udp_octets = 1232;  // EDNS buffer size
};
[[nodiscard]] Bytes make_query(std::uint16_t id, const Question& question,
                               const QueryOptions& options = {});

// Is this datagram a response to that query? Looks at ID, QR, opcode and the question alone (the
// name compared without case, RFC 1035 §2.3.3), without parsing the rest; a response with an empty
// question section counts only when its RCODE is FORMERR, REFUSED, SERVFAIL or NOTIMP.
[[nodiscard]] bool is_response_to(ByteView wire, std::uint16_t id, const Question& question);

}  // namespace dskeeper::dns
