#include "denial_records.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "zone_signer.h"

namespace dskeeper::bench {
namespace {

using dns::Name;
using dns::Record;
using dns::RecordType;

constexpr std::size_t sha1_octets = 20;
using Sha1 = std::array<std::uint8_t, sha1_octets>;

// RFC 4034 §4.1.2: for each window of 256 types its number, its length and its bits.
void append_bitmap(Bytes& out, const std::set<RecordType>& types) {
  std::map<unsigned, Bytes> windows;
  for (const RecordType type : types) {
    const auto number = static_cast<unsigned>(type);
    Bytes& bits = windows[number >> 8U];
    const std::size_t octet = (number & 0xFFU) / 8;
    if (bits.size() <= octet) bits.resize(octet + 1);
    bits[octet] = static_cast<std::uint8_t>(bits[octet] | 0x80U >> (number % 8));
  }
  for (const auto& [window, bits] : windows) {
    out.push_back(static_cast<std::uint8_t>(window));
    out.push_back(static_cast<std::uint8_t>(bits.size()));
    out.insert(out.end(), bits.begin(), bits.end());
  }
}

Sha1 nsec3_hash(const Name& name) {
  Sha1 digest{};
  CHECK(EVP_Digest(name.wire().data(), name.wire().size(), digest.data(), nullptr, EVP_sha1(),
                   nullptr) == 1);
  return digest;
}

// RFC 4648 §7; 20 octets are exactly 32 digits.
std::string base32hex(const Sha1& digest) {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
  std::string out;
  unsigned bits = 0;
  unsigned count = 0;
  for (const std::uint8_t octet : digest) {
    bits = bits << 8U | octet;
    count += 8;
    while (count >= 5) {
      count -= 5;
      out += digits[bits >> count & 0x1FU];
    }
  }
  return out;
}

}  // namespace

std::vector<Record> nsec_chain(const Bitmaps& bitmaps) {
  std::vector<Record> out;
  for (auto node = bitmaps.begin(); node != bitmaps.end(); ++node) {
    const auto after = std::next(node);
    const Name& next = after == bitmaps.end() ? bitmaps.begin()->first : after->first;
    Bytes rdata(next.wire().begin(), next.wire().end());
    append_bitmap(rdata, node->second);
    out.push_back({node->first, RecordType::nsec, negative_ttl, std::move(rdata)});
  }
  return out;
}

std::vector<Record> nsec3_chain(const Name& apex, const Bitmaps& bitmaps) {
  std::map<Sha1, const std::set<RecordType>*> hashed;
  for (const auto& [owner, types] : bitmaps) hashed.emplace(nsec3_hash(owner), &types);
  std::vector<Record> out;
  for (auto node = hashed.begin(); node != hashed.end(); ++node) {
    const auto after = std::next(node);
    const Sha1& next = after == hashed.end() ? hashed.begin()->first : after->first;
    Bytes rdata = {1, 0, 0, 0, 0, sha1_octets};
    rdata.insert(rdata.end(), next.begin(), next.end());
    append_bitmap(rdata, *node->second);
    const auto owner = apex.with_prefix(*Name::parse(base32hex(node->first)));
    CHECK(owner.has_value());
    out.push_back({*owner, RecordType::nsec3, negative_ttl, std::move(rdata)});
  }
  return out;
}

Record nsec3_record(const Name& apex, const Name& owner, const Bitmaps& bitmaps) {
  const auto hashed_owner = apex.with_prefix(*Name::parse(base32hex(nsec3_hash(owner))));
  CHECK(hashed_owner.has_value());
  const auto chain = nsec3_chain(apex, bitmaps);
  const auto found = std::find_if(chain.begin(), chain.end(), [&](const Record& record) {
    return record.owner == *hashed_owner;
  });
  CHECK(found != chain.end());
  return *found;
}

Record nsec3param(const Name& apex) {
  return {apex, RecordType::nsec3param, dns::Ttl{0}, {1, 0, 0, 0, 0}};
}

}  // namespace dskeeper::bench
