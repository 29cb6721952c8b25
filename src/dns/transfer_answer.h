// What the records in the answer to a zone transfer are: the whole zone (RFC 5936 §2.2), or the
// differences from the version that we hold (RFC 1995 §4).
//
//   whole         SOA of the version, the zone's other records, the same SOA
//   differences   SOA of the version, for each step on the way there
//                   the SOA that it starts from, deleted records, the SOA that it leads to, added
//                   records,
//                 and the SOA of the version again
//   nothing newer that SOA alone, with our serial or an older one
//
// Only an SOA record of the apex tells where one part ends. Pure; a record at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/rrset.h"

namespace dskeeper::dns {

enum class TransferPart : std::uint8_t {
  version,   // the SOA in front: which version the answer leads to
  zone,      // of the whole zone
  deletion,  // the first of a step is the SOA that it starts from
  addition,  // the first of a step is the SOA that it leads to
  end,       // the SOA behind all
};

enum class TransferKind : std::uint8_t { whole, differences, nothing_newer };

class TransferAnswer {
 public:
  // `held`: the RDATA of the SOA that was in the request, where differences were asked for.
  explicit TransferAnswer(Name zone, std::optional<Bytes> held = {})
      : zone_(std::move(zone)), held_(std::move(held)) {}

  // Where the next record belongs. Fails where it can stand nowhere; the error completes "the
  // transfer of ZONE failed: ".
  [[nodiscard]] Result<TransferPart> next(const Record& record);

  // May the answer end behind the last record? An answer without anything newer does so with its
  // message: a record that follows in the same one makes it something else.
  [[nodiscard]] bool is_whole() const;
  // Once it is whole.
  [[nodiscard]] TransferKind kind() const { return kind_; }
  // Once the first record was there.
  [[nodiscard]] Serial serial() const { return version_.serial; }

 private:
  enum class State : std::uint8_t { begin, second, zone, deletions, additions, end };
  struct Version {
    Bytes rdata;
    Serial serial;
  };

  [[nodiscard]] Result<TransferPart> begin(const Record& record);
  [[nodiscard]] Result<TransferPart> second(const Record& record);
  [[nodiscard]] Result<TransferPart> end_zone(const Record& record);
  [[nodiscard]] Result<TransferPart> begin_additions(const Record& record);
  [[nodiscard]] Result<TransferPart> end_additions(const Record& record);
  [[nodiscard]] TransferPart enter(State state, TransferPart part) {
    state_ = state;
    return part;
  }

  Name zone_;
  std::optional<Bytes> held_;
  State state_ = State::begin;
  TransferKind kind_ = TransferKind::whole;
  Version version_;  // of the answer
  Version step_;     // that the steps so far lead to
};

}  // namespace dskeeper::dns
