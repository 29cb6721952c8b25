// Building a DNS UPDATE (RFC 2136): prerequisites that must hold, then what changes.
//
// A value without I/O. The message is encoded by hand: it is small, and names in it are never
// compressed, so that what is signed and kept as evidence reads the same everywhere.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

class UpdateMessage {
 public:
  explicit UpdateMessage(Name zone) : zone_(std::move(zone)) {}

  // Prerequisites (RFC 2136 §2.4). The server compares the whole set without TTL or order; an
  // empty set is the same as `require_absent`.
  void require_equal(const Name& owner, RecordType type, const std::vector<Bytes>& rdata);
  void require_absent(const Name& owner, RecordType type);
  // Updates (RFC 2136 §2.5), carried out in order, all or none.
  void delete_rrset(const Name& owner, RecordType type);
  void add(const Record& record);

  // Fails where an owner lies outside the zone (the server would say NOTZONE) and where the message
  // would exceed message_octets_max.
  [[nodiscard]] Result<Bytes> encode(std::uint16_t id) const;

 private:
  void put(std::vector<Bytes>& section, const Name& owner, RecordType type, std::uint16_t dns_class,
           Ttl ttl, ByteView rdata);

  Name zone_;
  std::vector<Bytes> prerequisites_;
  std::vector<Bytes> updates_;
  std::vector<Name> outside_;  // owners that are not in the zone
};

// How some RRsets of a zone shall be.
struct RrsetChanges {
  std::vector<Rrset> remove;
  std::vector<Rrset> put;  // each in place of what stands there
  [[nodiscard]] bool are_none() const { return remove.empty() && put.empty(); }
};

// Of one UPDATE message, about; all changes of one owner stand in the same, so that its types never
// contradict each other.
inline constexpr std::size_t update_octets_about_max = 16384;

// The changes as messages for the zone, in canonical order of the owners. Each says how an RRset
// shall be, so that it is safe to send again.
[[nodiscard]] std::vector<UpdateMessage> make_updates(const RrsetChanges& changes,
                                                      const Name& zone);

}  // namespace dskeeper::dns
