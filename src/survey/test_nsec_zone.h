// A signed zone as its NSEC records show it, for tests of walking; without signatures, since nobody
// looks at them.
#pragma once

#include <iterator>
#include <optional>
#include <set>
#include <string>

#include "dns/name.h"
#include "dns/rrset.h"

namespace dskeeper::survey::test {

inline dns::Name name(const std::string& text) {
  return dns::Name::parse(text).value();
}

inline Bytes nsec_rdata(const dns::Name& next) {
  const ByteView wire = next.wire();
  const Bytes bitmap = {0, 1, 0x20};  // NS
  Bytes rdata(wire.begin(), wire.end());
  rdata.insert(rdata.end(), bitmap.begin(), bitmap.end());
  return rdata;
}

inline dns::Record nsec_record(const dns::Name& owner, const dns::Name& next) {
  return {owner, dns::RecordType::nsec, dns::Ttl{60}, nsec_rdata(next)};
}

inline dns::Message response_to(const dns::Question& asked) {
  dns::Message message;
  message.is_response = true;
  message.is_authoritative = true;
  message.question = asked;
  return message;
}

inline dns::Message with_nsec(const dns::Question& asked, const std::string& owner,
                              const std::string& next) {
  dns::Message message = response_to(asked);
  const dns::Record record = nsec_record(name(owner), name(next));
  message.authority.push_back({record.owner, record.type, record.ttl, {record.rdata}, {}});
  return message;
}

class NsecZone {
 public:
  explicit NsecZone(const std::string& apex) : apex_(name(apex)), names_{apex_} {}

  void add(const std::string& owner) { names_.insert(name(owner)); }
  // A delegation: asked at it, the server refers to the zone below.
  void cut(const std::string& owner) { cuts_.insert(name(owner)); }

  // The record at the name, or the one that denies it; of a delegation nothing.
  [[nodiscard]] std::optional<dns::Record> record_for(const dns::Name& asked) const {
    if (cuts_.contains(asked)) return std::nullopt;
    const auto after = names_.upper_bound(asked);
    if (after == names_.begin()) return std::nullopt;
    return nsec_record(*std::prev(after), after == names_.end() ? apex_ : *after);
  }

  [[nodiscard]] dns::Message answer(const dns::Question& asked) const {
    dns::Message message = response_to(asked);
    const auto record = record_for(asked.name);
    if (!record) {
      message.is_authoritative = false;
      return message;
    }
    const bool is_there = record->owner == asked.name;
    if (!is_there) message.rcode = dns::Rcode::nxdomain;
    auto& section = is_there ? message.answer : message.authority;
    section.push_back({record->owner, record->type, record->ttl, {record->rdata}, {}});
    return message;
  }

 private:
  dns::Name apex_;
  std::set<dns::Name> names_;
  std::set<dns::Name> cuts_;
};

}  // namespace dskeeper::survey::test
