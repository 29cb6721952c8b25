#include "dns/csync.h"

#include <fmt/core.h>

#include "dns/wire_reader.h"

namespace dskeeper::dns {

Result<Csync> Csync::from_rdata(ByteView rdata) {
  WireReader reader(rdata);
  Csync csync;
  csync.serial = Serial{reader.u32()};
  csync.flags = reader.u16();
  auto types = TypeBitmap::from_wire(reader.rest());
  if (reader.failed() || !types) return fail("a CSYNC record is malformed");
  csync.types = *std::move(types);
  return csync;
}

Bytes Csync::to_rdata() const {
  Bytes out;
  put_u32(out, serial.value);
  put_u16(out, flags);
  put_bytes(out, types.to_wire());
  return out;
}

std::string Csync::text() const {
  std::string out = fmt::format("{} {}", serial.value, flags);
  for (const RecordType type : types.types()) out += ' ' + to_text(type);
  return out;
}

}  // namespace dskeeper::dns
