#include "dns/zonemd.h"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/check.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns {
namespace {

constexpr std::uint8_t simple = 1;             // RFC 8976 §3.3
constexpr std::size_t digest_octets_min = 12;  // §2.2.4
constexpr std::size_t zonemds_max = 16;

struct Hash {
  std::uint8_t number;
  const char* name;  // OpenSSL's
  std::size_t octets;
};
constexpr std::array<Hash, 2> hashes = {{{1, "SHA384", 48}, {2, "SHA512", 64}}};  // §5.3

const Hash* find_hash(std::uint8_t number) {
  const auto* const found = std::find_if(hashes.begin(), hashes.end(),
                                         [&](const Hash& hash) { return hash.number == number; });
  return found == hashes.end() ? nullptr : found;
}

struct Free {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

class Hasher {
 public:
  explicit Hasher(const Hash& hash)
      : octets_(hash.octets),
        md_(EVP_MD_fetch(nullptr, hash.name, nullptr)),
        context_(EVP_MD_CTX_new()) {
    CHECK(md_ && context_ && EVP_DigestInit_ex2(context_.get(), md_.get(), nullptr) == 1);
  }
  void add(ByteView octets) {
    CHECK(EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) == 1);
  }
  Bytes finish() {
    Bytes digest(octets_);
    CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    return digest;
  }

 private:
  std::size_t octets_;
  std::unique_ptr<EVP_MD, Free> md_;
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

// §3.3.1.1: the apex ZONEMD and its signature are not digested.
bool is_left_out(const Record& record, const Name& zone) {
  if (record.owner != zone) return false;
  if (record.type == RecordType::zonemd) return true;
  WireReader reader(record.rdata);
  return record.type == RecordType::rrsig && RecordType{reader.u16()} == RecordType::zonemd;
}

}  // namespace

Result<Zonemd> Zonemd::from_rdata(ByteView rdata) {
  WireReader reader(rdata);
  Zonemd zonemd;
  zonemd.serial = Serial{reader.u32()};
  zonemd.scheme = reader.u8();
  zonemd.hash = reader.u8();
  const ByteView digest = reader.rest();
  if (reader.failed() || digest.size() < digest_octets_min) {
    return fail("a ZONEMD record is malformed");
  }
  zonemd.digest.assign(digest.begin(), digest.end());
  return zonemd;
}

ZonemdCheck::ZonemdCheck(Name zone, Keep keep) : zone_(std::move(zone)), keep_(keep) {
  sorter_.emplace();
}

Result<void> ZonemdCheck::add(const Record& record) {
  const bool is_apex = record.owner == zone_;
  if (is_apex && record.type == RecordType::zonemd) {
    if (zonemds_.size() >= zonemds_max) return fail("the zone has too many ZONEMD records");
    zonemds_.push_back(record.rdata);
    is_late_ = !sorter_;
  }
  if (!sorter_) return {};
  if (!is_apex && zonemds_.empty() && keep_ == Keep::while_at_apex) {
    sorter_.reset();
    return {};
  }
  if (is_apex && record.type == RecordType::soa) {
    if (const auto soa = Soa::from_rdata(record.rdata)) serial_ = soa->serial;
  }
  return is_left_out(record, zone_) ? Result<void>() : sorter_->add(record);
}

// RFC 8976 §4: which of the records can be verified at all.
ZonemdResult ZonemdCheck::check_records(std::vector<Zonemd>& usable) const {
  ZonemdResult result{ZonemdStatus::unsupported, "uses a scheme or hash that dskeeper lacks"};
  for (const Bytes& rdata : make_rdata_set(zonemds_)) {
    auto zonemd = Zonemd::from_rdata(rdata);
    if (!zonemd) {
      result = {ZonemdStatus::failed, "is malformed"};
    } else if (serial_ != zonemd->serial) {
      result = {ZonemdStatus::failed, fmt::format("is for the serial {}", zonemd->serial.value)};
    } else if (zonemd->scheme == simple && find_hash(zonemd->hash) != nullptr) {
      usable.push_back(*std::move(zonemd));
    }
  }
  // "If multiple … the same Scheme and Hash Algorithm", none of them counts.
  const auto is_repeated = [&](const Zonemd& one) {
    return std::count_if(usable.begin(), usable.end(),
                         [&](const Zonemd& other) { return other.hash == one.hash; }) > 1;
  };
  const std::size_t before = usable.size();
  std::vector<Zonemd> kept;
  std::copy_if(usable.begin(), usable.end(), std::back_inserter(kept),
               [&](const Zonemd& one) { return !is_repeated(one); });
  usable = std::move(kept);
  if (usable.size() != before) {
    result = {ZonemdStatus::failed, "stands there twice with one scheme and hash"};
  }
  return result;
}

Result<ZonemdResult> ZonemdCheck::finish() {
  if (zonemds_.empty()) return ZonemdResult{};
  if (is_late_ || !sorter_) return ZonemdResult{ZonemdStatus::late, {}};
  std::vector<Zonemd> usable;
  ZonemdResult result = check_records(usable);
  if (usable.empty()) return result;
  std::vector<Hasher> hashers;
  for (const Zonemd& zonemd : usable) hashers.emplace_back(*find_hash(zonemd.hash));
  auto visited = sorter_->visit([&](ByteView wire) {
    for (Hasher& hasher : hashers) hasher.add(wire);
  });
  if (!visited) return pass_on(std::move(visited));
  for (std::size_t i = 0; i < usable.size(); ++i) {
    if (hashers[i].finish() == usable[i].digest) return ZonemdResult{ZonemdStatus::verified, {}};
  }
  return ZonemdResult{ZonemdStatus::failed, "does not match the zone's records"};
}

}  // namespace dskeeper::dns
