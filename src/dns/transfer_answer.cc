#include "dns/transfer_answer.h"

#include <fmt/core.h>

namespace dskeeper::dns {

Result<TransferPart> TransferAnswer::next(const Record& record) {
  const bool is_apex_soa = record.type == RecordType::soa && record.owner == zone_;
  switch (state_) {
    case State::begin:
      if (!is_apex_soa) return fail("it does not begin with the zone's SOA record");
      return begin(record);
    case State::second:
      if (is_apex_soa) return second(record);
      kind_ = TransferKind::whole;
      return enter(State::zone, TransferPart::zone);
    case State::zone:
      return is_apex_soa ? end_zone(record) : TransferPart::zone;
    case State::deletions:
      return is_apex_soa ? begin_additions(record) : TransferPart::deletion;
    case State::additions:
      return is_apex_soa ? end_additions(record) : TransferPart::addition;
    case State::end:
      break;
  }
  return fail("records follow the last SOA record");
}

bool TransferAnswer::is_whole() const {
  return state_ == State::end || (state_ == State::second && kind_ == TransferKind::nothing_newer);
}

Result<TransferPart> TransferAnswer::begin(const Record& record) {
  auto soa = Soa::from_rdata(record.rdata);
  if (!soa) return fail("the SOA record is malformed: " + soa.error().what);
  version_ = {record.rdata, soa->serial};
  if (!held_) return enter(State::zone, TransferPart::version);
  auto held = Soa::from_rdata(*held_);
  if (!held) return pass_on(std::move(held));
  step_ = {*held_, held->serial};
  const bool is_newer = soa->serial.is_newer_than(held->serial);
  kind_ = is_newer ? TransferKind::differences : TransferKind::nothing_newer;
  return enter(State::second, TransferPart::version);
}

// RFC 1995 §4: an answer with differences begins with two SOA records.
Result<TransferPart> TransferAnswer::second(const Record& record) {
  // As a whole zone it would be one without any delegation: not to be believed on the word of a
  // server that says twice what its version is.
  if (record.rdata == version_.rdata) return fail("it has the SOA record twice and nothing else");
  if (kind_ == TransferKind::nothing_newer || record.rdata != step_.rdata) {
    return fail("the differences do not start from the version that was asked from");
  }
  return enter(State::deletions, TransferPart::deletion);
}

Result<TransferPart> TransferAnswer::end_zone(const Record& record) {
  if (record.rdata != version_.rdata) {
    return fail("the zone changed while it was sent", {}, "It is read again at the next pass.");
  }
  return enter(State::end, TransferPart::end);
}

Result<TransferPart> TransferAnswer::begin_additions(const Record& record) {
  auto soa = Soa::from_rdata(record.rdata);
  if (!soa) return fail("an SOA record is malformed: " + soa.error().what);
  if (!soa->serial.is_newer_than(step_.serial) || soa->serial.is_newer_than(version_.serial)) {
    return fail(fmt::format("a difference leads from the serial {} to {}, and they to {}",
                            step_.serial.value, soa->serial.value, version_.serial.value));
  }
  step_ = {record.rdata, soa->serial};
  return enter(State::additions, TransferPart::addition);
}

// The end, or the next step. Serials grow with each, so that the last one is known by its SOA.
Result<TransferPart> TransferAnswer::end_additions(const Record& record) {
  if (record.rdata != step_.rdata) {
    return fail(
        fmt::format("the difference that leads to the serial {} is not followed by one "
                    "that starts there",
                    step_.serial.value));
  }
  if (step_.rdata == version_.rdata) return enter(State::end, TransferPart::end);
  return enter(State::deletions, TransferPart::deletion);
}

}  // namespace dskeeper::dns
