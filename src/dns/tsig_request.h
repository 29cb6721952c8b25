// TSIG for who is asked (RFC 8945 §5.2): what a signed request is worth, and the answer's TSIG.
//
// Without state: an answer is signed over the MAC of its request, and nothing is kept between
// requests. A request that was recorded and sent again within the fudge is good again.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/tsig.h"
#include "dns/types.h"

namespace dskeeper::dns {

class TsigRequest {
 public:
  // Looks at a request with a TSIG record. `keys` are those that may sign; they are not kept.
  [[nodiscard]] static TsigRequest read(ByteView request, std::span<const TsigKey> keys, Time now);

  // noerror where the signature is good. Else what the answer says: formerr where the record is
  // misplaced or malformed, and notauth for everything that TSIG has an error of its own for.
  [[nodiscard]] Rcode rcode() const { return rcode_; }
  // badsig, badkey, badtime or badtrunc; noerror where there is none.
  [[nodiscard]] Rcode error() const { return error_; }
  // Whose signature it claims to be.
  [[nodiscard]] const Name& key_name() const { return key_name_; }

  // The answer with its TSIG: signed where the MAC of the request was right (RFC 8945 §5.3.2), with
  // an empty MAC where it was not. Not for formerr, whose answer has none.
  [[nodiscard]] Result<Bytes> sign(ByteView answer, Time now) const;

 private:
  TsigKey key_;  // empty where the request's is none of ours
  Name key_name_;
  Name algorithm_name_;
  Bytes mac_;  // of the request, as it was sent
  std::uint64_t time_signed_s_ = 0;
  std::uint16_t original_id_ = 0;
  Rcode rcode_ = Rcode::noerror;
  Rcode error_ = Rcode::noerror;
};

}  // namespace dskeeper::dns
